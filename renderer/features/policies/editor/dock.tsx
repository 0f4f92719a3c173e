import { ChevronDown, ChevronUp, Minus, Plus } from 'lucide-react';
import { memo, useMemo, useState } from 'react';
import type { Finding, Risk } from '#shared/domain/finding.ts';
import { RISK_GROUPS } from '#shared/domain/finding.ts';
import { glued } from '../../../show/format.ts';
import { IconButton } from '../../../ui/button.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { Bar } from '../../../ui/states.tsx';
import { useDrafts } from '../draft/store.ts';
import { showField } from '../view-state.ts';
import { SEVERITY } from './finding-line.tsx';
import { WhyField } from './why.tsx';

const NO_WORDS: readonly string[] = [];
const NO_RISK: Risk = { score: 0, parts: [] };
const NO_FINDINGS: readonly Finding[] = [];

/** Points from which the bar warns, and from which it alarms. */
const HIGH = { amber: 40, red: 70 };

export function riskTone(score: number): 'accent' | 'amber' | 'red' {
  return score >= HIGH.red ? 'red' : score >= HIGH.amber ? 'amber' : 'accent';
}

/** `network 22 · resources 9`: the parts of the score by group, most first. */
export function riskWords(risk: Risk): string {
  return RISK_GROUPS.map((group) => ({
    group,
    points: risk.parts.filter((part) => part.group === group).reduce((sum, part) => sum + part.points, 0),
  }))
    .filter(({ points }) => points > 0)
    .toSorted((a, b) => b.points - a.points)
    .map(({ group, points }) => `${group} ${points}`)
    .join(' · ');
}

/** The risk as a bar, a number and its parts. */
export function RiskLine({ risk }: { risk: Risk }) {
  const [open, setOpen] = useState(false);
  return (
    <div>
      <div className="flex items-center gap-3">
        <span className="text-muted">Risk</span>
        <Bar
          label={`Risk ${risk.score} of 100`}
          share={risk.score / 100}
          tone={riskTone(risk.score)}
          className="w-28"
        />
        <span className="font-mono font-semibold">{risk.score}</span>
        <span className="min-w-0 flex-1 truncate text-sm text-muted">{riskWords(risk) || 'nothing adds to it'}</span>
        {risk.parts.length > 0 && (
          <IconButton
            label={open ? 'Hide the parts of the risk' : 'Show the parts of the risk'}
            aria-expanded={open}
            icon={open ? ChevronUp : ChevronDown}
            size="sm"
            onClick={() => setOpen(!open)}
          />
        )}
      </div>
      {open && (
        <ul className="mt-1 flex max-h-28 flex-col gap-0.5 overflow-auto">
          {risk.parts.map((part) => (
            <li key={`${part.field} ${part.why}`} className="flex gap-3">
              <span className="w-6 shrink-0 text-right font-mono text-sm">{part.points}</span>
              <span className="min-w-0 text-muted">{part.why}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** Pixels of window height from which it is open at first. */
const ROOMY = 720;

/** What the policy grants beyond its level, how risky it is, and a question to it: always in sight, live. */
export const Dock = memo(function Dock({ name }: { name: string }) {
  const [open, setOpen] = useState(() => window.innerHeight >= ROOMY);
  const level = useDrafts(({ opened }) => opened[name]?.meaning.effective.level ?? 'untrusted');
  const grants = useDrafts(({ opened }) => opened[name]?.meaning.grants ?? NO_WORDS);
  const risk = useDrafts(({ opened }) => opened[name]?.meaning.risk ?? NO_RISK);
  const findings = useDrafts(({ opened }) => opened[name]?.meaning.findings ?? NO_FINDINGS);
  return (
    <section aria-label="What this grants" className="shrink-0 border-t bg-panel px-4 py-2.5">
      <header className="flex items-center gap-2">
        <h3 className="min-w-0 flex-1 truncate font-semibold">Grants beyond {level}</h3>
        {!open && (
          <span className="text-muted">
            Risk <span className="font-mono font-semibold text-text">{risk.score}</span>
          </span>
        )}
        <FindingCounts findings={findings} />
        <IconButton
          label={open ? 'Fold what this grants' : 'Unfold what this grants'}
          aria-expanded={open}
          icon={open ? ChevronDown : ChevronUp}
          size="sm"
          onClick={() => setOpen(!open)}
        />
      </header>
      {open && (
        <div className="mt-1 flex flex-col gap-1.5">
          <ul aria-live="polite" className="flex max-h-24 flex-col gap-0.5 overflow-auto">
            {grants.map((text) => (
              <li key={text} className="flex items-start gap-2">
                <Icon
                  of={text === 'nothing else' ? Minus : Plus}
                  size={14}
                  className={`mt-0.75 ${text === 'nothing else' ? 'text-muted' : 'text-accent'}`}
                />
                <span className={text === 'nothing else' ? 'text-muted' : ''}>{glued(text)}</span>
              </li>
            ))}
          </ul>
          <RiskLine risk={risk} />
          <WhyField name={name} />
        </div>
      )}
    </section>
  );
});

function FindingCounts({ findings }: { findings: readonly Finding[] }) {
  const counts = useMemo(
    () =>
      (['danger', 'warning', 'info'] as const)
        .map((severity) => ({ severity, of: findings.filter((finding) => finding.severity === severity) }))
        .filter(({ of }) => of.length > 0),
    [findings],
  );
  return (
    <span className="flex items-center gap-2">
      {counts.map(({ severity, of }) => {
        const { icon, tone, word } = SEVERITY[severity];
        const text = `${of.length} ${word.toLowerCase()}${of.length === 1 ? '' : 's'}`;
        return (
          <button
            key={severity}
            type="button"
            title={`Show the first ${word.toLowerCase()}`}
            onClick={() => of[0] && showField(of[0].field)}
            className={`inline-flex items-center gap-1 rounded text-sm hover:underline ${tone}`}
          >
            <Icon of={icon} size={14} />
            {text}
          </button>
        );
      })}
    </span>
  );
}
