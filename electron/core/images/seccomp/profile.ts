/** Turns the table of calls into the JSON that engines read (SEC-2). Pure. */
import type { SeccompProfile } from '#shared/domain/policy.ts';
import {
  ABSENT,
  CLONE_REFUSED,
  COMMON,
  FAMILIES,
  FORBIDDEN,
  NETLINK,
  NETLINK_ROUTE,
  PERSONALITIES,
  STANDARD_ONLY,
} from '#shared/policy/kernel/syscalls.ts';

export const EPERM = 1;
export const ENOSYS = 38;
export const EAFNOSUPPORT = 97;

export interface Condition {
  readonly index: number;
  readonly value: number;
  readonly valueTwo?: number;
  readonly op: 'SCMP_CMP_EQ' | 'SCMP_CMP_NE' | 'SCMP_CMP_GT' | 'SCMP_CMP_MASKED_EQ';
}

export interface Rule {
  readonly names: readonly string[];
  readonly action: 'SCMP_ACT_ALLOW' | 'SCMP_ACT_ERRNO';
  readonly errnoRet?: number;
  readonly args?: readonly Condition[];
}

export interface Profile {
  readonly defaultAction: 'SCMP_ACT_ERRNO';
  readonly defaultErrnoRet: number;
  readonly syscalls: readonly Rule[];
}

const allow = (names: readonly string[], ...args: Condition[]): Rule => ({
  names: names.toSorted(),
  action: 'SCMP_ACT_ALLOW',
  ...(args.length > 0 && { args }),
});

const refuse = (errnoRet: number, names: readonly string[], ...args: Condition[]): Rule => ({
  names: names.toSorted(),
  action: 'SCMP_ACT_ERRNO',
  errnoRet,
  ...(args.length > 0 && { args }),
});

const equal = (index: number, value: number): Condition => ({ index, value, op: 'SCMP_CMP_EQ' });

/** True when the first argument has, of the bits in `mask`, exactly those in `bits`. */
const masked = (mask: number, bits: number): Condition => ({
  index: 0,
  value: mask,
  valueTwo: bits,
  op: 'SCMP_CMP_MASKED_EQ',
});

/** One rule per family, none overlapping another: engines disagree about which of two rules wins. */
function socketRules(netlinkRoute: boolean): Rule[] {
  const known: number[] = [...FAMILIES, ...(netlinkRoute ? [NETLINK] : [])];
  const highest = Math.max(...known);
  const between = Array.from({ length: highest }, (_, family) => family).filter((family) => !known.includes(family));
  return [
    ...FAMILIES.map((family) => allow(['socket'], equal(0, family))),
    ...(netlinkRoute
      ? [
          allow(['socket'], equal(0, NETLINK), equal(2, NETLINK_ROUTE)),
          refuse(EAFNOSUPPORT, ['socket'], equal(0, NETLINK), { index: 2, value: NETLINK_ROUTE, op: 'SCMP_CMP_NE' }),
        ]
      : []),
    ...between.map((family) => refuse(EAFNOSUPPORT, ['socket'], equal(0, family))),
    refuse(EAFNOSUPPORT, ['socket'], { index: 0, value: highest, op: 'SCMP_CMP_GT' }),
  ];
}

/**
 * The profile as the OCI runtimes take it. Without architectures it covers the native one only, so that calls by the
 * 32-bit and x32 ways end the process.
 * @param netlinkRoute also allows reading the network interfaces (Node.js)
 */
export function buildProfile(kind: SeccompProfile, netlinkRoute: boolean): Profile {
  const common = Object.values(COMMON).flat();
  return {
    defaultAction: 'SCMP_ACT_ERRNO',
    defaultErrnoRet: ENOSYS,
    syscalls: [
      allow(kind === 'strict' ? common : [...common, ...STANDARD_ONLY]),
      allow(
        ['clone'],
        masked(
          CLONE_REFUSED.reduce((all, flag) => all | flag, 0),
          0,
        ),
      ),
      ...CLONE_REFUSED.map((flag) => refuse(EPERM, ['clone'], masked(flag, flag))),
      ...socketRules(netlinkRoute),
      allow(['socketpair'], equal(0, 1)),
      ...PERSONALITIES[kind].map((persona) => allow(['personality'], equal(0, persona))),
      refuse(ENOSYS, kind === 'strict' ? [...ABSENT, ...STANDARD_ONLY] : ABSENT),
      refuse(EPERM, FORBIDDEN),
    ],
  };
}

/**
 * The profile without these calls: what it allowed of them, with whatever arguments, is refused with EPERM. A call has no
 * second rule then, because engines disagree about which of two wins.
 */
export function withoutCalls(profile: Profile, removed: readonly string[]): Profile {
  if (removed.length === 0) return profile;
  const gone = new Set(removed);
  const taken = new Set<string>();
  const syscalls = profile.syscalls.flatMap((rule): Rule[] => {
    const allowed = rule.action === 'SCMP_ACT_ALLOW' || rule.args !== undefined;
    if (!allowed) return [rule];
    for (const name of rule.names) if (gone.has(name)) taken.add(name);
    const names = rule.names.filter((name) => !gone.has(name));
    return names.length === 0 ? [] : [{ ...rule, names }];
  });
  return { ...profile, syscalls: taken.size === 0 ? syscalls : [...syscalls, refuse(EPERM, [...taken])] };
}

/** The text of the file in assets/seccomp. */
export const profileText = (profile: Profile): string => `${JSON.stringify(profile, null, 2)}\n`;
