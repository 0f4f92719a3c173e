/** The one message that a waiter reads before it becomes the script; the format is described in the waiter itself. */

export interface PayloadFile {
  /** Path inside the working folder, `/` as separator. */
  readonly path: string;
  readonly content: Uint8Array;
  readonly executable: boolean;
}

/** What the script may do with a path, for Landlock; an empty path only says that this kind is ruled. */
export interface PathRule {
  readonly kind: 'read' | 'write' | 'execute';
  readonly path: string;
}

export interface Payload {
  readonly files: readonly PayloadFile[];
  readonly env: Readonly<Record<string, string>>;
  /** The program and its arguments. */
  readonly argv: readonly string[];
  readonly workingDir: string;
  /** Folders to make, absolute; those that are there stay. */
  readonly folders?: readonly string[];
  readonly rules?: readonly PathRule[];
  /** Open files that each process of the script may have; absent leaves the container's limit. */
  readonly openFiles?: number | undefined;
  /** Paths that get another mode before the script begins. */
  readonly modes?: readonly { readonly path: string; readonly mode: number }[];
}

/** What is put in place before a script comes; paths are absolute, folders before what is in them. */
export type Entry =
  | { readonly type: 'folder'; readonly path: string; readonly mode: number }
  | { readonly type: 'file'; readonly path: string; readonly mode: number; readonly content: Uint8Array }
  | { readonly type: 'link'; readonly path: string; readonly to: string };

/** The scratch' own root; /tmp and the home folder of every image are links into it. */
export const WORKSPACE = '/workspace';

const encoder = new TextEncoder();

function record(type: string, ...parts: readonly Uint8Array[]): Uint8Array[] {
  const head = new Uint8Array(5);
  head[0] = type.charCodeAt(0);
  new DataView(head.buffer).setUint32(
    1,
    parts.reduce((sum, part) => sum + part.length, 0),
  );
  return [head, ...parts];
}

function number(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

function folders(files: readonly PayloadFile[]): string[] {
  const all = new Set<string>();
  for (const file of files) {
    const parts = file.path.split('/');
    for (let depth = 1; depth < parts.length; depth++) all.add(parts.slice(0, depth).join('/'));
  }
  return [...all].toSorted();
}

function whole(parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  if (length > 0xffffffff) throw new RangeError('a payload is at most 4 GiB');
  const bytes = new Uint8Array(8 + length);
  bytes.set(encoder.encode(length.toString(16).padStart(8, '0')));
  let at = 8;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function entryRecord(entry: Entry): Uint8Array[] {
  const path = encoder.encode(entry.path);
  if (entry.type === 'folder') return record('D', number(entry.mode), path);
  if (entry.type === 'link') return record('S', number(path.length), path, encoder.encode(entry.to));
  return record('F', number(entry.mode), number(path.length), path, entry.content);
}

/** Encodes what a waiter puts in place before it waits for the script. Throws RangeError beyond 4 GiB. */
export function encodeEntries(entries: readonly Entry[]): Uint8Array {
  return whole(entries.flatMap(entryRecord));
}

const RULE = { read: 'R', write: 'W', execute: 'X' } as const;

/**
 * Encodes a payload, length first. Paths must be relative and without `..` (validated at launch).
 * Throws RangeError when it is larger than the waiter's eight hexadecimal digits can say (4 GiB).
 */
export function encodePayload(payload: Payload): Uint8Array {
  const folder = (path: string, mode: number): Uint8Array[] => entryRecord({ type: 'folder', path, mode });
  const parts: Uint8Array[] = [];
  for (const own of ['.tmp', '.home']) parts.push(...folder(`${WORKSPACE}/${own}`, 0o700));
  for (const path of folders(payload.files)) parts.push(...folder(`${WORKSPACE}/${path}`, 0o755));
  for (const path of payload.folders ?? []) parts.push(...folder(path, 0o755));
  for (const file of payload.files) {
    const mode = file.executable ? 0o755 : 0o644;
    parts.push(...entryRecord({ type: 'file', path: `${WORKSPACE}/${file.path}`, mode, content: file.content }));
  }
  for (const { path, mode } of payload.modes ?? []) parts.push(...record('M', number(mode), encoder.encode(path)));
  if (payload.openFiles !== undefined) parts.push(...record('N', number(payload.openFiles)));
  for (const { kind, path } of payload.rules ?? []) parts.push(...record('L', encoder.encode(RULE[kind] + path)));
  for (const [name, value] of Object.entries(payload.env))
    parts.push(...record('E', encoder.encode(`${name}=${value}`)));
  for (const argument of payload.argv) parts.push(...record('A', encoder.encode(argument)));
  parts.push(...record('W', encoder.encode(payload.workingDir)));
  return whole(parts);
}

/** The folders on the way from the workspace to one inside it, itself included; none for the workspace itself. */
export function foldersTo(folder: string): string[] {
  const parts = folder
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .slice(1);
  return parts.map((_, depth) => `${WORKSPACE}/${parts.slice(0, depth + 1).join('/')}`);
}

/** What every script finds in its environment before the policy's and the launch's own entries. */
export function baseEnvironment(tty: boolean): Record<string, string> {
  return {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    HOME: '/home/script',
    USER: 'script',
    LANG: 'C.UTF-8',
    TMPDIR: '/tmp',
    PYTHONUNBUFFERED: '1',
    PYTHONDONTWRITEBYTECODE: '1',
    ...(tty ? { TERM: 'xterm-256color' } : {}),
  };
}
