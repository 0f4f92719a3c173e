import fc from 'fast-check';
import { expect, it } from 'vitest';
import { nearestRule } from './nearest.ts';

it.each<[string, string, readonly string[], readonly string[], string | null]>([
  ['two letters changed about', 'godo.test', ['evil.test', 'good.test'], [], 'Was `good.test` meant?'],
  ['a letter too little', 'api.exmple.org', ['api.example.org'], [], 'Was `api.example.org` meant?'],
  ['two slips in a long name', 'api.exmaple.orgg', ['api.example.org'], [], 'Was `api.example.org` meant?'],
  ['two slips in a short name', 'ab.cd', ['ax.cy'], [], null],
  ['the bare name of a listed `www`', 'example.org', ['www.example.org'], [], 'Was `www.example.org` meant?'],
  [
    'a name under a listed one',
    'a.good.test',
    ['good.test'],
    [],
    '`good.test` is listed, which is not what is under it.',
  ],
  [
    'the parent of a wildcard',
    'wild.test',
    [],
    ['wild.test'],
    '`*.wild.test` is listed, which is only what is under it.',
  ],
  ['another host', 'pypi.org', ['github.com'], [], null],
  ['nothing listed', 'pypi.org', [], [], null],
])('helps with %s (OBS-3)', (_what, name, names, suffixes, hint) => {
  expect(nearestRule(name, names, suffixes)).toBe(hint);
});

it('finds every single slip in a name, and takes no time for many rules (OBS-3)', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 14 }), fc.constantFrom('x', ''), (at, put) => {
      const name = 'api.example.org';
      const slipped = name.slice(0, at) + put + name.slice(at + 1);
      expect(nearestRule(slipped, ['a.test', name], [])).toBe('Was `api.example.org` meant?');
    }),
  );
  const many = Array.from({ length: 10_000 }, (_, i) => `h${i}.example.org`);
  expect(nearestRule('h9999x.example.org', many, [])).toBeNull();
});
