import { expect, it } from 'vitest';
import type { Violation } from '#shared/domain/run.ts';
import type { Happening } from './journal.ts';
import { refusedOf } from './refused.ts';

const violation = (count: number, rule = 'resources.processes: 5'): Violation => ({
  at: count,
  kind: 'processes',
  message: `Refused ${count}.`,
  rule,
  count,
});

it('gathers what was refused by rule, with the count and the newest sentence', () => {
  const happenings = [1, 2, 7].map((count) => ({ type: 'violation', at: count, violation: violation(count) }) as const);
  expect(refusedOf(happenings, [])).toEqual([
    { kind: 'processes', message: 'Refused 7.', rule: 'resources.processes: 5', times: 7 },
  ]);
});

it('takes the kept record when there are no events, and tells rules apart', () => {
  expect(refusedOf([], [violation(1), violation(1, 'other')])).toHaveLength(2);
  expect(refusedOf([], [])).toEqual([]);
});

it('counts refused attempts on the network once, whatever rules refused them (NET-3)', () => {
  const one = (rule: string, count: number): Happening => ({
    type: 'violation',
    at: count,
    violation: { at: count, kind: 'network', message: `m${count}`, rule, count },
  });
  const refused = refusedOf([one('network.mode: restricted', 3), one('network.block: b.example', 10)], []);
  expect(refused).toEqual([{ kind: 'network', message: 'm10', rule: 'network.block: b.example', times: 10 }]);
});
