import fc from 'fast-check';
import { expect, it } from 'vitest';
import { TRUST_LEVELS, type PartialPolicy, type TierValues } from '../../domain/policy.ts';
import { MIB } from '../../lib/units.ts';
import { changedFields, effective } from './effective.ts';
import { anyField, FIELD_PATHS } from '../fields.ts';

const merge = (tiers: TierValues[], ceilings: PartialPolicy = {}) =>
  effective({ level: 'untrusted', name: 'untrusted', tiers, ceilings });

it('takes each value from the strongest tier that sets it, in whatever order tiers come (POL-3)', () => {
  const settings: TierValues = {
    tier: 'settings',
    name: 'settings',
    values: { 'resources.memory': 96 * MIB, 'resources.processes': 7 },
  };
  const run: TierValues = { tier: 'run', name: 'this run', values: { 'resources.memory': 80 * MIB } };
  const { fields } = merge([run, settings]);
  expect(fields['resources.memory']).toEqual({ value: 80 * MIB, tier: 'run', name: 'this run' });
  expect(fields['resources.processes']).toEqual({ value: 7, tier: 'settings', name: 'settings' });
  expect(fields['resources.cpu']).toEqual({ value: 25, tier: 'level', name: 'untrusted' });
});

it('clamps to the ceiling and keeps what was asked for (POL-3)', () => {
  const { fields } = merge(
    [
      {
        tier: 'run',
        name: 'this run',
        values: { 'resources.memory': 512 * MIB, 'network.mode': 'full', 'resources.disk_read': null },
      },
    ],
    {
      'resources.memory': 100 * MIB,
      'network.mode': 'none',
      'resources.disk_read': 5 * MIB,
      'resources.cpu': 10,
    },
  );
  expect(fields['resources.memory']).toEqual({
    value: 100 * MIB,
    tier: 'run',
    name: 'this run',
    clampedFrom: 512 * MIB,
  });
  expect(fields['network.mode']).toMatchObject({ value: 'none', clampedFrom: 'full' });
  expect(fields['resources.disk_read']).toMatchObject({ value: 5 * MIB, clampedFrom: null });
  expect(fields['resources.cpu']).toMatchObject({ value: 10, tier: 'level', clampedFrom: 25 });
});

it('takes entries out of a list that its ceiling does not name, and adds those that a ceiling demands (POL-3)', () => {
  const values: PartialPolicy = { 'network.allow': ['a.example', 'b.example'], 'files.blocked_paths': ['/srv'] };
  const { fields } = merge([{ tier: 'run', name: 'this run', values }], {
    'network.allow': ['b.example'],
    'files.blocked_paths': ['/etc/passwd'],
  });
  expect(fields['network.allow'].value).toEqual(['b.example']);
  expect(fields['files.blocked_paths'].value).toEqual(expect.arrayContaining(['/etc/passwd']));
});

const values = fc.record(
  Object.fromEntries(
    FIELD_PATHS.map((path) => [path, fc.constantFrom(...TRUST_LEVELS.map((level) => anyField(path).defaults[level]))]),
  ),
  { requiredKeys: [] },
) as fc.Arbitrary<PartialPolicy>;

it('never lets any tier pass a ceiling, and names a tier for every field (POL-3)', () => {
  fc.assert(
    fc.property(fc.constantFrom(...TRUST_LEVELS), values, values, values, (level, settings, run, ceilings) => {
      const policy = effective({
        level,
        name: level,
        tiers: [
          { tier: 'run', name: 'this run', values: run },
          { tier: 'settings', name: 'settings', values: settings },
        ],
        ceilings,
      });
      expect(Object.keys(policy.fields)).toEqual(FIELD_PATHS);
      for (const path of FIELD_PATHS) {
        const { value, tier, clampedFrom } = policy.fields[path];
        const { looser, format } = anyField(path).kind;
        if (path in ceilings && looser !== null) expect(looser(value, ceilings[path])).toBe(false);
        const asked = run[path] ?? (path in run ? null : undefined);
        expect(tier).toBe(path in run ? 'run' : path in settings ? 'settings' : 'level');
        if (path in run) expect(format(clampedFrom === undefined ? value : clampedFrom)).toBe(format(asked));
      }
    }),
  );
});

it('lists what differs from the level, not what was merely repeated', () => {
  const policy = merge([
    { tier: 'run', name: 'this run', values: { 'resources.memory': 64 * MIB, 'resources.processes': 6 } },
  ]);
  expect(changedFields(policy)).toEqual(['resources.processes']);
});
