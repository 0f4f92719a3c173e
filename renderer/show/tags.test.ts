import { expect, it } from 'vitest';
import { checkTags, tagsOf } from './tags.ts';

it('takes each word once, in lower case (RUN-12)', () =>
  expect(tagsOf('  Nightly a\tnightly\nb ')).toEqual(['nightly', 'a', 'b']));

it.each(['a,b', 'a:b', '"a"', 'x'.repeat(41), Array.from({ length: 21 }, (_, at) => `t${at}`).join(' ')])(
  'says why %j cannot be tags (RUN-12)',
  (text) => expect(checkTags(text)).toMatch(/./),
);

it.each(['', ' ', 'one', 'ünï two-3'])('takes %j (RUN-12)', (text) => expect(checkTags(text)).toBeNull());
