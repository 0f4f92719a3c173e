import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RUNTIMES } from '#shared/domain/run.ts';
import { resolvePaths } from '../../storage/paths.ts';
import { ABSENT, CLONE_REFUSED, FORBIDDEN } from '#shared/policy/kernel/syscalls.ts';
import { buildProfile, EAFNOSUPPORT, ENOSYS, EPERM, profileText, withoutCalls } from './profile.ts';
import type { Condition, Profile, Rule } from './profile.ts';
import { profileFile, seccompProfile } from './index.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const variants = [
  { kind: 'strict', node: false },
  { kind: 'strict', node: true },
  { kind: 'standard', node: false },
  { kind: 'standard', node: true },
] as const;

function holds(condition: Condition, args: readonly number[]): boolean {
  const value = BigInt(args[condition.index] ?? 0);
  const wanted = BigInt(condition.value);
  switch (condition.op) {
    case 'SCMP_CMP_EQ':
      return value === wanted;
    case 'SCMP_CMP_NE':
      return value !== wanted;
    case 'SCMP_CMP_GT':
      return value > wanted;
    case 'SCMP_CMP_MASKED_EQ':
      return (value & wanted) === BigInt(condition.valueTwo ?? 0);
  }
}

const matching = (profile: Profile, name: string, args: readonly number[]): Rule[] =>
  profile.syscalls.filter((rule) => rule.names.includes(name) && (rule.args ?? []).every((c) => holds(c, args)));

/** 0 when allowed, else the errno. */
function verdict(profile: Profile, name: string, ...args: number[]): number {
  const rule = matching(profile, name, args)[0];
  if (!rule) return profile.defaultErrnoRet;
  return rule.action === 'SCMP_ACT_ALLOW' ? 0 : (rule.errnoRet ?? -1);
}

describe.each(variants)('$kind, node $node', ({ kind, node }) => {
  const profile = buildProfile(kind, node);
  const names = profile.syscalls.flatMap((rule) => rule.names);

  it('is what assets/seccomp holds; `vitest -u` writes it anew (SEC-2)', async () => {
    const file = profileFile(kind, node ? 'node' : 'python');
    await expect(profileText(profile)).toMatchFileSnapshot(`${root}assets/seccomp/${file}`);
  });

  it('names a call without arguments once and never beside a rule with arguments (SEC-2)', () => {
    const plain = profile.syscalls.filter((rule) => !rule.args).flatMap((rule) => rule.names);
    expect(new Set(plain).size).toBe(plain.length);
    const conditional = new Set(profile.syscalls.filter((rule) => rule.args).flatMap((rule) => rule.names));
    expect(plain.filter((name) => conditional.has(name))).toEqual([]);
  });

  it('never has two rules with different answers for one call (SEC-2)', () => {
    const argument = fc.oneof(
      fc.nat(64),
      fc.nat(2 ** 32 - 1),
      fc.constantFrom(0x8, 0x20000, 0x20008, 0xffffffff),
      fc.nat(2 ** 48 - 1),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...new Set(names)),
        fc.array(argument, { minLength: 6, maxLength: 6 }),
        (name, args) => {
          const answers = matching(profile, name, args).map((rule) => `${rule.action} ${rule.errnoRet ?? 0}`);
          expect(new Set(answers).size).toBeLessThanOrEqual(1);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('refuses what gives power over the kernel with EPERM (SEC-2)', () => {
    for (const name of FORBIDDEN) expect([name, verdict(profile, name)]).toEqual([name, EPERM]);
    for (const name of ['ptrace', 'mount', 'umount2', 'chroot', 'pivot_root', 'bpf', 'keyctl', 'userfaultfd']) {
      expect(FORBIDDEN).toContain(name);
    }
    for (const name of [
      'perf_event_open',
      'vmsplice',
      'modify_ldt',
      'unshare',
      'setns',
      'process_vm_writev',
      'kexec_load',
    ]) {
      expect(FORBIDDEN).toContain(name);
    }
  });

  it('answers calls with an older equivalent, and unknown ones, with ENOSYS (SEC-2)', () => {
    for (const name of [...ABSENT, 'a_call_of_the_future']) expect(verdict(profile, name)).toBe(ENOSYS);
    expect(ABSENT).toEqual(expect.arrayContaining(['clone3', 'io_uring_setup', 'io_uring_enter', 'memfd_secret']));
  });

  it('opens UNIX, INET and INET6 sockets only, and route netlink for Node.js (SEC-2)', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 48), fc.nat(64), fc.nat(30), (family, type, protocol) => {
        const allowed = [1, 2, 10].includes(family) || (node && family === 16 && protocol === 0);
        expect(verdict(profile, 'socket', family, type, protocol)).toBe(allowed ? 0 : EAFNOSUPPORT);
      }),
    );
    for (let family = 0; family < 64; family++) {
      for (const protocol of [0, 9]) {
        const allowed = [1, 2, 10].includes(family) || (node && family === 16 && protocol === 0);
        expect(verdict(profile, 'socket', family, 3, protocol)).toBe(allowed ? 0 : EAFNOSUPPORT);
      }
    }
  });

  it('lets threads and children start, without namespaces and without escaping an observer (SEC-2)', () => {
    expect(verdict(profile, 'clone', 0x3d0f00)).toBe(0);
    expect(verdict(profile, 'clone', 0x1200011)).toBe(0);
    for (let bit = 0; bit < 32; bit++) {
      const flag = 2 ** bit;
      const refused = CLONE_REFUSED.some((one) => one === flag);
      expect([bit, verdict(profile, 'clone', flag)]).toEqual([bit, refused ? EPERM : 0]);
    }
    for (const flag of [0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000, 0x800000]) {
      expect(verdict(profile, 'clone', flag | 17)).toBe(EPERM);
      expect(verdict(profile, 'clone', flag | 0x10000000 | 17)).toBe(EPERM);
    }
  });

  it('lets the warden and the OCI runtimes work (SEC-2, RUN-10)', () => {
    const warden = ['wait4', 'select', 'pselect6', 'pidfd_open', 'ioctl', 'kill', 'tgkill', 'read', 'write'];
    const runtimes = [
      'close',
      'epoll_ctl',
      'execve',
      'fstatfs',
      'futex',
      'getdents64',
      'getpid',
      'openat',
      'prctl',
      'capset',
    ];
    for (const name of [...warden, ...runtimes]) expect([name, verdict(profile, name)]).toEqual([name, 0]);
  });

  it('covers the native architecture only, so that 32-bit calls end the process (SEC-2)', () => {
    expect(JSON.parse(profileText(profile))).not.toHaveProperty('architectures');
    expect(JSON.parse(profileText(profile))).not.toHaveProperty('archMap');
  });
});

