/** What was decided over a host, on screen: never only a colour. */
import { Ban, CircleCheck, CircleSlash, CircleX } from 'lucide-react';
import type { HostVerdict } from '#shared/policy/allowing/ledger.ts';
import { Icon, type LucideIcon } from '../ui/icon.tsx';

/** What a person reads: a denied host may have been kept blocked by them. */
export type ShownVerdict = HostVerdict | 'kept-blocked';

export const VERDICTS: Readonly<Record<ShownVerdict, { icon: LucideIcon; word: string; tone: string }>> = {
  allowed: { icon: CircleCheck, word: 'allowed', tone: 'text-accent' },
  denied: { icon: CircleX, word: 'denied', tone: 'text-red' },
  partly: { icon: CircleSlash, word: 'partly denied', tone: 'text-amber' },
  'kept-blocked': { icon: Ban, word: 'kept blocked', tone: 'text-muted' },
};

/** Icon, word and colour. */
export function VerdictMark({ verdict }: { verdict: ShownVerdict }) {
  const { icon, word, tone } = VERDICTS[verdict];
  return (
    <span className={`flex items-center gap-1.5 font-medium whitespace-nowrap ${tone}`}>
      <Icon of={icon} size={14} />
      {word}
    </span>
  );
}
