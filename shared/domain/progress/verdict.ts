/** From what was seen of a run's end to what is said of it (RUN-2, RUN-7); pure. */
import { formatBytes, formatDuration } from '../../lib/units.ts';
import type { FieldPath } from '../policy.ts';
import type { Outcome, Suggestion, Verdict, ViolationKind } from '../run.ts';

/** A limit that made us end the run. */
export interface Breach {
  readonly kind: ViolationKind;
  readonly field: FieldPath;
  /** The limit in the field's base unit. */
  readonly limit: number;
}

/** Everything known when the script's first process is gone, or will never be known. */
export interface EndFacts {
  /** A person asked for the end. */
  readonly stopped: boolean;
  /** The limit for which we ended the run, if we did. */
  readonly breach: Breach | null;
  /** The engine went away, or an operation of it failed. */
  readonly failure: {
    readonly kind: 'engine-lost' | 'engine-error';
    readonly message: string;
    readonly next: string;
  } | null;
  /** Exit code as the engine reports it: 128 + signal when a signal ended the process. */
  readonly exitCode: number | null;
  /** Signal that ended the first process; `undefined` when this kernel does not tell signals from exit codes. */
  readonly signal: number | null | undefined;
  /** The kernel's own count of processes killed for memory in this sandbox. */
  readonly oomKills: number;
  /** PID 1 of the sandbox was gone before the script. */
  readonly sandboxEnded: boolean;
  readonly memoryLimit: number;
  readonly wallLimit: number;
  /** The policy line that a field's value came from, e.g. `resources.memory: 64 MiB (untrusted)`. */
  readonly rule: (field: FieldPath) => string;
}

const SIGKILL = 9;

const SIGNALS: Readonly<Record<number, string>> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  3: 'SIGQUIT',
  4: 'SIGILL',
  6: 'SIGABRT',
  7: 'SIGBUS',
  8: 'SIGFPE',
  9: 'SIGKILL',
  11: 'SIGSEGV',
  13: 'SIGPIPE',
  14: 'SIGALRM',
  15: 'SIGTERM',
  24: 'SIGXCPU',
  25: 'SIGXFSZ',
  31: 'SIGSYS',
};

/**
 * True when the script's own first process was killed for memory. The engine's flag and exit code 137 are not used alone:
 * a script can return 137, and a killed child leaves the script going.
 */
export function killedForMemory(facts: Pick<EndFacts, 'oomKills' | 'signal' | 'exitCode' | 'sandboxEnded'>): boolean {
  if (facts.oomKills === 0) return false;
  if (facts.signal !== undefined) return facts.signal === SIGKILL;
  return facts.exitCode === 128 + SIGKILL || facts.sandboxEnded;
}

/** Outcome, reason, rule and next step. */
export function verdict(facts: EndFacts): Verdict {
  const say = (
    outcome: Outcome,
    reason: string,
    field: FieldPath | null,
    next: string,
    suggestions: Suggestion[] = [],
  ): Verdict => ({
    outcome,
    exitCode: outcome === 'succeeded' || outcome === 'failed' ? facts.exitCode : null,
    reason,
    rule: field === null ? null : facts.rule(field),
    next,
    suggestions,
  });
  if (facts.failure) return say(facts.failure.kind, facts.failure.message, null, facts.failure.next);
  if (killedForMemory(facts) && !facts.stopped) {
    const more = facts.memoryLimit * 2;
    return say(
      'out-of-memory',
      `It needed more than ${formatBytes(facts.memoryLimit)} of memory and was stopped by the kernel.`,
      'resources.memory',
      'Give it more memory if you think that it needs it, or look at what filled it.',
      [{ label: `Allow ${formatBytes(more)} of memory`, set: { 'resources.memory': formatBytes(more) } }],
    );
  }
  if (facts.breach) return breached(facts.breach, say);
  if (facts.stopped) return say('cancelled', 'You stopped it.', null, '');
  if (facts.signal !== null && facts.signal !== undefined) {
    const name = SIGNALS[facts.signal] ?? `signal ${facts.signal}`;
    if (name === 'SIGXFSZ')
      return say(
        'failed',
        'It wrote a file larger than its scratch allows.',
        'resources.scratch',
        'Give it more scratch if it needs it.',
      );
    if (name === 'SIGSYS')
      return say(
        'failed',
        'It made a system call that its profile refuses.',
        'security.seccomp',
        'Look at what it tried before you run it with less protection.',
      );
    return say('failed', `It was ended by ${name}.`, null, 'Read the end of its output.');
  }
  if (facts.exitCode === null) {
    return say(
      'engine-error',
      'The script ended, but the engine does not say how.',
      null,
      'Run it again; if it happens twice, run `bellglass doctor`.',
    );
  }
  if (facts.exitCode === 0) return say('succeeded', 'It ended by itself with exit code 0.', null, '');
  return say('failed', `It ended by itself with exit code ${facts.exitCode}.`, null, 'Read the end of its output.');
}

/** A person took it out of the queue. */
export function cancelledInQueue(): Verdict {
  return { outcome: 'cancelled', exitCode: null, reason: 'You stopped it.', rule: null, next: '', suggestions: [] };
}

type Say = (
  outcome: Outcome,
  reason: string,
  field: FieldPath | null,
  next: string,
  suggestions?: Suggestion[],
) => Verdict;

function breached(breach: Breach, say: Say): Verdict {
  const twice = breach.limit * 2;
  switch (breach.kind) {
    case 'wall-time':
      return say(
        'timed-out',
        `It ran longer than ${formatDuration(breach.limit)}.`,
        breach.field,
        'Give it more time if it was making progress.',
        [{ label: `Allow ${formatDuration(twice)}`, set: { [breach.field]: formatDuration(twice) } }],
      );
    case 'cpu-time':
      return say(
        'timed-out',
        `It used more than ${formatDuration(breach.limit)} of CPU time.`,
        breach.field,
        'Give it more CPU time if the work is honest.',
        [{ label: `Allow ${formatDuration(twice)} of CPU time`, set: { [breach.field]: formatDuration(twice) } }],
      );
    case 'output':
      return say(
        'limit-exceeded',
        `It wrote more than ${formatBytes(breach.limit)} of output.`,
        breach.field,
        'Keep more output, or make it write less.',
        [{ label: `Keep ${formatBytes(twice)} of output`, set: { [breach.field]: formatBytes(twice) } }],
      );
    case 'processes':
      return say(
        'limit-exceeded',
        `It tried to start more than ${breach.limit} processes.`,
        breach.field,
        'Allow more processes if it needs them.',
        [{ label: `Allow ${twice} processes`, set: { [breach.field]: String(twice) } }],
      );
    default:
      return say(
        'limit-exceeded',
        `It passed its limit for ${breach.kind.replace('-', ' ')}.`,
        breach.field,
        'Look at what it did, then decide whether it needs more.',
      );
  }
}

/** Exit code of `bellglass run` for a verdict (spec, RUN: exit codes). */
export function cliExitCode(verdictOf: Verdict): number {
  switch (verdictOf.outcome) {
    case 'succeeded':
    case 'failed':
      return verdictOf.exitCode ?? 1;
    case 'limit-exceeded':
      return 123;
    case 'timed-out':
      return 124;
    case 'engine-lost':
    case 'engine-error':
      return 125;
    case 'cancelled':
      return 130;
    case 'out-of-memory':
      return 137;
  }
}
