import fc from 'fast-check';
import { expect, it } from 'vitest';
import { nameProblem } from '#shared/policy/names.ts';
import type { Plan, PlanField } from '#shared/contract/runs.ts';
import { documentOf, nameFor } from './new-policy.ts';

it('takes the run’s level and what was changed for it (NET-4)', () => {
  const field = (path: string, value: string, tier: PlanField['tier']): PlanField => ({
    field: path,
    label: path,
    group: 'g',
    value,
    tier,
    source: tier,
    changed: true,
    enforcement: 'enforced',
    enforcementWhy: '',
  });
  const fields = [
    field('resources.memory', '256 MiB', 'run'),
    field('network.mode', 'restricted', 'run'),
    field('resources.processes', '7', 'settings'),
    field('resources.cpu', 'of a later version', 'run'),
    field('later.field', '1', 'run'),
  ];
  const plan = { name: 'a\n.py', level: 'trusted', fields } as Partial<Plan> as Plan;
  expect(documentOf('mine', plan)).toEqual({
    name: 'mine',
    level: 'trusted',
    description: 'For a .py',
    values: { 'resources.memory': 256 * 1024 ** 2, 'network.mode': 'restricted' },
    changes: {},
  });
});

it('finds a free and legal name for any script (POL-4)', () => {
  expect(nameFor('fetch_prices.py', [])).toBe('fetch_prices');
  expect(nameFor('fetch_prices.py', ['Fetch_Prices'])).toBe('fetch_prices-2');
  expect(nameFor('none', [])).toBe('none-2');
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.array(fc.string()), (script, taken) => {
      const name = nameFor(script, taken);
      expect(nameProblem(name)).toBeNull();
      expect(taken).not.toContain(name);
    }),
    { numRuns: 100 },
  );
});
