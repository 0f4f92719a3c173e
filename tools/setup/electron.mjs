/** Is there an Electron to show a window with, and if not, why not? */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './child.mjs';
import { withNode } from './node.mjs';
import { inRoot } from './place.mjs';
import { timed } from './report.mjs';
import { hash, readStamp, writeStamp } from './stamp.mjs';
import { isRoot } from './system.mjs';

const FOLDER = inRoot('node_modules', 'electron');
const FAILED = 'electron-failed';

/** Path of the Electron program, or null when its own download has not been made. */
export function electronBinary() {
  try {
    const path = join(FOLDER, 'dist', readFileSync(join(FOLDER, 'path.txt'), 'utf8').trim());
    return existsSync(path) ? path : null;
  } catch {
    return null;
  }
}

/** @param {NodeJS.ProcessEnv} env */
const hasDisplay = (env) =>
  process.platform !== 'linux' || (env['DISPLAY'] ?? '') !== '' || (env['WAYLAND_DISPLAY'] ?? '') !== '';

/**
 * Chooses the window; tries Electron's own download once per lock file, for a minute at most.
 * @param {import('./report.mjs').Report} report @param {string} node
 * @returns {Promise<{ binary: string } | { binary: null, why: string }>}
 */
export async function desktopOrWhyNot(report, node) {
  if (!hasDisplay(process.env)) return { binary: null, why: 'There is no display for a window.' };
  if (isRoot && process.platform === 'linux')
    return { binary: null, why: 'Electron keeps its own sandbox only for a user other than root.' };
  const present = electronBinary();
  if (present !== null) return { binary: present };
  const why = 'The Electron program could not be downloaded.';
  const lock = hash(readFileSync(inRoot('package-lock.json')));
  if (readStamp(FAILED) === lock) return { binary: null, why };
  await timed(report, 'Downloading Electron', () =>
    run(node, [join(FOLDER, 'install.js')], { env: withNode(node), timeoutMs: 60_000 }),
  );
  const binary = electronBinary();
  if (binary !== null) return { binary };
  writeStamp(FAILED, lock);
  return { binary: null, why };
}
