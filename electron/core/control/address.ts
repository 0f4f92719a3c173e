/** Where a process that runs scripts can be told something by another one of the same person: a socket that only they may open. */
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { tmpdir, userInfo } from 'node:os';

/** The longest path of a UNIX socket, bytes, less the file's own name. */
const FOLDER_MAX = 107 - '/4294967296.sock'.length;
const PIPES = '\\\\.\\pipe\\';

function key(dataFolder: string): string {
  return createHash('sha256').update(dataFolder).digest('hex').slice(0, 16);
}

/** The folder with one socket per process; a long data folder has it under the temporary one. */
function folderOf(dataFolder: string): string {
  const own = join(dataFolder, 'control');
  return Buffer.byteLength(own) <= FOLDER_MAX ? own : join(tmpdir(), `bellglass-${userInfo().uid}-${key(dataFolder)}`);
}

/** Makes the folder for us alone. Throws what the file system says. */
export function ownAddress(dataFolder: string, pid: number, platform = process.platform): string {
  if (platform === 'win32') return `${PIPES}bellglass-${key(dataFolder)}-${pid}`;
  const folder = folderOf(dataFolder);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  return join(folder, `${pid}.sock`);
}

/** Every process of this data folder that may listen; some may be gone. */
export function knownAddresses(dataFolder: string, platform = process.platform): string[] {
  const folder = platform === 'win32' ? PIPES : folderOf(dataFolder);
  const names = ((): string[] => {
    try {
      return readdirSync(folder);
    } catch {
      return [];
    }
  })();
  return platform === 'win32'
    ? names.filter((name) => name.startsWith(`bellglass-${key(dataFolder)}-`)).map((name) => `${PIPES}${name}`)
    : names.filter((name) => /^\d+\.sock$/.test(name)).map((name) => join(folder, name));
}
