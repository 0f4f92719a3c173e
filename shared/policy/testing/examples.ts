/** Capabilities and plan inputs that tests start from. */
import type { Capabilities } from '../../domain/engine.ts';
import type { EffectivePolicy, PartialPolicy, TrustLevel } from '../../domain/policy.ts';
import { effective } from '../merge/effective.ts';
import type { PlanInput, PlanSettings } from '../plan/plan.ts';
import { parseSet } from '../merge/set.ts';

/** An engine that has everything. */
export const COMPLETE: Capabilities = {
  kind: 'docker',
  version: '29.5.0',
  apiVersion: '1.52',
  os: 'linux',
  arch: 'x64',
  cgroup: 'v2',
  local: true,
  rootless: false,
  seccomp: true,
  landlock: true,
  apparmor: true,
  selinux: true,
  userNamespaces: true,
  ociRuntimes: ['runc', 'crun'],
  defaultRuntime: 'runc',
  swapLimit: true,
  pidsLimit: true,
  cpuQuota: true,
  diskQuota: true,
  ioLimits: true,
  tmpfsInodes: true,
  liveUpdate: true,
  nftables: true,
  nflog: true,
  rateShaping: true,
  connectionTracking: true,
  ipv6: true,
  cpus: 4,
  memoryTotal: 8 * 1024 ** 3,
  memoryFree: 4 * 1024 ** 3,
  evidence: {},
};

/** A rootful Docker on cgroup v1 without a security module. */
export const CGROUP_V1: Capabilities = {
  ...COMPLETE,
  cgroup: 'v1',
  apparmor: false,
  selinux: false,
  userNamespaces: false,
};

/** A rootless Podman far away that was delegated nothing. */
export const POOR: Capabilities = {
  ...COMPLETE,
  kind: 'podman',
  local: false,
  rootless: true,
  seccomp: false,
  landlock: false,
  apparmor: false,
  selinux: false,
  userNamespaces: false,
  swapLimit: false,
  pidsLimit: false,
  cpuQuota: false,
  diskQuota: false,
  ioLimits: false,
  tmpfsInodes: false,
  liveUpdate: false,
};

export const ENGINES = { complete: COMPLETE, 'cgroup v1': CGROUP_V1, poor: POOR } as const;

export const SETTINGS: PlanSettings = { defaultPolicy: 'untrusted', perRuntime: {}, values: {}, ceilings: {} };

/** A level with values of this run on top, written as `--set` takes them. */
export function policyOf(
  level: TrustLevel,
  set: Readonly<Record<string, string>> = {},
  ceilings: PartialPolicy = {},
): EffectivePolicy {
  return effective({ level, name: level, tiers: [{ tier: 'run', name: 'this run', ...parseSet(set) }], ceilings });
}

export function planInput(
  launch: Partial<PlanInput['launch']> = {},
  rest: Partial<Omit<PlanInput, 'launch'>> = {},
): PlanInput {
  return {
    launch: { name: 'hello.py', files: [{ path: 'hello.py', content: 'cHJpbnQoMSk=' }], entry: 'hello.py', ...launch },
    runtime: 'python',
    runtimeFrom: 'extension .py',
    marks: [],
    settings: SETTINGS,
    policy: null,
    project: null,
    capabilities: COMPLETE,
    image: { reference: 'bellglass/python:1', present: true },
    ...rest,
  };
}