it('gives netlink to the runtimes with Node.js only (SEC-2)', async () => {
  const paths = resolvePaths({}, root);
  for (const kind of ['strict', 'standard'] as const) {
    for (const runtime of RUNTIMES) {
      const profile = JSON.parse(await seccompProfile(paths, kind, runtime)) as Profile;
      const answer = runtime === 'node' || runtime === 'polyglot' ? 0 : EAFNOSUPPORT;
      expect([runtime, verdict(profile, 'socket', 16, 3, 0)]).toEqual([runtime, answer]);
    }
  }
});

it('makes strict the smaller list (SEC-2)', () => {
  const allowed = (kind: 'strict' | 'standard'): string[] =>
    buildProfile(kind, false).syscalls.flatMap((rule) => (rule.action === 'SCMP_ACT_ALLOW' ? rule.names : []));
  const standard = new Set(allowed('standard'));
  expect(allowed('strict').filter((name) => !standard.has(name))).toEqual([]);
  expect(standard.size).toBeGreaterThan(new Set(allowed('strict')).size);
});

it('says which file is missing (ENG-7)', async () => {
  const damaged = { ...resolvePaths({}, root), assets: '/nonexistent' };
  await expect(seccompProfile(damaged, 'strict', 'bash')).rejects.toMatchObject({ code: 'storage' });
});

describe('calls that a policy removes (SEC-2)', () => {
  const text = JSON.stringify;
  const rulesFor = (profile: ReturnType<typeof buildProfile>, name: string) =>
    profile.syscalls.filter(({ names }) => names.includes(name));

  it.each(['mkdirat', 'socket', 'clone', 'personality'])(
    'refuses %s with EPERM and has no other word about it',
    (name) => {
      const before = buildProfile('standard', true);
      const after = withoutCalls(before, [name]);
      expect(rulesFor(before, name).some(({ action }) => action === 'SCMP_ACT_ALLOW')).toBe(true);
      expect(rulesFor(after, name)).toEqual([expect.objectContaining({ action: 'SCMP_ACT_ERRNO', errnoRet: EPERM })]);
      expect(rulesFor(after, name)[0]).not.toHaveProperty('args');
    },
  );

  it('leaves what was refused already, and everything else, as it was', () => {
    const before = buildProfile('strict', false);
    expect(text(withoutCalls(before, ['ptrace', 'clone3']))).toBe(text(before));
    expect(withoutCalls(before, [])).toBe(before);
    expect(rulesFor(withoutCalls(before, ['mkdirat']), 'openat')).toHaveLength(1);
  });
});
