/** What a script told with the helper's `event`: bounded lines of JSON, whatever the file really holds. */
import type { FileHandle } from 'node:fs/promises';
import * as z from 'zod';
import { GIVEN_LIMITS, TAKEN_LIMITS } from '#shared/domain/exchange.ts';
import { parseJson } from '#shared/exchange/json.ts';
import { showShort } from '#shared/script/display.ts';
import { utf8Length } from '#shared/script/bytes.ts';

export interface ScriptEvent {
  readonly name: string;
  readonly data: z.core.util.JSONType;
}

/** Bytes of the file that are read; the helper stops at 4 MiB. Lines behind them are only counted. */
const LOOKED = 8 * 1024 * 1024;
/** Bytes that are counted at once. */
const PIECE = 1024 * 1024;
const NEWLINE = 10;
const NAME = 200;

const lineSchema = z.object({ name: z.string().min(1), data: z.json().default(null) });

/** One line as an event; null when it is none. */
export function eventOf(line: string): ScriptEvent | null {
  if (utf8Length(line) > TAKEN_LIMITS.event) return null;
  const parsed = parseJson(line, GIVEN_LIMITS.depth);
  const found = 'value' in parsed ? lineSchema.safeParse(parsed.value) : null;
  return found?.success ? { name: showShort(found.data.name, NAME), data: found.data.data } : null;
}

/** Lines between two places of the file that are not empty. */
async function linesFrom(file: FileHandle, from: number, to: number): Promise<number> {
  const piece = Buffer.alloc(Math.min(PIECE, to - from));
  let lines = 0;
  let last = NEWLINE;
  for (let at = from; at < to;) {
    const { bytesRead } = await file.read(piece, 0, Math.min(piece.length, to - at), at);
    if (bytesRead === 0) break;
    at += bytesRead;
    for (let i = 0; i < bytesRead; i++) {
      const byte = piece[i]!;
      if (last === NEWLINE && byte !== NEWLINE) lines++;
      last = byte;
    }
  }
  return lines;
}

/**
 * The events of the file, and how many lines are none or too many.
 * @param before lines and events that were told while it ran
 */
export async function readEvents(
  file: FileHandle,
  size: number,
  before: { readonly lines: number; readonly told: number } = { lines: 0, told: 0 },
): Promise<{ events: ScriptEvent[]; lost: number }> {
  const bytes = Buffer.alloc(Math.min(size, LOOKED));
  for (let at = 0; at < bytes.length;) {
    const { bytesRead } = await file.read(bytes, at, bytes.length - at, at);
    if (bytesRead === 0) break;
    at += bytesRead;
  }
  const whole = bytes.length < size ? bytes.subarray(0, bytes.lastIndexOf(NEWLINE) + 1) : bytes;
  const events: ScriptEvent[] = [];
  let seen = 0;
  let lost = before.lines - before.told + (await linesFrom(file, whole.length, size));
  for (const line of whole.toString('utf8').split('\n')) {
    if (line.trim() === '') continue;
    if (++seen <= before.lines) continue;
    const event = before.told + events.length < TAKEN_LIMITS.events ? eventOf(line) : null;
    if (event) events.push(event);
    else lost++;
  }
  return { events, lost };
}
