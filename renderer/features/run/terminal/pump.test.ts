import { expect, it } from 'vitest';
import type { OutputMessage } from '#shared/contract/runs.ts';
import { Pump, WINDOW } from './pump.ts';

const chunk = (seq: number, text: string): OutputMessage => ({
  type: 'chunk',
  chunk: { seq, stream: 'stdout', at: 0, text },
});
const open = (viewer: string, from = 0): OutputMessage => ({ type: 'open', viewer, from });

function setUp() {
  const shown: string[] = [];
  const pending: (() => void)[] = [];
  const acks: [string, number][] = [];
  const slices: (() => void)[] = [];
  const slice = (): void => {
    for (const resume of slices.splice(0)) resume();
  };
  const pump = new Pump(
    {
      write: (piece, done) => {
        shown.push(piece.text);
        pending.push(done);
      },
      notice: (text) => shown.push(`[${text}]`),
      end: () => shown.push('<end>'),
    },
    async (viewer, seq) => acks.push([viewer, seq]),
    () => {},
    (resume) => slices.push(resume),
  );
  const draw = async (): Promise<void> => {
    for (const done of pending.splice(0)) done();
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  };
  return { pump, shown, acks, draw, slice };
}

it('acknowledges only what the terminal has drawn, the newest at once (RUN-5)', async () => {
  const { pump, acks, draw } = setUp();
  pump.receive(open('v'));
  pump.receive(chunk(3, 'abc'));
  pump.receive(chunk(5, 'de'));
  expect(acks).toEqual([]);
  await draw();
  expect(acks.at(-1)).toEqual(['v', 5]);
});

it('draws nothing and acknowledges nothing while held, and says what waits (RUN-5)', async () => {
  const { pump, shown, acks, draw } = setUp();
  pump.receive(open('v'));
  pump.hold();
  pump.receive(chunk(WINDOW, 'x'.repeat(WINDOW)));
  await draw();
  expect(shown).toEqual([]);
  expect(acks).toEqual([]);
  expect(pump.counts).toMatchObject({ waiting: WINDOW, full: true, held: true });
  pump.release();
  await draw();
  expect(shown).toHaveLength(1);
  expect(acks.at(-1)).toEqual(['v', WINDOW]);
  expect(pump.counts).toMatchObject({ waiting: 0, full: false, held: false });
});

it('gives the terminal no more than it can draw between two frames (RUN-5)', async () => {
  const { pump, shown, draw, slice } = setUp();
  pump.receive(open('v'));
  for (let piece = 1; piece <= 8; piece += 1) pump.receive(chunk(piece * 16_384, 'y'.repeat(16_384)));
  expect(shown).toHaveLength(2);
  await draw();
  expect(shown).toHaveLength(4);
  await draw();
  expect(shown).toHaveLength(4);
  slice();
  expect(shown).toHaveLength(6);
});

it('goes on after a new connection without holes or repetitions (RUN-5)', async () => {
  const { pump, shown, acks, draw } = setUp();
  pump.receive(open('one'));
  pump.receive(chunk(3, 'abc'));
  await draw();
  expect(pump.from).toBe(3);
  pump.receive(open('two', 3));
  pump.receive(chunk(3, 'abc'));
  pump.receive(chunk(6, 'def'));
  await draw();
  expect(shown).toEqual(['abc', 'def']);
  expect(acks.at(-1)).toEqual(['two', 6]);
});

it('counts lines across chunks, the open one included (RUN-5)', () => {
  const { pump } = setUp();
  expect(pump.counts.lines).toBe(0);
  pump.receive(chunk(3, 'a\nb'));
  expect(pump.counts.lines).toBe(2);
  pump.receive(chunk(5, 'c\n'));
  expect(pump.counts.lines).toBe(2);
});

it('shows gaps where they are and keeps what was dropped (RUN-5)', async () => {
  const { pump, shown, draw } = setUp();
  pump.receive(chunk(1, 'a'));
  pump.receive({ type: 'gap', bytes: 12_000, why: 'the start is no longer kept' });
  pump.receive(chunk(12_002, 'b'));
  pump.receive({ type: 'end', kept: 12_002, dropped: 77 });
  await draw();
  expect(shown).toEqual(['a', '[11.7 KiB are not shown: the start is no longer kept]', 'b', '<end>']);
  expect(pump.counts).toMatchObject({ dropped: 77, ended: true });
});

it('says a second gap for the same reason shortly (RUN-5)', async () => {
  const { pump, shown, draw } = setUp();
  pump.receive({ type: 'gap', bytes: 2048, why: 'dropped' });
  pump.receive({ type: 'gap', bytes: 1024, why: 'dropped' });
  await draw();
  expect(shown).toEqual(['[2 KiB are not shown: dropped]', '[1 KiB more, for the same reason]']);
});
