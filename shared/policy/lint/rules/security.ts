/** Rules about what the script may ask of the kernel. */
import type { EffectivePolicy } from '../../../domain/policy.ts';
import { POWERFUL, ROOT_LIKE } from '../capability-words.ts';
import { plain, replace, setTo, when } from '../fix.ts';
import type { Hit, Rule } from '../rule.ts';

const CAPS = 'security.capabilities';

/** Calls that ordinary programs of every runtime make; what a sandbox itself needs is refused in the field table. */
const COMMON: readonly string[] =
  'clone dup2 dup3 epoll_create1 epoll_ctl epoll_wait fcntl fork getdents64 ioctl lseek mremap openat2 pipe2 poll pread64 readlink stat unlink vfork wait4 writev'.split(
    ' ',
  );

function eachCapability(policy: EffectivePolicy, say: (name: string) => string | null): Hit[] {
  return policy.fields[CAPS].value.flatMap((name) => {
    const text = say(name);
    return text === null ? [] : [{ message: `${plain(name)} ${text}.`, fix: replace(policy, CAPS, name) }];
  });
}

export const security: readonly Rule[] = [
  {
    rule: 'capability-like-root',
    severity: 'danger',
    field: CAPS,
    reason: 'With it a script inside the sandbox can take over the machine outside of it.',
    reference: 'Linux manual, capabilities(7); CIS Docker Benchmark 1.2.0, 5.3; CVE-2022-0492 (SYS_ADMIN)',
    mends: 'Takes the capability away.',
    check: (policy) => eachCapability(policy, (name) => ROOT_LIKE[name] ?? null),
  },
  {
    rule: 'capability',
    severity: 'warning',
    field: CAPS,
    reason: 'No runtime needs a capability; each one is a part of root.',
    reference: 'Linux manual, capabilities(7); CIS Docker Benchmark 1.2.0, 5.3; CVE-2020-14386 (NET_RAW)',
    mends: 'Takes the capability away.',
    check: (policy) =>
      eachCapability(policy, (name) =>
        ROOT_LIKE[name] === undefined ? (POWERFUL[name] ?? 'is not known here') : null,
      ),
  },
  {
    rule: 'level-system',
    severity: 'info',
    field: CAPS,
    reason: 'The level `system` is for tools of your own: full network, an hour, and capabilities may be added.',
    reference: 'POL-1: only `system` may grant capabilities',
    mends: 'None: the level is chosen for the policy or the run, it is no value.',
    check: ({ level, levelFrom }) =>
      when(
        level === 'system',
        () =>
          levelFrom.tier === 'level'
            ? 'The level is system.'
            : `The level is system, chosen by ${plain(levelFrom.name)}.`,
        () => null,
      ),
  },
  {
    rule: 'seccomp-standard',
    severity: 'info',
    field: 'security.seccomp',
    reason: 'The more system calls, the more of the kernel a script can attack.',
    reference: 'Linux manual, seccomp(2); CIS Docker Benchmark 1.2.0, 5.21; OWASP Docker Security Cheat Sheet, rule 6',
    mends: 'Uses `strict`.',
    check: ({ fields }) =>
      when(
        fields['security.seccomp'].value === 'standard',
        () => 'The profile is standard, not strict.',
        () => setTo('security.seccomp', 'strict'),
      ),
  },
  {
    rule: 'removes-common-call',
    severity: 'warning',
    field: 'security.seccomp_rules',
    reason: 'Most scripts of a runtime make this call, so they fail in ways that are hard to tell from a mistake.',
    reference: 'Own measurement of the system calls of each runtime',
    mends: 'Removes the rule.',
    check: (policy) =>
      policy.fields['security.seccomp_rules'].value.flatMap((entry): Hit[] => {
        if (!COMMON.includes(entry.replace(/^-/, ''))) return [];
        const message = `${plain(entry)} removes a call that most programs make.`;
        return [{ message, fix: replace(policy, 'security.seccomp_rules', entry) }];
      }),
  },
  {
    rule: 'other-user',
    severity: 'info',
    field: 'security.user',
    reason: 'Without a user namespace the id is that of somebody on the machine, whose files on a mount it owns.',
    reference: 'Linux manual, user_namespaces(7); CIS Docker Benchmark 1.2.0, 4.1',
    mends: 'Uses 1000:1000.',
    check: ({ fields }) =>
      when(
        fields['security.user'].value !== '1000:1000',
        () => `The script runs as ${fields['security.user'].value}.`,
        () => setTo('security.user', '1000:1000'),
      ),
  },
  {
    rule: 'system-user',
    severity: 'warning',
    field: 'security.user',
    reason: 'Ids below 1000 belong to services of the system: `docker`, `shadow` and `disk` are groups among them.',
    reference: 'Debian Policy, 9.2.2, UID and GID classes',
    mends: 'Uses 1000:1000.',
    check: ({ fields }) =>
      when(
        fields['security.user'].value.split(':').some((id) => Number(id) < 1000),
        () => `The script runs as ${fields['security.user'].value}, an id of the system.`,
        () => setTo('security.user', '1000:1000'),
      ),
  },
  {
    rule: 'no-user-namespace',
    severity: 'warning',
    field: 'security.user_namespace',
    reason: 'Without it an id inside is the same id outside, which matters once something breaks out.',
    reference: 'CIS Docker Benchmark 1.2.0, 2.8 and 5.30; Linux manual, user_namespaces(7)',
    mends: 'Uses `auto`.',
    check: ({ fields }) =>
      when(
        fields['security.user_namespace'].value === 'off',
        () => 'Ids are not mapped even where the engine would.',
        () => setTo('security.user_namespace', 'auto'),
      ),
  },
  {
    rule: 'own-apparmor',
    severity: 'info',
    field: 'security.apparmor',
    reason: 'A profile of your own replaces the one that comes with the engine or with Bellglass, and may allow more.',
    reference: 'CIS Docker Benchmark 1.2.0, 5.1; NIST SP 800-190, 4.4.3',
    mends: 'Uses `auto`.',
    check: ({ fields }) =>
      when(
        fields['security.apparmor'].value !== 'auto',
        () => `The AppArmor profile is ${plain(fields['security.apparmor'].value)}.`,
        () => setTo('security.apparmor', 'auto'),
      ),
  },
  {
    rule: 'own-selinux',
    severity: 'info',
    field: 'security.selinux',
    reason: 'A label of your own replaces the one that keeps sandboxes apart from each other, and may allow more.',
    reference: 'CIS Docker Benchmark 1.2.0, 5.2',
    mends: 'Uses `auto`.',
    check: ({ fields }) =>
      when(
        fields['security.selinux'].value !== 'auto',
        () => `The SELinux label is ${plain(fields['security.selinux'].value)}.`,
        () => setTo('security.selinux', 'auto'),
      ),
  },
  {
    rule: 'other-oci-runtime',
    severity: 'info',
    field: 'security.oci_runtime',
    reason: 'Limits and refusals were tried with runc and crun; another runtime may answer differently.',
    reference: 'OCI Runtime Specification; own measurement with runc and crun',
    mends: 'Uses `auto`.',
    check: ({ fields }) =>
      when(
        !['auto', 'runc', 'crun', 'runsc'].includes(fields['security.oci_runtime'].value),
        () => `Containers are started with ${plain(fields['security.oci_runtime'].value)}.`,
        () => setTo('security.oci_runtime', 'auto'),
      ),
  },
  {
    rule: 'no-canaries',
    severity: 'warning',
    field: 'security.canaries',
    reason: 'Without decoy keys nobody learns that a script went looking for keys.',
    reference: 'MITRE D3FEND, decoy object; MITRE ATT&CK T1552.001',
    mends: 'Turns canary secrets on.',
    check: ({ fields }) =>
      when(
        !fields['security.canaries'].value,
        () => 'Canary secrets are off.',
        () => setTo('security.canaries', true),
      ),
  },
];
