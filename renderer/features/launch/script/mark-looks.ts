import { Code, EyeOff, FileText, Globe, KeyRound, SquareTerminal, Trash2 } from 'lucide-react';
import type { ScriptMark } from '#shared/contract/runs.ts';
import type { LucideIcon } from '../../../ui/icon.tsx';

/** What each kind of mark looks like in the gutter. */
export const MARKS: Readonly<Record<ScriptMark['kind'], { icon: LucideIcon }>> = {
  network: { icon: Globe },
  process: { icon: SquareTerminal },
  delete: { icon: Trash2 },
  secret: { icon: KeyRound },
  encoded: { icon: EyeOff },
  files: { icon: FileText },
  eval: { icon: Code },
};
