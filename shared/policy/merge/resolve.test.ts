import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { PolicyDocument } from '../../domain/policy-document.ts';
import {
  TIERS,
  TRUST_LEVELS,
  type EffectivePolicy,
  type FieldPath,
  type ListChange,
  type PartialPolicy,
  type TierValues,
} from '../../domain/policy.ts';
import { GIB, MIB } from '../../lib/units.ts';
import { effective } from './effective.ts';
import { anyField, FIELD_PATHS, isListPath } from '../fields.ts';
import { overlay, type Layer } from './overlay.ts';
import { resolve, type ResolveInput } from './resolve.ts';

const WORDS = ['a.example', 'b.example', 'c.example', 'd.example'] as const;
const LISTS = FIELD_PATHS.filter((path) => isListPath(path));

const words = fc.uniqueArray(fc.constantFrom(...WORDS), { maxLength: 4 });
const change: fc.Arbitrary<ListChange> = fc.record({ add: words, remove: words });
const numbers = fc.integer({ min: 1, max: 4096 }).map((count) => count * MIB);

/** Values of each field's own type: every level's default, and for what has an order others as well. */
function valueOf(path: FieldPath): fc.Arbitrary<unknown> {
  const { kind, defaults } = anyField(path);
  const usual = fc.constantFrom(...TRUST_LEVELS.map((level) => defaults[level]));
  if (kind.choices !== undefined) return fc.constantFrom(...kind.choices);
  if (isListPath(path)) return words;
  if (typeof defaults.untrusted === 'number') return fc.oneof(usual, numbers);
  return path === 'run.env' ? fc.dictionary(fc.constantFrom('A', 'B'), fc.constantFrom('1', '2')) : usual;
}

const values = fc.record(Object.fromEntries(FIELD_PATHS.map((path) => [path, valueOf(path)])), {
  requiredKeys: [],
}) as fc.Arbitrary<PartialPolicy>;

const layer: fc.Arbitrary<Layer> = fc
  .tuple(values, fc.record(Object.fromEntries(LISTS.map((path) => [path, change])), { requiredKeys: [] }))
  .map(([given, changes]) => ({
    values: given,
    changes: Object.fromEntries(Object.entries(changes).filter(([path]) => !Object.hasOwn(given, path))),
  }));

const level = fc.constantFrom(...TRUST_LEVELS);
const plain = (policy: EffectivePolicy): unknown[] => FIELD_PATHS.map((path) => policy.fields[path].value);
const merge = (base: (typeof TRUST_LEVELS)[number], tiers: TierValues[]): EffectivePolicy =>
  effective({ level: base, name: base, tiers, ceilings: {} });

it('lays layers over one another in any grouping with one result (POL-3)', () => {
  fc.assert(
    fc.property(level, layer, layer, layer, (base, a, b, c) => {
      const left = overlay(overlay(a, b), c);
      const right = overlay(a, overlay(b, c));
      const run = (over: Layer): unknown[] => plain(merge(base, [{ tier: 'run', name: 'this run', ...over }]));
      expect(run(left)).toEqual(run(right));
      expect(left.values).toEqual(right.values);
    }),
  );
});

it('gives two tiers and their overlay as one tier the same values (POL-3)', () => {
  fc.assert(
    fc.property(level, layer, layer, (base, lower, upper) => {
      const apart = merge(base, [
        { tier: 'settings', name: 'settings', ...lower },
        { tier: 'run', name: 'this run', ...upper },
      ]);
      const together = merge(base, [{ tier: 'run', name: 'this run', ...overlay(lower, upper) }]);
      expect(plain(apart)).toEqual(plain(together));
    }),
  );
});

const document = fc
  .record({ level: fc.option(level), layer })
  .map(({ level: own, layer: said }): PolicyDocument => ({ name: 'mine', level: own, description: '', ...said }));

const input: fc.Arbitrary<ResolveInput> = fc.record({
  values,
  ceilings: values,
  fallback: level,
  project: fc.option(fc.record({ document, approved: fc.boolean() })),
  policy: fc.option(document),
  trust: fc.option(level, { nil: undefined }),
  run: layer,
});

it('never passes a ceiling, whatever the tiers say (POL-3)', () => {
  fc.assert(
    fc.property(input, (given) => {
      const { fields } = resolve(given);
      for (const path of FIELD_PATHS) {
        const { looser } = anyField(path).kind;
        if (looser !== null && Object.hasOwn(given.ceilings, path))
          expect(looser(fields[path].value, given.ceilings[path])).toBe(false);
      }
    }),
  );
});

