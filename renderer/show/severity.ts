/** How severities of alerts look: icon, word and colour. */
import { CircleAlert, Info, OctagonAlert, TriangleAlert } from 'lucide-react';
import type { Severity } from '#shared/domain/alert.ts';
import type { Tone } from '../ui/chip.tsx';
import type { LucideIcon } from '../ui/icon.tsx';

export const SEVERITY_LOOKS: Readonly<Record<Severity, { icon: LucideIcon; tone: Tone; text: string }>> = {
  info: { icon: Info, tone: 'neutral', text: 'text-muted' },
  warning: { icon: TriangleAlert, tone: 'amber', text: 'text-amber' },
  error: { icon: CircleAlert, tone: 'red', text: 'text-red' },
  critical: { icon: OctagonAlert, tone: 'red', text: 'text-red' },
};
