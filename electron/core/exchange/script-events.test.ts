import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { TAKEN_LIMITS } from '#shared/domain/exchange.ts';
import { readEvents } from './script-events.ts';

const folder = mkdtempSync(join(tmpdir(), 'bellglass-events-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function read(text: string) {
  const path = join(folder, 'events.jsonl');
  writeFileSync(path, text);
  await using file = await open(path);
  return await readEvents(file, Buffer.byteLength(text));
}

const LINE = `${JSON.stringify({ name: 'e', data: 'é'.repeat(20) })}\n`;

it('counts every line that does not become an event, however many there are (RUN-9)', async () => {
  const many = 400_000;
  expect(Buffer.byteLength(LINE) * many).toBeGreaterThan(16 * 1024 * 1024);
  for (const [text, lines] of [
    [LINE.repeat(many), many],
    [`${LINE.repeat(many)}\n\n${LINE.trim()}`, many + 1],
    [`${LINE}${'x'.repeat(20 * 1024 * 1024)}\n${LINE}`, 3],
  ] as const) {
    const { events, lost } = await read(text);
    expect(events[0]).toEqual({ name: 'e', data: 'é'.repeat(20) });
    expect(events.length).toBeLessThanOrEqual(TAKEN_LIMITS.events);
    expect(events.length + lost).toBe(lines);
  }
});

it('takes what is no event for none, and an empty file for nothing (RUN-9)', async () => {
  expect(await read('')).toEqual({ events: [], lost: 0 });
  expect(await read('\n{"name":""}\nnonsense\n{"name":"a"}')).toEqual({ events: [{ name: 'a', data: null }], lost: 2 });
});
