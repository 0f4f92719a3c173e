import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { STEP_STATES } from '#shared/domain/workflow.ts';
import { barOf, spanOf, ticksOf } from './bars.ts';
import { againFrom, retryBegins } from './depends.ts';
import { stepLook } from './looks.ts';
import { passing } from './passing.ts';
import { afterWords, countsWords, needsWords, orderWords, progressOf, spokenStep, titleOf } from './words.ts';

const counts = (over: Partial<Record<(typeof STEP_STATES)[number], number>>) =>
  ({ ...Object.fromEntries(STEP_STATES.map((state) => [state, 0])), ...over }) as Record<
    (typeof STEP_STATES)[number],
    number
  >;

describe('what is said of steps', () => {
  it('says a step with its state and its needs (UX-3)', () => {
    expect(spokenStep({ id: 'fetch', title: 'fetch', needs: [] }, 'succeeded')).toBe('fetch, succeeded, needs nothing');
    expect(spokenStep({ id: 'c', title: 'Chart', needs: ['fetch'] }, 'waiting', '')).toBe(
      'Chart, waiting, needs fetch',
    );
    expect(needsWords(['a', 'b'])).toBe('needs a and b');
    expect(afterWords([])).toBe('at once');
    expect(afterWords(['needs'])).toBe('after needs');
    expect(needsWords(['a', 'b', 'c'])).toBe('needs a, b and c');
    expect(needsWords(['a', 'b', 'c', 'd'])).toBe('needs a, b and 2 more');
  });

  it('shows a title with characters that act harmlessly, and cut (RUN-5)', () => {
    expect(titleOf({ id: 'x', title: 'a\u202eb' })).toBe('a\\u{202e}b');
    expect(titleOf({ id: 'x', title: 'y'.repeat(500) }).length).toBeLessThanOrEqual(120);
    expect(titleOf({ id: 'x', title: '' })).toBe('x');
  });

  it('counts what has had its turn', () => {
    expect(progressOf(counts({ succeeded: 2, running: 1, waiting: 3, 'not-reached': 1 }))).toEqual({
      done: 2,
      all: 7,
      running: 1,
    });
    expect(countsWords(counts({ succeeded: 2, failed: 1, 'not-reached': 1 }))).toBe(
      '2 succeeded, 1 failed, 1 not reached',
    );
    expect(orderWords('list', 3)).toBe('3 steps, in order');
    expect(orderWords('graph', 1)).toBe('1 step');
  });

  it('gives a failed step the look of its run’s outcome (UX-3)', () => {
    expect(stepLook({ state: 'failed', outcome: 'out-of-memory' }).word).toBe('out of memory');
    expect(stepLook({ state: 'failed', outcome: 'succeeded' }).word).toBe('failed');
    expect(stepLook({ state: 'failed', outcome: null }).word).toBe('failed');
    expect(stepLook({ state: 'not-reached', outcome: null }).word).toBe('not reached');
  });
});

describe('what a retry runs again', () => {
  const step = (id: string, ...needs: string[]) => ({ id, needs });
  it('is the step and all that depends on it, in order (WF-1)', () => {
    const steps = [step('a'), step('b', 'a'), step('c'), step('d', 'b', 'c'), step('e', 'c')];
    expect(againFrom(steps, 'b').map(({ id }) => id)).toEqual(['b', 'd']);
    expect(againFrom(steps, 'a').map(({ id }) => id)).toEqual(['a', 'b', 'd']);
    expect(againFrom(steps, 'e').map(({ id }) => id)).toEqual(['e']);
  });
  it('begins with what stopped the workflow, for a step that was never reached (WF-1)', () => {
    const steps = [
      { ...step('a'), state: 'failed' as const },
      { ...step('b', 'a'), state: 'not-reached' as const },
      { ...step('c', 'b'), state: 'not-reached' as const },
      { ...step('d'), state: 'succeeded' as const },
      { ...step('e', 'd'), state: 'cancelled' as const },
    ];
    const begins = (id: string) => retryBegins(steps, id).map((one) => one.id);
    expect(begins('c')).toEqual(['a']);
    expect(begins('b')).toEqual(['a']);
    expect(begins('a')).toEqual([]);
    expect(begins('d')).toEqual([]);
    expect(begins('e')).toEqual([]);
  });
  it('ends on circles', () => {
    expect(againFrom([step('a', 'b'), step('b', 'a')], 'a')).toHaveLength(2);
  });
});

describe('the bars of steps', () => {
  const whole = { startedAt: 1_000, endedAt: null };
  it('places each step within the whole, and lets one that goes on reach to now (WF-1)', () => {
    const steps = [
      { startedAt: 1_000, endedAt: 3_000 },
      { startedAt: 3_000, endedAt: null },
      { startedAt: null, endedAt: null },
    ];
    const span = spanOf(whole, steps, 5_000);
    expect(span).toEqual({ start: 1_000, end: 5_000 });
    expect(steps.map((one) => barOf(one, span, 5_000))).toEqual([
      { from: 0, to: 0.5, ms: 2_000 },
      { from: 0.5, to: 1, ms: 2_000 },
      { from: null, to: 0, ms: null },
    ]);
  });

  it('keeps every bar inside and every line round, whatever the clocks say', () =>
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.option(fc.nat(1e9)), fc.option(fc.nat(1e9))), { maxLength: 20 }),
        fc.nat(1e9),
        fc.option(fc.nat(1e9)),
        fc.nat(1e9),
        (times, startedAt, endedAt, now) => {
          const steps = times.map(([from, to]) => ({ startedAt: from, endedAt: to }));
          const span = spanOf({ startedAt, endedAt }, steps, now);
          expect(span.end - span.start).toBeGreaterThanOrEqual(1_000);
          for (const step of steps) {
            const { from, to } = barOf(step, span, now);
            expect(to).toBeLessThanOrEqual(1);
            if (from !== null) expect(from).toBeLessThanOrEqual(to);
          }
          const ticks = ticksOf(span);
          expect(ticks.length).toBeLessThanOrEqual(7);
          expect(ticks[0]).toBe(0);
        },
      ),
    ));
});

it('tells what passes along an edge: what waits, what came, what is broken (WF-1)', () => {
  const edge = passing([
    { id: 'ok', state: 'succeeded' },
    { id: 'bad', state: 'failed' },
    { id: 'no', state: 'skipped' },
    { id: 'on', state: 'running' },
    { id: 'far', state: 'not-reached' },
    { id: 'next', state: 'waiting' },
  ]);
  expect(edge('ok', 'next')).toBe('passed');
  expect(edge('no', 'next')).toBe('passed');
  expect(edge('on', 'next')).toBe('waits');
  expect(edge('bad', 'far')).toBe('broken');
  expect(edge('bad', 'next')).toBe('passed');
  expect(edge('ok', 'far')).toBe('passed');
  expect(edge('ghost', 'far')).toBe('waits');
});
