import { expect, it } from 'vitest';
import { Arrivals } from './arrivals.ts';

const out = (at: number) => ({ at, stream: 'stdout' as const });

it('gives each row the time of its first arrival (RUN-5)', () => {
  const arrivals = new Arrivals();
  arrivals.note(0, out(10));
  arrivals.note(0, out(20));
  arrivals.note(5, { at: 30, stream: 'stderr' });
  expect(arrivals.of(0)?.at).toBe(10);
  expect(arrivals.of(1)).toMatchObject({ at: 30, stream: 'stderr' });
  expect(arrivals.of(5)?.at).toBe(30);
  expect(arrivals.of(6)).toBe(null);
});

it('forgets rows that the terminal has let go of (RUN-5)', () => {
  const arrivals = new Arrivals();
  for (let row = 0; row < 3000; row += 1) arrivals.note(row, out(row));
  arrivals.trim(2500);
  expect(arrivals.of(2600)?.at).toBe(2600);
  arrivals.trim(9999);
  expect(arrivals.of(2600)).toBe(null);
});
