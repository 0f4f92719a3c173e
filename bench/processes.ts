/** What processes of this machine take, looked at from outside. */
import { readdirSync, readFileSync } from 'node:fs';

/** Kernel clock ticks a second (USER_HZ, fixed at 100 on Linux). */
export const TICKS = 100;

interface Stat {
  readonly parent: number;
  /** CPU time so far. */
  readonly ticks: number;
}

/** Null once it has ended. */
export function statOf(pid: number): Stat | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) };
  } catch {
    return null;
  }
}

/** Of sandboxes by their PID 1: each one's engine helper, and everything that runs below that. */
export function processesOf(first: readonly number[]): number[] {
  const helpers = new Set(first.map((pid) => statOf(pid)?.parent ?? 0));
  helpers.delete(0);
  helpers.delete(1);
  const all = new Map(
    readdirSync('/proc')
      .map(Number)
      .filter((pid) => pid > 0)
      .map((pid) => [pid, statOf(pid)?.parent ?? 0]),
  );
  const isBelow = (pid: number): boolean => helpers.has(pid) || (all.has(pid) && isBelow(all.get(pid) ?? 0));
  return [...all.keys()].filter(isBelow);
}

/** Bytes that would be free without the process: pages that it shares count in part. 0 once it has ended; rejects nobody but root. */
export function ownMemory(pid: number): number {
  try {
    const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1');
    return Number(/^Pss:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0) * 1024;
  } catch (failure) {
    if (['ENOENT', 'ESRCH'].includes((failure as NodeJS.ErrnoException).code ?? '')) return 0;
    throw failure;
  }
}

/** User id that the process runs under; null once it has ended. */
export function userOf(pid: number): number | null {
  try {
    return Number(/^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? Number.NaN);
  } catch {
    return null;
  }
}

export const sum = (values: readonly number[]): number => values.reduce((total, one) => total + one, 0);
