/** How a run's whole record is kept: JSON, compressed; what an older version wrote as plain JSON is read as well. */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { runDetailSchema, type RunDetail } from '#shared/contract/runs.ts';

const BRACE = '{'.charCodeAt(0);
/** Samples compress about tenfold; a body that unpacks to more than this was not written by us. */
const UNPACKED_MAX = 512 * 1024 * 1024;

/** Packing begins with this much room, bytes: most records fit, and what is left of it is garbage. */
const ROOM = { least: 4096, most: 64 * 1024 };

export function packDetail(detail: RunDetail): Uint8Array {
  const text = JSON.stringify(detail);
  return deflateRawSync(text, { chunkSize: Math.min(ROOM.most, Math.max(ROOM.least, text.length >> 3)) });
}

/** Throws when the bytes are not a run's record. */
export function unpackDetail(bytes: Uint8Array): RunDetail {
  const plain = bytes[0] === BRACE ? Buffer.from(bytes) : inflateRawSync(bytes, { maxOutputLength: UNPACKED_MAX });
  return runDetailSchema.parse(JSON.parse(plain.toString('utf8')));
}
