/** Entry of the `bellglass` command: gives the commands the real world and ends with their exit code. */
import { readFileSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { join, resolve } from 'node:path';
import { makeFolder } from '#core/storage/folder.ts';
import { resolvePaths } from '#core/storage/paths.ts';

const root = resolve(import.meta.dirname, '../../..');
const paths = resolvePaths(process.env, root);
// Halves the start. In our own folder: what is in a shared one could be somebody else's code.
cacheCode(join(paths.data, 'cache', 'code'));

const [{ runCli }, { onStopSignals }, { EXIT }] = await Promise.all([
  import('./program.ts'),
  import('./signals.ts'),
  import('./exit-codes.ts'),
]);
const { version } = JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8')) as { version: string };

const code = await runCli(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  paths,
  version,
  onSignal: (listener) => onStopSignals(listener, () => process.exit(EXIT.cancelled)),
  createCore: async (options) => (await import('#core/create-core.ts')).createCore(options),
  now: () => performance.now(),
});
process.exit(code);

function cacheCode(folder: string): void {
  try {
    makeFolder(folder);
    enableCompileCache(folder);
  } catch {
    // A home that cannot be written is said by the command, which needs it more.
  }
}
