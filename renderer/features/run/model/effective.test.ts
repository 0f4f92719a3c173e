import { expect, test } from 'vitest';
import { effective } from '#shared/policy/merge/effective.ts';
import { FIELD_PATHS } from '#shared/policy/fields.ts';
import { fieldRows } from '#shared/policy/say/summary.ts';
import type { Plan } from '#shared/contract/runs.ts';
import { effectiveOfPlan } from './effective.ts';

const MIB = 1024 * 1024;
const policy = effective({
  level: 'limited',
  name: 'prices',
  tiers: [
    {
      tier: 'policy',
      name: 'prices',
      values: {
        'resources.memory': 192 * MIB,
        'network.allow': ['api.example:443', '*.cdn.example:443'],
        'files.mounts': [{ type: 'bind', source: './data', target: '/data', mode: 'ro' }],
        'run.env': { A: '1' },
        'resources.disk_read': null,
      },
    },
  ],
  ceilings: {},
});
const plan = (fields: Plan['fields']): Plan => ({ level: 'limited', policy: 'prices', fields }) as unknown as Plan;

test('reads every value of a plan back as it was (POL-5)', () => {
  const back = effectiveOfPlan(plan(fieldRows(policy, [])));
  for (const path of FIELD_PATHS) expect(back.fields[path]).toEqual(policy.fields[path]);
});

test('takes the level for fields that a plan of another version lacks or writes otherwise', () => {
  const rows = fieldRows(policy, []);
  const some = rows.filter(({ field }) => field !== 'resources.cpu');
  const odd = some.map((row) => (row.field === 'resources.memory' ? { ...row, value: 'much' } : row));
  const back = effectiveOfPlan(plan([...odd, { ...odd[0]!, field: 'resources.gone' }]));
  expect(back.fields['resources.cpu']).toMatchObject({ value: 50, tier: 'level' });
  expect(back.fields['resources.memory'].value).toBe(128 * MIB);
});
