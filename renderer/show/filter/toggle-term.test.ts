import { expect, it } from 'vitest';
import { hasTerm, toggleTerm } from './toggle-term.ts';

it('switches a term on and off and leaves the rest', () => {
  const on = toggleTerm('policy:untrusted "two words"', 'outcome:failed');
  expect(on).toBe('outcome:failed policy:untrusted "two words"');
  expect(toggleTerm(on, 'outcome:failed')).toBe('policy:untrusted "two words"');
  expect(toggleTerm(on, 'is:going', ['outcome:failed'])).toBe('is:going policy:untrusted "two words"');
  expect(toggleTerm('is:pinned a', 'is:refused')).toBe('is:refused is:pinned a');
  expect(toggleTerm('is:pinned Outcome:cancelled', 'outcome:failed')).toBe('outcome:failed is:pinned');
});

it('says that a term is on only where it stands as it is (UX-1)', () => {
  expect(hasTerm('policy:untrusted Outcome:failed', 'outcome:failed')).toBe(true);
  expect(hasTerm('-outcome:failed', 'outcome:failed')).toBe(false);
  expect(hasTerm('outcome:failed,cancelled', 'outcome:failed')).toBe(false);
  expect(hasTerm('"outcome:failed"', 'outcome:failed')).toBe(false);
});
