/** The Node that runs Bellglass itself: this one when new enough, else the one that the packages bring along. */
import { statSync } from 'node:fs';
import { delimiter, dirname } from 'node:path';
import { inRoot } from './place.mjs';
import { SetupError } from './report.mjs';

/** What we test with. */
const WANTED = [24, 0];
/** Runs TypeScript as it is and has node:sqlite without a flag. */
const BEARABLE = [22, 18];

/** @param {string} version @param {number[]} least */
function reaches(version, [leastMajor = 0, leastMinor = 0]) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > leastMajor || (major === leastMajor && minor >= leastMinor);
}

/**
 * Which Node to use, given this one's version and whether the packages bring one along.
 * @param {string} version @param {boolean} bundled
 * @returns {'this' | 'bundled' | 'none'}
 */
export function chooseNode(version, bundled) {
  if (reaches(version, WANTED)) return 'this';
  if (bundled) return 'bundled';
  return reaches(version, BEARABLE) ? 'this' : 'none';
}

/** Path of a Node that can run Bellglass. Call it after the packages are installed. */
export function nodePath() {
  const isWindows = process.platform === 'win32';
  const folder = `node-${isWindows ? 'win' : process.platform}-${process.arch}`;
  const bundled = inRoot('node_modules', folder, 'bin', isWindows ? 'node.exe' : 'node');
  const choice = chooseNode(process.versions.node, statSync(bundled, { throwIfNoEntry: false })?.isFile() === true);
  if (choice === 'none') {
    throw new SetupError(
      `Bellglass needs Node ${BEARABLE.join('.')} or newer; this is ${process.versions.node}, and no other comes with the packages for ${process.platform} ${process.arch}.`,
      'Install a newer Node, then repeat.',
    );
  }
  return choice === 'this' ? process.execPath : bundled;
}

/**
 * Before the program, for what lives long: on a large machine V8 would let garbage of a moment grow to 128 MiB, and that of
 * a while to 256 MiB, before it looks, and the memory stays. So it looks sooner.
 */
export const LEAN = ['--max-semi-space-size=8', '--initial-old-space-size=32'];

/** The environment for our own programs: that Node is first on the path. @param {string} node */
export const withNode = (node) => ({
  ...process.env,
  PATH: `${dirname(node)}${delimiter}${process.env['PATH'] ?? ''}`,
});
