/** Which process owns a run: so that two apps on one folder leave each other's runs alone (RUN-10). */
import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../storage/folder.ts';

/** Start time of a process in clock ticks since boot, from /proc; null where there is no such process or no /proc. */
function startTicks(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

/** `PID-STARTTICKS`: a pid alone may be another process after a restart of the machine. */
export function ownerOf(pid: number): string {
  return `${pid}-${startTicks(pid) ?? '0'}`;
}

/** Whether the process that wrote this owner is still there. */
export function ownerAlive(owner: string): boolean {
  const [first, ticks = '0'] = owner.split('-');
  const pid = Number(first);
  if (!Number.isInteger(pid) || pid <= 0) return false;
  if (ticks !== '0') return startTicks(pid) === ticks;
  try {
    process.kill(pid, 0);
    return true;
  } catch (failure) {
    return (failure as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The installation's own id, made once per data folder: objects of another data folder on the same engine are not ours to sweep. */
export function instanceId(dataFolder: string): string {
  const path = join(dataFolder, 'instance');
  try {
    const id = readFileSync(path, 'utf8').trim();
    if (/^[0-9a-f-]{36}$/.test(id)) return id;
  } catch {
    makeFolder(dataFolder);
  }
  const id = randomUUID();
  try {
    writeFileSync(path, `${id}\n`, { mode: 0o600, flag: 'wx' });
    return id;
  } catch {
    const present = readFileSync(path, 'utf8').trim();
    if (/^[0-9a-f-]{36}$/.test(present)) return present;
    writeFileSync(path, `${id}\n`, { mode: 0o600 });
    return id;
  }
}
