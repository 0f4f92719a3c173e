/** The audit: every action that changed or ran something, and whether the chain of records is whole (AUD-1, UX-1). */
import { ArrowUpToLine, FileText, Filter, ShieldCheck } from 'lucide-react';
import { useDeferredValue, useEffect, useRef, useState } from 'react';
import type { AuditVerdict } from '#shared/contract/audit.ts';
import { useClient } from '../../state/client.tsx';
import { useCommands } from '../../state/commands.ts';
import { useRouteFilter } from '../../state/route-filter.ts';
import { go } from '../../state/route.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorCard } from '../../ui/error-card.tsx';
import { Split } from '../../ui/split.tsx';
import { Empty, Skeleton } from '../../ui/states.tsx';
import { useNarrow } from '../../ui/use-narrow.ts';
import { checkChain, useCheck } from './check.ts';
import { RecordDetails } from './details.tsx';
import { AuditFilterBar } from './filter-bar.tsx';
import { AuditHeader } from './header.tsx';
import { RecordTable } from './table.tsx';
import { useRecords } from './use-records.ts';

/** Fewer are checked by themselves; it takes a second or two at most. */
const CHECK_BY_ITSELF = 100_000;
/** Between the last new record and the next check by itself. */
const SETTLE_MS = 1_500;
/** Bytes shown after a broken record, so that it does not stand at the edge. */
const AROUND = 4_096;

/** `filter` is the route's: what the view begins with. */
export function AuditView({ filter: given }: { filter: string }) {
  const client = useClient();
  const narrow = useNarrow();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useRouteFilter('audit', given);
  const [from, setFrom] = useState(given);
  const [top, setTop] = useState<number | null>(null);
  const [selected, setSelected] = useState<number | null>(null);
  if (from !== given) {
    setFrom(given);
    // What was typed here comes back from the address and changes nothing.
    if (given !== text) {
      setTop(null);
      setSelected(null);
    }
  }
  const wanted = useDeferredValue(text).trim();
  const records = useRecords(wanted, top);
  const { rows, state, filter } = records;
  const { verdict, stale, running } = useCheck();
  const broken = stale ? null : (verdict?.firstBroken ?? null);
  const row = rows.find(({ at }) => at === selected);
  const unchecked = state !== null && (verdict === null || stale || (verdict.ok && verdict.records < state.records));
  const byItself = unchecked && state.records > 0 && state.records <= CHECK_BY_ITSELF && running === null;
  const count = state?.records ?? 0;
  const first = verdict === null || stale;
  useEffect(() => {
    if (!byItself) return undefined;
    const timer = setTimeout(() => void checkChain(client), first ? 0 : SETTLE_MS);
    return () => clearTimeout(timer);
  }, [byItself, client, count, first]);
  useCommands('audit', [
    {
      id: 'filter-audit',
      title: 'Filter the audit',
      group: 'Audit',
      icon: Filter,
      keys: '/',
      run: () => input.current?.focus(),
    },
    {
      id: 'check-audit',
      title: 'Check the audit',
      group: 'Audit',
      icon: ShieldCheck,
      run: () => void checkChain(client),
    },
  ]);
  // What is looked for is looked for everywhere.
  const search = (wish: string): void => {
    setText(wish);
    setTop(null);
  };
  const show = ({ firstBroken }: AuditVerdict): void => {
    setText('');
    const at = firstBroken?.at ?? null;
    setTop(at === null ? null : at + AROUND);
    setSelected(at);
  };
  const table = (
    <RecordTable
      rows={rows}
      selected={selected}
      broken={broken?.at ?? null}
      onSelect={setSelected}
      onEnd={records.more}
    />
  );

  return (
    <div className="flex h-full flex-col">
      <AuditHeader state={state} filter={wanted} usable={filter.problems.length === 0} onShow={show} />
      {count > 0 && <AuditFilterBar text={text} problems={filter.problems} inputRef={input} onChange={search} />}
      {top !== null && (
        <div className="flex shrink-0 items-center gap-3 border-b bg-raised px-4 py-1.5">
          <span className="min-w-0 flex-1">Shown up to the broken record and a few after it.</span>
          <Button size="sm" icon={ArrowUpToLine} onClick={() => setTop(null)}>
            Show the newest
          </Button>
        </div>
      )}
      {records.error && (
        <ErrorCard
          className="m-4"
          error={records.error}
          action={
            <Button size="sm" onClick={records.reload}>
              Try again
            </Button>
          }
        />
      )}
      <div className="min-h-0 flex-1">
        {rows.length > 0 ? (
          // One tree with and without details, so that the focus stays on its row.
          <Split
            id={narrow ? 'audit-narrow' : 'audit'}
            orientation={narrow ? 'vertical' : 'horizontal'}
            className="h-full"
            panes={[
              { id: 'records', size: 64, min: narrow ? '120px' : '320px', content: table },
              ...(row === undefined
                ? []
                : [
                    {
                      id: 'details',
                      size: 36,
                      min: narrow ? '120px' : '280px',
                      content: (
                        <RecordDetails
                          row={row}
                          why={broken !== null && broken.at === row.at ? broken.why : null}
                          onClose={() => setSelected(null)}
                        />
                      ),
                    },
                  ]),
            ]}
          />
        ) : records.loading ? (
          <Waiting />
        ) : records.error ? null : count === 0 ? (
          <Empty
            icon={FileText}
            title="Nothing was recorded yet"
            action={<Button onClick={() => go({ at: 'runs' })}>Run something</Button>}
          >
            Every action that runs or changes something is written down here, chained so that an edited, dropped or
            moved record is found.
          </Empty>
        ) : (
          <Empty
            icon={Filter}
            title={filter.problems.length > 0 ? 'This filter cannot be meant' : 'No record fits this filter'}
            action={<Button onClick={() => search('')}>Show all records</Button>}
          >
            {filter.problems.length > 0
              ? 'Mend what is marked above, or show all records.'
              : 'All records were looked at.'}
          </Empty>
        )}
      </div>
    </div>
  );
}

function Waiting() {
  return (
    <div role="status" aria-label="Loading the audit" className="flex flex-col bg-panel">
      {Array.from({ length: 10 }, (_, index) => (
        <div key={index} className="flex h-8 items-center gap-4 border-b px-4">
          <Skeleton className="h-4 w-16" />
          <Skeleton className="h-4 w-40" />
          <Skeleton className="h-4 flex-1" />
        </div>
      ))}
    </div>
  );
}
