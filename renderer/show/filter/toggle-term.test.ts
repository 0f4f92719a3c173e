import { expect, it } from 'vitest';
import { toggleTerm } from './toggle-term.ts';

it('switches a term on and off and leaves the rest', () => {
  const on = toggleTerm('policy:untrusted "two words"', 'outcome:failed');
  expect(on).toBe('outcome:failed policy:untrusted "two words"');
  expect(toggleTerm(on, 'outcome:failed')).toBe('policy:untrusted "two words"');
  expect(toggleTerm(on, 'is:going')).toBe('is:going policy:untrusted "two words"');
});
