import { expect, it } from 'vitest';
import { choose } from './choose.ts';
import { nameProblem } from '../names.ts';

const settings = { defaultPolicy: 'limited', perRuntime: { node: 'crew', python: 'trusted' } } as const;

it('takes what the launch names before what the settings name, and a level of the launch for itself (POL-3, HOST-6)', () => {
  expect(choose({}, 'bash', settings)).toMatchObject({ policy: null, trust: undefined, fallback: 'limited' });
  expect(choose({}, 'python', settings)).toMatchObject({ policy: null, trust: undefined, fallback: 'trusted' });
  expect(choose({}, 'node', settings)).toEqual({
    policy: 'crew',
    from: 'runtime_policy.node',
    trust: undefined,
    fallback: 'limited',
  });
  expect(choose({ trust: 'untrusted' }, 'node', settings)).toMatchObject({ policy: null, trust: 'untrusted' });
  expect(choose({ policy: 'system' }, 'node', settings)).toMatchObject({ policy: null, trust: 'system' });
  expect(choose({ policy: 'mine', trust: 'trusted' }, 'bash', settings)).toEqual({
    policy: 'mine',
    from: 'this run',
    trust: 'trusted',
    fallback: 'limited',
  });
});

it('starts from untrusted where only own policies are named (POL-3)', () => {
  const own = { defaultPolicy: 'mine', perRuntime: {} };
  expect(choose({}, 'bash', own)).toEqual({
    policy: 'mine',
    from: 'default_policy',
    trust: undefined,
    fallback: 'untrusted',
  });
});

it.each(['team', 'Data-Team_2', 'v1.2', '_x', '9', 'x'.repeat(64), 'console', 'com'])(
  'lets a policy be called %j (POL-4)',
  (name) => {
    expect(nameProblem(name)).toBeNull();
  },
);

it.each(['LIMITED', 'None', 'NUL', 'com1', 'lpt9.txt', '-x', 'x.', '../x', 'x\u202e', 'x\0'])(
  'does not let a policy be called %j, and says why (POL-4)',
  (name) => {
    expect(nameProblem(name)).toMatchObject({ why: expect.stringMatching(/\.$/), next: expect.stringMatching(/\.$/) });
  },
);
