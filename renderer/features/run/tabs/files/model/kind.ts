/** How a file can be looked at. Pure. */
import { textOf } from '#shared/script/bytes.ts';

export type Kind = 'text' | 'json' | 'csv' | 'image' | 'binary';

/** Pictures that a browser shows and that can hold nothing that acts. */
const IMAGES: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  bmp: 'image/bmp',
};

/** Bytes that are fetched to look at: all of a picture or of JSON, else the beginning. */
export const LOOK = { image: 8 * 1024 * 1024, json: 1024 * 1024, text: 256 * 1024 } as const;

const ending = (path: string): string => /\.([^./]+)$/.exec(path)?.[1]?.toLowerCase() ?? '';

/** Its type as a picture; null when it is none. */
export function imageType(path: string): string | null {
  return IMAGES[ending(path)] ?? null;
}

/** How many bytes to fetch. */
export function toFetch(path: string, size: number): number {
  if (imageType(path)) return size <= LOOK.image ? size : 0;
  return Math.min(size, ending(path) === 'json' && size <= LOOK.json ? LOOK.json : LOOK.text);
}

/** The text of the beginning of a file; null when it is none. A character that was cut at the end is left out. */
export function textOfStart(bytes: Uint8Array, whole: boolean): string | null {
  for (let cut = 0; cut <= (whole ? 0 : 3); cut++) {
    const text = textOf(bytes.subarray(0, bytes.length - cut));
    if (text !== null) return text.includes('\0') ? null : text;
  }
  return null;
}

/** By name and, for text, by what is in it. */
export function kindOf(path: string, text: string | null): Kind {
  if (imageType(path)) return 'image';
  if (text === null) return 'binary';
  const end = ending(path);
  return end === 'json' ? 'json' : end === 'csv' || end === 'tsv' ? 'csv' : 'text';
}

/** JSON with two blanks for each level; null when it is no JSON. */
export function pretty(text: string): string | null {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return null;
  }
}
