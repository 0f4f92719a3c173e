/** The *what this allows* list of a launch: what the script may do, and what it meets a wall at. */
import type { Plan, ScriptMark } from '../../contract/runs.ts';
import type { EffectivePolicy, Enforcement, Mount } from '../../domain/policy.ts';
import { formatBytes, formatDuration, formatRate } from '../../lib/units.ts';
import { anyField } from '../fields.ts';
import { cores } from './summary.ts';

type Line = Plan['allows'][number];

/** `line 2 will fail`, `lines 2, 7 and 15 will fail`. */
function failing(marks: readonly ScriptMark[], kind: ScriptMark['kind']): string {
  const lines = [...new Set(marks.filter((mark) => mark.kind === kind).map((mark) => mark.line))].toSorted(
    (a, b) => a - b,
  );
  if (lines.length === 0) return '';
  if (lines.length === 1) return `line ${lines[0]} will fail`;
  const shown = lines.slice(0, 5);
  const rest = lines.length - shown.length;
  if (rest > 0) return `lines ${shown.join(', ')} and ${rest} more will fail`;
  return `lines ${shown.slice(0, -1).join(', ')} and ${shown.at(-1)} will fail`;
}

/** Hosts named one by one; the rest of a long list is counted. */
const HOSTS_SHOWN = 5;

function networkLine(policy: EffectivePolicy, marks: readonly ScriptMark[]): Line {
  const { fields } = policy;
  const mode = fields['network.mode'].value;
  const hosts = fields['network.allow'].value;
  const lines = failing(marks, 'network');
  if (mode === 'none')
    return { allowed: false, text: lines === '' ? 'No network at all' : `No network at all: ${lines}` };
  if (mode === 'full') {
    const listed = hosts.length === 0 ? '' : ' but for what is listed';
    return { allowed: true, text: `Reach every host, except cloud metadata and this machine${listed}` };
  }
  if (hosts.length === 0)
    return { allowed: false, text: 'No host is listed: each one it tries is refused, shown, and yours to allow' };
  const shown = hosts.slice(0, HOSTS_SHOWN).join(', ');
  const rest = hosts.length - HOSTS_SHOWN;
  const all = rest > 0 ? `${shown} and ${rest} more` : shown;
  return { allowed: true, text: `Reach ${all}; any other host is refused, shown, and yours to allow` };
}

/** How fast and how often it may reach them, and who may reach it; empty without a network. */
function networkDetails({ fields }: EffectivePolicy): Line[] {
  if (fields['network.mode'].value === 'none') return [];
  const down = fields['network.download'].value;
  const up = fields['network.upload'].value;
  const connections = fields['network.connections'].value;
  const caps = [
    ...(down === null ? [] : [`${formatRate(down)} down`]),
    ...(up === null ? [] : [`${formatRate(up)} up`]),
    ...(connections === null ? [] : [`${connections} ${connections === 1 ? 'connection' : 'connections'} at once`]),
  ];
  const ports = fields['network.publish'].value.map((text) => text.split(':')[0]);
  return [
    ...(caps.length === 0 ? [] : [{ allowed: true, text: `Use the network with at most ${caps.join(', ')}` }]),
    ...(ports.length === 0
      ? []
      : [{ allowed: true, text: `Be reached from this machine, on 127.0.0.1 port ${ports.join(', ')}` }]),
  ];
}

/** `read and write`, `read only`, `read only, as a copy`. */
function mountMode({ type, mode }: Mount, copied: boolean): string {
  if (mode === 'rw') return 'read and write';
  return type === 'bind' && copied ? 'read only, as a copy' : 'read only';
}

function mountName({ type, source, target }: Mount): string {
  if (type === 'tmpfs') return `an empty folder in memory at ${target}`;
  return type === 'volume' ? `the volume ${source} at ${target}` : `${source} at ${target}`;
}

/** What of the container's own files is hidden or ruled; empty when nothing is. */
function pathLines(policy: EffectivePolicy, gaps: readonly Enforcement[]): Line[] {
  const few = (paths: readonly string[]): string =>
    paths.length > 5 ? `${paths.slice(0, 5).join(', ')} and ${paths.length - 5} more` : paths.join(', ');
  const lines: Line[] = [];
  const blocked = policy.fields['files.blocked_paths'].value;
  if (blocked.length > 0) lines.push({ allowed: false, text: `Nothing of ${few(blocked)}: hidden in the sandbox` });
  for (const [field, verb] of [
    ['files.access.read', 'Read'],
    ['files.access.write', 'Write'],
    ['files.access.execute', 'Start'],
  ] as const) {
    const paths = policy.fields[field].value;
    if (paths.length === 0 || gaps.some((gap) => gap.field === field && gap.state === 'not-here')) continue;
    const rest = {
      Read: 'and what programs need to start',
      Write: 'and devices such as /dev/null',
      Start: 'and what runs the script',
    };
    lines.push({ allowed: true, text: `${verb} only ${few(paths)}, ${rest[verb]}` });
  }
  return lines;
}

