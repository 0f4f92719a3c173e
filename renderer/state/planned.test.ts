import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { create } from 'zustand';
import { keepInStep, NOTHING_PLANNED, startAsPlanned, type Planned } from './planned.ts';

type Made = { plan: string; planned: string | null };
const storeOf = (draft: string | null) =>
  create<Planned<string, string, string>>(() => ({ ...NOTHING_PLANNED, draft }));

let life: AbortController;
beforeEach(() => {
  vi.useFakeTimers();
  life = new AbortController();
});
afterEach(() => {
  life.abort();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

const madeOf = (draft: string): Made => ({ plan: `plan of ${draft}`, planned: draft });

it('plans what is there, and once more when typing rests', async () => {
  const store = storeOf('a');
  const make = vi.fn((draft: string) => Promise.resolve(madeOf(draft)));
  keepInStep(store, make, life.signal);
  await vi.advanceTimersByTimeAsync(0);
  expect(store.getState()).toMatchObject({ plan: 'plan of a', planned: 'a' });
  for (const draft of ['ab', 'abc']) store.setState({ draft });
  expect(store.getState()).toMatchObject({ plan: 'plan of a', planned: null });
  await vi.advanceTimersByTimeAsync(200);
  expect(store.getState()).toMatchObject({ plan: 'plan of abc', planned: 'abc' });
  expect(make.mock.calls).toEqual([['a'], ['abc']]);
});

it('drops the answer that a newer draft has overtaken, good or bad', async () => {
  const store = storeOf('slow');
  const answers = new Map<string, PromiseWithResolvers<Made>>();
  keepInStep(
    store,
    (draft) => {
      const answer = Promise.withResolvers<Made>();
      answers.set(draft, answer);
      return answer.promise;
    },
    life.signal,
  );
  store.setState({ draft: 'bad' });
  await vi.advanceTimersByTimeAsync(200);
  store.setState({ draft: 'new' });
  await vi.advanceTimersByTimeAsync(200);
  answers.get('new')!.resolve(madeOf('new'));
  answers.get('slow')!.resolve(madeOf('slow'));
  answers.get('bad')!.reject(new Error('no'));
  await vi.advanceTimersByTimeAsync(0);
  expect(store.getState()).toMatchObject({ plan: 'plan of new', planned: 'new', error: null });
});

it('keeps the last plan on screen and starts nothing while there is an error or no plan to be had', async () => {
  const store = storeOf('a');
  keepInStep(
    store,
    (draft) =>
      draft === 'none' ? null : draft === 'bad' ? Promise.reject(new Error('no')) : Promise.resolve(madeOf(draft)),
    life.signal,
  );
  await vi.advanceTimersByTimeAsync(0);
  const start = vi.fn(() => Promise.resolve({ id: '1' }));
  for (const draft of ['bad', 'none']) {
    store.setState({ draft });
    await vi.advanceTimersByTimeAsync(200);
    expect(store.getState()).toMatchObject({ plan: 'plan of a', planned: null });
    expect(await startAsPlanned(store, () => true, start)).toBeNull();
  }
  expect(start).not.toHaveBeenCalled();
});

it('starts exactly what was planned, once, and says why it was refused', async () => {
  const store = storeOf('a');
  store.setState(madeOf('a'));
  const start = vi.fn((launch: string) => Promise.resolve({ id: `run of ${launch}` }));
  const both = [startAsPlanned(store, () => true, start), startAsPlanned(store, () => true, start)];
  expect(await Promise.all(both)).toEqual(['run of a', null]);
  expect(await startAsPlanned(store, () => false, start)).toBeNull();
  expect(
    await startAsPlanned(
      store,
      () => true,
      () => Promise.reject(new Error('refused')),
    ),
  ).toBeNull();
  expect(store.getState()).toMatchObject({ starting: false, error: { message: expect.any(String) } });
});
