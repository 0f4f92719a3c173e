import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { FieldPath } from '../../domain/policy.ts';
import { effective } from '../merge/effective.ts';
import { anyField, FIELD_PATHS } from '../fields.ts';
import { parseSet } from '../merge/set.ts';
import { readPolicy } from './read.ts';
import * as examples from './testing/documents.ts';

// The declarations of the other project name the library's other build.
const valueOf = examples.valueOf as unknown as (path: FieldPath) => fc.Arbitrary<unknown>;

it('reads on one line whatever a file can hold (POL-4)', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...FIELD_PATHS).chain((path) => valueOf(path).map((value) => [path, value] as const)),
      ([path, value]) => {
        const { kind } = anyField(path);
        expect(parseSet({ [path]: kind.format(value) }).values[path]).toEqual(value);
      },
    ),
    { numRuns: 2000 },
  );
});

it('keeps the space that a value of the environment begins with (POL-4)', () => {
  const { kind } = anyField('run.env');
  const env = { A: ' !', B: '\t', C: 'x=  y' };
  expect(parseSet({ 'run.env': kind.format(env) }).values['run.env']).toEqual(env);
});

it.each([
  ['network.allow', '*.cdn.example:443,8443, api.example', ['*.cdn.example:443,8443', 'api.example']],
  ['network.allow', 'a.example:53,5353/udp,b.example', ['a.example:53,5353/udp', 'b.example']],
  ['run.env', 'A=1, "B=x, y"', { A: '1', B: 'x, y' }],
  ['run.command', 'sh, -c, "echo a, b"', ['sh', '-c', 'echo a, b']],
  ['files.mounts', '"bind:./a, b:/data:ro"', [{ type: 'bind', source: './a, b', target: '/data', mode: 'ro' }]],
])('takes %s=%s apart where it is meant (POL-4)', (path, text, value) => {
  expect(parseSet({ [path]: text }).values).toEqual({ [path]: value });
});

it('tells two environments apart that differ in a comma only, so that none slips past a check (POL-3)', () => {
  const text = 'run: { env: { A: "x, B=y" } }';
  const { document } = readPolicy('bellglass.yaml', 'bellglass', text);
  const policy = effective({
    level: 'limited',
    name: 'limited',
    ceilings: {},
    tiers: [
      { tier: 'settings', name: 'settings', values: { 'run.env': { A: 'x', B: 'y' } } },
      { tier: 'project', name: 'project', values: document!.values, tightenOnly: true },
    ],
  });
  expect(policy.fields['run.env'].value).toEqual({ A: 'x', B: 'y' });
  expect(policy.heldBack.map(({ field }) => field)).toEqual(['run.env']);
});
