/** What discovery may look at; tests bring their own. */
import { access, constants, readdir, readFile, realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly home: string;
  /** Null where the system has no such thing (Windows). */
  readonly uid: number | null;
  /** Null when the file is missing or unreadable. */
  readText(path: string): Promise<string | null>;
  /** Names in a folder; empty when there is none. */
  list(path: string): Promise<string[]>;
  /** The path without links, or as given when nothing is there. */
  resolve(path: string): Promise<string>;
  exists(path: string): Promise<boolean>;
  /** The program's path, or null when it is not on PATH. */
  which(program: string): Promise<string | null>;
}

/** System folders that a person's PATH often lacks but where daemons live. */
const DAEMON_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/local/bin', '/usr/bin'];

export function realSurroundings(env: Readonly<Record<string, string | undefined>>): Surroundings {
  const exists = (path: string): Promise<boolean> => access(path).then(yes, no);
  return {
    env,
    platform: process.platform,
    home: env['HOME'] ?? homedir(),
    uid: process.getuid?.() ?? null,
    readText: (path) => readFile(path, 'utf8').catch(() => null),
    list: (path) => readdir(path).catch(() => []),
    resolve: (path) => realpath(path).catch(() => path),
    exists,
    async which(program) {
      const folders = new Set([...(env['PATH'] ?? '').split(delimiter).filter(Boolean), ...DAEMON_FOLDERS]);
      for (const folder of folders) {
        const path = join(folder, program);
        if (await access(path, constants.X_OK).then(yes, no)) return path;
      }
      return null;
    },
  };
}

function yes(): boolean {
  return true;
}

function no(): boolean {
  return false;
}
