import { expect, it } from 'vitest';
import { matchWords, missingWords, outputWords, waitingWords } from './output-words.ts';

const counts = { lines: 9, arrived: 640, waiting: 0, full: false, dropped: 0 };

it('says how much was printed of how much is kept (RUN-5)', () => {
  expect(outputWords(counts, 10 * 1024 ** 2)).toBe('9 lines · 640 B of 10 MiB');
  expect(outputWords({ ...counts, lines: 1 }, null)).toBe('1 line · 640 B');
  expect(outputWords({ ...counts, lines: 12_345 }, null)).toBe('12,345 lines · 640 B');
});

it('says what waits, what was dropped and what is no longer shown (RUN-5)', () => {
  expect(missingWords(counts, false)).toBe('');
  expect(waitingWords(counts)).toBe('paused, nothing waiting');
  expect(waitingWords({ ...counts, waiting: 262_144, full: true })).toBe('paused, 256 KiB waiting, more in Bellglass');
  expect(missingWords({ ...counts, dropped: 2048 }, true)).toBe('2 KiB dropped · the newest 10,000 rows are shown');
});

it('does not say that there are 1,000 matches where it stopped to count (RUN-5)', () => {
  const words = [
    { index: -1, count: 0 },
    { index: 2, count: 11 },
    { index: -1, count: 999 },
    { index: -1, count: 1000 },
  ].map(matchWords);
  expect(words).toEqual(['not found', '3 of 11', '999 found', 'at least 1,000 found']);
});
