/** Policy files on disk: looked at with care, so that nothing in the folder can make us wait, follow it outside or read without end (POL-4, POL-7). */
import { createHash } from 'node:crypto';
import { constants, type BigIntStats } from 'node:fs';
import { lstat, open, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { POLICY_FILE_LIMIT } from '#shared/contract/policies.ts';
import type { Problem } from '#shared/domain/policy-document.ts';

export const EXTENSION = '.yaml';

/** Somebody may still be writing a file that changed this recently, and its times may not show the next change. */
export const FRESH_MS = 50;
const TICK_MS = BigInt(FRESH_MS);

/** What one name in the folder was when it was looked at. */
export interface Look {
  /** Changes with the file; null while the last change is fresher than {@link FRESH_MS}. */
  readonly signature: string | null;
  /** What to open: for a link inside the folder, what it leads to. Null when there is nothing to read. */
  readonly target: string | null;
  /** Why it cannot be a policy, with `target` null. */
  readonly problem: Problem | null;
  /** Epoch milliseconds. */
  readonly modifiedAt: number;
}

export interface Content {
  readonly text: string;
  /** SHA-256 of the bytes, hexadecimal. */
  readonly revision: string;
}

/** A problem of a file as a whole. */
export function wholeFile(file: string, code: string, message: string, fix: string): Problem {
  return { file, line: 1, column: 1, endLine: 1, endColumn: 1, severity: 'error', code, message, fix };
}

export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

function kindOf(found: BigIntStats): string {
  if (found.isDirectory()) return 'a folder';
  if (found.isFIFO()) return 'a named pipe';
  if (found.isSocket()) return 'a socket';
  return 'a device';
}

function signatureOf(...found: BigIntStats[]): string | null {
  const now = BigInt(Date.now());
  const fresh = (at: bigint): boolean => at <= now && now - at < TICK_MS;
  if (found.some(({ mtimeMs, ctimeMs }) => fresh(mtimeMs) || fresh(ctimeMs))) return null;
  return found.map(({ dev, ino, size, mtimeNs, ctimeNs }) => [dev, ino, size, mtimeNs, ctimeNs].join(':')).join('/');
}

/** Null when there is nothing of that name. Opens nothing. Throws what the system says when the folder cannot be looked into. */
export async function look(folder: string, file: string): Promise<Look | null> {
  const path = join(folder, file);
  try {
    const own = await lstat(path, { bigint: true });
    const linked = own.isSymbolicLink();
    const modifiedAt = Number(own.mtimeMs);
    const refused = (problem: Problem): Look => ({ signature: signatureOf(own), target: null, problem, modifiedAt });
    let target = path;
    if (linked) {
      const [root, real] = await Promise.all([realpath(folder), realpath(path).catch(() => null)]);
      if (real === null)
        return refused(
          wholeFile(path, 'dead-link', 'This link leads nowhere.', 'Delete the link, or put back what it led to.'),
        );
      if (!real.startsWith(root + sep))
        return refused(
          wholeFile(
            path,
            'outside',
            'This link leads out of the folder of policies.',
            'Put the file itself here: only what is in this folder counts as a policy.',
          ),
        );
      target = real;
    }
    const found = linked ? await stat(target, { bigint: true }) : own;
    if (!found.isFile())
      return refused(
        wholeFile(
          path,
          'not-a-file',
          `This is ${kindOf(found)}, not a file.`,
          'Move it out of the folder of policies.',
        ),
      );
    if (found.size > BigInt(POLICY_FILE_LIMIT)) return refused(tooLarge(path, Number(found.size)));
    return {
      signature: linked ? signatureOf(own, found) : signatureOf(own),
      target,
      problem: null,
      modifiedAt: Number(found.mtimeMs),
    };
  } catch (failure) {
    if (['ENOENT', 'ENOTDIR'].includes((failure as NodeJS.ErrnoException).code ?? '')) return null;
    throw failure;
  }
}

function tooLarge(path: string, bytes: number): Problem {
  return wholeFile(
    path,
    'too-large',
    `The file has ${bytes} bytes.`,
    `A policy has at most ${POLICY_FILE_LIMIT / 1024} KiB; take out what is not part of it.`,
  );
}

/** The content, or why it cannot be had. Null when the file has gone. Never waits for another program. */
export async function readContent(path: string, target: string): Promise<Content | Problem | null> {
  try {
    // What is at the path may have become a link or a pipe since it was looked at.
    const handle = await open(target, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
    try {
      const found = await handle.stat({ bigint: true });
      if (!found.isFile())
        return wholeFile(path, 'not-a-file', `This is ${kindOf(found)}, not a file.`, 'Move it out of the folder.');
      const buffer = Buffer.alloc(Math.min(Number(found.size), POLICY_FILE_LIMIT) + 1);
      let length = 0;
      for (;;) {
        const { bytesRead } = await handle.read(buffer, length, buffer.length - length, null);
        length += bytesRead;
        if (bytesRead === 0 || length === buffer.length) break;
      }
      if (length > POLICY_FILE_LIMIT) return tooLarge(path, length);
      const bytes = buffer.subarray(0, length);
      return { text: decode(bytes), revision: sha256(bytes) };
    } finally {
      await handle.close();
    }
  } catch (failure) {
    const { code, message } = failure as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    if (failure instanceof TypeError)
      return wholeFile(path, 'not-utf8', 'The file is not UTF-8 text.', 'Save it as UTF-8.');
    return wholeFile(
      path,
      'unreadable',
      `The file cannot be read: ${message}.`,
      'Let your user read it, for instance with `chmod u+r`.',
    );
  }
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
}
