/** Why a complete policy cannot be run as it is, with the smallest change that can: nothing asked for is silently ignored. */
import type { Launch, Plan } from '../../contract/runs.ts';
import type { Capabilities } from '../../domain/engine.ts';
import type { EffectivePolicy, FieldPath } from '../../domain/policy.ts';
import type { Runtime } from '../../domain/run.ts';
import type { Compiled } from '../../domain/sandbox.ts';
import { formatBytes, formatCpu, MIB } from '../../lib/units.ts';
import { anyField, FIELD_PATHS } from '../fields.ts';
import { mostMemory } from '../../queue/admission.ts';
import type { GroupKind, Quotas } from '../../queue/quotas.ts';
import { gatewayFact } from '../network/gateway-fact.ts';
import { mountsProblem } from '../mounts/check.ts';
import { forbidden } from '../merge/set.ts';

type Refusal = NonNullable<Plan['refusal']>;

interface Context {
  readonly launch: Launch;
  readonly runtime: Runtime;
  readonly capabilities: Capabilities | null;
  readonly compiled: Compiled;
  readonly quotas: Quotas;
}

const ACCESS = ['files.access.read', 'files.access.write', 'files.access.execute'] as const;

/** Room in the scratch for what comes with every run: folders, home, data files. */
const SPARE = { bytes: 64 * 1024, inodes: 64 };

/** With these a script could change the rules of its own network, or become the gateway's user. */
const ABOVE_THE_GATEWAY = [
  'BPF',
  'DAC_OVERRIDE',
  'NET_ADMIN',
  'NET_RAW',
  'PERFMON',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_ADMIN',
  'SYS_MODULE',
  'SYS_PTRACE',
  'SYS_RAWIO',
];

/** Hosts or ports were asked for, but nobody asked for a network: the level's own `none` would leave them out in silence. */
function withoutNetwork(policy: EffectivePolicy): Refusal | null {
  if (policy.fields['network.mode'].tier !== 'level') return null;
  const wanted = (['network.allow', 'network.publish'] as const).find((path) => policy.fields[path].value.length > 0);
  if (wanted === undefined) return null;
  return {
    code: 'plan-refused',
    message: `\`${wanted}\` (${policy.fields[wanted].name}) needs a network, and ${policy.level} has none.`,
    why: 'Without `network.mode: restricted` there is no network at all.',
    next: 'Add `network.mode: restricted`, or leave the entry out.',
    suggestion: { label: 'Allow only what is listed', set: { 'network.mode': 'restricted' } },
  };
}

function network(policy: EffectivePolicy, engine: Capabilities | null): Refusal | null {
  const { value, name } = policy.fields['network.mode'];
  if (value === 'none') return withoutNetwork(policy);
  const suggestion = { label: 'Run without network', set: { 'network.mode': 'none' } };
  const shaped = policy.fields['network.download'].value !== null || policy.fields['network.upload'].value !== null;
  const fact = engine === null ? null : gatewayFact(engine, shaped ? 'rateShaping' : undefined);
  if (fact?.state === 'not-here')
    return {
      code: 'network-unavailable',
      message: `This run asks for ${value} network (${name}), which this engine cannot keep to its rules.`,
      why: fact.why,
      next: `Run without network: \`--set network.mode=none\`.`,
      suggestion,
    };
  const power = policy.fields['security.capabilities'].value.find((one) => ABOVE_THE_GATEWAY.includes(one));
  if (power === undefined) return null;
  return {
    code: 'plan-refused',
    message: `A script with the capability ${power} cannot have ${value} network.`,
    why: 'With it the script could change the rules of its own network.',
    next: 'Leave the capability out, or run without network: `--set network.mode=none`.',
    suggestion,
  };
}

function notBuilt(policy: EffectivePolicy): Refusal | null {
  for (const path of FIELD_PATHS) {
    const { value, tier, name } = policy.fields[path];
    const field = anyField(path);
    const { defaults, kind } = field;
    const initial = kind.format(defaults[policy.level]);
    if (tier === 'level' || kind.format(value) === initial) continue;
    const why = field.notYet?.(value) ?? null;
    if (why === null) continue;
    return {
      code: 'plan-refused',
      message: `\`${path}\` (${name}) cannot be honoured yet.`,
      why,
      next: `Leave \`${path}\` out.`,
      suggestion: { label: `Run with ${field.label.toLowerCase()} ${initial}`, set: { [path]: initial } },
    };
  }
  return null;
}

