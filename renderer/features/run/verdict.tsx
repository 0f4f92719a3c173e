import { ArrowRight } from 'lucide-react';
import type { Suggestion, Verdict } from '#shared/domain/run.ts';
import type { Network } from '#shared/policy/allowing/ledger.ts';
import { deniedHostWords } from '#shared/policy/allowing/network-suggestion.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { refusedOf } from './model/refused.ts';
import type { OpenedRun } from './store.ts';
import { outcomeLook } from '../../show/run-chip.tsx';
import { refusedIcon, violationWord } from './words.ts';

const EDGE = {
  neutral: 'border-l-line-strong text-text',
  accent: 'border-l-accent text-accent',
  amber: 'border-l-amber-line text-amber',
  red: 'border-l-red text-red',
  violet: 'border-l-violet text-violet',
} as const;

interface Props {
  readonly run: OpenedRun;
  readonly network: Network;
  readonly verdict: Verdict;
  readonly onSuggestion: (suggestion: Suggestion) => void;
}

/** How it ended, why, by which rule, what was refused, and what would have to change to allow it. */
export function VerdictLine({ run, network, verdict, onSuggestion }: Props) {
  const look = outcomeLook(verdict.outcome);
  const refused = refusedOf(run.happenings, run.detail.violations);
  const who = deniedHostWords(network);
  const { suggestions } = verdict;
  return (
    <section
      aria-label="Verdict"
      className={`flex shrink-0 flex-wrap items-start gap-x-6 gap-y-2 border-b border-l-4 border-b-line bg-panel py-2.5 pr-4 pl-3 ${EDGE[look.tone]}`}
    >
      <div className="flex min-w-0 flex-1 basis-80 gap-2.5">
        <Icon of={look.icon} size={18} className="mt-px" />
        <div className="min-w-0">
          <p className="text-text">
            <strong className={EDGE[look.tone].split(' ')[1]}>{sentence(look.word)}.</strong> {verdict.reason}
            {verdict.exitCode !== null && !verdict.reason.includes(`exit code ${verdict.exitCode}`) && (
              <span className="font-mono text-sm text-muted"> exit {verdict.exitCode}</span>
            )}
          </p>
          {verdict.rule && (
            <p className="text-muted">
              Rule <code className="font-mono text-sm">{verdict.rule}</code>
            </p>
          )}
          {verdict.next !== '' && <p className="text-muted">{verdict.next}</p>}
        </div>
      </div>
      {refused.length > 0 && (
        <ul aria-label="Violations" className="min-w-0 flex-1 basis-72 text-text">
          {refused.map((item) => (
            <li key={`${item.kind} ${item.rule ?? ''}`} className="flex gap-2">
              <Icon of={refusedIcon} size={14} className="mt-1 text-red" />
              <span className="min-w-0">
                {item.kind === 'network' && who !== null ? `Refused on the network: ${who}.` : item.message}{' '}
                <span className="text-muted">
                  {item.rule ?? violationWord(item.kind)}
                  {item.times > 1 ? ` · ${item.times.toLocaleString('en')} times` : ''}
                </span>
              </span>
            </li>
          ))}
        </ul>
      )}
      {suggestions.length > 0 && (
        <div className="flex min-w-0 flex-col gap-1.5">
          <p className="text-sm text-muted">
            {suggestions.every(({ set }) => 'network.mode' in set)
              ? 'To see where to, run again with'
              : 'To allow it, run again with'}
          </p>
          <div className="flex flex-wrap gap-2">
            {suggestions.map((suggestion, index) => (
              <Button
                key={suggestion.label}
                variant={index === 0 ? 'primary' : 'default'}
                icon={ArrowRight}
                title={Object.entries(suggestion.set)
                  .map(([field, value]) => `${field} = ${value}`)
                  .join(', ')}
                onClick={() => onSuggestion(suggestion)}
              >
                {suggestion.label}
              </Button>
            ))}
          </div>
        </div>
      )}
    </section>
  );
}

function sentence(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
