/** States, outcomes and levels as icon, word and tone: never only a colour. */
import {
  Ban,
  Check,
  CircleX,
  Clock,
  Flag,
  Hourglass,
  LoaderCircle,
  MemoryStick,
  OctagonAlert,
  Pause,
  Play,
  ServerCrash,
  Shield,
  ShieldCheck,
  ShieldHalf,
  ShieldOff,
  Square,
  Unplug,
} from 'lucide-react';
import type { TrustLevel } from '#shared/domain/policy.ts';
import type { Outcome, RunState, RunSummary, ViolationKind } from '#shared/domain/run.ts';
import type { Tone } from '../../ui/chip.tsx';
import type { LucideIcon } from '../../ui/icon.tsx';

export interface Look {
  readonly icon: LucideIcon;
  readonly word: string;
  readonly tone: Tone;
  readonly spin?: boolean;
}

const STATES: Readonly<Record<RunState, Look>> = {
  queued: { icon: Hourglass, word: 'queued', tone: 'neutral' },
  preparing: { icon: LoaderCircle, word: 'preparing', tone: 'neutral', spin: true },
  starting: { icon: LoaderCircle, word: 'starting', tone: 'neutral', spin: true },
  running: { icon: Play, word: 'running', tone: 'accent' },
  paused: { icon: Pause, word: 'paused', tone: 'violet' },
  finishing: { icon: LoaderCircle, word: 'finishing', tone: 'neutral', spin: true },
  finished: { icon: Flag, word: 'finished', tone: 'neutral' },
};

const OUTCOMES: Readonly<Record<Outcome, Look>> = {
  succeeded: { icon: Check, word: 'succeeded', tone: 'accent' },
  failed: { icon: CircleX, word: 'failed', tone: 'amber' },
  'timed-out': { icon: Clock, word: 'timed out', tone: 'red' },
  'out-of-memory': { icon: MemoryStick, word: 'out of memory', tone: 'red' },
  'limit-exceeded': { icon: OctagonAlert, word: 'limit exceeded', tone: 'red' },
  cancelled: { icon: Square, word: 'cancelled', tone: 'neutral' },
  'engine-lost': { icon: Unplug, word: 'engine lost', tone: 'amber' },
  'engine-error': { icon: ServerCrash, word: 'engine error', tone: 'amber' },
};

const LEVELS: Readonly<Record<TrustLevel, Look>> = {
  untrusted: { icon: Shield, word: 'untrusted', tone: 'red' },
  limited: { icon: ShieldHalf, word: 'limited', tone: 'amber' },
  trusted: { icon: ShieldCheck, word: 'trusted', tone: 'accent' },
  system: { icon: ShieldOff, word: 'system', tone: 'violet' },
};

const VIOLATIONS: Readonly<Record<ViolationKind, string>> = {
  memory: 'memory',
  'child-memory': 'memory of a child',
  'cpu-time': 'CPU time',
  'wall-time': 'wall time',
  processes: 'processes',
  'open-files': 'open files',
  scratch: 'scratch',
  output: 'output',
  'disk-rate': 'disk rate',
  network: 'network',
  path: 'path',
  syscall: 'system call',
  canary: 'canary',
};

/** The outcome when there is one, else the state. */
export function lookOf(summary: Pick<RunSummary, 'state' | 'verdict'>): Look {
  return summary.verdict ? OUTCOMES[summary.verdict.outcome] : STATES[summary.state];
}

export const outcomeLook = (outcome: Outcome): Look => OUTCOMES[outcome];
export const stateLook = (state: RunState): Look => STATES[state];
export const levelLook = (level: TrustLevel): Look => LEVELS[level];
export const violationWord = (kind: ViolationKind): string => VIOLATIONS[kind];
export const refusedIcon: LucideIcon = Ban;
