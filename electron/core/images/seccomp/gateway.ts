/** The system calls of a gateway (SEC-2): what `standard` allows, and talking to the kernel's network by netlink. */
import { ABSENT, CLONE_REFUSED, COMMON, FORBIDDEN, STANDARD_ONLY } from '#shared/policy/kernel/syscalls.ts';
import { EAFNOSUPPORT, ENOSYS, EPERM, type Profile, type Rule } from './profile.ts';

const UNIX = 1;
const INET = 2;
const INET6 = 10;
const NETLINK = 16;
const FAMILIES = [UNIX, INET, INET6, NETLINK];

const socket = (action: 'allow' | 'refuse', op: 'SCMP_CMP_EQ' | 'SCMP_CMP_GT', value: number): Rule => ({
  names: ['socket'],
  ...(action === 'allow' ? { action: 'SCMP_ACT_ALLOW' } : { action: 'SCMP_ACT_ERRNO', errnoRet: EAFNOSUPPORT }),
  args: [{ index: 0, value, op }],
});

const refuse = (errnoRet: number, names: readonly string[]): Rule => ({
  names: names.toSorted(),
  action: 'SCMP_ACT_ERRNO',
  errnoRet,
});

/** Like the profiles of scripts, but with netlink sockets of every kind and without packet or VSOCK ones. */
export function gatewayProfile(): Profile {
  const every = CLONE_REFUSED.reduce((all, flag) => all | flag, 0);
  const others = Array.from({ length: NETLINK }, (_, family) => family).filter((family) => !FAMILIES.includes(family));
  return {
    defaultAction: 'SCMP_ACT_ERRNO',
    defaultErrnoRet: ENOSYS,
    syscalls: [
      { names: [...Object.values(COMMON).flat(), ...STANDARD_ONLY].toSorted(), action: 'SCMP_ACT_ALLOW' },
      {
        names: ['clone'],
        action: 'SCMP_ACT_ALLOW',
        args: [{ index: 0, value: every, valueTwo: 0, op: 'SCMP_CMP_MASKED_EQ' }],
      },
      ...CLONE_REFUSED.map((flag): Rule => ({
        names: ['clone'],
        action: 'SCMP_ACT_ERRNO',
        errnoRet: EPERM,
        args: [{ index: 0, value: flag, valueTwo: flag, op: 'SCMP_CMP_MASKED_EQ' }],
      })),
      ...FAMILIES.map((family) => socket('allow', 'SCMP_CMP_EQ', family)),
      ...others.map((family) => socket('refuse', 'SCMP_CMP_EQ', family)),
      socket('refuse', 'SCMP_CMP_GT', NETLINK),
      { names: ['socketpair'], action: 'SCMP_ACT_ALLOW' },
      refuse(ENOSYS, ABSENT),
      refuse(EPERM, FORBIDDEN),
    ],
  };
}
