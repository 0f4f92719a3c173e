import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { RUN_FILTER_HELP } from '#shared/history/filter-help.ts';
import { FILTER_KEYS, parseFilter } from '#shared/history/filter.ts';

it('explains every key of the filter with an example that can be typed (RUN-12)', () => {
  for (const { example } of RUN_FILTER_HELP) expect(parseFilter(example).problems, example).toEqual([]);
  const keys = RUN_FILTER_HELP.flatMap(({ example }) => /^(\w+):/u.exec(example)?.[1] ?? []);
  expect(keys.toSorted()).toEqual(FILTER_KEYS.toSorted());
});

it('tells the same in the documentation (RUN-12)', () => {
  const docs = readFileSync(new URL('../../../docs/history.md', import.meta.url), 'utf8').replaceAll(/ +\|/g, ' |');
  for (const { example, meaning } of RUN_FILTER_HELP) expect(docs).toContain(`| \`${example}\` | ${meaning} |`);
});
