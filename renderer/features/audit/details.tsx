import { ShieldAlert, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { runOfRecord } from '#shared/audit/filter.ts';
import type { AuditRecord } from '#shared/audit/record.ts';
import type { AuditRow } from '#shared/contract/audit.ts';
import { exact } from '../../show/format.ts';
import { hrefOf } from '../../state/route.ts';
import { IconButton } from '../../ui/button.tsx';
import { Callout } from '../../ui/card.tsx';
import { Chip } from '../../ui/chip.tsx';
import { CopyButton } from '../../ui/copy.tsx';
import { Icon } from '../../ui/icon.tsx';
import { actionIcon, outcomeOf } from './look.ts';

/** The policy that is there by this name after the record, or null. */
function policyOf({ action, what }: AuditRecord): string | null {
  if (!action.startsWith('policy.') || action === 'policy.remove') return null;
  return what.split(' → ').at(-1) ?? null;
}

function Row({ name, copy, children }: { name: string; copy?: string; children: ReactNode }) {
  return (
    <div className="flex items-start gap-3 border-t py-1">
      <dt className="w-24 shrink-0 text-muted">{name}</dt>
      <dd className="flex min-w-0 flex-1 items-start gap-1 break-all">
        <span className="min-w-0 flex-1">{children}</span>
        {copy !== undefined && <CopyButton text={copy} label={`Copy ${name.toLowerCase()}`} />}
      </dd>
    </div>
  );
}

function Hash({ name, value }: { name: string; value: string | undefined }) {
  if (value === undefined) return null;
  return (
    <Row name={name} copy={value}>
      <span className="font-mono text-sm">{value}</span>
    </Row>
  );
}

/** The whole record. */
export function RecordDetails({ row, why, onClose }: { row: AuditRow; why: string | null; onClose: () => void }) {
  const { record } = row;
  return (
    <section aria-label="Record" className="flex h-full min-h-0 flex-col overflow-auto bg-panel px-4 py-3">
      <header className="mb-2 flex items-center gap-2">
        {record !== null && <Icon of={actionIcon(record.action)} className="text-muted" />}
        <h2 className="min-w-0 flex-1 truncate font-semibold">
          {record === null ? 'Not a record' : `Record ${record.seq.toLocaleString('en')}: ${record.action}`}
        </h2>
        {record !== null && <CopyButton text={JSON.stringify(record, null, 2)} label="Copy the record as JSON" />}
        <IconButton label="Close the details" icon={X} size="sm" keys="Escape" onClick={onClose} />
      </header>
      {why !== null && (
        <Callout tone="red" icon={ShieldAlert} className="mb-2">
          <p>{why}</p>
          <p className="mt-1 text-muted">
            What stands here and after it cannot be trusted. Keep a copy of the file and compare it with a backup.
          </p>
        </Callout>
      )}
      {record === null ? (
        <>
          <p className="mb-2 text-muted">
            This line of the file cannot be read as a record. It begins at byte {row.at}.
          </p>
          <pre className="rounded-md border bg-raised p-2 font-mono text-sm break-all whitespace-pre-wrap">
            {row.text}
          </pre>
        </>
      ) : (
        <Fields record={record} />
      )}
    </section>
  );
}

const LINK = 'rounded text-accent underline underline-offset-2 hover:no-underline';

function Fields({ record }: { record: AuditRecord }) {
  const look = outcomeOf(record.outcome);
  const run = runOfRecord(record);
  const policy = policyOf(record);
  const { who } = record;
  return (
    <dl className="flex flex-col">
      <Row name="Time" copy={record.at}>
        {exact(Date.parse(record.at))} <span className="font-mono text-sm text-muted">{record.at}</span>
      </Row>
      <Row name="Who">
        {who.user} on {who.host}, by {who.via}
        {who.token !== undefined && <> with the token {who.token}</>}
      </Row>
      <Row name="What" copy={record.what}>
        <span className="font-mono text-sm">{record.what}</span>
      </Row>
      <Row name="Outcome">
        <Chip tone={look.tone} icon={look.icon}>
          {look.word}
        </Chip>
      </Row>
      {run !== null && record.action !== 'run.remove' && (
        <Row name="Run">
          <a className={LINK} href={hrefOf({ at: 'run', id: run })}>
            Open the run
          </a>{' '}
          ·{' '}
          <a className={LINK} href={hrefOf({ at: 'audit', filter: `run:${run}` })}>
            all records of it
          </a>
        </Row>
      )}
      {policy !== null && (
        <Row name="Policy">
          <a className={LINK} href={hrefOf({ at: 'policies', name: policy })}>
            Open {policy}
          </a>
        </Row>
      )}
      <Hash name="Policy hash" value={record.policy} />
      <Hash name="Script hash" value={record.script} />
      <Hash name="Image" value={record.image} />
      <Hash name="Previous" value={record.previous} />
      <Hash name="Hash" value={record.hash} />
    </dl>
  );
}
