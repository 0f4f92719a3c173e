/** Plans of the scripted core: the same fields every time, values by level. */
import type { Launch, Plan, PlanField } from '#shared/contract/runs.ts';
import type { TrustLevel } from '#shared/domain/policy.ts';
import type { Runtime } from '#shared/domain/run.ts';
import type { LevelCard } from '../../core.ts';

const MiB = 1024 ** 2;

export const LEVELS: Readonly<Record<TrustLevel, { memory: number; cpu: number; wall: number; processes: number }>> = {
  untrusted: { memory: 64 * MiB, cpu: 25, wall: 60_000, processes: 5 },
  limited: { memory: 128 * MiB, cpu: 50, wall: 300_000, processes: 10 },
  trusted: { memory: 512 * MiB, cpu: 75, wall: 600_000, processes: 50 },
  system: { memory: 2048 * MiB, cpu: 100, wall: 3_600_000, processes: 100 },
};

const NETWORK: Readonly<Record<TrustLevel, string>> = {
  untrusted: 'No network',
  limited: 'No network',
  trusted: 'Listed hosts only',
  system: 'Full network',
};

function headline(level: TrustLevel): string {
  const { memory, cpu, wall } = LEVELS[level];
  return `${NETWORK[level]} · ${memory / MiB} MiB · ${cpu} % of a core · ${wall / 60_000} min · files read-only`;
}

/** `data-team` is the one policy that stands on another level. */
export const levelOf = ({ trust, policy }: Launch): TrustLevel =>
  trust ?? (policy === 'data-team' ? 'trusted' : 'untrusted');

export function modeOf(launch: Launch): 'none' | 'restricted' | 'full' {
  const mode = launch.set?.['network.mode'];
  if (mode === 'none' || mode === 'restricted' || mode === 'full') return mode;
  const level = levelOf(launch);
  return level === 'system' ? 'full' : level === 'trusted' ? 'restricted' : 'none';
}

export function hostsOf(launch: Launch): string[] {
  const given = launch.set?.['network.allow'] ?? (modeOf(launch) === 'restricted' ? 'api.example.com' : '');
  return [given, launch.set?.['network.allow.add'] ?? '']
    .flatMap((text) => text.split(', '))
    .filter((text) => text !== '' && text !== 'none');
}

export function scriptedLevels(runtime: Runtime): LevelCard[] {
  return (['untrusted', 'limited', 'trusted', 'system'] as const).map((level) => ({
    level,
    headline: headline(level),
    detail: `At most ${LEVELS[level].processes} processes.`,
    runnable: !(runtime === 'node' && level === 'untrusted'),
    whyNot: runtime === 'node' && level === 'untrusted' ? 'Node.js needs 11 process slots; this level has 5.' : '',
  }));
}

export function runtimeOf(launch: Launch): Runtime {
  if (launch.runtime) return launch.runtime;
  return launch.entry.endsWith('.py') ? 'python' : /\.[cm]?js$/.test(launch.entry) ? 'node' : 'bash';
}

export function scriptedPlan(launch: Launch): Plan {
  const level = levelOf(launch);
  const mode = modeOf(launch);
  const limits = LEVELS[level];
  const set = launch.set ?? {};
  const field = (path: string, label: string, group: string, value: string, more?: Partial<PlanField>): PlanField => ({
    field: path,
    label,
    group,
    value: set[path] ?? value,
    tier: path in set ? 'run' : 'level',
    source: path in set ? 'this run' : level,
    changed: path in set,
    enforcement: 'enforced',
    enforcementWhy: '',
    ...more,
  });
  const runtime = runtimeOf(launch);
  const short = runtime === 'node' && level === 'untrusted' && !('resources.processes' in set);
  return {
    findings: [],
    risk: { score: 0, parts: [] },
    project: null,
    name: launch.name,
    runtime,
    runtimeFrom: launch.runtime ? 'chosen' : `extension ${launch.entry.slice(launch.entry.lastIndexOf('.'))}`,
    level,
    policy: launch.policy ?? level,
    policyRevision: launch.policy === undefined ? null : 'of the file',
    summary: headline(level),
    fields: [
      field('resources.memory', 'Memory', 'Resources', `${limits.memory / MiB} MiB`),
      field('resources.cpu', 'CPU', 'Resources', `${limits.cpu} %`),
      field('resources.wall_time', 'Wall time', 'Resources', `${limits.wall / 1000} s`),
      field('resources.processes', 'Processes', 'Resources', String(limits.processes)),
      field('resources.disk_read', 'Disk read', 'Resources', '10 MiB/s', {
        enforcement: 'partly',
        enforcementWhy: 'Cached reads are not slowed.',
      }),
      field('network.mode', 'Network', 'Network', mode),
      field('network.allow', 'Allowed hosts', 'Network', hostsOf(launch).join(', ') || 'none'),
      field('network.download', 'Download', 'Network', mode === 'full' ? 'unlimited' : '5 MiB/s'),
      field('network.upload', 'Upload', 'Network', mode === 'full' ? 'unlimited' : '1 MiB/s'),
      field('security.seccomp', 'System calls', 'Security', 'strict'),
      field('security.apparmor', 'AppArmor', 'Security', 'auto', {
        enforcement: 'not-here',
        enforcementWhy: 'This kernel has no AppArmor.',
      }),
    ],
    allows: [
      mode === 'none'
        ? { allowed: false, text: 'Reach the network' }
        : { allowed: true, text: `Reach ${mode === 'full' ? 'every host' : hostsOf(launch).join(', ')}` },
      { allowed: false, text: 'Read or change your files' },
      { allowed: true, text: 'Write up to 50 MiB in its own workspace' },
    ],
    marks: [
      { line: 1, kind: 'network', severity: 'warn', why: 'connects to a host' },
      { line: 3, kind: 'process', severity: 'info', why: 'starts a process' },
    ],
    warnings: short
      ? []
      : [
          {
            message: 'Scratch counts toward memory.',
            suggestion: { label: 'Use 128 MiB', set: { 'resources.memory': '128 MiB' } },
          },
        ],
    refusal: short
      ? {
          code: 'plan-refused',
          message: 'Node.js cannot work with 5 process slots.',
          why: 'It needs 11 once it reads a file.',
          next: 'Allow 12 processes for this run.',
          suggestion: { label: 'Allow 12 processes', set: { 'resources.processes': '12' } },
        }
      : null,
    image: { reference: `bellglass/${runtime}:1`, present: runtime !== 'polyglot' },
  };
}
