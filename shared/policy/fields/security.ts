/** Hardening that a policy may choose within fixed bounds (POL-1, SEC-1, SEC-2). */
import { enforced, everywhere, notHere, partly, perLevel, type FieldsOf, type Kind } from '../field.ts';
import { FILTERED, parseCapability } from '../kernel/capabilities.ts';
import { closest } from '../../lib/closest.ts';
import { bool, choice, invalid, list, text } from '../kinds.ts';
import { labelParts } from '../kernel/selinux.ts';
import { ESSENTIAL, KNOWN_CALLS } from '../kernel/syscalls.ts';
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
  const name = value.slice(1);
  if (ESSENTIAL.includes(name))
    throw invalid(
      `The system call \`${name}\` cannot be removed.`,
      'Without it the sandbox itself, or every program in it, does not start or end.',
      'Leave it out.',
    );
  if (!KNOWN_CALLS.includes(name)) {
    const near = closest(name, KNOWN_CALLS);
    throw invalid(
      `There is no system call \`${name.slice(0, 40)}\` in the profiles.`,
      'The name is not one of those that Bellglass knows.',
      near === null ? 'Look it up with `man 2 syscalls`.' : `Did you mean \`-${near}\`?`,
    );
  }
}

/** Podman's compatible API takes a runtime for a container and does not use it. */
const PODMAN_RUNTIME = 'Podman starts every container with its default OCI runtime.';

function confined(value: string): void {
  if (/^(unconfined|complain)$/i.test(value))
    throw invalid(
      'A script never runs without AppArmor where the engine has it.',
      `\`${value}\` would take the protection away.`,
      'Write `auto`, or the name of a profile.',
    );
}

const LABEL_PARTS = /^(?:(?:user|role|type):[\w.-]+|level:[\w.:,-]+|[\w.-]+)$/;
const OPEN_TYPES = /^(?:disable|unconfined\w*|spc_t|container_runtime_t|init_t|kernel_t)$/i;

function confinedLabel(value: string): void {
  for (const part of labelParts(value)) {
    if (OPEN_TYPES.test(part.replace(/^\w+:/, '')))
      throw invalid(
        'A script never runs without SELinux where the engine has it.',
        `\`${part}\` would take the protection away.`,
        'Write `auto`, or a confined type.',
      );
    if (!LABEL_PARTS.test(part))
      throw invalid(
        `\`${part.slice(0, 40)}\` is no part of an SELinux label.`,
        'A part is `user:…`, `role:…`, `type:…` or `level:…`.',
        'Write it like `type:my_script_t`.',
      );
  }
}

/** Names of any case, with or without `CAP_`. */
const capability: Kind<string> = {
  name: 'text',
  format: (value) => value,
  looser: null,
  parse: parseCapability,
};

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
    help: 'System calls to remove from the profile: `-name`. Others that do the same stay; remove them too.',
    kind: list(text(/^[-+]?[a-z0-9_]+$/, '-socket', checkRule), 'tighter'),
    defaults: everywhere<readonly string[]>([]),
    enforcement: (engine, value) =>
      engine.seccomp || value?.length === 0
        ? enforced()
        : notHere('This engine cannot filter system calls.', 'Use an engine on a kernel with seccomp.'),
  },
  'security.capabilities': {
    group,
    label: 'Capabilities',
    help: 'Kernel capabilities, one by one; under `system` only. The script gets exactly these, and never user id 0.',
    kind: list(capability, 'looser'),
    defaults: everywhere<readonly string[]>([]),
    enforcement: (_engine, value) => {
      const idle = value?.filter((name) => FILTERED.includes(name)) ?? [];
      return idle.length === 0
        ? enforced()
        : partly(`${idle.join(', ')} cannot do much: the call filter refuses the calls that they are for.`);
    },
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
    help: 'Ids inside the sandbox stand for other ids on the engine: `auto` as the engine does it, `on` only if it does, `off` never.',
    kind: choice(['auto', 'on', 'off'], false),
    defaults: everywhere<'auto' | 'on' | 'off'>('auto'),
    enforcement: (engine, value) =>
      engine.userNamespaces || engine.rootless || value === 'off'
        ? enforced()
        : notHere(
            'This engine maps no ids: uid 1000 inside is uid 1000 on the engine.',
            'Start the engine with `userns-remap`, or use a rootless engine.',
          ),
  },
  'security.apparmor': {
    group,
    label: 'AppArmor',
    help: "Name of a profile that the engine's machine has loaded; `auto` uses the engine's own.",
    kind: text(/^[\w./-]{1,128}$/, 'auto', confined),
    defaults: everywhere('auto'),
    enforcement: (engine, value) => {
      if (!engine.apparmor) return notHere("The engine's kernel has no AppArmor.");
      return value === undefined || value === 'auto'
        ? partly("The engine's own profile is used; Bellglass does not have one yet.")
        : enforced();
    },
  },
  'security.selinux': {
    group,
    label: 'SELinux',
    help: 'A type such as `my_script_t`, or `type:NAME`, `level:s0:c1,c2`; `auto` uses what the engine gives.',
    kind: text(/^[\w.:,-]{1,128}$/, 'auto', confinedLabel),
    defaults: everywhere('auto'),
    enforcement: (engine) => (engine.selinux ? enforced() : notHere("The engine's kernel has no SELinux.")),
  },
  'security.oci_runtime': {
    group,
    label: 'OCI runtime',
    help: 'What the engine starts containers with; `auto` is its default.',
    kind: text(/^[\w.-]{1,64}$/, 'auto'),
    defaults: everywhere('auto'),
    enforcement: (engine, value) => {
      if (value === undefined || value === 'auto' || value === engine.defaultRuntime) return enforced();
      if (!engine.ociRuntimes.includes(value)) return notHere(`This engine does not have \`${value}\`.`);
      return engine.kind === 'podman' ? notHere(PODMAN_RUNTIME) : enforced();
    },
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
