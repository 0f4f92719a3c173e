/** Which other programs have a file open: known on Linux for one's own programs, else nothing is. */
import { readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';

export interface Holder {
  readonly pid: number;
  /** Name of the program. */
  readonly name: string;
}

function opens(pid: string, path: string): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => {
      try {
        return readlinkSync(`/proc/${pid}/fd/${fd}`) === path;
      } catch {
        return false;
      }
    });
  } catch {
    return false;
  }
}

function nameOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return '';
  }
}

/** Other processes than this one that have the file open. */
export function holdersOf(path: string): Holder[] {
  try {
    const real = realpathSync(path);
    return readdirSync('/proc')
      .filter((pid) => /^\d+$/.test(pid) && Number(pid) !== process.pid && opens(pid, real))
      .map((pid) => ({ pid: Number(pid), name: nameOf(pid) }));
  } catch {
    return [];
  }
}

/** `process 4711 (node)`, or nothing when none is known. */
export const holderWords = (holders: readonly Holder[]): string =>
  holders.map(({ pid, name }) => `process ${pid}${name === '' ? '' : ` (${name})`}`).join(' and ');
