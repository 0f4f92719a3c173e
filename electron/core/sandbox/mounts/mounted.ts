/** Which other file systems are mounted inside a folder of this machine. */
import { readFile } from 'node:fs/promises';

/** Mount points of a mount table (proc_pid_mountinfo(5)), the fifth field, with its octal escapes resolved. Pure. */
export function mountPoints(table: string): string[] {
  return table.split('\n').flatMap((line) => {
    const point = line.split(' ')[4];
    if (point === undefined) return [];
    const bytes = point.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
    return [bytes];
  });
}

/** The first one below the folder, or null; null also where the system has no such table, and engines share no files. */
export async function mountedBelow(folder: string): Promise<string | null> {
  const table = await readFile('/proc/self/mountinfo', 'utf8').catch(() => '');
  const start = folder.endsWith('/') ? folder : `${folder}/`;
  return mountPoints(table).find((point) => point.startsWith(start)) ?? null;
}
