/** Reading the audit's file: lines from the end backwards, and what came after a place (AUD-1). */
import { open, type FileHandle } from 'node:fs/promises';
import { AUDIT_PAGE_MAX, type AuditPage, type AuditRow } from '#shared/contract/audit.ts';
import { fitsAudit, type AuditFilter } from '#shared/audit/filter.ts';
import { auditRecordSchema } from '#shared/audit/record.ts';
import { auditPath } from './file.ts';

const PIECE = 256 * 1024;
/** Bytes that one page looks at before it hands over what it has; whoever asks goes on from there. */
const LOOK_MAX = 16 * 1024 * 1024;
/** A line beyond this is cut: no record is as long, and a file without ends must not fill the memory. */
const LINE_MAX = 1024 * 1024;
const SHOWN_MAX = 500;
const NEWLINE = 10;

/** One line as a row. */
export function rowOf(at: number, line: string): AuditRow {
  try {
    const parsed = auditRecordSchema.safeParse(JSON.parse(line));
    if (parsed.success) return { at, record: parsed.data, text: '' };
  } catch {
    // What is no JSON is no record either.
  }
  return { at, record: null, text: line.slice(0, SHOWN_MAX) };
}

async function piece(file: FileHandle, from: number, to: number): Promise<Buffer> {
  const buffer = Buffer.alloc(to - from);
  const { bytesRead } = await file.read(buffer, 0, buffer.length, from);
  return buffer.subarray(0, bytesRead);
}

/** The file, or null when there is none yet. */
export async function openAudit(folder: string): Promise<FileHandle | null> {
  try {
    return await open(auditPath(folder), 'r');
  } catch (failure) {
    if (['ENOENT', 'ENOTDIR'].includes((failure as NodeJS.ErrnoException).code ?? '')) return null;
    throw failure;
  }
}

/** Whole lines with their places, last first; what stands after the last end of line is passed over. */
async function* backwards(file: FileHandle, end: number): AsyncGenerator<{ at: number; line: string }> {
  let rest: Buffer = Buffer.alloc(0);
  let begun = false;
  for (let to = end; to > 0;) {
    const from = Math.max(0, to - PIECE);
    let bytes: Buffer = Buffer.concat([await piece(file, from, to), rest]);
    if (!begun) {
      const last = bytes.lastIndexOf(NEWLINE);
      if (last === -1 && from > 0 && bytes.length < LINE_MAX) {
        rest = bytes;
        to = from;
        continue;
      }
      bytes = bytes.subarray(0, last);
      if (last === -1) return;
      begun = true;
    }
    for (let cut = bytes.lastIndexOf(NEWLINE); cut !== -1; cut = bytes.lastIndexOf(NEWLINE)) {
      yield { at: from + cut + 1, line: bytes.toString('utf8', cut + 1) };
      bytes = bytes.subarray(0, cut);
    }
    rest = bytes.length > LINE_MAX ? bytes.subarray(0, LINE_MAX) : bytes;
    to = from;
  }
  if (begun) yield { at: 0, line: rest.toString('utf8') };
}

/** Newest first, at most `limit` rows that fit; lines that are no record fit only a filter that asks for nothing. */
export async function readPage(
  folder: string,
  filter: AuditFilter,
  before: number | undefined,
  limit: number,
): Promise<Omit<AuditPage, 'problems'>> {
  await using file = await openAudit(folder);
  if (file === null) return { rows: [], next: null, size: 0 };
  const { size } = await file.stat();
  const end = Math.min(before ?? size, size);
  const rows: AuditRow[] = [];
  for await (const { at, line } of backwards(file, end)) {
    const row = rowOf(at, line);
    if (row.record === null ? filter.terms.length === 0 : fitsAudit(row.record, filter)) rows.push(row);
    if (rows.length >= Math.min(limit, AUDIT_PAGE_MAX) || end - at >= LOOK_MAX)
      return { rows, next: at === 0 ? null : at, size };
  }
  return { rows, next: null, size };
}

/** Whole lines between two places, in order. The caller keeps the stretch short. */
export async function readBetween(
  folder: string,
  from: number,
  to: number,
): Promise<{ rows: AuditRow[]; end: number }> {
  await using file = await openAudit(folder);
  if (file === null) return { rows: [], end: from };
  const bytes = await piece(file, from, to);
  const rows: AuditRow[] = [];
  let at = 0;
  for (let next = bytes.indexOf(NEWLINE); next !== -1; next = bytes.indexOf(NEWLINE, at)) {
    rows.push(rowOf(from + at, bytes.toString('utf8', at, next)));
    at = next + 1;
  }
  return { rows, end: from + at };
}
