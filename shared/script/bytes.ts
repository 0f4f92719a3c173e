/** Text and bytes without Node or the DOM's types: these two globals exist in Node and in every browser. */
import * as z from 'zod';

declare const TextDecoder: new (
  label: string,
  options?: { fatal?: boolean; ignoreBOM?: boolean },
) => { decode(bytes: Uint8Array): string };
declare const TextEncoder: new () => { encode(text: string): Uint8Array };

declare const btoa: (binary: string) => string;

const encoder = new TextEncoder();

/** UTF-8 bytes of a text. */
export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Bytes that a text takes as UTF-8. */
export function utf8Length(text: string): number {
  return encoder.encode(text).length;
}

/** The text of UTF-8 bytes, byte order mark kept; null when they are not valid UTF-8. */
export function textOf(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** The text of bytes with every invalid sequence as U+FFFD; for looking at, never for running. */
export function roughTextOf(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}

/** Decodes base64; null when it is not. */
export function fromBase64(text: string): Uint8Array | null {
  try {
    return z.util.base64ToUint8Array(text);
  } catch {
    return null;
  }
}

/** Bytes that are encoded at once: whole groups of three, few enough for the arguments of one call. */
const AT_ONCE = 3 * 8192;

/** Encodes bytes as base64. */
export function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += AT_ONCE)
    // Spread would call an iterator for each byte.
    text += btoa(Reflect.apply(String.fromCharCode, null, bytes.subarray(at, at + AT_ONCE)) as string);
  return text;
}
