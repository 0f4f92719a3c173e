/** Tells from the first bytes that a file is no script, and what it is. */
import type { Interpreter } from './detect.ts';

interface Magic {
  readonly at: number;
  readonly bytes: readonly number[];
  readonly what: string;
  /** The interpreter that can run it as it is. */
  readonly runsIn?: Interpreter;
}

const ascii = (text: string): number[] => Array.from(text, (character) => character.charCodeAt(0));

/** Longer ones first where one begins with another. */
const MAGICS: readonly Magic[] = [
  { at: 0, bytes: [0x7f, ...ascii('ELF')], what: 'a Linux program (ELF)' },
  { at: 0, bytes: [0xcf, 0xfa, 0xed, 0xfe], what: 'a macOS program' },
  { at: 0, bytes: [0xca, 0xfe, 0xba, 0xbe], what: 'a compiled Java class or a macOS program' },
  { at: 0, bytes: [0x00, ...ascii('asm')], what: 'WebAssembly' },
  { at: 0, bytes: [...ascii('PK'), 3, 4], what: 'a zip archive', runsIn: 'python' },
  { at: 0, bytes: [0xa7, 0x0d, 0x0d, 0x0a], what: 'compiled Python 3.11', runsIn: 'python' },
  { at: 2, bytes: [0x0d, 0x0a, 0x00, 0x00], what: 'compiled Python of another version' },
  { at: 2, bytes: [0x0d, 0x0d, 0x0a], what: 'compiled Python of another version' },
  { at: 0, bytes: [0x1f, 0x8b], what: 'a gzip archive' },
  { at: 0, bytes: [0xfd, ...ascii('7zXZ')], what: 'an xz archive' },
  { at: 0, bytes: ascii('BZh'), what: 'a bzip2 archive' },
  { at: 0, bytes: [0x28, 0xb5, 0x2f, 0xfd], what: 'a zstd archive' },
  { at: 0, bytes: ascii('7z\u00bc\u00af'), what: 'a 7z archive' },
  { at: 257, bytes: ascii('ustar'), what: 'a tar archive' },
  { at: 0, bytes: [0x89, ...ascii('PNG')], what: 'a picture (PNG)' },
  { at: 0, bytes: [0xff, 0xd8, 0xff], what: 'a picture (JPEG)' },
  { at: 0, bytes: ascii('GIF8'), what: 'a picture (GIF)' },
  { at: 8, bytes: ascii('WEBP'), what: 'a picture (WebP)' },
  { at: 0, bytes: ascii('%PDF-'), what: 'a PDF document' },
  { at: 0, bytes: ascii('SQLite format 3'), what: 'an SQLite database' },
];

function matches(content: Uint8Array, magic: Magic): boolean {
  return magic.bytes.every((byte, index) => content[magic.at + index] === byte);
}

/** What kind of binary file this is, null when none that we know or when the interpreter runs it as it is. */
export function binaryKind(content: Uint8Array, interpreter: Interpreter): string | null {
  const magic = MAGICS.find((one) => matches(content, one));
  if (magic) return magic.runsIn === interpreter ? null : magic.what;
  // "MZ" alone could begin a text; a Windows program has a NUL soon after it.
  const windows = content[0] === 0x4d && content[1] === 0x5a && content.subarray(0, 64).includes(0);
  return windows ? 'a Windows program' : null;
}

/** True for binary content that this interpreter runs as it is: a Python zip application or compiled Python 3.11. */
export function runnableBinary(content: Uint8Array, interpreter: Interpreter): boolean {
  return MAGICS.some((one) => one.runsIn === interpreter && matches(content, one));
}

/** UTF-16 or UTF-32 as told by a byte order mark, or by the pattern of NULs of Latin text; null when neither. */
export function wideEncoding(content: Uint8Array): string | null {
  const [a, b, c, d] = content;
  if (a === 0xff && b === 0xfe) return c === 0 && d === 0 ? 'UTF-32LE' : 'UTF-16LE';
  if (a === 0 && b === 0 && c === 0xfe && d === 0xff) return 'UTF-32BE';
  if (a === 0xfe && b === 0xff) return 'UTF-16BE';
  const head = content.subarray(0, 512);
  if (head.length < 4) return null;
  let even = 0;
  let odd = 0;
  head.forEach((byte, index) => {
    if (byte !== 0) return;
    if (index % 2 === 0) even += 1;
    else odd += 1;
  });
  const half = head.length / 2;
  if (odd > half * 0.8 && even === 0) return 'UTF-16LE';
  if (even > half * 0.8 && odd === 0) return 'UTF-16BE';
  return null;
}
