import { expect, it } from 'vitest';
import type { RunDetail } from '#shared/contract/runs.ts';
import type { RunEvent } from '#shared/domain/run.ts';
import { Journal } from './journal.ts';

const START = 1_000_000;
const sampleAt = (at: number): RunEvent => ({
  type: 'sample',
  at: START + at,
  sample: { at, memory: at, cpu: 0, cpuTime: 0, processes: 1 },
});
const note = (at: number, message: string): RunEvent => ({ type: 'note', at: START + at, message });

function detail(events: RunEvent[] = [], samples: RunDetail['samples'] = []): RunDetail {
  return {
    summary: {
      id: 'r1',
      state: 'starting',
      createdAt: START,
      startedAt: null,
      finishedAt: null,
      peakMemory: 0,
      violations: 0,
      verdict: null,
    },
    events,
    samples,
  } as unknown as RunDetail;
}

it('shows a late viewer the same as one who was there (RUN-6)', () => {
  const all = [
    note(1, 'a'),
    { type: 'state', at: START + 2, state: 'running' } as const,
    ...[100, 200, 300].map(sampleAt),
    note(301, 'b'),
  ];
  const there = new Journal(detail());
  there.take(all);
  const late = new Journal(detail(all.slice(0, 3), [{ at: 100, memory: 100, cpu: 0, cpuTime: 0, processes: 1 }]));
  late.take(all.slice(2));
  expect(late.happenings).toEqual(there.happenings);
  expect(late.readings.length).toBe(3);
  expect(there.readings.length).toBe(3);
});

it('asks again from the last event and drops what comes twice, also within one millisecond (RUN-5)', () => {
  const journal = new Journal(detail([note(5, 'first')]));
  expect(journal.after).toBe(START + 4);
  journal.take([note(5, 'first'), note(5, 'second'), note(6, 'third')]);
  expect(journal.happenings.map((event) => (event.type === 'note' ? event.message : ''))).toEqual([
    'first',
    'second',
    'third',
  ]);
});

it('follows state, peak and verdict (RUN-2)', () => {
  const journal = new Journal(detail());
  journal.take([{ type: 'state', at: START + 10, state: 'running' }, sampleAt(50)]);
  expect(journal.summary).toMatchObject({ state: 'running', startedAt: START + 10, peakMemory: 50 });
  const verdict = { outcome: 'succeeded', exitCode: 0, reason: 'r', rule: null, next: '', suggestions: [] } as const;
  journal.take([
    {
      type: 'finished',
      at: START + 90,
      verdict: { ...verdict, suggestions: [] },
      timings: {},
      peaks: { memory: 50, cpu: 0, cpuTime: 0, processes: 1, output: 0 },
    },
  ]);
  expect(journal.summary).toMatchObject({
    state: 'finished',
    finishedAt: START + 90,
    verdict: { outcome: 'succeeded' },
  });
});

it('adds what was missed to what is drawn when it gets the run again (RUN-5, RUN-6)', () => {
  const journal = new Journal(detail([note(1, 'a')]));
  journal.take([sampleAt(100)]);
  const { readings } = journal;
  const samples = [100, 200, 300].map((at) => ({ at, memory: at, cpu: 0, cpuTime: 0, processes: 1 }));
  journal.renew(detail([note(1, 'a'), note(250, 'b')], samples));
  expect(journal.readings).toBe(readings);
  expect(readings.length).toBe(3);
  expect(journal.happenings).toHaveLength(2);
});
