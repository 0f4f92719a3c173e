import { expect, it } from 'vitest';
import { MIB } from '../../lib/units.ts';
import { forbidden, parseSet } from './set.ts';
import { policyOf } from '../testing/examples.ts';

it('reads dotted paths with units', () => {
  expect(
    parseSet({
      'resources.wall_time': '2s',
      'resources.memory': '192 MiB',
      'resources.disk_read': 'unlimited',
      'run.env': 'A=1,B=x=y',
      'network.mode': 'none',
    }).values,
  ).toEqual({
    'resources.wall_time': 2000,
    'resources.memory': 192 * MIB,
    'resources.disk_read': null,
    'run.env': { A: '1', B: 'x=y' },
    'network.mode': 'none',
  });
});

it.each([
  ['resource.memory', 'resources.memory'],
  ['memory', 'resources.memory'],
  ['resources.wall-time', 'resources.wall_time'],
  ['security.secomp', 'security.seccomp'],
])('suggests the field that %j was meant to be (POL-4)', (path, meant) => {
  expect(() => parseSet({ [path]: '1' })).toThrow(
    expect.objectContaining({ code: 'policy-invalid', next: `Did you mean \`${meant}\`?` }),
  );
});

it.each(['x', '__proto__', 'constructor', 'resources', ''])('refuses the unknown field %j (POL-7)', (path) => {
  expect(() => parseSet(Object.fromEntries([[path, '1']]))).toThrow(
    expect.objectContaining({ code: 'policy-invalid', message: expect.stringContaining('There is no policy field') }),
  );
});

it.each([
  ['security.user', '0:0', 'root'],
  ['security.user', '1000:0', 'root'],
  ['security.user', '0000:1', 'root'],
  ['security.user', '64000:1000', 'belong to Bellglass'],
  ['security.user', '1000:64099', 'belong to Bellglass'],
  ['security.user', 'root', 'expected form'],
  ['security.seccomp', 'unconfined', 'strict, standard'],
  ['security.seccomp_rules', 'ptrace', 'only remove'],
  ['security.seccomp_rules', '+mount', 'only remove'],
  ['security.privileged', 'true', 'read-only root'],
  ['security.no_new_privileges', 'false', 'no new privileges'],
  ['resources.memory', '1 MiB', 'between'],
  ['resources.memory', '64', 'unit is missing'],
  ['resources.processes', '0', 'between'],
  ['resources.wall_time', '0 s', 'between'],
  ['run.working_dir', '/workspace/../etc', 'inside'],
  ['run.working_dir', '/etc', 'expected form'],
  ['files.mounts', 'bind:/:/host/../x:rw', 'mount is written'],
])('refuses %s=%s and says why (POL-1)', (path, text, why) => {
  expect(() => parseSet({ [path]: text })).toThrow(
    expect.objectContaining({ code: 'policy-invalid', why: expect.stringContaining(why) }),
  );
});

it.each(['1:1', '63999:64100', '1000:1000'])('lets a script run as %s (POL-1)', (user) => {
  expect(parseSet({ 'security.user': user }).values).toEqual({ 'security.user': user });
});

it('keeps capabilities to the level system (POL-1)', () => {
  const set = { 'security.capabilities': 'NET_BIND_SERVICE' };
  expect(forbidden(policyOf('trusted', set))).toMatchObject({
    code: 'policy-invalid',
    message: expect.stringContaining('trusted'),
  });
  expect(forbidden(policyOf('system', set))).toBeNull();
});
