/** The audit's file: one record a line, only ever added to (AUD-1). */
import { hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { chain, canonical, Verifier, type Anchor, type Verdict } from '#shared/audit/chain.ts';
import type { AuditRecord } from '#shared/audit/record.ts';
import type { Head } from './head.ts';

export const sha256 = (data: string | Uint8Array): string => hash('sha256', data);

export const auditPath = (folder: string): string => join(folder, 'audit.jsonl');

/** Bytes of the longest line that is read as one; a record has a few hundred. */
const LINE_LIMIT = 1024 * 1024;
const NEWLINE = 10;

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
  const lines = tail.toString('utf8', 0, end).split('\n').slice(0, -1);
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

/** Lines as they are, without their ends; a line beyond 1 MiB comes in parts, which no record can be. `rest` gets what stands after the last end. */
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

/** Checks the whole file against the head; reads it piece by piece. */
export async function verifyFile(folder: string, anchor: Anchor | null, tell: Progress = () => {}): Promise<Located> {
  const verifier = new Verifier(sha256, anchor);
  const rest = { text: '' };
  let bytes = 0;
  let place: number | null = null;
  for await (const line of linesOf(auditPath(folder), rest)) {
    if (!verifier.line(line)) {
      place = bytes;
      break;
    }
    bytes += Buffer.byteLength(line) + 1;
    tell(verifier.last.seq, bytes);
  }
  return { ...verifier.end(rest.text), place };
}

/**
 * Checks a copy of the audit that stands by itself: that each record is whole and follows the one before.
 * Nothing outside the copy says how many there should be, so a missing end and a chain computed anew are not found.
 */
export async function verifyCopy(path: string): Promise<Verdict & { readonly last: string }> {
  const verifier = new Verifier(sha256, null);
  const rest = { text: '' };
  for await (const line of linesOf(path, rest)) if (!verifier.line(line)) break;
  const { seq, hash } = verifier.last;
  return { ...verifier.end(rest.text, true), last: seq === 0 ? '' : hash };
}
