/** Installs what package-lock.json says, when node_modules is not that already. */
import { lstatSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run } from './child.mjs';
import { inRoot } from './place.mjs';
import { SetupError, timed } from './report.mjs';
import { clearStamp, hash, readStamp, writeStamp } from './stamp.mjs';

const STAMP = 'packages';
const INSTALLED = inRoot('node_modules', '.package-lock.json');
const isWindows = process.platform === 'win32';

/** npm writes its own record last, so that a half-done install has none or an old one. */
function inputs() {
  const record = statSync(INSTALLED, { throwIfNoEntry: false });
  if (record === undefined) return '';
  return `${hash(readFileSync(inRoot('package-lock.json')))} ${record.mtimeMs} ${record.size}`;
}

/** @typedef {Record<string, { version?: string, optional?: boolean, peer?: boolean }>} Locked */

/** @param {string} path @returns {Locked} */
const locked = (path) => JSON.parse(readFileSync(path, 'utf8')).packages ?? {};

/** Does node_modules hold every package of the lock file in its version? True also after an install by hand. */
function isInstalled() {
  try {
    const have = locked(INSTALLED);
    return Object.entries(locked(inRoot('package-lock.json'))).every(([path, wanted]) => {
      if (path === '') return true;
      const found = have[path];
      return found === undefined ? wanted.optional === true : found.version === wanted.version;
    });
  } catch {
    return false;
  }
}

/** The npm that started us, else the one beside this Node or on the path. */
function npm() {
  const self = process.env['npm_execpath'];
  if (self !== undefined && /npm-cli\.c?js$/.test(self)) return { command: process.execPath, before: [self] };
  if (!isWindows) return { command: 'npm', before: [] };
  // Node does not start a .cmd file without a shell.
  const beside = join(dirname(process.execPath), 'node_modules', 'npm', 'bin', 'npm-cli.js');
  return { command: process.execPath, before: [beside] };
}

/** `npx bellglass` looks here first; without it npx would ask the network. */
function linkOwnCommand() {
  const folder = inRoot('node_modules', '.bin');
  const link = join(folder, isWindows ? 'bellglass.cmd' : 'bellglass');
  if (lstatSync(link, { throwIfNoEntry: false }) !== undefined) return;
  mkdirSync(folder, { recursive: true });
  try {
    if (isWindows) writeFileSync(link, '@node "%~dp0..\\..\\tools\\bellglass.mjs" %*\r\n');
    else symlinkSync('../../tools/bellglass.mjs', link);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
  }
}

/** @param {import('./report.mjs').Report} report */
export async function packages(report) {
  const current = inputs();
  if (current !== '' && readStamp(STAMP) === current) return;
  if (!isInstalled()) {
    await timed(report, 'Installing packages (npm ci)', async () => {
      clearStamp(STAMP);
      rmSync(INSTALLED, { force: true });
      const { command, before } = npm();
      const args = [...before, 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
      const { code, output } = await run(command, args);
      if (code !== 0)
        throw new SetupError(
          `The packages could not be installed.\n${output.trim().split('\n').slice(0, 15).join('\n')}`,
          'Check the network, then repeat.',
        );
    });
  }
  linkOwnCommand();
  writeStamp(STAMP, inputs());
}
