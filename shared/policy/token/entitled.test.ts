/** What a token may set, and what its ceilings come to beside those of the settings (HOST-3, POL-3). */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { TRUST_LEVELS, type PartialPolicy } from '../../domain/policy.ts';
import { effective } from '../merge/effective.ts';
import { anyField, FIELD_PATHS } from '../fields.ts';
import { parseSet } from '../merge/set.ts';
import { checkEntitled, tighterCeilings } from './entitled.ts';

const base = effective({ level: 'limited', name: 'limited', tiers: [], ceilings: {} });
const check = (set: Record<string, string>, ceilings: PartialPolicy = {}): void =>
  checkEntitled(parseSet(set), ceilings, base);
const MIB = 1024 ** 2;

it.each([
  [{ 'resources.memory': '64 MiB' }, {}],
  [{ 'resources.memory': '128 MiB' }, {}],
  [{ 'resources.memory': '200 MiB' }, { 'resources.memory': 200 * MIB }],
  [{ 'network.mode': 'restricted' }, { 'network.mode': 'restricted' }],
  [{ 'resources.memory': '100 MiB' }, { 'resources.memory': 32 * MIB }],
  [{ 'run.working_dir': '/workspace' }, {}],
] as const)('lets %s through with the ceilings %s', (set, ceilings) => {
  expect(() => check(set, ceilings)).not.toThrow();
});

it.each([
  [{ 'resources.memory': '129 MiB' }, {}],
  [{ 'resources.memory': '201 MiB' }, { 'resources.memory': 200 * MIB }],
  [{ 'resources.cpu': '60 %' }, { 'resources.memory': 200 * MIB }],
  [{ 'network.mode': 'full' }, { 'network.mode': 'restricted' }],
  [{ 'network.allow.add': 'a.example' }, {}],
  [{ 'security.seccomp': 'standard' }, {}],
  [{ 'image.name': 'other:1' }, {}],
  [{ 'security.user': '2000:2000' }, {}],
  [{ 'run.working_dir': '/workspace/x' }, {}],
] as const)('refuses %s with the ceilings %s', (set, ceilings) => {
  expect(() => check(set, ceilings)).toThrow(
    expect.objectContaining({ code: 'auth', next: expect.any(String) as string }) as Error,
  );
});

it('makes of two ceilings one that neither passes', () => {
  const ordered = FIELD_PATHS.filter((path) => anyField(path).kind.looser !== null);
  const ceilings = fc.record(
    Object.fromEntries(
      ordered.map((path) => [path, fc.constantFrom(...TRUST_LEVELS.map((level) => anyField(path).defaults[level]))]),
    ),
    { requiredKeys: [] },
  ) as fc.Arbitrary<PartialPolicy>;
  fc.assert(
    fc.property(ceilings, ceilings, (a, b) => {
      const both = tighterCeilings(a, b);
      for (const path of ordered) {
        const { looser } = anyField(path).kind;
        for (const one of [a[path], b[path]]) if (one !== undefined) expect(looser?.(both[path], one)).toBe(false);
        if (a[path] === undefined && b[path] === undefined) expect(both[path]).toBeUndefined();
      }
    }),
    { numRuns: 100 },
  );
});
