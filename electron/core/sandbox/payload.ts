/** The one message that a waiter reads before it becomes the script; the format is described in the waiter itself. */

export interface PayloadFile {
  /** Path inside the working folder, `/` as separator. */
  readonly path: string;
  readonly content: Uint8Array;
  readonly executable: boolean;
}

export interface Payload {
  readonly files: readonly PayloadFile[];
  readonly env: Readonly<Record<string, string>>;
  /** The program and its arguments. */
  readonly argv: readonly string[];
  readonly workingDir: string;
}

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

/**
 * Encodes a payload, length first. Paths must be relative and without `..` (validated at launch).
 * Throws RangeError when it is larger than the waiter's eight hexadecimal digits can say (4 GiB).
 */
export function encodePayload(payload: Payload): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const own of ['.tmp', '.home']) parts.push(...record('D', number(0o700), encoder.encode(`${WORKSPACE}/${own}`)));
  for (const folder of folders(payload.files))
    parts.push(...record('D', number(0o755), encoder.encode(`${WORKSPACE}/${folder}`)));
  for (const file of payload.files) {
    const path = encoder.encode(`${WORKSPACE}/${file.path}`);
    parts.push(...record('F', number(file.executable ? 0o755 : 0o644), number(path.length), path, file.content));
  }
  for (const [name, value] of Object.entries(payload.env))
    parts.push(...record('E', encoder.encode(`${name}=${value}`)));
  for (const argument of payload.argv) parts.push(...record('A', encoder.encode(argument)));
  parts.push(...record('W', encoder.encode(payload.workingDir)));
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  if (length > 0xffffffff) throw new RangeError('a payload is at most 4 GiB');
  const whole = new Uint8Array(8 + length);
  whole.set(encoder.encode(length.toString(16).padStart(8, '0')));
  let at = 8;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
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
