import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NO_HISTORY, record, redo, STEP_MS, undo, type History } from './history.ts';

test('takes changes of one field shortly after one another as one step (UX-3)', () => {
  let history = record(NO_HISTORY, 'a', 'resources.memory', 0);
  history = record(history, 'b', 'resources.memory', STEP_MS - 1);
  expect(undo(history, 'c')?.text).toBe('a');
});

test('keeps changes of different fields and changes with a pause between them apart', () => {
  const other = record(record(NO_HISTORY, 'a', 'resources.memory', 0), 'b', 'resources.cpu', 1);
  expect(undo(other, 'c')?.text).toBe('b');
  const later = record(record(NO_HISTORY, 'a', 'type', 0), 'b', 'type', STEP_MS);
  expect(undo(later, 'c')?.text).toBe('b');
});

test('starts a new step after an undo, even for the same field at once', () => {
  const first = record(NO_HISTORY, 'a', 'type', 0);
  const undone = undo(first, 'b');
  const again = record(undone?.history ?? NO_HISTORY, 'a', 'type', 1);
  expect(undo(again, 'c')?.text).toBe('a');
  expect(again.future).toEqual([]);
});

test('has nothing to undo or redo at first', () => {
  expect(undo(NO_HISTORY, 'a')).toBeNull();
  expect(redo(NO_HISTORY, 'a')).toBeNull();
});

test('gives every text back by undo and then by redo, whatever was written', () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { minLength: 1, maxLength: 40 }), (texts) => {
      let now = 'start';
      let history: History = NO_HISTORY;
      texts.forEach((text, index) => {
        history = record(history, now, `step ${index}`, index);
        now = text;
      });
      const back: string[] = [];
      for (let step = undo(history, now); step; step = undo(history, now)) {
        ({ text: now, history } = step);
        back.push(now);
      }
      expect(back).toEqual(['start', ...texts.slice(0, -1)].toReversed());
      for (let step = redo(history, now); step; step = redo(history, now)) ({ text: now, history } = step);
      expect(now).toBe(texts.at(-1));
    }),
    { numRuns: 100 },
  );
});

test('forgets the oldest of very many steps', () => {
  let history: History = NO_HISTORY;
  for (let index = 0; index < 500; index += 1) history = record(history, String(index), `step ${index}`, index);
  expect(history.past).toHaveLength(200);
  expect(history.past.at(-1)).toBe('499');
});
