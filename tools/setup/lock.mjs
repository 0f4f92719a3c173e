/** One setup at a time in one clone: the second waits for the first. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CACHE } from './place.mjs';

const LOCK = join(CACHE, 'setup', 'lock');

/** @returns {number} who holds the lock, 0 when nobody does, NaN when somebody else's process does */
function holder() {
  try {
    const pid = Number(readFileSync(LOCK, 'utf8'));
    process.kill(pid, 0);
    return pid;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM' ? Number.NaN : 0;
  }
}

function take() {
  try {
    writeFileSync(LOCK, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
    return false;
  }
}

/**
 * @template T
 * @param {import('./report.mjs').Report} report @param {() => Promise<T>} work
 */
export async function locked(report, work) {
  mkdirSync(join(CACHE, 'setup'), { recursive: true });
  for (let told = false; !take();) {
    const other = holder();
    if (other === 0) {
      rmSync(LOCK, { force: true });
      continue;
    }
    if (!told) report.line(`• Waiting for another setup of this folder to end (process ${other}) …`);
    told = true;
    await sleep(200);
  }
  const release = () => rmSync(LOCK, { force: true });
  process.on('exit', release);
  try {
    return await work();
  } finally {
    process.off('exit', release);
    release();
  }
}
