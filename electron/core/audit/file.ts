/** The audit's file: one record a line, only ever added to (AUD-1). */
import { isUtf8 } from 'node:buffer';
import { hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { chain, Verifier, type Anchor, type Verdict } from '#shared/audit/chain.ts';
import { canonical } from '#shared/audit/line.ts';
import type { AuditRecord } from '#shared/audit/record.ts';
import type { Head } from './head.ts';

export const sha256 = (data: string | Uint8Array): string => hash('sha256', data);

export const auditPath = (folder: string): string => join(folder, 'audit.jsonl');

/** Bytes of the longest line that is read as one; a record has a few hundred. */
const LINE_LIMIT = 1024 * 1024;
const NEWLINE = 10;
/** Bytes that are read at once. */
const PIECE = 256 * 1024;

async function readFrom(file: FileHandle, from: number, to: number): Promise<Buffer> {
  const buffer = Buffer.alloc(to - from);
  let length = 0;
  while (length < buffer.length) {
    const { bytesRead } = await file.read(buffer, length, buffer.length - length, from + length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return buffer.subarray(0, length);
}

/**
 * A process that died between writing and saying so leaves whole records after the head, and perhaps a part of one.
 * Whole ones that continue the chain count; a part never was a record and is taken away. Anything else stays for `verify` to find.
 */
async function adopt(file: FileHandle, head: Head, size: number): Promise<Head> {
  if (size <= head.size) return head;
  const tail = await readFrom(file, head.size, size);
  const end = tail.lastIndexOf(NEWLINE) + 1;
  const lines = textsOf(tail.subarray(0, end));
  const verifier = new Verifier(sha256, null, head);
  if (!lines.every((line) => verifier.line(line))) return head;
  if (end < tail.length) await file.truncate(head.size + end);
  return { ...verifier.last, size: head.size + end };
}

/** Writes records after the head and returns the new one. The caller holds the lock. */
export async function append(
  folder: string,
  known: Head,
  records: readonly Omit<AuditRecord, 'seq' | 'previous' | 'hash'>[],
): Promise<Head> {
  const file = await open(auditPath(folder), 'a+', 0o600);
  try {
    const before = (await file.stat()).size;
    const head = await adopt(file, known, before);
    let last: Anchor = head;
    const lines: string[] = [];
    for (const record of records) {
      const whole = chain(record, last, sha256);
      lines.push(`${canonical(whole)}\n`);
      last = { seq: whole.seq, hash: whole.hash };
    }
    const size = head.size === before ? before : (await file.stat()).size;
    const open = size > 0 && (await readFrom(file, size - 1, size))[0] !== NEWLINE;
    const bytes = Buffer.from(`${open ? '\n' : ''}${lines.join('')}`);
    await file.appendFile(bytes);
    // The head must never know of a record that a power cut can take away.
    await file.datasync();
    return { ...last, size: size + bytes.length };
  } finally {
    await file.close();
  }
}

/** Whole lines of bytes that end with a line's end, without their ends; null for one that is not UTF-8. */
function textsOf(bytes: Buffer): (string | null)[] {
  if (isUtf8(bytes)) return bytes.toString('utf8').split('\n').slice(0, -1);
  const lines: (string | null)[] = [];
  for (let at = 0, end = bytes.indexOf(NEWLINE); end !== -1; at = end + 1, end = bytes.indexOf(NEWLINE, at)) {
    const line = bytes.subarray(at, end);
    lines.push(isUtf8(line) ? line.toString('utf8') : null);
  }
  return lines;
}

/** Pieces of whole lines in order. What stands after the last end is `rest`; so is all from a line on that is longer than any record. */
async function* pieces(path: string, rest: { bytes: Buffer }): AsyncGenerator<Buffer> {
  try {
    for await (const piece of createReadStream(path, { highWaterMark: PIECE }) as AsyncIterable<Buffer>) {
      const end = piece.lastIndexOf(NEWLINE) + 1;
      const whole = end === 0 ? Buffer.alloc(0) : Buffer.concat([rest.bytes, piece.subarray(0, end)]);
      rest.bytes = end === 0 ? Buffer.concat([rest.bytes, piece]) : piece.subarray(end);
      if (whole.length > 0) yield whole;
      if (rest.bytes.length > LINE_LIMIT) return;
    }
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code !== 'ENOENT') throw failure;
  }
}

/** Lines as they are, without their ends; `rest` gets what stands after the last end. */
export async function* linesOf(path: string, rest: { text: string }): AsyncGenerator<string> {
  let open = '';
  try {
    const stream = createReadStream(path, { encoding: 'utf8' });
    for await (const piece of stream as AsyncIterable<string>) {
      const lines = (open + piece).split('\n');
      open = lines.pop() ?? '';
      if (open.length > LINE_LIMIT) {
        lines.push(open);
        open = '';
      }
      yield* lines;
    }
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code !== 'ENOENT') throw failure;
  }
  rest.text = open;
}

/** A verdict with the byte where the first broken line begins; null when nothing stands there. */
export interface Located extends Verdict {
  readonly place: number | null;
}

/** How far a check is: whole records and bytes so far. */
export type Progress = (records: number, bytes: number) => void;

/** Checks all lines; returns what stands after the last, and the byte where the first broken line begins. */
async function check(
  path: string,
  verifier: Verifier,
  tell: Progress,
): Promise<{ readonly rest: string; readonly place: number | null }> {
  const rest = { bytes: Buffer.alloc(0) };
  let bytes = 0;
  for await (const piece of pieces(path, rest)) {
    const lines = textsOf(piece);
    const broken = lines.findIndex((line) => !verifier.line(line));
    if (broken !== -1) return { rest: '', place: bytes + startOf(piece, broken) };
    bytes += piece.length;
    tell(verifier.last.seq, bytes);
  }
  if (rest.bytes.length > LINE_LIMIT && !verifier.line(null)) return { rest: '', place: bytes };
  return { rest: rest.bytes.toString('utf8'), place: null };
}

/** Where a line begins, counted from 0. */
function startOf(piece: Buffer, line: number): number {
  let at = 0;
  for (let count = 0; count < line; count += 1) at = piece.indexOf(NEWLINE, at) + 1;
  return at;
}

/** Checks the whole file against the head; reads it piece by piece. */
export async function verifyFile(folder: string, anchor: Anchor | null, tell: Progress = () => {}): Promise<Located> {
  const verifier = new Verifier(sha256, anchor);
  const { rest, place } = await check(auditPath(folder), verifier, tell);
  return { ...verifier.end(rest), place };
}

/**
 * Checks a copy of the audit that stands by itself: that each record is whole and follows the one before.
 * Nothing outside the copy says how many there should be, so a missing end and a chain computed anew are not found.
 */
export async function verifyCopy(path: string): Promise<Verdict & { readonly last: string }> {
  const verifier = new Verifier(sha256, null);
  const { rest } = await check(path, verifier, () => {});
  const { seq, hash } = verifier.last;
  return { ...verifier.end(rest, true), last: seq === 0 ? '' : hash };
}
