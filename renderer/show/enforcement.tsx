import { CircleCheck, CircleMinus, TriangleAlert } from 'lucide-react';
import type { Enforcement } from '#shared/domain/policy.ts';
import { Icon, type LucideIcon } from '../ui/icon.tsx';
import { Tip } from '../ui/layers/tooltip.tsx';

const LOOKS: Readonly<Record<Enforcement['state'], { icon: LucideIcon; tone: string; word: string }>> = {
  enforced: { icon: CircleCheck, tone: 'text-accent', word: 'enforced' },
  partly: { icon: TriangleAlert, tone: 'text-amber', word: 'partly' },
  'not-here': { icon: CircleMinus, tone: 'text-muted', word: 'not here' },
};

/** How far this engine enforces a field: icon, word, and why not fully as a hint. */
export function EnforcementMark({ state, why }: { state: Enforcement['state'] | null; why: string }) {
  if (state === null) return <span className="text-muted">no engine</span>;
  const look = LOOKS[state];
  const mark = (
    <span className={`inline-flex items-center gap-1.5 whitespace-nowrap ${look.tone}`}>
      <Icon of={look.icon} size={14} />
      {look.word}
      {why !== '' && <span className="sr-only">: {why}</span>}
    </span>
  );
  return why === '' ? mark : <Tip text={why}>{mark}</Tip>;
}
