/** How actions and outcomes of the audit are shown: icon, word and colour, in that order. */
import {
  Box,
  Check,
  CircleHelp,
  CircleX,
  Container,
  FileCheck,
  Flag,
  KeyRound,
  Play,
  Settings,
  Shield,
  ShieldX,
} from 'lucide-react';
import { OUTCOMES, type Outcome } from '#shared/domain/run.ts';
import { outcomeLook, type Look } from '../../show/run-chip.tsx';
import type { LucideIcon } from '../../ui/icon.tsx';

const GROUPS: Readonly<Record<string, LucideIcon>> = {
  policy: Shield,
  project: FileCheck,
  setting: Settings,
  run: Play,
  image: Box,
  engine: Container,
  token: KeyRound,
};

/** By the first word of the action. */
export function actionIcon(action: string): LucideIcon {
  if (action === 'run.finish') return Flag;
  return GROUPS[action.split('.')[0] ?? ''] ?? CircleHelp;
}

/** `refused: …` and `failed: …` come with a code, runs with their outcome. */
export function outcomeOf(outcome: string): Look {
  const known = OUTCOMES.find((one): one is Outcome => one === outcome);
  if (known !== undefined) return outcomeLook(known);
  if (outcome.startsWith('refused')) return { icon: ShieldX, word: outcome, tone: 'amber' };
  if (outcome.startsWith('failed')) return { icon: CircleX, word: outcome, tone: 'red' };
  return { icon: Check, word: outcome, tone: 'neutral' };
}
