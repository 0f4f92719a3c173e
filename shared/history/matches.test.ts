import { expect, it } from 'vitest';
import type { RunSummary } from '../domain/run.ts';
import { parseFilter } from './filter.ts';
import { matches } from './matches.ts';

const run = (over: Partial<RunSummary>): RunSummary => ({
  id: '01JRUN',
  name: 'fetch_prices.py',
  runtime: 'python',
  level: 'untrusted',
  policy: 'untrusted',
  overrides: 0,
  state: 'finished',
  createdAt: 0,
  startedAt: 0,
  finishedAt: 1,
  memoryLimit: 1,
  wallLimit: 1,
  peakMemory: 0,
  sparkline: [],
  violationKinds: [],
  pinned: false,
  tags: [],
  note: '',
  workflow: null,
  violations: 0,
  verdict: {
    outcome: 'failed',
    exitCode: 1,
    reason: 'The script ended with exit code 1.',
    rule: null,
    next: '',
    suggestions: [],
  },
  ...over,
});

const found = (text: string, over: Partial<RunSummary> = {}): boolean => matches(run(over), parseFilter(text), 10);

it.each([
  ['', true],
  ['   ', true],
  ['fetch', true],
  ['FETCH', true],
  ['"exit code 1"', true],
  ['memory', false],
  ['policy:untrusted', true],
  ['policy:limited', false],
  ['policy:untrusted outcome:failed fetch', true],
  ['policy:untrusted outcome:succeeded fetch', false],
  ['outcome:succeeded,failed', true],
  ['-outcome:failed', false],
  ['-runtime:node', true],
  ['"fetch_prices.py"', true],
  ['name:"fetch prices"', false],
  ['is:finished', true],
  ['is:going', false],
  ['violation:memory', false],
  ['tag:ci', false],
  ['exit:1', true],
  ['exit:>1', false],
  ['duration:<1s', true],
  ['peak:>1MiB', false],
])('filters a failed run by %j (UX-1)', (text, expected) => expect(found(text)).toBe(expected));

it('tells the policy of a run from the level that it is made from (RUN-12)', () => {
  const own = { policy: 'Price-Bots', level: 'limited' as const };
  expect(found('policy:price-bots', own)).toBe(true);
  expect(found('level:limited', own)).toBe(true);
  // A bar of the insights that counts runs under `limited` itself leads to just those.
  expect(found('policy:limited', own)).toBe(false);
});

it('finds runs in which something was refused', () => expect(found('is:refused', { violations: 2 })).toBe(true));

it('finds the steps of a workflow by its name or id (WF-1)', () => {
  const workflow = { id: '01abc', workflow: 'Prices', step: 'fetch' };
  for (const filter of ['workflow:prices', 'workflow:01ABC', '-workflow:other'])
    expect(found(filter, { workflow })).toBe(true);
  expect(found('workflow:price', { workflow })).toBe(false);
  expect(found('workflow:prices', {})).toBe(false);
});
