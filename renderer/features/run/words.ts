/** Kinds of violation in words, and the mark of what was refused. */
import { Ban } from 'lucide-react';
import type { ViolationKind } from '#shared/domain/run.ts';
import type { LucideIcon } from '../../ui/icon.tsx';

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

export const violationWord = (kind: ViolationKind): string => VIOLATIONS[kind];
export const refusedIcon: LucideIcon = Ban;
