/** Rules about limits and what happens at them. */
import type { EffectivePolicy, FieldPath } from '../../../domain/policy.ts';
import { GIB, MIB, formatBytes, formatCpu, formatDuration, parseBytes } from '../../../lib/units.ts';
import { anyField, FIELD_PATHS } from '../../fields.ts';
import { fit, type FitWarning } from '../../plan/fit.ts';
import { RUNTIMES, type Suggestion } from '../../../domain/run.ts';
import { setAll, setTo, when } from '../fix.ts';
import type { Hit, Rule } from '../rule.ts';
import { cpuMost } from '../cpu.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const CWE_400 = 'CWE-400, uncontrolled resource consumption';

/** All that is too low, raised; the quota with it, which would otherwise let no run start. */
function enough(policy: EffectivePolicy, label: string, warnings: readonly FitWarning[]): Suggestion | null {
  const raised = setAll(label, ...warnings.map(({ suggestion }) => suggestion ?? null));
  const memory = raised?.set['resources.memory'];
  const quota = policy.fields['quota.memory'].value;
  if (raised === null || memory === undefined || quota === null || quota >= parseBytes(memory)) return raised;
  return { label, set: { ...raised.set, 'quota.memory': memory } };
}

export const resources: readonly Rule[] = [
  {
    rule: 'scratch-exceeds-memory',
    severity: 'warning',
    field: 'resources.scratch',
    reason:
      'Temporary files are kept in memory and count toward it, so the script is killed before the scratch is full.',
    reference: 'Linux manual, tmpfs(5); kernel cgroup v2 documentation, memory controller: tmpfs pages are charged',
    mends: 'Lowers the scratch to the memory.',
    check({ fields }) {
      const [memory, scratch] = [fields['resources.memory'].value, fields['resources.scratch'].value];
      return when(
        scratch > memory,
        () => `Scratch (${formatBytes(scratch)}) is larger than memory (${formatBytes(memory)}).`,
        () => setTo('resources.scratch', memory),
      );
    },
  },
  {
    rule: 'runtime-does-not-fit',
    severity: 'warning',
    field: 'image.runtime',
    reason: 'Below what the runtime itself needs, every script fails or hangs before its first line.',
    reference: 'Own measurement of each runtime image in real sandboxes',
    mends: 'Raises the limits that are too low to what the runtime needs.',
    check(policy) {
      const runtime = RUNTIMES.find((name) => name === policy.fields['image.runtime'].value);
      if (runtime === undefined) return [];
      const { works, warnings } = fit(policy, runtime, []);
      return when(
        !works,
        () => warnings.map(({ message }) => message).join(' '),
        () => enough(policy, `Give ${runtime} what it needs`, warnings),
      );
    },
  },
  {
    rule: 'no-room-for-node',
    severity: 'info',
    field: 'resources.memory',
    reason: 'A policy without a runtime is also taken for Node.js scripts, which need the most of all runtimes.',
    reference: 'Own measurement: Node.js 18 needs 5 slots, 48 MiB and 24 descriptors with the smallest thread pools',
    mends: 'Raises the limits that are too low to what Node.js needs.',
    check(policy) {
      if (policy.fields['image.runtime'].value !== null || policy.fields['image.name'].value !== null) return [];
      const { works, warnings } = fit(policy, 'node', []);
      return when(
        !works,
        () => warnings.map(({ message }) => message).join(' '),
        () => enough(policy, 'Give Node.js what it needs', warnings),
      );
    },
  },
  {
    rule: 'cpu-time-out-of-reach',
    severity: 'info',
    field: 'resources.cpu_time',
    reason: 'The wall time ends the run first, so this limit never acts and only looks like one.',
    reference: 'Arithmetic: wall time × CPU share',
    mends: 'Lowers the CPU time to what the wall time allows.',
    check({ fields }) {
      const [cpu, wall, limit] = [fields['resources.cpu'], fields['resources.wall_time'], fields['resources.cpu_time']];
      const most = Math.max(100, Math.floor((wall.value * cpu.value) / 100));
      const chosen = [cpu, wall, limit].some(({ tier }) => tier !== 'level');
      return when(
        chosen && limit.value > most && fields['resources.on_breach.wall_time'].value !== 'warn',
        () =>
          `${formatCpu(cpu.value)} of a core for ${formatDuration(wall.value)} is ${formatDuration(most)} of CPU time at most, less than the limit of ${formatDuration(limit.value)}.`,
        () => setTo('resources.cpu_time', most),
      );
    },
  },
  {
    rule: 'hour-of-cpu',
    severity: 'warning',
    field: 'resources.cpu_time',
    reason: 'A whole core for an hour is what a miner wants, and more than a script at work usually needs.',
    reference: 'MITRE ATT&CK T1496, resource hijacking; CIS Docker Benchmark 1.2.0, 5.11',
    mends: 'Ends the run after 10 min of CPU time.',
    check(policy) {
      const most = cpuMost(policy);
      return when(
        most >= HOUR,
        () =>
          most === Infinity
            ? 'No limit ends the use of the processor.'
            : `It may use ${formatDuration(most)} of CPU time.`,
        () =>
          setAll(
            'End it after 10 min of CPU time',
            setTo('resources.cpu_time', 10 * MINUTE),
            setTo('resources.on_breach.cpu_time', 'kill'),
          ),
      );
    },
  },
  {
    rule: 'several-cores',
    severity: 'info',
    field: 'resources.cpu',
    reason: 'More than one core lets a script slow down everything else on the machine.',
    reference: 'CIS Docker Benchmark 1.2.0, 5.11; OWASP Docker Security Cheat Sheet, rule 7',
    mends: 'Lowers the share to one core.',
    check({ fields }) {
      const cpu = fields['resources.cpu'].value;
      return when(
        cpu > 100,
        () => `The CPU share is ${formatCpu(cpu)}, more than one core.`,
        () => setTo('resources.cpu', 100),
      );
    },
  },
  {
    rule: 'days-of-wall-time',
    severity: 'warning',
    field: 'resources.wall_time',
    reason: 'Nobody watches a run for more than a day, and a script that waits can act when nobody looks.',
    reference: CWE_400,
    mends: 'Lowers the wall time to one hour.',
    check({ fields }) {
      const wall = fields['resources.wall_time'].value;
      return when(
        wall > 24 * HOUR,
        () => `A run may take ${formatDuration(wall)}.`,
        () => setTo('resources.wall_time', HOUR),
      );
    },
  },
  {
    rule: 'disk-rate-unlimited',
    severity: 'warning',
    field: 'resources.disk_write',
    reason: 'One script can take the whole disk of the engine, and every other program waits.',
    reference: 'NIST SP 800-190, 3.4.3; kernel cgroup v2 documentation, io controller',
    mends: 'Sets 50 MiB/s for reads and 25 MiB/s for writes where there is no limit.',
    check({ fields }) {
      const paths = (['resources.disk_read', 'resources.disk_write'] as const).filter(
        (path) => fields[path].value === null,
      );
      return when(
        paths.length > 0,
        () => `Without a limit: ${paths.map((path) => anyField(path).label).join(', ')}.`,
        () =>
          setAll(
            'Limit disk access',
            ...paths.map((path) => setTo(path, path === 'resources.disk_read' ? 50 * MIB : 25 * MIB)),
          ),
      );
    },
  },
  {
    rule: 'output-huge',
    severity: 'warning',
    field: 'resources.output',
    reason: 'Output is kept on the disk of this machine until retention removes it.',
    reference: CWE_400,
    mends: 'Keeps 100 MiB.',
    check({ fields }) {
      const output = fields['resources.output'].value;
      return when(
        output > GIB,
        () => `Up to ${formatBytes(output)} of output is kept for each run.`,
        () => setTo('resources.output', 100 * MIB),
      );
    },
  },
  {
    rule: 'room-for-a-fork-bomb',
    severity: 'warning',
    field: 'resources.processes',
    reason: 'Thousands of processes make the kernel of the engine slow for everybody before any other limit acts.',
    reference: 'CIS Docker Benchmark 1.2.0, 5.28',
    mends: 'Lowers the limit to 100.',
    check({ fields }) {
      const count = fields['resources.processes'].value;
      return when(
        count > 1000,
        () => `The script may start ${count} processes and threads.`,
        () => setTo('resources.processes', 100),
      );
    },
  },
  {
    rule: 'wall-time-only-warns',
    severity: 'warning',
    field: 'resources.on_breach.wall_time',
    reason: 'With `warn` the run goes on after the limit, for as long as nobody stops it.',
    reference: CWE_400,
    mends: 'Ends the run at the limit.',
    check: ({ fields }) =>
      when(
        fields['resources.on_breach.wall_time'].value === 'warn',
        () => `Wall time (${formatDuration(fields['resources.wall_time'].value)}) only warns.`,
        () => setTo('resources.on_breach.wall_time', 'kill'),
      ),
  },
  {
    rule: 'cpu-time-only-warns',
    severity: 'warning',
    field: 'resources.on_breach.cpu_time',
    reason: 'With `warn` the run goes on after the limit, for as long as the wall time allows.',
    reference: CWE_400,
    mends: 'Ends the run at the limit.',
    check: ({ fields }) =>
      when(
        fields['resources.on_breach.cpu_time'].value === 'warn',
        () => `CPU time (${formatDuration(fields['resources.cpu_time'].value)}) only warns.`,
        () => setTo('resources.on_breach.cpu_time', 'kill'),
      ),
  },
  {
    rule: 'nothing-ends-it',
    severity: 'danger',
    field: 'resources.on_breach.wall_time',
    reason: 'A run that no limit ends goes on until a person or a restart ends it.',
    reference: CWE_400,
    mends: 'Ends the run when its wall time is over.',
    check: ({ fields }) =>
      when(
        fields['resources.on_breach.wall_time'].value === 'warn' &&
          fields['resources.on_breach.cpu_time'].value === 'warn',
        () => 'Both wall time and CPU time only warn.',
        () => setTo('resources.on_breach.wall_time', 'kill'),
      ),
  },
  {
    rule: 'quota-below-one-run',
    severity: 'warning',
    field: 'quota.memory',
    reason: 'A quota that not even one run fits into lets no run start.',
    reference: 'Arithmetic: quota ÷ memory of one run',
    mends: 'Raises the quota to the memory of one run.',
    check({ fields }) {
      const [quota, memory] = [fields['quota.memory'].value, fields['resources.memory'].value];
      return when(
        quota !== null && quota < memory,
        () => `The quota (${formatBytes(quota ?? 0)}) is less than the memory of one run (${formatBytes(memory)}).`,
        () => setTo('quota.memory', memory),
      );
    },
  },
  {
    rule: 'cpu-quota-below-one-run',
    severity: 'warning',
    field: 'quota.cpu',
    reason: 'A quota that not even one run fits into lets no run start.',
    reference: 'Arithmetic: quota ÷ CPU of one run',
    mends: 'Raises the quota to the CPU of one run.',
    check({ fields }) {
      const [quota, cpu] = [fields['quota.cpu'].value, fields['resources.cpu'].value];
      return when(
        quota !== null && quota < cpu,
        () => `The quota (${formatCpu(quota ?? 0)}) is less than the CPU of one run (${formatCpu(cpu)}).`,
        () => setTo('quota.cpu', cpu),
      );
    },
  },
  {
    rule: 'quota-generous',
    severity: 'info',
    field: 'quota.runs',
    reason: 'All runs of one policy together can take the memory of the whole machine.',
    reference: 'Arithmetic: runs at once × memory of one run; more than 64 GiB',
    mends: 'Sets a quota of 64 GiB, or of one run where that is more.',
    check({ fields }) {
      const [runs, memory] = [fields['quota.runs'].value, fields['resources.memory'].value];
      const most = Math.min(runs * memory, fields['quota.memory'].value ?? Infinity);
      return when(
        most > 64 * GIB && most > memory,
        () => `Its runs together may take ${formatBytes(most)} of memory.`,
        () => setTo('quota.memory', Math.max(64 * GIB, memory)),
      );
    },
  },
  {
    rule: 'cut-by-ceiling',
    severity: 'info',
    field: 'resources.memory',
    reason: 'What the file says and what happens differ, which misleads whoever reads the file.',
    reference: 'POL-3: a ceiling of the settings is above every tier',
    mends: 'Writes down the value that is in force.',
    check: ({ fields }) =>
      FIELD_PATHS.flatMap((field: FieldPath): Hit[] => {
        const { value, clampedFrom, tier } = fields[field];
        if (clampedFrom === undefined || tier === 'level') return [];
        const { kind, label } = anyField(field);
        const message = `${label} is ${kind.format(value)} instead of ${kind.format(clampedFrom)}: a ceiling cuts it.`;
        return [{ field, message, fix: setTo(field, value) }];
      }),
  },
  {
    rule: 'held-back',
    severity: 'info',
    field: 'resources.memory',
    reason: 'A project file can only tighten until a person approved its content.',
    reference: 'POL-3: a folder does not loosen its own sandbox',
    mends: 'None: approving the project file is a decision about its whole content, not a value.',
    check: ({ heldBack }) =>
      heldBack.map(({ tier, field, asked, kept }): Hit => {
        const { kind, label } = anyField(field);
        const message = `${label}: the ${tier === 'project' ? 'project' : 'workflow'} file asks for ${kind.format(asked)}; ${kind.format(kept)} is kept.`;
        return { field, message, fix: null };
      }),
  },
];
