/** States of workflows and steps on screen: icon, word and colour, in that order. */
import {
  Ban,
  Check,
  CircleSlash,
  CircleX,
  Container,
  FileCode2,
  Hexagon,
  Hourglass,
  Layers2,
  LoaderCircle,
  Play,
  Redo2,
  SquareTerminal,
  Unplug,
} from 'lucide-react';
import type { Runtime } from '#shared/domain/run.ts';
import type { StepState, WorkflowStep, WorkflowSummary } from '#shared/domain/workflow.ts';
import { outcomeLook, type Look } from '../../../show/run-chip.tsx';
import type { LucideIcon } from '../../../ui/icon.tsx';

const STEPS: Readonly<Record<StepState, Look>> = {
  waiting: { icon: Hourglass, word: 'waiting', tone: 'neutral' },
  running: { icon: LoaderCircle, word: 'running', tone: 'accent', spin: true },
  succeeded: { icon: Check, word: 'succeeded', tone: 'accent' },
  failed: { icon: CircleX, word: 'failed', tone: 'amber' },
  skipped: { icon: Redo2, word: 'skipped', tone: 'neutral' },
  'not-reached': { icon: CircleSlash, word: 'not reached', tone: 'neutral' },
  cancelled: { icon: Ban, word: 'cancelled', tone: 'neutral' },
};

/** A failed step looks as its run does: out of memory is not just any failure. */
export function stepLook({ state, outcome }: Pick<WorkflowStep, 'state' | 'outcome'>): Look {
  if (state !== 'failed' || outcome === null || outcome === 'succeeded') return STEPS[state];
  return outcomeLook(outcome);
}

const OUTCOMES: Readonly<Record<NonNullable<WorkflowSummary['outcome']>, Look>> = {
  succeeded: { icon: Check, word: 'succeeded', tone: 'accent' },
  failed: { icon: CircleX, word: 'failed', tone: 'amber' },
  cancelled: { icon: Ban, word: 'cancelled', tone: 'neutral' },
  interrupted: { icon: Unplug, word: 'interrupted', tone: 'amber' },
};

const RUNNING: Look = { icon: Play, word: 'running', tone: 'accent' };

/** A workflow's outcome, or that it runs. */
export function workflowLook({ outcome }: Pick<WorkflowSummary, 'outcome'>): Look {
  return outcome === null ? RUNNING : OUTCOMES[outcome];
}

const RUNTIMES: Readonly<Record<Runtime, LucideIcon>> = {
  python: FileCode2,
  node: Hexagon,
  bash: SquareTerminal,
  polyglot: Layers2,
};

/** What a step runs in. */
export const runtimeIcon = (runtime: Runtime | null): LucideIcon => (runtime === null ? Container : RUNTIMES[runtime]);
