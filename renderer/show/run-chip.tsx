/** A run's states and outcomes on screen: never only a colour. */
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
  Unplug,
} from 'lucide-react';
import type { Outcome, RunState } from '#shared/domain/run.ts';
import { Chip, type Tone } from '../ui/chip.tsx';
import type { LucideIcon } from '../ui/icon.tsx';

/** How something is shown: icon, word and colour, in that order. */
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
  cancelled: { icon: Ban, word: 'cancelled', tone: 'neutral' },
  'engine-lost': { icon: Unplug, word: 'engine lost', tone: 'amber' },
  'engine-error': { icon: ServerCrash, word: 'engine error', tone: 'amber' },
};

export const outcomeLook = (outcome: Outcome): Look => OUTCOMES[outcome];
export const stateLook = (state: RunState): Look => STATES[state];

/** Icon, word and colour of a state, or of the outcome once there is one. */
export function runLook(state: RunState, outcome: Outcome | null | undefined): Look {
  return state === 'finished' && outcome ? OUTCOMES[outcome] : STATES[state];
}

/** A run's state, or its outcome when it has finished. */
export function RunChip({
  state,
  outcome,
  title,
}: {
  state: RunState;
  outcome?: Outcome | null | undefined;
  title?: string | undefined;
}) {
  const look = runLook(state, outcome);
  return (
    <Chip tone={look.tone} icon={look.icon} spin={look.spin ?? false} {...(title ? { title } : {})}>
      {look.word}
    </Chip>
  );
}
