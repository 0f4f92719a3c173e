import { expect, it } from 'vitest';
import type { PlanField } from '#shared/contract/runs.ts';
import { gapsOf } from './gaps.ts';

const field = (name: string, over: Partial<PlanField>): PlanField => ({
  field: name,
  label: name,
  group: 'Resources',
  value: 'none',
  tier: 'level',
  source: 'untrusted',
  changed: false,
  enforcement: 'enforced',
  enforcementWhy: '',
  ...over,
});

it('tells gaps that a run relies on from those at rest (POL-3)', () => {
  const gaps = gapsOf([
    field('memory', {}),
    field('apparmor', { enforcement: 'not-here', enforcementWhy: 'No AppArmor.' }),
    field('read', { enforcement: 'partly', enforcementWhy: 'Cached reads pass.' }),
    field('write', { enforcement: 'partly', enforcementWhy: 'Cached reads pass.' }),
    field('mounts', { enforcement: 'not-here', enforcementWhy: 'Not yet.', tier: 'run' }),
  ]);
  expect(gaps.relied.map((one) => one.field)).toEqual(['read', 'write', 'mounts']);
  expect(gaps.idle.map((one) => one.field)).toEqual(['apparmor']);
  expect(gaps.reasons.map(({ why, fields }) => [why, fields.length])).toEqual([
    ['Cached reads pass.', 2],
    ['Not yet.', 1],
    ['No AppArmor.', 1],
  ]);
});
