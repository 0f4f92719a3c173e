/** All files of a run as one zip, written piece by piece. */
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { Zip, ZipDeflate, ZipPassThrough } from 'fflate';
import type { TakenFile } from '#shared/domain/exchange.ts';

const PIECE = 256 * 1024;
/** Above the Unix mode in a zip's attributes (APPNOTE 4.4.15). */
const unix = (mode: number): number => (mode << 16) >>> 0;
const MADE_BY_UNIX = 3;

/** Writes the zip at `path`, whole or not at all; returns its size in bytes. */
export async function writeZip(
  path: string,
  files: readonly TakenFile[],
  openFile: (path: string) => Promise<FileHandle>,
): Promise<number> {
  const part = `${path}.part`;
  await rm(part, { force: true });
  const target = await open(part, 'wx', 0o600);
  let size = 0;
  let pending: Uint8Array[] = [];
  let failure: Error | null = null;
  const zip = new Zip((problem, piece) => {
    failure ??= problem;
    if (piece) pending.push(piece);
  });
  const flush = async (): Promise<void> => {
    if (failure) throw failure;
    const pieces = pending;
    pending = [];
    for (const piece of pieces) size += (await target.write(piece)).bytesWritten;
  };
  try {
    for (const file of files) {
      const folder = file.type === 'folder';
      const entry = folder ? new ZipPassThrough(`${file.path}/`) : new ZipDeflate(file.path, { level: 6 });
      entry.os = MADE_BY_UNIX;
      entry.attrs = unix(folder ? 0o040755 : file.executable ? 0o100755 : 0o100644);
      zip.add(entry);
      if (folder) entry.push(new Uint8Array(0), true);
      else await copy(await openFile(file.path), entry, flush);
      await flush();
    }
    zip.end();
    await flush();
    await target.close();
    await rename(part, path);
    return size;
  } catch (problem) {
    await target.close().catch(() => {});
    await rm(part, { force: true });
    throw problem;
  }
}

async function copy(source: FileHandle, entry: ZipDeflate | ZipPassThrough, flush: () => Promise<void>): Promise<void> {
  try {
    for (;;) {
      const { buffer, bytesRead } = await source.read(Buffer.alloc(PIECE), 0, PIECE, null);
      entry.push(buffer.subarray(0, bytesRead), bytesRead === 0);
      await flush();
      if (bytesRead === 0) return;
    }
  } finally {
    await source.close();
  }
}
