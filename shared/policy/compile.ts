/** From an effective policy to what a sandbox is created from: the only place that does so (POL-5). */
import type { Capabilities } from '../domain/engine.ts';
import { UID } from '../domain/labels.ts';
import type { NetworkPlan } from '../domain/network.ts';
import type { EffectivePolicy, Enforcement, FieldPath, Mount } from '../domain/policy.ts';
import type { Runtime } from '../domain/run.ts';
import type { Compiled, PathAccess, SandboxMount } from '../domain/sandbox.ts';
import { anyField, FIELD_PATHS } from './fields.ts';
import { plainPath } from './mounts/targets.ts';

/**
 * Tasks inside a sandbox that are not the script's: the warden. The waiter becomes the script and takes no slot of its own.
 * The limit is kept for the sandbox as a whole: an exec by Bellglass (a graceful stop) counts for its few milliseconds,
 * so during it the script has one slot less, never one more.
 */
export const PLUMBING = 1;

const PAGE = 4096;
/** /dev/shm takes this share of the scratch, so that a full workspace is still a full scratch to whoever looks at 90 %. */
const SHM_SHARE = 1 / 32;
/** One inode costs the kernel about 1 KiB, so one per page bounds them to a quarter of the scratch. */
const INODES = { least: 1024, most: 65_536 };

/** How this engine enforces each field of this policy, in table order; `fix` where something can be done. */
export function enforcement(
  engine: Capabilities,
  policy?: EffectivePolicy,
): (Enforcement & { readonly fix?: string })[] {
  return FIELD_PATHS.map((field) => ({ field, ...anyField(field).enforcement(engine, policy?.fields[field].value) }));
}

/** A field that this version cannot carry out is a gap only when somebody asked for it. */
function asked(policy: EffectivePolicy, path: FieldPath): boolean {
  // Without network its rules ask for nothing.
  if (path.startsWith('network.') && policy.fields['network.mode'].value === 'none') return false;
  return policy.fields[path].tier !== 'level' || anyField(path).future !== true;
}

function pages(bytes: number): number {
  return Math.max(PAGE, Math.floor(bytes / PAGE) * PAGE);
}

function named(value: string): string | null {
  return value === 'auto' ? null : value;
}

/** Bytes of the workspace for a policy's scratch; the rest is /dev/shm. */
export function workspaceBytes(scratch: number): number {
  return scratch - pages(scratch * SHM_SHARE);
}

/** What mounts in memory take of the workspace, together. */
const MEMORY_SHARE = 1 / 4;

/** Binds become copies where the engine does not share our files; what lies in memory shares a part of the workspace evenly. */
function sandboxMounts(mounts: readonly Mount[], workspace: number, engine: Capabilities | null): SandboxMount[] {
  const typed = mounts.map((mount) => ({
    ...mount,
    type: mount.type === 'bind' && engine !== null && !engine.local ? ('copy' as const) : mount.type,
  }));
  const inMemory = (type: SandboxMount['type']): boolean => type === 'tmpfs' || type === 'copy';
  const share = pages((workspace * MEMORY_SHARE) / Math.max(1, typed.filter(({ type }) => inMemory(type)).length));
  return typed.map(({ type, source = '', target, mode }) => ({
    type,
    source,
    target: plainPath(target),
    readOnly: mode === 'ro',
    bytes: inMemory(type) ? share : 0,
  }));
}

function pathAccess(read: readonly string[], write: readonly string[], execute: readonly string[]): PathAccess | null {
  return read.length + write.length + execute.length === 0 ? null : { read, write, execute };
}

function networkPlan(policy: EffectivePolicy): NetworkPlan {
  const get = <P extends FieldPath>(path: P) => policy.fields[path].value;
  const mode = get('network.mode');
  if (mode === 'none') return { mode };
  return {
    mode,
    allow: get('network.allow'),
    block: get('network.block'),
    dns: get('network.dns'),
    hosts: get('network.hosts'),
    publish: get('network.publish'),
    download: get('network.download'),
    upload: get('network.upload'),
    connections: get('network.connections'),
    onBreach: get('resources.on_breach.network'),
  };
}

/** Pure. Without capabilities (no engine yet) nothing can be said about enforcement and `gaps` is empty. */
export function compile(policy: EffectivePolicy, runtime: Runtime, engine: Capabilities | null): Compiled {
  const get = <P extends FieldPath>(path: P) => policy.fields[path].value;
  const scratch = get('resources.scratch');
  const shmBytes = pages(scratch * SHM_SHARE);
  const workspace = workspaceBytes(scratch);
  const mounts = sandboxMounts(get('files.mounts'), workspace, engine);
  const scratchBytes = workspace - mounts.reduce((sum, { bytes }) => sum + bytes, 0);
  return {
    options: {
      runtime,
      memory: get('resources.memory'),
      cpu: get('resources.cpu'),
      pids: get('resources.processes') + PLUMBING,
      wardenUser: `${UID.warden}:${UID.warden}`,
      scriptUser: get('security.user'),
      seccomp: get('security.seccomp'),
      capabilities: get('security.capabilities'),
      network: 'none',
      scratchBytes,
      scratchInodes: Math.min(INODES.most, Math.max(INODES.least, Math.floor(scratchBytes / PAGE))),
      shmBytes,
      openFiles: get('resources.open_files'),
      fileSize: scratch,
      cpuSeconds: Math.ceil(get('resources.cpu_time') / 1000) + 1,
      diskRead: get('resources.disk_read'),
      diskWrite: get('resources.disk_write'),
      ociRuntime: named(get('security.oci_runtime')),
      mounts,
      blockedPaths: get('files.blocked_paths').map(plainPath),
      access: pathAccess(get('files.access.read'), get('files.access.write'), get('files.access.execute')),
      seccompRemoved: get('security.seccomp_rules').map((rule) => rule.slice(1)),
      userNamespace: get('security.user_namespace') === 'off' ? 'host' : 'engine',
      apparmor: named(get('security.apparmor')),
      selinux: named(get('security.selinux')),
      canaries: get('security.canaries'),
      workingDir: get('run.working_dir'),
    },
    network: networkPlan(policy),
    gaps:
      engine === null
        ? []
        : enforcement(engine, policy)
            .filter(({ field, state }) => state !== 'enforced' && asked(policy, field))
            .map(({ field, state, why }) => ({ field, state, why })),
  };
}
