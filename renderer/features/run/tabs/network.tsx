/** Whom the run reached and wanted to reach, live; a refused host can be allowed from here (NET-3, NET-4). */
import { Ban, Check, Globe, Unplug } from 'lucide-react';
import { useMemo, useState } from 'react';
import { showBytes } from '#shared/lib/units.ts';
import type { Client } from '../../../rpc/client.ts';
import { toErrorData } from '../../../rpc/errors.ts';
import { Button } from '../../../ui/button.tsx';
import { Chip } from '../../../ui/chip.tsx';
import { toast } from '../../../ui/layers/toast.tsx';
import { Empty } from '../../../ui/states.tsx';
import { hostsOf, ruleFor, type HostLine } from '../model/hosts.ts';
import type { Limits } from '../model/limits.ts';
import type { Refused } from '../model/refused.ts';
import type { OpenedRun } from '../store.ts';

/** So many questions are shown at once; the rest is counted. */
const CARDS = 5;
/** Hosts that a person decided to keep blocked, by run. */
const kept = new Map<string, ReadonlySet<string>>();

interface Props {
  readonly client: Client;
  readonly run: OpenedRun;
  readonly network: Limits['network'];
  readonly refused: readonly Refused[];
  /** Runs it again with this change. */
  readonly onAgain: (set: Readonly<Record<string, string>>) => void;
}

const count = (times: number, one: string, many: string): string =>
  `${times.toLocaleString('en')} ${times === 1 ? one : many}`;

const placeOf = ({ host, port, protocol }: HostLine): string =>
  port === null ? host : `${host}:${port}${protocol === 'udp' ? '/udp' : ''}`;

export function NetworkTab({ client, run, network, refused, onAgain }: Props) {
  const lines = useMemo(() => hostsOf(run.happenings), [run.happenings]);
  const [blocked, setBlocked] = useState<ReadonlySet<string>>(kept.get(run.summary.id) ?? new Set());
  const attempts = refused.find(({ kind }) => kind === 'network');
  if (network === 'none')
    return (
      <Empty icon={Unplug} title="This run has no network">
        Only its own loopback exists.{' '}
        {attempts
          ? `It tried to leave ${count(attempts.times, 'time', 'times')} and could not; without a gateway the addresses are not known.`
          : 'No attempt to leave was counted.'}
      </Empty>
    );
  if (lines.length === 0)
    return (
      <Empty icon={Globe} title="Nobody was called yet">
        Every lookup and connection shows up here with the rule that decided.
      </Empty>
    );
  const keep = (key: string): void => {
    const next = new Set([...blocked, key]);
    kept.set(run.summary.id, next);
    setBlocked(next);
  };
  const open = lines.filter((line) => ruleFor(line) !== null && !blocked.has(line.key));
  return (
    <div className="flex flex-col gap-3 px-4 py-3">
      {open.slice(0, CARDS).map((line) => (
        <Question
          key={line.key}
          client={client}
          run={run}
          line={line}
          onKeep={() => keep(line.key)}
          onAgain={onAgain}
        />
      ))}
      {open.length > CARDS && (
        <p className="flex items-center gap-3 text-muted">
          {count(open.length - CARDS, 'more host was', 'more hosts were')} refused.
          <Button size="sm" onClick={() => open.forEach(({ key }) => keep(key))}>
            Keep all blocked
          </Button>
        </p>
      )}
      <Table lines={lines} />
    </div>
  );
}

interface QuestionProps {
  readonly client: Client;
  readonly run: OpenedRun;
  readonly line: HostLine;
  readonly onKeep: () => void;
  readonly onAgain: Props['onAgain'];
}

/** One refused host, and what a person can do about it. */
function Question({ client, run, line, onKeep, onAgain }: QuestionProps) {
  const { summary, detail } = run;
  const [saving, setSaving] = useState(false);
  const [busy, setBusy] = useState(false);
  const rule = ruleFor(line) ?? '';
  const finished = summary.state === 'finished';
  const isFile = detail.plan.policyRevision !== null;
  const allow = (save: boolean): void => {
    setBusy(true);
    client.runs
      .allow({ id: summary.id, rule, save })
      .then(({ policy }) =>
        toast(policy === null ? `${rule} is allowed for this run.` : `${rule} was added to ${policy}.`),
      )
      .catch((failure: unknown) => toast(toErrorData(failure).message, 'failed'))
      .finally(() => setBusy(false));
  };
  const again = (): void => {
    const before = detail.plan.fields.find(({ field }) => field === 'network.allow')?.value ?? 'none';
    onAgain({ 'network.allow': before === 'none' ? rule : `${before}, ${rule}` });
  };
  return (
    <section aria-label={`${placeOf(line)} was refused`} className="rounded-md border bg-panel p-3">
      <div className="flex flex-wrap items-center gap-2">
        <Chip tone="red" icon={Ban}>
          refused
        </Chip>
        <strong className="min-w-0 font-mono break-all">{placeOf(line)}</strong>
        <span className="text-muted">
          {count(line.lookups + line.connections, 'attempt', 'attempts')}. {line.why}
        </span>
      </div>
      {saving && (
        <pre aria-label="Change of the policy" className="mt-2 rounded bg-raised p-2 font-mono text-sm">
          {`${summary.policy}.yaml\n  network.allow\n+   ${rule}`}
        </pre>
      )}
      <div className="mt-2 flex flex-wrap gap-2">
        {finished ? (
          <Button size="sm" variant="primary" onClick={again}>
            Run again with it allowed
          </Button>
        ) : (
          <Button size="sm" variant="primary" busy={busy} onClick={() => allow(false)}>
            Allow for this run
          </Button>
        )}
        {isFile && !finished && (
          <Button size="sm" disabled={busy} onClick={() => (saving ? allow(true) : setSaving(true))}>
            {saving ? 'Add it now' : 'Add to the policy…'}
          </Button>
        )}
        <Button size="sm" variant="ghost" onClick={onKeep}>
          Keep blocked
        </Button>
      </div>
    </section>
  );
}

function Table({ lines }: { lines: readonly HostLine[] }) {
  return (
    <table className="w-full border-collapse text-left">
      <caption className="sr-only">Hosts of this run</caption>
      <thead className="text-sm text-muted">
        <tr>
          {['Host', 'Verdict', 'Rule', 'Lookups', 'Connections', 'Received', 'Sent'].map((title) => (
            <th key={title} scope="col" className="py-1 pr-3 font-medium">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {lines.map((line) => (
          <tr key={line.key} className="border-t align-top">
            <th scope="row" className="py-1 pr-3 font-mono font-normal break-all">
              {placeOf(line)}
            </th>
            <td className="py-1 pr-3">
              <Chip tone={line.verdict === 'denied' ? 'red' : 'accent'} icon={line.verdict === 'denied' ? Ban : Check}>
                {line.verdict === 'denied' ? 'refused' : 'allowed'}
              </Chip>
            </td>
            <td className="py-1 pr-3 text-sm text-muted" title={line.why}>
              {line.rule}
            </td>
            <td className="py-1 pr-3 tabular-nums">{line.lookups.toLocaleString('en')}</td>
            <td className="py-1 pr-3 tabular-nums">{line.connections.toLocaleString('en')}</td>
            <td className="py-1 pr-3 tabular-nums">{showBytes(line.bytesIn)}</td>
            <td className="py-1 tabular-nums">{showBytes(line.bytesOut)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
