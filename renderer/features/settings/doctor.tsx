import { CircleCheck, CircleHelp, CircleMinus, CircleX, RefreshCw, Server, TriangleAlert } from 'lucide-react';
import { useCallback, useEffect, useState } from 'react';
import type { Doctor } from '#shared/contract/system.ts';
import type { Attempt, Capabilities } from '#shared/domain/engine.ts';
import { showBytes } from '#shared/lib/units.ts';
import { attempt, useClient, useLoad } from '../../state/client.tsx';
import { engineWords, useEngine } from '../../state/engine.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Chip } from '../../ui/chip.tsx';
import { CopyLine } from '../../ui/copy.tsx';
import { ErrorCard } from '../../ui/error-card.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Prose } from '../../ui/prose.tsx';
import { Busy, Skeleton } from '../../ui/states.tsx';

type Retry = Parameters<ReturnType<typeof useClient>['system']['retryEngine']>[0];

export function DoctorPage() {
  const client = useClient();
  const live = useEngine((state) => state.status);
  const { data, error, reload } = useLoad(useCallback(() => client.system.doctor(), [client]));
  const [working, setWorking] = useState<string | null>(null);
  const state = live?.state;
  const [seen, setSeen] = useState(state);
  useEffect(() => {
    if (state === seen) return;
    setSeen(state);
    reload();
  }, [state, seen, reload]);
  const retry = (name: string, input: Retry): void => {
    setWorking(name);
    void attempt(client.system.retryEngine(input)).then(() => {
      setWorking(null);
      reload();
    });
  };
  if (error && !data) return <ErrorCard error={error} action={<Button onClick={reload}>Try again</Button>} />;
  if (!data) return <Skeleton className="h-120" />;
  const status = live ?? data.status;
  return (
    <>
      <Card
        title={
          status.state === 'searching' || status.state === 'starting' ? (
            <Busy>{engineWords(status)}</Busy>
          ) : (
            engineWords(status)
          )
        }
        aside={
          <>
            <Button
              size="sm"
              icon={Server}
              busy={working === 'private'}
              disabled={working !== null}
              onClick={() => retry('private', { startPrivate: true })}
            >
              Start a private engine
            </Button>
            <Button
              size="sm"
              icon={RefreshCw}
              busy={working === 'retry'}
              disabled={working !== null}
              onClick={() => retry('retry', {})}
            >
              Look again
            </Button>
          </>
        }
      >
        {status.state === 'none' && <ErrorCard error={status.error} />}
        {status.state === 'lost' && <p className="text-muted">{status.reason}</p>}
        {status.state === 'ready' && <Facts facts={status.capabilities} />}
      </Card>
      <Attempts
        attempts={data.attempts}
        chosen={status.state === 'ready' || status.state === 'lost' ? status.attempt.id : null}
        working={working}
        onChoose={(id) => retry(id ?? 'automatic', { choose: id })}
      />
      {status.state === 'ready' && <CapabilityList facts={status.capabilities} />}
      <Matrix rows={data.enforcement} />
    </>
  );
}

