import { expect, it } from 'vitest';
import type { Happening } from './journal.ts';
import { lineFor, toldOnce } from './told-once.ts';

const network = (verdict: 'allowed' | 'denied'): Happening => ({
  type: 'network',
  at: 1,
  kind: 'connect',
  name: 'a.example',
  address: null,
  port: 443,
  protocol: 'tcp',
  verdict,
  rule: 'r',
  why: 'w',
  count: 1,
});
const violation = (kind: 'network' | 'memory'): Happening => ({
  type: 'violation',
  at: 2,
  violation: { at: 2, kind, message: 'm', count: 1 },
});

it('gives a refused attempt one line, and keeps refusals of which no event tells (NET-3)', () => {
  const happenings = [
    network('denied'),
    violation('network'),
    network('allowed'),
    violation('network'),
    network('denied'),
    violation('memory'),
  ];
  expect(toldOnce(happenings)).toEqual([0, 2, 3, 4, 5]);
});

it('finds the line of a refusal that a mark leads to (OBS-3)', () => {
  const lines = toldOnce([network('denied'), violation('network'), network('allowed')]);
  expect([0, 1, 2].map((happening) => lineFor(lines, happening))).toEqual([0, 0, 1]);
});
