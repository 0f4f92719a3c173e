import { expect, it } from 'vitest';
import { missingWords, outputWords, waitingWords } from './output-words.ts';

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
