/** The files that two runs gave back (RUN-12, RUN-9). Pure. */
import * as z from 'zod';
import type { TakenFile } from '../domain/exchange.ts';
import { textOf } from '../script/bytes.ts';

export const comparedFileSchema = z.object({
  path: z.string(),
  /** Bytes; null: the run did not give it back. */
  a: z.number().nullable(),
  b: z.number().nullable(),
  /** `added`: only b has it. `unknown`: as large as the other, but one of them is not kept any more. */
  change: z.enum(['added', 'removed', 'changed', 'same', 'unknown']),
});
export type ComparedFile = z.infer<typeof comparedFileSchema>;

/** Bytes up to which the text of a file is compared line by line. */
export const DIFF_MAX = 64 * 1024;

const ORDER = ['added', 'removed', 'changed', 'unknown', 'same'] as const;

/**
 * Files by path, folders left out; what differs comes first. Those of the same size are only `same` when `equal` says so:
 * null when it cannot be told.
 */
export async function compareFiles(
  a: readonly TakenFile[],
  b: readonly TakenFile[],
  equal: (path: string) => Promise<boolean | null>,
): Promise<ComparedFile[]> {
  const sizes = (files: readonly TakenFile[]): Map<string, number> =>
    new Map(files.filter(({ type }) => type === 'file').map(({ path, size }) => [path, size]));
  const [one, other] = [sizes(a), sizes(b)];
  const compared: ComparedFile[] = [];
  for (const path of new Set([...one.keys(), ...other.keys()])) {
    const [left = null, right = null] = [one.get(path), other.get(path)];
    compared.push({ path, a: left, b: right, change: await changeOf(path, left, right, equal) });
  }
  return compared.toSorted(
    (x, y) => ORDER.indexOf(x.change) - ORDER.indexOf(y.change) || (x.path < y.path ? -1 : x.path > y.path ? 1 : 0),
  );
}

async function changeOf(
  path: string,
  a: number | null,
  b: number | null,
  equal: (path: string) => Promise<boolean | null>,
): Promise<ComparedFile['change']> {
  if (a === null) return 'added';
  if (b === null) return 'removed';
  if (a !== b) return 'changed';
  const same = await equal(path);
  return same === null ? 'unknown' : same ? 'same' : 'changed';
}

/** Whether a line by line comparison of a file can be asked for. */
export function canDiff({ a, b, change }: ComparedFile): boolean {
  return change !== 'same' && change !== 'unknown' && Math.max(a ?? 0, b ?? 0) <= DIFF_MAX;
}

/** Bytes of a file as lines to compare; null when they are no text. */
export function diffText(bytes: Uint8Array): string | null {
  const text = textOf(bytes);
  return text === null || text.includes('\0') ? null : text;
}
