import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { INSIGHT_RANGES, type Insights } from '#shared/contract/insights.ts';
import { OUTCOMES, RUNTIMES, VIOLATION_KINDS, type RunSummary, type Timings } from '#shared/domain/run.ts';
import { recordOf } from '../alerts/testing/record.ts';
import { openDatabase } from '../storage/database.ts';
import { silentLog } from '../storage/log.ts';
import { History } from './history.ts';
import { runOf } from './testing/runs.ts';

const NOW = Date.UTC(2026, 5, 15, 12, 30);
const HOUR = 3_600_000;
let folder: string;
let history: History;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'insights-'));
  history = new History(openDatabase(join(folder, 'bellglass.db')), silentLog);
});
afterEach(() => {
  history.close();
  rmSync(folder, { recursive: true });
});

const verdict = (over: Partial<NonNullable<RunSummary['verdict']>>): RunSummary['verdict'] => ({
  outcome: 'failed',
  exitCode: 1,
  reason: 'It ended by itself with exit code 1.',
  rule: null,
  next: '',
  suggestions: [],
  ...over,
});
const memory = {
  outcome: 'out-of-memory',
  reason: 'It needed more.',
  rule: 'resources.memory: 64 MiB (untrusted)',
} as const;
const save = (id: string, hoursAgo: number, over: Partial<RunSummary> = {}): void =>
  history.save(runOf(id, { createdAt: NOW - hoursAgo * HOUR, ...over }), 'me');
const sum = (all: readonly { runs: number }[]): number => all.reduce((total, { runs }) => total + runs, 0);

it('counts outcomes and violations over time, and the reasons of what did not succeed (AUD-4)', () => {
  save('a', 1);
  save('b', 1, { verdict: verdict(memory), violationKinds: ['memory', 'network'], policy: 'bots' });
  save('c', 30, { verdict: verdict(memory), violationKinds: ['memory'], runtime: 'node' });
  save('d', 24 * 20, { verdict: verdict({}) });
  save('e', 24 * 400, { verdict: verdict({}) });
  save('going', 1, { state: 'running', verdict: null, finishedAt: null });
  const of = (range: (typeof INSIGHT_RANGES)[number]): Insights => history.insights({ range }, NOW);
  expect(INSIGHT_RANGES.map((range) => of(range).runs)).toEqual([2, 3, 4, 5]);
  const day = of('24h');
  expect(day.buckets).toHaveLength(24);
  const bar = day.buckets.find(({ runs }) => runs > 0);
  expect(bar).toMatchObject({
    runs: 2,
    outcomes: { succeeded: 1, 'out-of-memory': 1 },
    kinds: { memory: 1, network: 1 },
  });
  expect(bar!.from <= NOW - HOUR && NOW - HOUR < bar!.to).toBe(true);
  expect(of('7d').reasons).toEqual([{ key: 'It needed more.', runs: 2, outcome: 'out-of-memory' }]);
  expect(of('7d').rules).toEqual([{ key: memory.rule, runs: 2 }]);
  expect(of('7d').policies).toEqual([
    { key: 'untrusted', runs: 2, succeeded: 1 },
    { key: 'bots', runs: 1, succeeded: 0 },
  ]);
  expect(history.insights({ range: '7d', runtime: 'node' }, NOW)).toMatchObject({
    runs: 1,
    choices: { policies: ['bots', 'untrusted'] },
  });
  expect(history.insights({ range: 'all', rule: memory.rule }, NOW).runs).toBe(2);
  expect(of('all').buckets.length).toBeLessThanOrEqual(61);
});

it('reads start-up times and phases off counts (AUD-4)', () => {
  for (let at = 0; at < 100; at += 1) save(`r${at}`, 1, { firstByte: at < 50 ? 250 : 420 });
  const { startup, startupMedian } = history.insights({ range: '24h' }, NOW);
  expect(startup).toEqual([
    { from: 200, to: 300, runs: 50 },
    { from: 300, to: 400, runs: 0 },
    { from: 400, to: 500, runs: 50 },
  ]);
  expect(startupMedian).toBe(300);
});

it('tells how long a waiting sandbox and the files took, of runs that had them (RUN-11, AUD-4)', () => {
  const timed = (id: string, timings: Timings): void => {
    const summary = runOf(id, { createdAt: NOW - HOUR });
    history.save(summary, 'me', { ...recordOf(id, () => NOW).detail(), timings });
  };
  timed('cold', { create: 300, script: 40 });
  timed('warm', { claim: 3, script: 40, extract: 70 });
  for (const range of INSIGHT_RANGES)
    expect(history.insights({ range }, NOW).phases.map(({ phase, runs }) => [phase, runs])).toEqual([
      ['claim', 1],
      ['create', 1],
      ['script', 2],
      ['extract', 1],
    ]);
});

it('has nothing to say of an empty history (AUD-4)', () => {
  for (const range of INSIGHT_RANGES)
    expect(history.insights({ range }, NOW)).toMatchObject({ runs: 0, reasons: [], startup: [], startupMedian: null });
});

it('counts what is in the history, whatever was saved, changed and removed before (AUD-4)', () => {
  const someRun = fc.record({
    id: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
    remove: fc.boolean(),
    outcome: fc.option(fc.constantFrom(...OUTCOMES)),
    runtime: fc.constantFrom(...RUNTIMES),
    kinds: fc.uniqueArray(fc.constantFrom(...VIOLATION_KINDS), { maxLength: 3 }),
    firstByte: fc.option(fc.integer({ min: 0, max: 400_000 }), { nil: undefined }),
    hoursAgo: fc.integer({ min: 0, max: 900 }),
  });
  fc.assert(
    fc.property(fc.array(someRun, { maxLength: 30 }), (steps) => {
      for (const id of 'abcdef') history.remove(id);
      for (const { id, remove, outcome, kinds, firstByte, hoursAgo, runtime } of steps) {
        if (remove) history.remove(id);
        else
          save(id, hoursAgo, {
            runtime,
            state: outcome === null ? 'running' : 'finished',
            verdict: outcome === null ? null : verdict({ outcome, reason: `It was ${outcome}.` }),
            violationKinds: kinds,
            firstByte,
          });
      }
      const over = history.list(100).filter((run) => run.state === 'finished');
      const told = history.insights({ range: 'all' }, NOW);
      expect(told.runs).toBe(over.length);
      expect(sum(told.buckets)).toBe(over.length);
      for (const outcome of OUTCOMES)
        expect(sum(told.buckets.map(({ outcomes }) => ({ runs: outcomes[outcome] ?? 0 })))).toBe(
          over.filter((run) => run.verdict?.outcome === outcome).length,
        );
      for (const kind of VIOLATION_KINDS)
        expect(sum(told.buckets.map(({ kinds }) => ({ runs: kinds[kind] ?? 0 })))).toBe(
          over.filter((run) => run.violationKinds.includes(kind)).length,
        );
      expect(sum(told.runtimes)).toBe(over.length);
    }),
    { numRuns: 60 },
  );
});
