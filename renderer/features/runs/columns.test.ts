import { expect, it } from 'vitest';
import { ofLimit } from './columns.tsx';

it('says a unit once when amount and limit share it (UX-1)', () => {
  expect(ofLimit(202 * 2 ** 20, 256 * 2 ** 20)).toBe('202');
  expect(ofLimit(655 * 2 ** 10, 64 * 2 ** 20)).toBe('655 KiB');
  expect(ofLimit(0, 64 * 2 ** 20)).toBe('0 B');
});