function Facts({ facts }: { facts: Capabilities }) {
  const rows: [string, string][] = [
    ['API', facts.apiVersion],
    ['System', `${facts.os}, ${facts.arch}`],
    ['Control groups', facts.cgroup],
    [
      'OCI runtimes',
      facts.ociRuntimes.map((name) => (name === facts.defaultRuntime ? `${name} (default)` : name)).join(', '),
    ],
    ['Cores', String(facts.cpus)],
    [
      'Memory',
      `${showBytes(facts.memoryTotal)}${facts.memoryFree === null ? '' : `, ${showBytes(facts.memoryFree)} free`}`,
    ],
  ];
  return (
    <dl className="grid grid-cols-[repeat(3,minmax(0,1fr))] gap-x-6 gap-y-2 max-[1100px]:grid-cols-2">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt className="text-sm text-muted">{name}</dt>
          <dd className="font-mono text-sm">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Attempts({
  attempts,
  chosen,
  working,
  onChoose,
}: {
  attempts: readonly Attempt[];
  chosen: string | null;
  working: string | null;
  onChoose: (id: string | null) => void;
}) {
  return (
    <Card
      title="Looked for"
      aside={
        <Button
          size="sm"
          variant="ghost"
          busy={working === 'automatic'}
          disabled={working !== null}
          onClick={() => onChoose(null)}
        >
          Choose automatically
        </Button>
      }
    >
      <ul>
        {attempts.map((one) => (
          <li
            key={one.id}
            className="grid grid-cols-[16px_minmax(0,1fr)_auto] items-start gap-x-2.5 border-b py-2 first:pt-1 last:border-b-0 last:pb-0"
          >
            <Icon
              of={one.usable ? CircleCheck : CircleX}
              label={one.usable ? 'Usable:' : 'Not usable:'}
              className={`mt-0.5 ${one.usable ? 'text-accent' : 'text-muted'}`}
            />
            <div className="min-w-0">
              <p>
                <span className="font-medium">{one.label}</span>{' '}
                <span className="font-mono text-sm break-all text-muted">{one.address}</span>
              </p>
              <p className="text-muted">
                <Prose text={one.reason} />
              </p>
              {one.fix && (
                <div className="mt-1.5">
                  <CopyLine text={one.fix} />
                </div>
              )}
            </div>
            {one.id === chosen ? (
              <Chip tone="accent" icon={CircleCheck}>
                chosen
              </Chip>
            ) : (
              one.usable && (
                <Button
                  size="sm"
                  busy={working === one.id}
                  disabled={working !== null}
                  aria-label={`Use ${one.label}`}
                  onClick={() => onChoose(one.id)}
                >
                  Use
                </Button>
              )
            )}
          </li>
        ))}
      </ul>
    </Card>
  );
}

const CAPABILITIES = {
  seccomp: 'System call filter',
  landlock: 'Path rules (Landlock)',
  apparmor: 'AppArmor',
  selinux: 'SELinux',
  rootless: 'Rootless',
  userNamespaces: 'User namespaces',
  swapLimit: 'Swap limit',
  pidsLimit: 'Process limit',
  cpuQuota: 'CPU quota',
  ioLimits: 'Disk rate limits',
  diskQuota: 'Disk quota',
  tmpfsInodes: 'File count limit',
  liveUpdate: 'Limits change live',
  nftables: 'Packet filter',
  nflog: 'Packet log',
  rateShaping: 'Network shaping',
  connectionTracking: 'Connection tracking',
  ipv6: 'IPv6 in sandboxes',
  local: 'Counters read locally',
} as const satisfies Partial<Record<keyof Capabilities, string>>;

function CapabilityList({ facts }: { facts: Capabilities }) {
  return (
    <Card title="What it can do" aside={<span className="text-sm text-muted">found by doing it</span>}>
      <ul className="grid grid-cols-2 gap-x-6 gap-y-2 max-[1100px]:grid-cols-1">
        {(Object.keys(CAPABILITIES) as (keyof typeof CAPABILITIES)[]).map((name) => (
          <li key={name} className="flex items-start gap-2.5">
            <Known yes={Boolean(facts[name])} evidence={facts.evidence[name]} />
            <div className="min-w-0">
              <p>{CAPABILITIES[name]}</p>
              {facts.evidence[name] && (
                <p className="text-sm text-muted">
                  <Prose text={facts.evidence[name]} />
                </p>
              )}
            </div>
          </li>
        ))}
      </ul>
    </Card>
  );
}

/** What was not tried yet is neither there nor missing. */
function Known({ yes, evidence }: { yes: boolean; evidence: string | undefined }) {
  if (!yes && evidence?.includes('not probed yet') === true)
    return <Icon of={CircleHelp} label="Not known yet:" className="mt-0.5 text-muted" />;
  return (
    <Icon
      of={yes ? CircleCheck : CircleMinus}
      label={yes ? 'Yes:' : 'No:'}
      className={`mt-0.5 ${yes ? 'text-accent' : 'text-muted'}`}
    />
  );
}

const ENFORCEMENT = {
  enforced: { icon: CircleCheck, tone: 'text-accent', word: 'enforced' },
  partly: { icon: TriangleAlert, tone: 'text-amber', word: 'partly' },
  'not-here': { icon: CircleMinus, tone: 'text-muted', word: 'not here' },
} as const;

/** What of a policy really holds on this engine, gaps first. */
function Matrix({ rows }: { rows: Doctor['enforcement'] }) {
  const [all, setAll] = useState(false);
  const gaps = rows.filter((row) => row.state !== 'enforced');
  const shown = all ? rows : gaps;
  if (rows.length === 0) return null;
  return (
    <Card
      title="What is enforced here"
      aside={
        <>
          <span className="text-sm text-muted">
            {rows.length - gaps.length} of {rows.length} fully
          </span>
          <Button size="sm" variant="ghost" aria-pressed={all} onClick={() => setAll(!all)}>
            {all ? 'Only the gaps' : 'Show all'}
          </Button>
        </>
      }
    >
      {shown.length === 0 && <p className="text-muted">Every setting of a policy is fully enforced on this engine.</p>}
      <ul>
        {shown.map((row) => {
          const look = ENFORCEMENT[row.state];
          return (
            <li
              key={row.field}
              className="grid grid-cols-[150px_104px_minmax(0,1fr)] max-[860px]:grid-cols-[minmax(0,1fr)_104px] max-[860px]:[&>:last-child]:col-span-full items-start gap-x-3 border-b py-2 first:pt-1 last:border-b-0 last:pb-0"
            >
              <span>{row.label}</span>
              <span className={`inline-flex items-center gap-1.5 ${look.tone}`}>
                <Icon of={look.icon} size={14} />
                {look.word}
              </span>
              <div className="min-w-0">
                <p className="text-muted">
                  <Prose text={row.why} />
                </p>
                {row.fix && (
                  <div className="mt-1">
                    <CopyLine text={row.fix} />
                  </div>
                )}
              </div>
            </li>
          );
        })}
      </ul>
    </Card>
  );
}
