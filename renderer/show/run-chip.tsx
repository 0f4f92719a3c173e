import {
  Ban,
  CircleCheck,
  CircleX,
  Clock,
  Gauge,
  Hourglass,
  LoaderCircle,
  MemoryStick,
  Pause,
  Play,
  PlugZap,
  ServerCrash,
} from 'lucide-react';
import type { Outcome, RunState } from '#shared/domain/run.ts';
import { Chip, type Tone } from '../ui/chip.tsx';
import type { LucideIcon } from '../ui/icon.tsx';

interface Look {
  readonly word: string;
  readonly tone: Tone;
  readonly icon: LucideIcon;
  readonly spin?: boolean;
}

export const STATES: Record<Exclude<RunState, 'finished'>, Look> = {
  queued: { word: 'queued', tone: 'neutral', icon: Clock },
  preparing: { word: 'preparing', tone: 'neutral', icon: LoaderCircle, spin: true },
  starting: { word: 'starting', tone: 'neutral', icon: LoaderCircle, spin: true },
  running: { word: 'running', tone: 'accent', icon: Play },
  paused: { word: 'paused', tone: 'amber', icon: Pause },
  finishing: { word: 'finishing', tone: 'neutral', icon: LoaderCircle, spin: true },
};

export const OUTCOME_LOOKS: Record<Outcome, Look> = {
  succeeded: { word: 'succeeded', tone: 'accent', icon: CircleCheck },
  failed: { word: 'failed', tone: 'red', icon: CircleX },
  'timed-out': { word: 'timed out', tone: 'amber', icon: Hourglass },
  'out-of-memory': { word: 'out of memory', tone: 'red', icon: MemoryStick },
  'limit-exceeded': { word: 'limit exceeded', tone: 'red', icon: Gauge },
  cancelled: { word: 'cancelled', tone: 'neutral', icon: Ban },
  'engine-lost': { word: 'engine lost', tone: 'amber', icon: PlugZap },
  'engine-error': { word: 'engine error', tone: 'amber', icon: ServerCrash },
};

/** Icon, word and colour of a state, or of the outcome once there is one. */
export function runLook(state: RunState, outcome: Outcome | null | undefined): Look {
  if (state === 'finished') return outcome ? OUTCOME_LOOKS[outcome] : OUTCOME_LOOKS['engine-error'];
  return STATES[state];
}

/** A run's state, or its outcome when it has finished. */
export function RunChip({
  state,
  outcome,
  title,
}: {
  state: RunState;
  outcome?: Outcome | null | undefined;
  title?: string;
}) {
  const look = runLook(state, outcome);
  return (
    <Chip tone={look.tone} icon={look.icon} spin={look.spin ?? false} {...(title ? { title } : {})}>
      {look.word}
    </Chip>
  );
}