function filesLine(policy: EffectivePolicy, gaps: readonly Enforcement[]): Line {
  const mounts = policy.fields['files.mounts'].value;
  const copied = gaps.some(({ field, why }) => field === 'files.mounts' && why.includes('copied'));
  if (mounts.length === 0) return { allowed: false, text: 'None of your files, keys or environment' };
  return {
    allowed: true,
    text: `See ${mounts.map((mount) => `${mountName(mount)} (${mountMode(mount, copied)})`).join(', ')}; none of your other files, keys or environment`,
  };
}

function breach(action: string): string {
  if (action === 'warn') return 'a warning after that';
  return action === 'pause' ? 'paused at 90 %, stopped after that' : 'stopped after that';
}

/** What starts instead of the interpreter with the script; null when nothing of that is replaced. */
function startLine(policy: EffectivePolicy): Line | null {
  const entrypoint = policy.fields['run.entrypoint'].value;
  const command = policy.fields['run.command'].value;
  if (entrypoint === null && command === null) return null;
  const words = [...(entrypoint ?? ['the interpreter']), ...(command ?? ['the script', 'its arguments'])].map((word) =>
    JSON.stringify(word.length > 60 ? `${word.slice(0, 60)}…` : word).slice(1, -1),
  );
  return { allowed: true, text: `Start as: ${words.join(' ').slice(0, 300)}` };
}

/** Allowed things first. `gaps` are what the engine enforces less than fully. */
export function allows(policy: EffectivePolicy, marks: readonly ScriptMark[], gaps: readonly Enforcement[]): Line[] {
  const { fields } = policy;
  const slots = fields['resources.processes'].value;
  const capabilities = fields['security.capabilities'].value;
  const start = startLine(policy);
  const lines: Line[] = [
    ...(start === null ? [] : [start]),
    {
      allowed: true,
      text: `Read its own files and write up to ${formatBytes(fields['resources.scratch'].value)} of temporary files`,
    },
    {
      allowed: true,
      text: `Use ${formatBytes(fields['resources.memory'].value)} of memory; killed above it (temporary files count)`,
    },
    {
      allowed: true,
      text: `Use ${cores(fields['resources.cpu'].value)} for ${formatDuration(fields['resources.wall_time'].value)}; ${breach(fields['resources.on_breach.wall_time'].value)}`,
    },
    {
      allowed: true,
      text:
        slots === 1
          ? 'Run as one process, without starting another'
          : `Start up to ${slots} processes and threads, itself included`,
    },
    networkLine(policy, marks),
    ...networkDetails(policy),
    filesLine(policy, gaps),
    ...pathLines(policy, gaps),
    capabilities.length === 0
      ? { allowed: false, text: 'No new privileges, no devices, no kernel modules' }
      : { allowed: true, text: `Use the kernel capabilities ${capabilities.join(', ')}; no other new privileges` },
    {
      allowed: false,
      text:
        fields['security.seccomp'].value === 'strict'
          ? 'No system call beyond what its runtime was seen to need'
          : 'No system call that only debuggers, containers or drivers need',
    },
  ];
  const seccomp = gaps.find((gap) => gap.field === 'security.seccomp');
  const shown =
    seccomp === undefined ? lines : lines.with(-1, { allowed: true, text: `Use any system call: ${seccomp.why}` });
  return shown.toSorted((a, b) => Number(b.allowed) - Number(a.allowed));
}

/** What the engine enforces less than fully, as sentences: "Disk read is only partly enforced: …". Equal reasons share one. */
export function gapSentences(gaps: readonly Enforcement[]): string[] {
  const byReason = new Map<string, Enforcement[]>();
  for (const gap of gaps) byReason.set(gap.why, [...(byReason.get(gap.why) ?? []), gap]);
  return [...byReason].map(([why, group]) => {
    const labels = group.map((gap) => anyField(gap.field).label).join(', ');
    const verb = group.length === 1 ? 'is' : 'are';
    return group[0]?.state === 'partly'
      ? `${labels} ${verb} only partly enforced: ${why}`
      : `${labels} ${verb} not enforced here: ${why}`;
  });
}
