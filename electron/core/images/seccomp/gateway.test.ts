import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { gatewayProfile } from './gateway.ts';
import { profileText } from './profile.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

it('is what assets/seccomp holds for gateways; `vitest -u` writes it anew (SEC-2)', async () => {
  await expect(profileText(gatewayProfile())).toMatchFileSnapshot(`${root}assets/seccomp/gateway.json`);
});

it('gives a gateway no packet sockets, no namespaces and no power over other processes (SEC-1, SEC-2)', () => {
  const allowed = gatewayProfile().syscalls.filter(({ action }) => action === 'SCMP_ACT_ALLOW');
  const free = allowed.filter(({ args }) => !args).flatMap(({ names }) => names);
  for (const call of ['unshare', 'setns', 'mount', 'ptrace', 'bpf', 'socket', 'clone', 'io_uring_setup'])
    expect(free).not.toContain(call);
  const families = allowed.filter(({ names }) => names[0] === 'socket').map(({ args }) => args?.[0]?.value);
  expect(families).toEqual([1, 2, 10, 16]);
});
