/** Holding samples against limits: warnings at 90 %, breaches, refusals (RUN-7, POL-2 breach actions); pure. */
import { formatBytes, showBytes, showDuration } from '../lib/units.ts';
import { workspaceBytes } from './compile.ts';
import type { EffectivePolicy, FieldPath } from '../domain/policy.ts';
import type { Sample, ViolationKind } from '../domain/run.ts';
import type { Breach } from '../domain/progress/verdict.ts';

/** What is held against the limits at one moment. */
export interface Reading {
  readonly sample: Sample;
  /** Milliseconds that the script has been running, pauses not counted. */
  readonly wall: number;
  /** Bytes of output seen so far, dropped ones included. */
  readonly output: number;
  /** Totals since the script started. */
  readonly forksRefused: number;
  readonly childrenKilled: number;
  readonly scriptKilled: boolean;
  readonly noRoute: number;
}

export interface LimitEvent {
  readonly type: 'warning' | 'violation';
  readonly kind: ViolationKind;
  readonly field: FieldPath;
  readonly message: string;
  /** Violations only: how many times so far. */
  readonly count?: number;
}

/** What was said already; start with {@link NOTHING_SAID}. */
export interface Said {
  readonly warned: ReadonlySet<ViolationKind>;
  /** Paused for, and not fallen well below since: resumed, it goes on to the limit. */
  readonly paused: ReadonlySet<ViolationKind>;
  readonly counts: Readonly<Partial<Record<ViolationKind, number>>>;
}

export const NOTHING_SAID: Said = { warned: new Set(), paused: new Set(), counts: {} };

/** Why a run was paused: what a person decides by. */
export interface PauseReason extends Breach {
  /** One sentence with what was reached and what to do. */
  readonly message: string;
}

export interface LimitResult {
  readonly said: Said;
  readonly events: readonly LimitEvent[];
  /** End the run for this. */
  readonly kill: Breach | null;
  /** Pause the run for this (a person decides). */
  readonly pause: PauseReason | null;
}

interface Gauge {
  readonly kind: ViolationKind;
  readonly field: FieldPath & `resources.${string}`;
  readonly value: number | undefined;
  readonly limit: number;
  readonly action: string | null;
  readonly format: (value: number) => string;
  readonly what: string;
}

const WARN_SHARE = 0.9;
/** A run that was paused may be paused again for the same limit after its use fell below this share. */
const REARM_SHARE = 0.8;

/** Every limit with its reading. Memory is kept by the kernel itself; of the others some end or pause a run from here. */
function gauges(policy: EffectivePolicy, reading: Reading): Gauge[] {
  const { fields } = policy;
  const count = String;
  return [
    {
      kind: 'memory',
      field: 'resources.memory',
      value: reading.sample.memory,
      limit: fields['resources.memory'].value,
      action: fields['resources.on_breach.memory'].value,
      format: showBytes,
      what: 'memory',
    },
    {
      kind: 'cpu-time',
      field: 'resources.cpu_time',
      value: reading.sample.cpuTime,
      limit: fields['resources.cpu_time'].value,
      action: fields['resources.on_breach.cpu_time'].value,
      format: showDuration,
      what: 'CPU time',
    },
    {
      kind: 'wall-time',
      field: 'resources.wall_time',
      value: reading.wall,
      limit: fields['resources.wall_time'].value,
      action: fields['resources.on_breach.wall_time'].value,
      format: showDuration,
      what: 'time',
    },
    {
      kind: 'processes',
      field: 'resources.processes',
      value: reading.sample.processes,
      limit: fields['resources.processes'].value,
      action: null,
      format: count,
      what: 'processes',
    },
    {
      kind: 'open-files',
      field: 'resources.open_files',
      value: reading.sample.openFiles,
      limit: fields['resources.open_files'].value,
      action: fields['resources.on_breach.open_files'].value,
      format: count,
      what: 'open files',
    },
    {
      kind: 'scratch',
      field: 'resources.scratch',
      value: reading.sample.scratch,
      limit: fields['resources.scratch'].value,
      action: fields['resources.on_breach.scratch'].value,
      format: showBytes,
      what: 'scratch',
    },
    {
      kind: 'output',
      field: 'resources.output',
      value: reading.output,
      limit: fields['resources.output'].value,
      action: fields['resources.on_breach.output'].value,
      format: showBytes,
      what: 'output',
    },
  ];
}

