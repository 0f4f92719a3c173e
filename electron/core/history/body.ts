/** How a run's whole record is kept: JSON, compressed; what an older version wrote as plain JSON is read as well. */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { runDetailSchema, type RunDetail } from '#shared/contract/runs.ts';

const BRACE = '{'.charCodeAt(0);
/** Samples compress about tenfold; a body that unpacks to more than this was not written by us. */
const UNPACKED_MAX = 512 * 1024 * 1024;

export function packDetail(detail: RunDetail): Uint8Array {
  return deflateRawSync(JSON.stringify(detail));
}

/** Throws when the bytes are not a run's record. */
export function unpackDetail(bytes: Uint8Array): RunDetail {
  const plain = bytes[0] === BRACE ? Buffer.from(bytes) : inflateRawSync(bytes, { maxOutputLength: UNPACKED_MAX });
  return runDetailSchema.parse(JSON.parse(plain.toString('utf8')));
}
