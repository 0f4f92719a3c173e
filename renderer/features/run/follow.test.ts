import { expect, it } from 'vitest';
import type { RunDetail } from '#shared/contract/runs.ts';
import type { RunEvent } from '#shared/domain/run.ts';
import { follow, type RunSource } from './follow.ts';

const detail = (state: string): RunDetail => ({ summary: { state } }) as unknown as RunDetail;
const note: RunEvent = { type: 'note', at: 7, message: 'x' };
const now = async (): Promise<void> => {};

function source(steps: { states: string[]; streams: (RunEvent[][] | Error)[] }): RunSource & { asked: unknown[] } {
  const asked: unknown[] = [];
  return {
    asked,
    get: async () => detail(steps.states.shift() ?? 'finished'),
    watch: async (input) => {
      asked.push(input.after);
      const stream = steps.streams.shift() ?? [];
      return (async function* () {
        if (stream instanceof Error) throw stream;
        yield* stream;
      })();
    },
  };
}

it('gets the run first, watches after it and gets it once more at its end (RUN-5)', async () => {
  const finished = { type: 'finished', at: 9 } as unknown as RunEvent;
  const from = source({ states: ['running', 'finished'], streams: [[[note], [finished]]] });
  const seen: unknown[] = [];
  const to = {
    start: (run: RunDetail) => (seen.push(run.summary.state), 6),
    take: (events: RunEvent[]) => seen.push(...events),
    lost: () => seen.push('lost'),
  };
  await follow(
    from,
    'r',
    { ...to, take: (events) => void to.take(events), lost: () => void to.lost() },
    new AbortController().signal,
    now,
  );
  expect(seen).toEqual(['running', note, finished, 'finished']);
  expect(from.asked).toEqual([6]);
});

it('starts over from the whole run after a broken connection (RUN-5)', async () => {
  const from = source({ states: ['running', 'running', 'finished'], streams: [new Error('gone'), [[note]]] });
  const seen: string[] = [];
  await follow(
    from,
    'r',
    {
      start: (run) => {
        seen.push(run.summary.state);
        return undefined;
      },
      take: () => void seen.push('events'),
      lost: () => void seen.push('lost'),
    },
    new AbortController().signal,
    now,
  );
  expect(seen).toEqual(['running', 'lost', 'running', 'events', 'finished']);
});

it('does not ask again for a run that does not exist', async () => {
  const refusal = Object.assign(new Error('no'), { data: { code: 'input-invalid' } });
  let asked = 0;
  const from: RunSource = {
    get: async () => {
      asked += 1;
      throw refusal;
    },
    watch: async () => (async function* () {})(),
  };
  const to = { start: () => undefined, take: () => {}, lost: () => {} };
  await expect(follow(from, 'r', to, new AbortController().signal, now)).rejects.toBe(refusal);
  expect(asked).toBe(1);
});
