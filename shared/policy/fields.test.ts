import fc from 'fast-check';
import { expect, it } from 'vitest';
import { TRUST_LEVELS } from '../domain/policy.ts';
import { AppError } from '../lib/app-error.ts';
import { GROUPS } from './field.ts';
import { anyField, FIELD_PATHS, FIELDS } from './fields.ts';
import { ENGINES } from './testing/examples.ts';

const column = (level: (typeof TRUST_LEVELS)[number]) =>
  FIELD_PATHS.slice(0, 10).map((path) => anyField(path).kind.format(anyField(path).defaults[level]));

it('has the limits of the four trust levels (POL-1)', () => {
  expect(column('untrusted')).toEqual([
    '64 MiB',
    '25 %',
    '1 min',
    '30 s',
    '5',
    '32',
    '10 MiB/s',
    '5 MiB/s',
    '50 MiB',
    '10 MiB',
  ]);
  expect(column('limited')).toEqual([
    '128 MiB',
    '50 %',
    '5 min',
    '30 s',
    '10',
    '64',
    '10 MiB/s',
    '5 MiB/s',
    '100 MiB',
    '10 MiB',
  ]);
  expect(column('trusted')).toEqual([
    '512 MiB',
    '75 %',
    '10 min',
    '2 min',
    '50',
    '256',
    '50 MiB/s',
    '25 MiB/s',
    '400 MiB',
    '50 MiB',
  ]);
  expect(column('system')).toEqual([
    '2 GiB',
    '100 %',
    '1 h',
    '10 min',
    '100',
    '1024',
    'unlimited',
    'unlimited',
    '1.5 GiB',
    '100 MiB',
  ]);
  expect(FIELDS['network.mode'].defaults).toEqual({
    untrusted: 'none',
    limited: 'none',
    trusted: 'restricted',
    system: 'full',
  });
  expect(FIELDS['security.seccomp'].defaults).toEqual({
    untrusted: 'strict',
    limited: 'strict',
    trusted: 'standard',
    system: 'standard',
  });
});

it('grants more at each higher level, never less (POL-1)', () => {
  for (const path of FIELD_PATHS.filter((path) => !path.startsWith('network.'))) {
    const { kind, defaults } = anyField(path);
    for (const [index, level] of TRUST_LEVELS.entries()) {
      const below = TRUST_LEVELS[index - 1];
      if (below !== undefined && kind.looser !== null)
        expect(kind.looser(defaults[below], defaults[level]), `${path} at ${level}`).toBe(false);
    }
  }
});

it.each(FIELD_PATHS)('%s has words, and reads back its own defaults', (path) => {
  const { group, label, help, kind, defaults } = anyField(path);
  expect(GROUPS).toContain(group);
  expect(label).toMatch(/^[A-Z]/);
  expect(help).toMatch(/\.$/);
  for (const level of TRUST_LEVELS) expect(kind.parse(kind.format(defaults[level]))).toEqual(defaults[level]);
});

it.each(Object.entries(ENGINES))(
  'gives a reason for every field that engine "%s" does not enforce (ENG-3)',
  (_name, engine) => {
    for (const path of FIELD_PATHS) {
      const { state, why } = anyField(path).enforcement(engine);
      expect(why === '', path).toBe(state === 'enforced');
    }
  },
);

it('throws nothing but AppErrors whatever a person types, and reads back what it accepted (POL-7)', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...FIELD_PATHS),
      fc.oneof(
        fc.string(),
        fc.constantFrom(
          'none',
          'unlimited',
          '5',
          '64 MiB',
          '0:0',
          '/workspace/..',
          'a=b,c=d',
          '__proto__=x',
          'bind:a:/a:ro',
        ),
        fc.string({ unit: fc.constantFrom(...'0123456789:/.,=- MiBs%nao_') }),
      ),
      (path, text) => {
        const { kind } = anyField(path);
        try {
          const value = kind.parse(text);
          expect(kind.parse(kind.format(value))).toEqual(value);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(AppError);
        }
      },
    ),
    { numRuns: 3000 },
  );
});
