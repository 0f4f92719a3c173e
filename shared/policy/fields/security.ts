/** Hardening that a policy may choose within fixed bounds (POL-1, SEC-1, SEC-2). */
import { enforced, everywhere, future, notHere, partly, perLevel, type FieldsOf } from '../field.ts';
import { bool, choice, invalid, list, text } from '../kinds.ts';
import type { SeccompProfile } from '../../domain/policy.ts';

const group = 'Security';

/** Uids of the warden, gateway and observer. */
const RESERVED = { from: 64_000, to: 64_099 };
const UID_MAX = 60_000_000;

function checkUser(value: string): void {
  const ids = value.split(':').map(Number);
  for (const id of ids) {
    if (id === 0)
      throw invalid(
        `A script may not run as \`${value}\`.`,
        'Id 0 is root, which no script ever gets.',
        'Write `1000:1000`.',
      );
    if (id >= RESERVED.from && id <= RESERVED.to)
      throw invalid(
        `A script may not run as \`${value}\`.`,
        `The ids ${RESERVED.from} to ${RESERVED.to} belong to Bellglass itself.`,
        'Write `1000:1000`.',
      );
    if (id > UID_MAX)
      throw invalid(`A script may not run as \`${value}\`.`, `The largest id is ${UID_MAX}.`, 'Write `1000:1000`.');
  }
}

function checkRule(value: string): void {
  if (!value.startsWith('-'))
    throw invalid(
      `\`${value.slice(0, 40)}\` would add a system call.`,
      'Own rules may only remove calls from the profile.',
      `Write \`-${value.replace(/^\+/, '').slice(0, 40)}\` to remove it.`,
    );
}

export const security: FieldsOf<'security'> = {
  'security.seccomp': {
    group,
    label: 'System calls',
    help: '`strict` allows what the runtimes were seen to need; `standard` what ordinary programs need.',
    kind: choice(['strict', 'standard'], true),
    defaults: perLevel<SeccompProfile>('strict', 'strict', 'standard', 'standard'),
    enforcement: (engine) =>
      engine.seccomp
        ? enforced()
        : notHere('This engine cannot filter system calls.', 'Use an engine on a kernel with seccomp.'),
  },
  'security.seccomp_rules': {
    group,
    label: 'Own call rules',
    help: 'System calls to remove from the profile: `-name`.',
    kind: list(text(/^[-+]?[a-z0-9_]+$/, '-socket', checkRule), 'tighter'),
    defaults: everywhere<readonly string[]>([]),
    ...future('own system call rules'),
  },
  'security.capabilities': {
    group,
    label: 'Capabilities',
    help: 'Kernel capabilities, one by one; under `system` only.',
    kind: list(text(/^[A-Z][A-Z_]+$/, 'NET_BIND_SERVICE'), 'looser'),
    defaults: everywhere<readonly string[]>([]),
    enforcement: enforced,
    notYet: (value) => (value.length === 0 ? null : 'Bellglass cannot grant capabilities yet.'),
  },
  'security.user': {
    group,
    label: 'User',
    help: 'User and group id of the script; never 0.',
    kind: text(/^\d{1,8}:\d{1,8}$/, '1000:1000', checkUser),
    defaults: everywhere('1000:1000'),
    enforcement: enforced,
  },
  'security.user_namespace': {
    group,
    label: 'User namespace',
    help: 'Ids inside the sandbox stand for other ids on the engine.',
    kind: choice(['auto', 'on', 'off'], false),
    defaults: everywhere<'auto' | 'on' | 'off'>('auto'),
    enforcement: (engine) =>
      engine.userNamespaces || engine.rootless
        ? enforced()
        : notHere(
            'This engine maps no ids: uid 1000 inside is uid 1000 on the engine.',
            'Start the engine with `userns-remap`, or use a rootless engine.',
          ),
    notYet: (value) => (value === 'auto' ? null : 'Bellglass cannot choose the user namespace for one run yet.'),
  },
  'security.apparmor': {
    group,
    label: 'AppArmor',
    help: 'Name of a profile; `auto` uses the best that the engine has.',
    kind: text(/^[\w./-]{1,128}$/, 'auto'),
    defaults: everywhere('auto'),
    enforcement: (engine) =>
      engine.apparmor
        ? partly("The engine's own profile is used; Bellglass does not have one yet.")
        : notHere("The engine's kernel has no AppArmor."),
    notYet: (value) => (value === 'auto' ? null : 'Bellglass cannot choose an AppArmor profile yet.'),
  },
  'security.selinux': {
    group,
    label: 'SELinux',
    help: 'A label; `auto` uses what the engine gives.',
    kind: text(/^[\w.:,/-]{1,128}$/, 'auto'),
    defaults: everywhere('auto'),
    enforcement: (engine) => (engine.selinux ? enforced() : notHere("The engine's kernel has no SELinux.")),
    notYet: (value) => (value === 'auto' ? null : 'Bellglass cannot choose an SELinux label yet.'),
  },
  'security.oci_runtime': {
    group,
    label: 'OCI runtime',
    help: 'What the engine starts containers with; `auto` is its default.',
    kind: text(/^[\w.-]{1,64}$/, 'auto'),
    defaults: everywhere('auto'),
    enforcement: (engine, value) =>
      value === undefined || value === 'auto' || engine.ociRuntimes.includes(value)
        ? enforced()
        : notHere(`This engine does not have \`${value}\`.`),
  },
  'security.canaries': {
    group,
    label: 'Canary secrets',
    help: 'Decoy keys in the home folder, made anew for each run; opening, moving or deleting one is a violation.',
    kind: bool(false),
    defaults: everywhere(true),
    enforcement: enforced,
  },
};
