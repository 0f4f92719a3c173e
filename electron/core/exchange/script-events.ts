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

/** Bytes of the file that are looked at; the helper stops at 4 MiB. */
const LOOKED = 8 * 1024 * 1024;
const NAME = 200;

const lineSchema = z.object({ name: z.string().min(1), data: z.json().default(null) });

/** One line as an event; null when it is none. */
export function eventOf(line: string): ScriptEvent | null {
  if (utf8Length(line) > TAKEN_LIMITS.event) return null;
  const parsed = parseJson(line, GIVEN_LIMITS.depth);
  const found = 'value' in parsed ? lineSchema.safeParse(parsed.value) : null;
  return found?.success ? { name: showShort(found.data.name, NAME), data: found.data.data } : null;
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
  const events: ScriptEvent[] = [];
  let seen = 0;
  let lost = before.lines - before.told;
  for (const line of bytes.toString('utf8').split('\n')) {
    if (line.trim() === '') continue;
    if (++seen <= before.lines) continue;
    const event = before.told + events.length < TAKEN_LIMITS.events ? eventOf(line) : null;
    if (event) events.push(event);
    else lost++;
  }
  return { events, lost };
}
