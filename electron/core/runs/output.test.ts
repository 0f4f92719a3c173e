import { once } from 'node:events';
import { mkdtemp, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OutputMessage } from '#shared/contract/runs.ts';
import { OutputIntake } from './output-intake.ts';
import { OutputSpool, RECORD_LIMIT } from './output-spool.ts';
import { OutputViewers, WINDOW, type OutputState } from './output-viewer.ts';

let folder: string;
let spool: OutputSpool;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bellglass-output-'));
  spool = await OutputSpool.open(join(folder, 'run.output'));
});

afterEach(async () => {
  await spool.close();
  await rm(folder, { recursive: true });
});

async function everything(): Promise<string> {
  let text = '';
  for (let at = 0; ;) {
    const records = await spool.read(at, 1);
    if (records.length === 0) return text;
    for (const record of records) text += record.text;
    at = records.at(-1)!.end;
  }
}

function intakeOf(limit: number): { intake: OutputIntake; changes: () => number } {
  let changes = 0;
  const intake = new OutputIntake({ spool, limit, now: () => 1, onFirstByte: () => {}, onChange: () => changes++ });
  return { intake, changes: () => changes };
}

async function feed(intake: OutputIntake, chunks: readonly Uint8Array[]): Promise<void> {
  const source = new PassThrough();
  const taken = intake.take('stdout', source);
  for (const chunk of chunks) source.write(chunk);
  source.end();
  await taken;
  await intake.flush();
}

describe('kept output (RUN-5)', () => {
  it.each(['ended', 'destroyed'] as const)(
    'does not wait for a stream that had %s before, as a terminal has',
    async (how) => {
      const source = new PassThrough();
      if (how === 'ended') source.resume().end();
      else source.destroy();
      await once(source, how === 'ended' ? 'end' : 'close');
      await intakeOf(100).intake.take('stderr', source);
    },
  );

  it('gives back every character, however the bytes were cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'grapheme', maxLength: 200 }),
        fc.integer({ min: 1, max: 7 }),
        async (text, size) => {
          const before = (await everything()).length;
          const bytes = Buffer.from(text);
          const { intake } = intakeOf(Number.MAX_SAFE_INTEGER);
          await feed(
            intake,
            Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size)),
          );
          expect((await everything()).slice(before)).toBe(Buffer.from(text).toString());
          expect(intake.kept).toBe(bytes.length);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('cuts long output at character borders', async () => {
    const text = 'é€😀'.repeat(RECORD_LIMIT / 4);
    await spool.append('stdout', 1, text);
    expect(await everything()).toBe(text);
  });

  it('keeps no more than the policy says and counts the rest (resources.output)', async () => {
    const { intake } = intakeOf(10);
    await feed(intake, [Buffer.from('12345678'), Buffer.from('90abc'), Buffer.from('def')]);
    expect(await everything()).toBe('1234567890');
    expect([intake.seen, intake.kept, intake.dropped]).toEqual([16, 10, 6]);
  });

  it('tells both streams apart and counts lines', async () => {
    const { intake } = intakeOf(1000);
    const [out, err] = [new PassThrough(), new PassThrough()];
    const both = Promise.all([intake.take('stdout', out), intake.take('stderr', err)]);
    out.end('one\ntwo\n');
    err.end('bad\n');
    await both;
    await intake.flush();
    const records = await spool.read(0, 1000);
    expect(records.map((record) => [record.stream, record.text])).toEqual([
      ['stdout', 'one\ntwo\n'],
      ['stderr', 'bad\n'],
    ]);
    expect(intake.lines).toBe(3);
  });

  it('ignores the torn last record of a process that was killed', async () => {
    await spool.append('stdout', 1, 'whole');
    await spool.append('stdout', 1, 'torn');
    await truncate(join(folder, 'run.output'), spool.size - 2);
    const again = await OutputSpool.open(join(folder, 'run.output'));
    expect((await again.read(0, 1000)).map((record) => record.text)).toEqual(['whole']);
    await again.close();
  });
});

describe('viewers', () => {
  const viewers = (): OutputViewers => {
    let id = 0;
    return new OutputViewers(() => `viewer-${++id}`);
  };

  function follow(
    ended: () => boolean,
    dropped = 0,
  ): { state: () => OutputState; changed: (l: () => void) => () => void; tell: () => void } {
    const listeners = new Set<() => void>();
    return {
      state: () => ({ size: spool.size, ended: ended(), kept: 0, dropped, droppedWhy: 'limit' }),
      changed: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      tell: () => {
        for (const listener of listeners) listener();
      },
    };
  }

  it('gives a late viewer the same as an early one, then the end', async () => {
    await spool.append('stdout', 1, 'a');
    await spool.append('stderr', 2, 'b');
    const run = follow(() => true, 7);
    const all: OutputMessage[] = [];
    for await (const message of viewers().view(spool, run.state, 0, run.changed)) all.push(message);
    expect(all.map((message) => message.type)).toEqual(['open', 'chunk', 'chunk', 'gap', 'end']);
  });

  it('sends no more than its window to a viewer that does not acknowledge, and goes on when it does', async () => {
    for (let i = 0; i < 12; i++) await spool.append('stdout', 1, 'x'.repeat(RECORD_LIMIT));
    const run = follow(() => true);
    const many = viewers();
    const stream = many.view(spool, run.state, 0, run.changed);
    const opened = await stream.next();
    if (opened.done || opened.value.type !== 'open') throw new Error('a stream opens first');
    let sent = 0;
    let seq = 0;
    let next = stream.next();
    const within = async (): Promise<void> => {
      for (;;) {
        const message = await Promise.race([next, new Promise<null>((resolve) => setTimeout(resolve, 50, null))]);
        if (message === null || message.done || message.value.type !== 'chunk') return;
        sent += message.value.chunk.text.length;
        seq = message.value.chunk.seq;
        next = stream.next();
      }
    };
    await within();
    expect(sent).toBeLessThanOrEqual(WINDOW + RECORD_LIMIT);
    expect(sent).toBeGreaterThan(WINDOW / 2);
    const before = sent;
    many.ack(opened.value.viewer, seq);
    await within();
    expect(sent).toBeGreaterThan(before);
    many.ack(opened.value.viewer, Number.MAX_SAFE_INTEGER);
    await within();
    expect(sent).toBe(12 * RECORD_LIMIT);
  });

  it('ends when its reader leaves, also while waiting, and refuses later acknowledgements', async () => {
    const run = follow(() => false);
    const leave = new AbortController();
    const many = viewers();
    const stream = many.view(spool, run.state, 0, run.changed, leave.signal);
    await stream.next();
    const waiting = stream.next();
    leave.abort();
    expect((await waiting).done).toBe(true);
    expect(() => many.ack('viewer-1', 1)).toThrow('closed');
  });
});
