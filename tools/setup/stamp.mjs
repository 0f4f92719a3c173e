/** A stamp says for which inputs a step was last done. It is written last and in one move, so that half a step leaves none. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CACHE } from './place.mjs';

const FOLDER = join(CACHE, 'setup');

/** The inputs of the last complete run of a step, or `''`. @param {string} name */
export function readStamp(name) {
  try {
    return readFileSync(join(FOLDER, name), 'utf8');
  } catch {
    return '';
  }
}

/** @param {string} name @param {string} inputs */
export function writeStamp(name, inputs) {
  mkdirSync(FOLDER, { recursive: true });
  const half = join(FOLDER, `${name}.${process.pid}.half`);
  writeFileSync(half, inputs);
  renameSync(half, join(FOLDER, name));
}

/** Forgets a step, before it is done again. @param {string} name */
export function clearStamp(name) {
  rmSync(join(FOLDER, name), { force: true });
}

/** @param {string | Uint8Array} content */
export const hash = (content) => createHash('sha256').update(content).digest('hex').slice(0, 32);

/**
 * Names, sizes and times of all files below the given paths, as one hash: cheap enough for every start.
 * A path that does not exist counts as absent.
 * @param {string[]} paths
 */
export function fingerprint(paths) {
  /** @type {string[]} */
  const lines = [];
  /** @param {string} path */
  const visit = (path) => {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) lines.push(`${path} absent`);
    else if (stat.isDirectory()) for (const name of readdirSync(path).toSorted()) visit(join(path, name));
    else lines.push(`${path} ${stat.size} ${stat.mtimeMs}`);
  };
  for (const path of paths) visit(path);
  return hash(lines.join('\n'));
}