/** What the engine would silently leave out, or cannot do at all. */
function engineModules(policy: EffectivePolicy, engine: Capabilities): Refusal | null {
  const ask = (field: FieldPath, wanted: boolean, message: string): Refusal | null => {
    const entry = anyField(field);
    const fact = entry.enforcement(engine, policy.fields[field].value);
    if (!wanted || fact.state === 'enforced') return null;
    return {
      code: 'plan-refused',
      message,
      why: fact.why,
      next: fact.fix ?? `Leave \`${field}\` out, or use another engine.`,
      suggestion: { label: `Run with ${entry.label} auto`, set: { [field]: 'auto' } },
    };
  };
  const { fields } = policy;
  const users = fields['security.user_namespace'].value;
  const apparmor = fields['security.apparmor'].value;
  const selinux = fields['security.selinux'].value;
  if (users === 'off' && engine.rootless)
    return {
      code: 'plan-refused',
      message: 'This run asks for no user namespace, which a rootless engine cannot give.',
      why: 'Everything that a rootless engine starts is in a user namespace.',
      next: 'Leave `security.user_namespace` out.',
      suggestion: { label: 'Run with user namespace auto', set: { 'security.user_namespace': 'auto' } },
    };
  return (
    ask(
      'security.user_namespace',
      users === 'on',
      'This run asks for a user namespace, which this engine does not use.',
    ) ??
    ask('security.apparmor', apparmor !== 'auto', `This run asks for the AppArmor profile \`${apparmor}\`.`) ??
    ask('security.selinux', selinux !== 'auto', `This run asks for the SELinux label \`${selinux}\`.`)
  );
}

/** Why this engine cannot honour the policy, or null; asked at the plan and again when the run starts. */
export function refuseHere(policy: EffectivePolicy, engine: Capabilities): Refusal | null {
  return engineLimits(policy, engine) ?? engineModules(policy, engine);
}

function engineLimits(policy: EffectivePolicy, engine: Capabilities): Refusal | null {
  const cpu = policy.fields['resources.cpu'].value;
  const memory = policy.fields['resources.memory'].value;
  const runtime = policy.fields['security.oci_runtime'].value;
  if (engine.cpus > 0 && cpu > engine.cpus * 100) {
    const most = formatCpu(engine.cpus * 100);
    return {
      code: 'plan-refused',
      message: `This run asks for ${formatCpu(cpu)} of CPU; the engine has ${most}.`,
      why: `The engine has ${engine.cpus} cores.`,
      next: `Ask for at most ${most}.`,
      suggestion: { label: `Use ${most} of CPU`, set: { 'resources.cpu': most } },
    };
  }
  const promised = mostMemory(engine.memoryTotal, engine.local);
  if (engine.memoryTotal > 0 && memory > promised) {
    const most = formatBytes(Math.floor((engine.memoryTotal * 3) / 4 / MIB) * MIB);
    return {
      code: 'plan-refused',
      message: `This run asks for ${formatBytes(memory)} of memory, which can never fit.`,
      why: `The engine has ${formatBytes(Math.floor(engine.memoryTotal / MIB) * MIB)} in total, of which ${formatBytes(Math.floor(promised / MIB) * MIB)} can be promised to runs.`,
      next: `Ask for ${most} or less.`,
      suggestion: { label: `Use ${most} of memory`, set: { 'resources.memory': most } },
    };
  }
  if (runtime !== 'auto' && !engine.ociRuntimes.includes(runtime)) {
    return {
      code: 'plan-refused',
      message: `This engine does not have the OCI runtime \`${runtime}\`.`,
      why: `It has ${engine.ociRuntimes.join(', ') || 'none that it tells'}.`,
      next: 'Choose one of these, or `auto`.',
      suggestion: { label: 'Use the default OCI runtime', set: { 'security.oci_runtime': 'auto' } },
    };
  }
  if (engine.kind === 'podman' && runtime !== 'auto' && runtime !== engine.defaultRuntime) {
    return {
      code: 'plan-refused',
      message: `This engine cannot start a run with \`${runtime}\`.`,
      why: `Podman starts every container with its default OCI runtime, ${engine.defaultRuntime}.`,
      next: `Make \`${runtime}\` its default (containers.conf, \`runtime\`), or choose \`auto\`.`,
      suggestion: { label: 'Use the default OCI runtime', set: { 'security.oci_runtime': 'auto' } },
    };
  }
  return null;
}

