import { Info, OctagonAlert, TriangleAlert } from 'lucide-react';
import type { Plan } from '#shared/contract/runs.ts';
import type { Finding } from '#shared/domain/finding.ts';
import { Bar } from '../../ui/states.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Prose } from '../../ui/prose.tsx';
import { setFields } from './store.ts';

const LOOKS = {
  info: { icon: Info, tone: 'text-muted', word: 'Note:' },
  warning: { icon: TriangleAlert, tone: 'text-amber', word: 'Warning:' },
  danger: { icon: OctagonAlert, tone: 'text-red', word: 'Danger:' },
} as const satisfies Record<Finding['severity'], unknown>;

/** What a reviewer would say about this run's policy, and how risky it is (POL-6). */
export function Findings({ plan }: { plan: Plan }) {
  const { findings, risk } = plan;
  const worth = findings.filter(({ severity }) => severity !== 'info');
  return (
    <Card
      title="Risk"
      aside={
        <>
          <Bar
            label={`Risk ${risk.score} of 100`}
            share={risk.score / 100}
            tone={risk.score >= 70 ? 'red' : risk.score >= 40 ? 'amber' : 'accent'}
            className="w-28"
          />
          <span className="font-mono font-semibold">{risk.score}</span>
        </>
      }
    >
      {risk.parts.length === 0 && worth.length === 0 && <p className="text-muted">Nothing adds to it.</p>}
      <ul className="flex flex-col gap-0.5">
        {risk.parts.slice(0, 4).map((part) => (
          <li key={`${part.field} ${part.why}`} className="flex gap-3 text-muted">
            <span className="w-6 shrink-0 text-right font-mono text-sm">{part.points}</span>
            <span className="min-w-0">{part.why}</span>
          </li>
        ))}
      </ul>
      {worth.length > 0 && (
        <ul aria-label="What a reviewer would say" className="mt-2 flex flex-col gap-1.5 border-t pt-2">
          {worth.map(({ rule, severity, message, reason, fix }) => (
            <li key={`${rule} ${message}`} className="flex items-start gap-2.5" title={reason}>
              <Icon
                of={LOOKS[severity].icon}
                className={`mt-0.5 ${LOOKS[severity].tone}`}
                label={LOOKS[severity].word}
              />
              <span className="min-w-0 flex-1">
                <Prose text={message} />
              </span>
              {fix !== null && (
                <Button size="sm" onClick={() => setFields(fix.set)}>
                  {fix.label}
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
