/** What is known of a step before it runs: what it may do, what was changed for it, what a reviewer would say. */
import { Diamond, Info, OctagonAlert, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import type { PlannedStep } from '#shared/domain/workflow.ts';
import type { Finding } from '#shared/domain/finding.ts';
import { TRUST_LEVELS } from '#shared/domain/policy.ts';
import { showName } from '#shared/script/display.ts';
import { glued } from '../../show/format.ts';
import { LevelChip } from '../../show/level-chip.tsx';
import { RUNTIME_WORDS } from '../../show/runtime.ts';
import { Chip } from '../../ui/chip.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Prose } from '../../ui/prose.tsx';

const FINDINGS = {
  info: { icon: Info, tone: 'text-muted', word: 'Note:' },
  warning: { icon: TriangleAlert, tone: 'text-amber', word: 'Warning:' },
  danger: { icon: OctagonAlert, tone: 'text-red', word: 'Danger:' },
} as const satisfies Record<Finding['severity'], unknown>;

/** The policy's name, with the look of a level where it is one. */
export function PolicyChip({ policy }: { policy: string }) {
  const level = TRUST_LEVELS.find((one) => one === policy);
  return level ? <LevelChip level={level} /> : <Chip tone="accent">{showName(policy)}</Chip>;
}

/** `Python`, or the reference of an image. */
export const ranIn = ({ runtime, image }: Pick<PlannedStep, 'runtime' | 'image'>): string =>
  runtime === null ? showName(image ?? '') : RUNTIME_WORDS[runtime];

/** A line of facts: a name and what stands for it. */
export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex items-start gap-3 py-0.75">
      <dt className="w-20 shrink-0 text-muted">{name}</dt>
      <dd className="min-w-0 flex-1 break-words">{children}</dd>
    </div>
  );
}

/** The policy in words, what differs from it with where it came from, and findings. */
export function Allowed({ step }: { step: PlannedStep }) {
  return (
    <div className="flex flex-col gap-2">
      <p>{glued(step.summary)}</p>
      {step.changed.length > 0 && (
        <table className="w-full border-collapse text-left">
          <caption className="sr-only">What differs from {showName(step.policy)}</caption>
          <tbody>
            {step.changed.map(({ field, label, value, source }) => (
              <tr key={field} className="border-t border-line/60">
                <th scope="row" className="py-1 pr-3 font-normal text-muted">
                  {label}
                </th>
                <td className="py-1 pr-3 font-mono text-sm break-all">{showName(value)}</td>
                <td className="py-1 text-right">
                  <Chip tone="violet" title={`From ${source}`}>
                    {source}
                  </Chip>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {step.findings.length > 0 && (
        <ul aria-label="What a reviewer would say" className="flex flex-col gap-1.5 border-t pt-2">
          {step.findings.map(({ rule, severity, message, reason }) => (
            <li key={`${rule} ${message}`} className="flex items-start gap-2.5" title={reason}>
              <Icon
                of={FINDINGS[severity].icon}
                className={`mt-0.5 ${FINDINGS[severity].tone}`}
                label={FINDINGS[severity].word}
              />
              <span className="min-w-0">
                <Prose text={message} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** The condition as written; `value` is what came of it. */
export function Condition({ text, value }: { text: string; value?: ReactNode }) {
  return (
    <span className="flex flex-wrap items-start gap-x-2 gap-y-1">
      <Icon of={Diamond} size={12} className="mt-1 text-muted" />
      <code className="min-w-0 flex-1 font-mono text-sm leading-5 break-words whitespace-pre-wrap">
        {showLines(text)}
      </code>
      {value}
    </span>
  );
}

/** Text of several lines, each harmless to show. */
export const showLines = (text: string): string => text.split('\n').map(showName).join('\n');

/** A block of text that scrolls by itself. */
export function TextBlock({ label, text }: { label: string; text: string }) {
  return (
    <pre
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling region must be reachable by keyboard
      tabIndex={0}
      aria-label={label}
      role="region"
      className="max-h-56 overflow-auto rounded-md border bg-raised p-2.5 font-mono text-sm leading-5"
    >
      {showLines(text)}
    </pre>
  );
}