it('names the strongest tier that says something about a field, and no other (POL-3)', () => {
  fc.assert(
    fc.property(input, (given) => {
      const { fields, heldBack } = resolve(given);
      const says = (said: Layer | null | undefined, path: FieldPath): boolean =>
        said !== null && said !== undefined && (Object.hasOwn(said.values, path) || Object.hasOwn(said.changes, path));
      for (const path of FIELD_PATHS) {
        const held = heldBack.some(({ field }) => field === path);
        const winner = says(given.run, path)
          ? 'run'
          : says(given.policy, path)
            ? 'policy'
            : says(given.project?.document, path) && !held
              ? 'project'
              : Object.hasOwn(given.values, path)
                ? 'settings'
                : 'level';
        expect([path, fields[path].tier]).toEqual([path, winner]);
        expect(TIERS).toContain(fields[path].tier);
      }
    }),
  );
});

it('lets a project file that nobody approved loosen nothing, and change nothing that has no order (POL-3)', () => {
  fc.assert(
    fc.property(input, document, (given, asked) => {
      // A level of its own changes the defaults as a whole; the next test is about that.
      const project = { document: { ...asked, level: null }, approved: false };
      const without = resolve({ ...given, project: null });
      const { fields } = resolve({ ...given, project });
      for (const path of FIELD_PATHS) {
        const { looser, format } = anyField(path).kind;
        const [value, before] = [fields[path].value, without.fields[path].value];
        if (looser !== null) expect([path, value, before, looser(value, before)]).toEqual([path, value, before, false]);
        else expect([path, format(value)]).toEqual([path, format(before)]);
      }
    }),
    { numRuns: 300 },
  );
});

it('takes a level from a project file that nobody approved only when it is a tighter one (POL-3)', () => {
  fc.assert(
    fc.property(input, document, (given, asked) => {
      const without = resolve({ ...given, project: null });
      const { level: chosen } = resolve({ ...given, project: { document: asked, approved: false } });
      expect(TRUST_LEVELS.indexOf(chosen)).toBeLessThanOrEqual(TRUST_LEVELS.indexOf(without.level));
    }),
  );
});

it('runs a folder that brings its own permissive project file exactly as without it, until its content is approved (POL-3)', () => {
  const permissive: PolicyDocument = {
    name: 'bellglass',
    level: 'system',
    description: '',
    values: {
      'resources.memory': 4 * GIB,
      'resources.disk_read': null,
      'resources.on_breach.wall_time': 'warn',
      'network.mode': 'full',
      'files.mounts': [{ type: 'bind', source: '/home', target: '/host', mode: 'rw' }],
      'security.capabilities': ['NET_ADMIN'],
      'security.user': '1:1',
      'security.canaries': false,
      'run.env': { LD_PRELOAD: '/workspace/evil.so' },
      'run.entrypoint': ['/bin/sh'],
    },
    changes: { 'network.allow': { add: ['evil.example'], remove: [] } },
  };
  const base: ResolveInput = {
    values: {},
    ceilings: {},
    fallback: 'untrusted',
    project: null,
    policy: null,
    run: { values: {}, changes: {} },
  };
  const without = resolve(base);
  const held = resolve({ ...base, project: { document: permissive, approved: false } });
  expect({ ...held, heldBack: [] }).toEqual(without);
  expect(held.heldBack.map(({ field }) => field)).toEqual(
    expect.arrayContaining(['resources.memory', 'network.mode', 'files.mounts', 'run.env', 'run.entrypoint']),
  );
  const approved = resolve({ ...base, project: { document: permissive, approved: true } });
  expect(approved).toMatchObject({ level: 'system', heldBack: [] });
  expect(approved.fields['resources.memory']).toMatchObject({ value: 4 * GIB, tier: 'project' });
  expect(approved.fields['run.entrypoint'].value).toEqual(['/bin/sh']);
});

it('tightens breach actions before approval, and does not loosen them (POL-2, POL-3)', () => {
  const under = (action: 'kill' | 'pause' | 'warn', asked: 'kill' | 'pause' | 'warn'): string =>
    resolve({
      values: { 'resources.on_breach.wall_time': action },
      ceilings: {},
      fallback: 'untrusted',
      project: {
        document: {
          name: 'bellglass',
          level: null,
          description: '',
          values: { 'resources.on_breach.wall_time': asked },
          changes: {},
        },
        approved: false,
      },
      policy: null,
      run: { values: {}, changes: {} },
    }).fields['resources.on_breach.wall_time'].value;
  expect([under('warn', 'kill'), under('warn', 'pause'), under('pause', 'kill')]).toEqual(['kill', 'pause', 'kill']);
  expect([under('kill', 'warn'), under('kill', 'pause'), under('pause', 'warn')]).toEqual(['kill', 'kill', 'pause']);
});

it('has levels of which each grants no less than the one before, so that a tighter level of a project file loosens nothing (POL-1, POL-3)', () => {
  for (const path of FIELD_PATHS) {
    const { kind, defaults } = anyField(path);
    for (const [at, name] of TRUST_LEVELS.entries()) {
      const before = TRUST_LEVELS[at - 1];
      if (before === undefined) continue;
      if (kind.looser !== null)
        expect([path, name, kind.looser(defaults[before], defaults[name])]).toEqual([path, name, false]);
      else expect([path, kind.format(defaults[before])]).toEqual([path, kind.format(defaults[name])]);
    }
  }
});
