/** Whether two files on this computer hold the same bytes. */
import type { FileHandle } from 'node:fs/promises';

const PIECE = 256 * 1024;

/** Reads both side by side and stops at the first difference. */
export async function sameBytes(a: FileHandle, b: FileHandle): Promise<boolean> {
  const [one, other] = [Buffer.allocUnsafe(PIECE), Buffer.allocUnsafe(PIECE)];
  for (let at = 0; ; at += PIECE) {
    const [left, right] = await Promise.all([fill(a, one, at), fill(b, other, at)]);
    if (left !== right || one.compare(other, 0, right, 0, left) !== 0) return false;
    if (left < PIECE) return true;
  }
}

async function fill(file: FileHandle, into: Buffer, from: number): Promise<number> {
  let length = 0;
  while (length < into.length) {
    const { bytesRead } = await file.read(into, length, into.length - length, from + length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return length;
}
