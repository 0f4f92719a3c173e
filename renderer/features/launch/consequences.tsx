import { Check, X } from 'lucide-react';
import { useState } from 'react';
import type { Plan } from '#shared/contract/runs.ts';
import type { Suggestion } from '#shared/domain/run.ts';
import { count } from '../../show/format.ts';
import { Button } from '../../ui/button.tsx';
import { Callout, Card } from '../../ui/card.tsx';
import { ErrorCard } from '../../ui/error-card.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Prose } from '../../ui/prose.tsx';
import { Findings } from './findings.tsx';
import { gapsOf } from './gaps.ts';
import { ProjectBanner } from './project-banner.tsx';
import { setFields } from './store.ts';

function Apply({ suggestion }: { suggestion: Suggestion }) {
  return (
    <Button
      size="sm"
      title={Object.entries(suggestion.set)
        .map(([field, value]) => `${field}=${value}`)
        .join(' ')}
      onClick={() => setFields(suggestion.set)}
    >
      {suggestion.label}
    </Button>
  );
}

/** What the plan allows, what it cannot hold here, and what should be known before. */
export function Consequences({ plan }: { plan: Plan }) {
  return (
    <>
      {plan.refusal && (
        <ErrorCard
          error={plan.refusal}
          action={plan.refusal.suggestion && <Apply suggestion={plan.refusal.suggestion} />}
        />
      )}
      {plan.project && <ProjectBanner project={plan.project} />}
      <Card title="What this allows">
        <ul className="flex flex-col gap-1.5">
          {plan.allows.map(({ allowed, text }) => (
            <li key={text} className="flex items-start gap-2.5">
              <Icon
                of={allowed ? Check : X}
                className={`mt-0.5 ${allowed ? 'text-accent' : 'text-muted'}`}
                label={allowed ? 'Allowed:' : 'Not allowed:'}
              />
              <span className="min-w-0">{text}</span>
            </li>
          ))}
        </ul>
      </Card>
      <Findings plan={plan} />
      {plan.warnings.map(({ message, suggestion }) => (
        <Callout key={message} tone="amber" action={suggestion && <Apply suggestion={suggestion} />}>
          <Prose text={message} />
        </Callout>
      ))}
      <Gaps plan={plan} />
      {!plan.image.present && (
        <Callout>
          The image <code className="font-mono text-sm">{plan.image.reference}</code> is not there yet. It is made ready
          first; that can take minutes.
        </Callout>
      )}
    </>
  );
}

/** What does not fully hold here: first what this run relies on, the rest as a number. */
function Gaps({ plan }: { plan: Plan }) {
  const [open, setOpen] = useState(false);
  const { relied, idle, reasons } = gapsOf(plan.fields);
  if (reasons.length === 0) return null;
  return (
    <Callout
      tone={relied.length > 0 ? 'amber' : 'info'}
      action={
        <Button size="sm" variant="ghost" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? 'Hide' : 'Why'}
        </Button>
      }
    >
      {relied.length > 0 && <p>Not fully enforced on this engine: {relied.map((gap) => gap.label).join(', ')}.</p>}
      {idle.length > 0 && (
        <p className="text-muted">
          {count(idle.length, 'setting')} {relied.length > 0 ? 'more ' : ''}that this run does not change{' '}
          {idle.length === 1 ? 'has' : 'have'} no effect here.
        </p>
      )}
      {open && (
        <dl className="mt-2 flex flex-col gap-1.5">
          {reasons.map(({ why, fields }) => (
            <div key={why}>
              <dt className="font-medium">{fields.map((field) => field.label).join(', ')}</dt>
              <dd className="text-muted">
                <Prose text={why} />
              </dd>
            </div>
          ))}
        </dl>
      )}
    </Callout>
  );
}
