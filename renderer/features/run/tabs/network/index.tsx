/** Every host that a run tried to reach: what became of it, by which rule, how often and how much (NET-3). */
import { Globe, ShieldX, Unplug } from 'lucide-react';
import { useMemo, useState } from 'react';
import { showBytes } from '#shared/lib/units.ts';
import { count } from '../../../../show/format.ts';
import { Callout } from '../../../../ui/card.tsx';
import { Choice, TextInput } from '../../../../ui/field.tsx';
import { Empty } from '../../../../ui/states.tsx';
import type { Denied } from '../../denied/use-denied.ts';
import type { Refused } from '../../model/refused.ts';
import type { OpenedRun } from '../../store.ts';
import { HostGrid } from './grid.tsx';
import type { Network } from '#shared/policy/allowing/ledger.ts';
import { chosenHosts, totalsOf, type Choice as Verdicts, type Totals } from './model/rows.ts';

interface Props {
  readonly run: OpenedRun;
  readonly network: Network;
  readonly denied: Denied;
  readonly refused: readonly Refused[];
  /** Runs it again with this change. */
  readonly onAgain: (set: Readonly<Record<string, string>>) => void;
}

export function NetworkTab({ run, network, denied, refused, onAgain }: Props) {
  if (run.limits.network === 'none') return <NoNetwork run={run} refused={refused} />;
  if (network.hosts.length === 0) return <Nothing run={run} closed={network.closed} />;
  return <Hosts run={run} network={network} denied={denied} onAgain={onAgain} />;
}

function NoNetwork({ run, refused }: { run: OpenedRun; refused: readonly Refused[] }) {
  const times = refused.find(({ kind }) => kind === 'network')?.times ?? 0;
  const over = run.summary.state === 'finished';
  return (
    <Empty icon={Unplug} title="This run has no network">
      Only its own loopback exists, so nothing can leave.{' '}
      {times > 0
        ? `It tried ${count(times, 'time')} and had no route; where to is not known without a gateway.`
        : over
          ? 'It did not try.'
          : 'No attempt was counted so far.'}
    </Empty>
  );
}

function Nothing({ run, closed }: { run: OpenedRun; closed: boolean }) {
  const { network } = run.limits;
  if (closed)
    return (
      <Empty icon={ShieldX} title="The network of this run is closed">
        Its gateway is gone, so nothing passes any more, and nothing had been tried before.
      </Empty>
    );
  if (run.summary.state === 'finished')
    return (
      <Empty icon={Globe} title="This run reached for no host">
        It looked up no name and opened no connection.
      </Empty>
    );
  return (
    <Empty icon={Globe} title="No host yet">
      {network === 'full'
        ? 'This run may reach every host but cloud metadata and this machine. Each lookup and connection appears here as it happens.'
        : 'This run may reach only what its policy lists. Each lookup and connection appears here as it happens, also those that are refused.'}
    </Empty>
  );
}

const CHOICES = [
  { value: 'all', text: 'All' },
  { value: 'denied', text: 'Denied' },
  { value: 'allowed', text: 'Allowed' },
] as const;

function Hosts({ run, network, denied, onAgain }: Omit<Props, 'refused'>) {
  const [choice, setChoice] = useState<Verdicts>('all');
  const [text, setText] = useState('');
  const kept = denied.kept.keys;
  const { hosts } = network;
  const totals = useMemo(() => totalsOf(hosts, kept), [hosts, kept]);
  const shown = useMemo(() => chosenHosts(hosts, kept, choice, text), [hosts, kept, choice, text]);
  const to = axisEnd(
    run,
    hosts.reduce((last, host) => Math.max(last, host.last), 0),
  );
  return (
    <div className="flex h-full min-h-44 flex-col">
      <div className="flex shrink-0 flex-wrap items-center gap-x-4 gap-y-1.5 border-b px-4 py-1.5">
        <TotalsLine totals={totals} allowed={network.allowed} />
        <span className="ml-auto flex items-center gap-2">
          <Choice label="Verdict" value={choice} choices={CHOICES} onChange={setChoice} />
          <TextInput
            type="search"
            aria-label="Filter hosts"
            placeholder="Filter hosts"
            value={text}
            onChange={(event) => setText(event.target.value)}
            className="w-28"
          />
        </span>
      </div>
      {network.closed && (
        <Callout tone="red" icon={ShieldX} className="m-2 shrink-0">
          The gateway of this run is gone, so its network is closed: nothing passes any more.
        </Callout>
      )}
      {shown.length === 0 ? (
        <p role="status" className="p-6 text-center text-muted">
          No host fits. {count(totals.hosts, 'host')} without the filter.
        </p>
      ) : (
        <HostGrid hosts={shown} from={run.origin} to={to} denied={denied} onAgain={onAgain} />
      )}
    </div>
  );
}

/** Whole seconds while it goes on, so that marks do not creep with every reading. */
function axisEnd({ origin, readings, summary }: OpenedRun, last: number): number {
  const end = Math.max(readings.end, last - origin);
  return origin + (summary.state === 'finished' ? Math.max(500, end) : Math.max(10_000, Math.ceil(end / 1000) * 1000));
}

function TotalsLine({ totals, allowed }: { totals: Totals; allowed: readonly string[] }) {
  const { byVerdict } = totals;
  const verdicts = [
    [byVerdict.denied, 'denied', 'text-red'],
    [byVerdict.partly, 'partly denied', 'text-amber'],
    [byVerdict['kept-blocked'], 'kept blocked', 'text-muted'],
    [byVerdict.allowed, 'allowed', 'text-accent'],
  ] as const;
  return (
    <p className="min-w-0">
      <strong>{count(totals.hosts, 'host')}</strong>
      {verdicts.map(([hosts, word, tone]) =>
        hosts === 0 ? null : (
          <span key={word} className={tone}>
            {' '}
            · {hosts.toLocaleString('en')} {word}
          </span>
        ),
      )}
      <span className="text-muted">
        {' '}
        · {count(totals.lookups, 'lookup')}, {count(totals.connections, 'connection')},{' '}
        {totals.denied.toLocaleString('en')} refused · {showBytes(totals.bytesIn)} received,{' '}
        {showBytes(totals.bytesOut)} sent
      </span>
      {allowed.length > 0 && (
        <span className="text-muted" title={allowed.join(', ')}>
          {' '}
          · {count(allowed.length, 'rule')} added while it ran
        </span>
      )}
    </p>
  );
}
