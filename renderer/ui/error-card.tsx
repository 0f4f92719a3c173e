import { CircleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { CopyButton } from './copy.tsx';
import { Icon } from './icon.tsx';
import { Prose } from './prose.tsx';

/** What an error card shows; `AppErrorData` of the contract fits. */
export interface ShownError {
  readonly code: string;
  readonly message: string;
  readonly why?: string | undefined;
  readonly next?: string | undefined;
  /** The policy line that decided. */
  readonly rule?: string | undefined;
  readonly details?: string | undefined;
}

function asText(error: ShownError): string {
  return Object.entries({
    Error: error.message,
    Code: error.code,
    Why: error.why,
    Rule: error.rule,
    Next: error.next,
    Details: error.details,
  })
    .filter(([, value]) => value)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n');
}

function Row({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex gap-3">
      <dt className="w-20 shrink-0 text-muted">{name}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </div>
  );
}

/** Every error in one form: what, why, which rule, what to do; details go to the clipboard. */
export function ErrorCard({ error, action, className }: { error: ShownError; action?: ReactNode; className?: string }) {
  return (
    <div role="alert" className={`rounded-md border border-red bg-panel p-3.5 ${className ?? ''}`}>
      <div className="flex items-start gap-2.5">
        <Icon of={CircleAlert} className="mt-0.5 text-red" />
        <p className="min-w-0 flex-1 font-semibold break-words">
          <Prose text={error.message} />
        </p>
      </div>
      <dl className="mt-1.5 ml-6.5 flex flex-col gap-0.5">
        {error.why && (
          <Row name="Why">
            <Prose text={error.why} />
          </Row>
        )}
        {error.rule && (
          <Row name="Rule">
            <code className="font-mono text-sm">{error.rule}</code>
          </Row>
        )}
        {error.next && (
          <Row name="What to do">
            <Prose text={error.next} />
          </Row>
        )}
      </dl>
      <div className="mt-2.5 ml-6.5 flex flex-wrap items-center gap-2">
        {action}
        <CopyButton text={asText(error)} label="Copy details" words />
        <code className="ml-auto font-mono text-sm text-muted">{error.code}</code>
      </div>
    </div>
  );
}
