/** What no policy can say, and why (POL-1). Pure. */
import type { FieldPath, TrustLevel } from '../../domain/policy.ts';
import type { Mistake } from './report.ts';

const FIXED_WHY = 'every sandbox has a read-only root, no new privileges, private namespaces and no devices';

/** Names under which other tools know what is fixed here; compared in lower case without `_` and `-`. */
const FIXED: ReadonlySet<string> = new Set([
  'privileged',
  'nonewprivileges',
  'allowprivilegeescalation',
  'readonly',
  'readonlyroot',
  'readonlyrootfs',
  'readonlyrootfilesystem',
  'device',
  'devices',
  'devicecgrouprules',
  'maskedpaths',
  'readonlypaths',
  'procmount',
  'namespaces',
  'hostnetwork',
  'hostpid',
  'hostipc',
  'hostusers',
  'pid',
  'pidmode',
  'ipc',
  'ipcmode',
  'uts',
  'cgroup',
  'cgroupns',
  'cgroupparent',
  'root',
  'runasroot',
  'capadd',
  'securityopt',
  'sysctls',
]);

/** Why a key cannot be there, when it is known from elsewhere and nothing of ours. */
export function fixedKey(key: string): Pick<Mistake, 'message' | 'fix'> | null {
  const form = key.toLowerCase().replaceAll(/[_-]/g, '');
  if (!FIXED.has(form)) return null;
  const instead =
    form === 'capadd'
      ? 'Take it out; `security.capabilities` grants capabilities one by one, under `system` only.'
      : form === 'securityopt'
        ? 'Take it out; `security.seccomp`, `security.apparmor` and `security.selinux` choose among what is safe.'
        : 'Take it out.';
  return { message: `\`${key.slice(0, 60)}\` cannot be changed: ${FIXED_WHY}.`, fix: instead };
}

const SOCKETS = /(?:^|[\\/])(?:docker|podman|containerd|crio|cri-dockerd|buildkitd)(?:[-.\w]*)?\.sock$|docker_engine$/i;

/** Values that no level may have; the field's own kind refuses them too and says why. */
const NEVER: { readonly [P in FieldPath]?: (word: string) => boolean } = {
  'security.seccomp': (word) => /^(?:unconfined|off|none|false|disabled)$/.test(word),
  'security.apparmor': (word) => word === 'unconfined' || word === 'complain',
  'security.selinux': (word) =>
    /(?:^|:)(?:disable|unconfined\w*|spc_t|container_runtime_t|init_t|kernel_t)(?:$|[,:])/.test(word),
  'security.user': (word) => word === 'root' || word.split(':').some((id) => /^0+$/.test(id) || /^640\d\d$/.test(id)),
  'security.seccomp_rules': (word) => /^\+?[a-z]/.test(word),
  'security.capabilities': (word) => /^(?:cap_)?(?:setuid|setgid|all)$/.test(word),
};

/** True when a refused value is not just misspelt but asks for what POL-1 forbids. */
export function isForbidden(path: FieldPath, text: string): boolean {
  return NEVER[path]?.(text.trim().toLowerCase()) === true;
}

/** Why this source is never mounted, or null. What of this machine may be mounted is checked again when a run starts. */
export function forbiddenSource(source: string): Pick<Mistake, 'message' | 'fix'> | null {
  if (SOCKETS.test(source))
    return {
      message: `\`${source.slice(0, 60)}\` is the socket of an engine: who has it has this whole machine.`,
      fix: 'Take the mount out.',
    };
  return null;
}

/** Why these capabilities cannot stand beside this level, or null. A file without a level is judged when its level is known. */
export function forbiddenCapabilities(
  level: TrustLevel | null,
  asked: readonly string[],
): Pick<Mistake, 'message' | 'fix'> | null {
  if (level === null || level === 'system' || asked.length === 0) return null;
  return {
    message: `Capabilities (${asked.slice(0, 5).join(', ')}) are refused under \`${level}\`: only \`system\` may grant them.`,
    fix: 'Take them out, or write `trust_level: system`.',
  };
}