/** Ends a run from here: the clocks (TERM, grace, KILL; also after a pause that was resumed) and what the policy says to kill for. */
function endsRun({ kind, action }: Gauge): boolean {
  if (kind === 'cpu-time' || kind === 'wall-time') return action === 'kill' || action === 'pause';
  return action === 'kill' && (kind === 'output' || kind === 'scratch' || kind === 'open-files');
}

/** The scratch that a script fills is its workspace; open files are over when one more would be refused. */
function isOver({ kind, value = 0, limit }: Gauge): boolean {
  if (kind === 'scratch') return value >= workspaceBytes(limit);
  return kind === 'open-files' ? value >= limit : value > limit;
}

function over({ kind, limit, format, what }: Gauge): string {
  if (kind === 'open-files') return `One process held ${format(limit)} open files: the limit is ${format(limit)}.`;
  return `${capital(what)} passed its limit of ${format(limit)}.`;
}

/** What a person reads who finds the run paused. */
function pauseText({ kind, what, value = 0, limit, format }: Gauge): string {
  const then = kind === 'scratch' ? 'where writes are refused' : 'where it is ended';
  return `Paused: ${what} reached ${format(value)} of ${format(limit)}. Resume it to let it go on to the limit, ${then}, or stop it.`;
}

/** One step: what to say now, and whether to end or pause the run. Each warning is given once; violations carry running counts. */
export function holdAgainstLimits(policy: EffectivePolicy, reading: Reading, said: Said): LimitResult {
  const events: LimitEvent[] = [];
  const warned = new Set(said.warned);
  const paused = new Set(said.paused);
  const counts: Partial<Record<ViolationKind, number>> = { ...said.counts };
  let kill: Breach | null = null;
  let pause: PauseReason | null = null;
  const violate = (kind: ViolationKind, field: FieldPath, count: number, message: string): void => {
    if (count <= (counts[kind] ?? 0)) return;
    counts[kind] = count;
    events.push({ type: 'violation', kind, field, message, count });
  };
  for (const gauge of gauges(policy, reading)) {
    if (gauge.value === undefined) continue;
    if (gauge.value >= gauge.limit * WARN_SHARE && !warned.has(gauge.kind)) {
      warned.add(gauge.kind);
      events.push({
        type: 'warning',
        kind: gauge.kind,
        field: gauge.field,
        message: `${capital(gauge.what)} reached ${gauge.format(gauge.value)} of ${gauge.format(gauge.limit)}.`,
      });
    }
    const breach: Breach = { kind: gauge.kind, field: gauge.field, limit: gauge.limit };
    if (gauge.action === 'pause') {
      if (gauge.value < gauge.limit * REARM_SHARE) paused.delete(gauge.kind);
      else if (gauge.value >= gauge.limit * WARN_SHARE && !paused.has(gauge.kind)) {
        paused.add(gauge.kind);
        pause ??= { ...breach, message: pauseText(gauge) };
      }
    }
    if (!isOver(gauge)) continue;
    if (endsRun(gauge) || gauge.kind === 'output' || gauge.kind === 'scratch' || gauge.action === 'warn') {
      violate(gauge.kind, gauge.field, 1, over(gauge));
      if (endsRun(gauge)) kill ??= breach;
    }
  }
  const processes = policy.fields['resources.processes'].value;
  if (reading.forksRefused > 0) {
    violate(
      'processes',
      'resources.processes',
      reading.forksRefused,
      `A new process or thread was refused: the limit is ${processes}.`,
    );
    if (policy.fields['resources.on_breach.processes'].value === 'kill')
      kill ??= { kind: 'processes', field: 'resources.processes', limit: processes };
  }
  const memory = formatBytes(policy.fields['resources.memory'].value);
  if (reading.childrenKilled > 0) {
    const message = `A child process was killed for memory: the limit is ${memory}.`;
    violate('child-memory', 'resources.memory', reading.childrenKilled, message);
  }
  if (reading.scriptKilled) {
    violate('memory', 'resources.memory', 1, `The script was killed for memory: the limit is ${memory}.`);
  }
  // With a gateway every attempt is told by it, with its address.
  if (reading.noRoute > 0 && policy.fields['network.mode'].value === 'none') {
    violate('network', 'network.mode', reading.noRoute, 'It tried to reach a network; there is none in the sandbox.');
    if (policy.fields['resources.on_breach.network'].value === 'kill')
      kill ??= { kind: 'network', field: 'network.mode', limit: 0 };
  }
  return { said: { warned, paused, counts }, events, kill, pause };
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
