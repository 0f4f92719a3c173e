import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseFilter } from '#shared/history/filter.ts';
import { choiceTerms, filterOf, percent, termOf, timeTerms } from './terms.ts';

it('writes a filter that finds the runs of a bar (AUD-4)', () => {
  const text = filterOf(
    ...choiceTerms({ policy: 'price-bots', runtime: 'node' }),
    ...timeTerms({ from: Date.UTC(2026, 0, 31, 10), to: Date.UTC(2026, 0, 31, 11) }),
    termOf('policy', 'other'),
    termOf('outcome', 'out-of-memory'),
  );
  expect(text).toBe(
    'policy:other runtime:node after:2026-01-31T10:00:00Z before:2026-01-31T11:00:00Z outcome:out-of-memory',
  );
  expect(parseFilter(text).problems).toEqual([]);
});

it('writes no filter with a mistake, whatever a reason says (AUD-4)', () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 1, maxLength: 200 }).filter((text) => /[^"]/u.test(text)),
      (reason) => {
        const { terms, problems } = parseFilter(termOf('reason', reason));
        expect(problems).toEqual([]);
        expect(terms).toHaveLength(1);
        const [term] = terms;
        if (term?.kind === 'word') expect(reason.toLowerCase()).toContain(term.values[0]);
      },
    ),
  );
});

it('says all or none only when it is so (AUD-4)', () => {
  expect([percent(999, 1000), percent(1000, 1000), percent(1, 1000), percent(0, 5), percent(0, 0)]).toEqual([
    'over 99 %',
    '100 %',
    'under 1 %',
    '0 %',
    '0 %',
  ]);
});