/** Mounts that nothing could make right, and path rules that this engine's kernel would not keep: never run without them. */
function files(policy: EffectivePolicy, engine: Capabilities | null): Refusal | null {
  const problem = mountsProblem(policy.fields['files.mounts'].value);
  if (problem !== null) return { code: 'plan-refused', ...problem };
  if (engine === null || engine.landlock) return null;
  const ruled = ACCESS.find((path) => policy.fields[path].value.length > 0);
  if (ruled === undefined) return null;
  return {
    code: 'plan-refused',
    message: `\`${ruled}\` (${policy.fields[ruled].name}) cannot be kept by this engine.`,
    why: anyField(ruled).enforcement(engine).why,
    next: 'Use an engine on Linux 6.2 or later, or leave the list empty.',
    suggestion: {
      label: 'Run without path rules',
      set: Object.fromEntries(ACCESS.map((path) => [path, 'none'])),
    },
  };
}

/** A quota that not even one run fits into would keep it waiting for ever. */
function quotaFits(policy: EffectivePolicy, quotas: Quotas): Refusal | null {
  for (const kind of ['policy', 'project', 'workflow'] as const) {
    const { memory, cpu } = quotas[kind];
    const refusal =
      beyond(policy, kind, memory, 'resources.memory', 'quota.memory', 'memory') ??
      beyond(policy, kind, cpu, 'resources.cpu', 'quota.cpu', 'CPU');
    if (refusal !== null) return refusal;
  }
  return null;
}

const OVER: Readonly<Record<GroupKind, string>> = {
  policy: 'all runs under the policy together',
  project: 'all runs of the project together',
  workflow: 'all runs of the workflow together',
};

function beyond(
  policy: EffectivePolicy,
  kind: GroupKind,
  quota: number | null,
  asks: 'resources.memory' | 'resources.cpu',
  field: 'quota.memory' | 'quota.cpu',
  what: string,
): Refusal | null {
  const { value } = policy.fields[asks];
  if (quota === null || value <= quota) return null;
  const { kind: unit } = anyField(asks);
  const format = (amount: number): string => unit.format(amount);
  return {
    code: 'plan-refused',
    message: `This run asks for ${format(value)} of ${what}, which its quota of ${format(quota)} can never hold.`,
    why: `\`${field}\` (${policy.fields[field].name}) is for ${OVER[kind]}.`,
    next: `Ask for less ${what}, or raise the quota.`,
    suggestion: { label: `Use ${format(quota)} of ${what}`, set: { [asks]: format(quota) } },
  };
}

/** The script's files must fit into the scratch that they are put in. */
function filesFit({ launch, compiled }: Context): Refusal | null {
  const { scratchBytes, shmBytes, scratchInodes } = compiled.options;
  let bytes = SPARE.bytes;
  const folders = new Set<string>();
  for (const file of launch.files) {
    bytes += Math.ceil((file.content.length * 3) / 4 / 4096) * 4096;
    const parts = file.path.split('/');
    for (let depth = 1; depth < parts.length; depth += 1) folders.add(parts.slice(0, depth).join('/'));
  }
  const inodes = launch.files.length + folders.size + SPARE.inodes;
  if (bytes <= scratchBytes && inodes <= scratchInodes) return null;
  const needed = Math.max(bytes, inodes * 4096);
  const scratch = formatBytes(Math.ceil((needed * 8) / 7 / MIB + 1) * MIB);
  return {
    code: 'plan-refused',
    message: `The script's files do not fit into the scratch of ${formatBytes(scratchBytes + shmBytes)}.`,
    why: `They are ${launch.files.length} files with ${formatBytes(Math.ceil(bytes / 1024) * 1024)} together.`,
    next: `Raise \`resources.scratch\` to ${scratch}, and memory with it.`,
    suggestion: { label: `Use ${scratch} for scratch`, set: { 'resources.scratch': scratch } },
  };
}

/** The first thing that stands in the way, or null. */
export function refuse(policy: EffectivePolicy, context: Context): Refusal | null {
  const wrong = forbidden(policy);
  if (wrong !== null) return { code: wrong.code, message: wrong.message, why: wrong.why, next: wrong.next };
  return (
    network(policy, context.capabilities) ??
    notBuilt(policy) ??
    files(policy, context.capabilities) ??
    (context.capabilities === null ? null : refuseHere(policy, context.capabilities)) ??
    quotaFits(policy, context.quotas) ??
    filesFit(context)
  );
}
