import { expect, it } from 'vitest';
import { CAPABILITIES } from '../kernel/capabilities.ts';
import { labelParts } from '../kernel/selinux.ts';
import { ESSENTIAL } from '../kernel/syscalls.ts';
import { security } from './security.ts';

const read = (field: keyof typeof security, text: string) => () => security[field].kind.parse(text);

it('removes known calls, and refuses unknown ones with a suggestion (SEC-2)', () => {
  expect(read('security.seccomp_rules', '-socket, -mkdir_at'.replace('mkdir_at', 'mkdirat'))()).toEqual([
    '-socket',
    '-mkdirat',
  ]);
  expect(read('security.seccomp_rules', '-socke')).toThrow(/no system call `socke`/);
  expect(read('security.seccomp_rules', '+ptrace')).toThrow('would add');
  expect(read('security.seccomp_rules', 'ptrace')).toThrow('would add');
});

it.each(ESSENTIAL)('refuses to remove %s, without which nothing starts (SEC-2)', (call) => {
  expect(read('security.seccomp_rules', `-${call}`)).toThrow('cannot be removed');
});

it('takes capabilities by any usual spelling, and only those that Linux has (POL-1)', () => {
  expect(CAPABILITIES).toHaveLength(41);
  expect(read('security.capabilities', 'cap_chown,KILL, Cap_Net_Raw')()).toEqual(['CHOWN', 'KILL', 'NET_RAW']);
  expect(read('security.capabilities', 'NET_BIND')).toThrow('no kernel capability "NET_BIND"');
  for (const name of ['SETUID', 'cap_setgid']) expect(read('security.capabilities', name)).toThrow('never granted');
});

it.each(['0:0', '1000:0', '64001:1000', '1000:64099', '-1:5', '99999999:1', 'root', '1000'])(
  'refuses the user %s (POL-1)',
  (user) => {
    expect(read('security.user', user)).toThrow();
  },
);

it('takes no name that switches a security module off (SEC-1)', () => {
  for (const name of ['unconfined', 'Unconfined']) expect(read('security.apparmor', name)).toThrow();
  for (const label of ['disable', 'type:spc_t', 'unconfined_t', 'type:a_t,type:spc_t', 'colour:red'])
    expect(read('security.selinux', label), label).toThrow();
  expect(labelParts('my_t,level:s0:c1,c2')).toEqual(['type:my_t', 'level:s0:c1,c2']);
  expect(labelParts('auto')).toEqual([]);
});
