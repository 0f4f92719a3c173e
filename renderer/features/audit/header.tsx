/** Whether the chain is whole, and the ways to a file of it. */
import { CircleDashed, Download, RefreshCw, ShieldAlert, ShieldCheck, X } from 'lucide-react';
import type { ReactNode } from 'react';
import type { AuditVerdict } from '#shared/contract/audit.ts';
import { count, exact } from '../../show/format.ts';
import { attempt, useClient } from '../../state/client.tsx';
import type { Client } from '../../rpc/client.ts';
import { download } from '../../show/download.ts';
import { Button } from '../../ui/button.tsx';
import { Icon, type LucideIcon } from '../../ui/icon.tsx';
import { Menu, MenuItem } from '../../ui/layers/menu.tsx';
import { Prose } from '../../ui/prose.tsx';
import { Bar, Busy, Skeleton } from '../../ui/states.tsx';
import { checkChain, useCheck } from './check.ts';
import type { AuditState } from './use-records.ts';

async function exportAs(client: Client, filter: string, form: 'json' | 'csv'): Promise<void> {
  const work = async (): Promise<void> => {
    const pieces: string[] = [];
    for await (const { text } of await client.audit.exportRecords({ filter, form })) pieces.push(text);
    download(form === 'json' ? 'audit.jsonl' : 'audit.csv', pieces.join(''));
  };
  await attempt(
    work(),
    form === 'json'
      ? 'Saved as it is. `bellglass audit verify audit.jsonl` checks the copy.'.replaceAll('`', '')
      : 'Saved.',
  );
}

export function AuditHeader({
  state,
  filter,
  usable,
  onShow,
}: {
  state: AuditState | null;
  filter: string;
  /** The filter has no mistake in it. */
  usable: boolean;
  /** Goes to the first broken record. */
  onShow: (verdict: AuditVerdict) => void;
}) {
  const client = useClient();
  const empty = state?.records === 0;
  return (
    <header className="flex min-h-12 shrink-0 flex-wrap items-center gap-x-3 gap-y-2 border-b bg-panel px-4 py-2">
      <div
        role="status"
        aria-label="Chain"
        className="flex min-w-0 flex-1 basis-96 flex-wrap items-center gap-x-3 gap-y-1"
      >
        {state === null ? <Skeleton className="h-5 w-72" /> : <ChainState state={state} onShow={onShow} />}
      </div>
      <Menu
        label="Export"
        trigger={
          <Button icon={Download} disabled={empty}>
            Export…
          </Button>
        }
      >
        <MenuItem icon={Download} onSelect={() => void exportAs(client, '', 'json')}>
          All records as JSON lines, to be checked elsewhere
        </MenuItem>
        <MenuItem icon={Download} disabled={!usable} onSelect={() => void exportAs(client, filter, 'csv')}>
          {filter === '' ? 'All records as CSV' : 'What the filter finds as CSV'}
        </MenuItem>
      </Menu>
    </header>
  );
}

function Line({ icon, tone, children }: { icon: LucideIcon; tone: string; children: ReactNode }) {
  return (
    <p className="inline-flex min-w-0 items-start gap-2">
      <Icon of={icon} size={18} className={`mt-px ${tone}`} />
      <span className="min-w-0">{children}</span>
    </p>
  );
}

function ChainState({ state, onShow }: { state: AuditState; onShow: (verdict: AuditVerdict) => void }) {
  const client = useClient();
  const { verdict, stale, running, error } = useCheck();
  const again = (
    <Button size="sm" icon={RefreshCw} onClick={() => void checkChain(client)}>
      {verdict === null ? 'Check now' : 'Check again'}
    </Button>
  );
  const all = count(state.records, 'record');
  if (running !== null)
    return (
      <>
        <Busy>
          Checking {running.records.toLocaleString('en')} of {all}
        </Busy>
        <Bar share={running.share} label="Checked" className="w-32" />
        <Button size="sm" variant="ghost" icon={X} onClick={() => running.stop.abort()}>
          Cancel
        </Button>
      </>
    );
  if (error !== null)
    return (
      <>
        <Line icon={ShieldAlert} tone="text-amber">
          {all}, could not be checked. <Prose text={[error.message, error.why].filter(Boolean).join(' ')} />
        </Line>
        {again}
      </>
    );
  if (verdict === null || stale)
    return (
      <>
        <Line icon={CircleDashed} tone="text-muted">
          {all}, not checked yet
        </Line>
        {again}
      </>
    );
  if (verdict.firstBroken !== null)
    return (
      <>
        <Line icon={ShieldAlert} tone="text-red">
          <strong className="font-semibold text-red">
            Broken at record {verdict.firstBroken.seq.toLocaleString('en')}.
          </strong>{' '}
          {verdict.firstBroken.why}{' '}
          {verdict.records === 0
            ? 'None is'
            : `${count(verdict.records, 'record')} before it ${verdict.records === 1 ? 'is' : 'are'}`}{' '}
          intact.
        </Line>
        <Button size="sm" variant="danger" onClick={() => onShow(verdict)}>
          Show it
        </Button>
        {again}
      </>
    );
  const newer = state.records - verdict.records;
  return (
    <>
      <Line icon={ShieldCheck} tone="text-accent">
        <span title={`Checked ${exact(verdict.checkedAt)}`}>{count(verdict.records, 'record')}, intact</span>
        {newer > 0 && <span className="text-muted"> · {newer.toLocaleString('en')} newer, not checked yet</span>}
        {verdict.unfinished && <span className="text-muted"> · the end is a record that was never finished</span>}
      </Line>
      {again}
    </>
  );
}
