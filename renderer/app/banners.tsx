import { DatabaseZap, HardDrive, PlugZap, Unplug } from 'lucide-react';
import type { HistoryHealth } from '#shared/contract/history.ts';
import { useClient, attempt, useConnection } from '../state/client.tsx';
import { useEngine } from '../state/engine.ts';
import { useHealth } from '../state/health.ts';
import { count } from '../show/format.ts';
import { useNow } from '../show/time.tsx';
import { Button } from '../ui/button.tsx';
import { Icon, type LucideIcon } from '../ui/icon.tsx';
import { ask } from '../ui/layers/dialog.tsx';
import { toast } from '../ui/layers/toast.tsx';
import type { ReactNode } from 'react';

/** What stands between the person and their work: no connection, or no engine. */
export function Banners() {
  const connection = useConnection();
  const status = useEngine((state) => state.status);
  const health = useHealth((state) => state.health);
  if (connection.state === 'reconnecting')
    return (
      <Banner icon={Unplug} title="The connection to Bellglass is lost.">
        Runs go on without this page. <Retry at={connection.retryAt} />
      </Banner>
    );
  if (connection.state === 'refused')
    return (
      <Banner icon={Unplug} title="Bellglass does not know this page.">
        {connection.why} Open the address that Bellglass printed when it started.
      </Banner>
    );
  if (status?.state === 'lost')
    return (
      <Banner icon={PlugZap} title="The engine is gone." action={<RetryEngine />}>
        {status.reason} What was recorded is kept. <Retry at={status.retryAt} />
      </Banner>
    );
  if (health?.state === 'damaged')
    return (
      <Banner icon={DatabaseZap} title="The history is damaged." action={<StartFresh health={health} />}>
        {health.inMemory
          ? 'Nothing of it can be read; what runs now is kept in memory until you decide.'
          : 'Parts of it cannot be read or written.'}{' '}
        Output and files of earlier runs are not touched. <span className="text-muted">({health.why})</span>
      </Banner>
    );
  if (health?.state === 'unwritten')
    return (
      <Banner icon={HardDrive} title="The disk does not take the history.">
        {count(health.runs, 'run')} {health.runs === 1 ? 'is' : 'are'} kept in memory and written when it does. Make
        room on it before you quit Bellglass. <span className="text-muted">({health.why})</span>
      </Banner>
    );
  return null;
}

function StartFresh({ health }: { health: Extract<HistoryHealth, { state: 'damaged' }> }) {
  const client = useClient();
  const start = async (): Promise<void> => {
    const sure = await ask({
      title: 'Put the damaged history aside?',
      text: `${health.path} is renamed, with its journals, and a fresh history begins. Nothing is overwritten or deleted, but its runs, pins, tags and approvals of project files are not in the fresh one${health.inMemory ? '; what ran since the start is' : ''}.`,
      action: 'Put aside and start fresh',
    });
    if (!sure) return;
    await attempt(
      client.history.startFresh().then(({ aside }) => toast(`A fresh history has begun. The damaged one is ${aside}.`)),
    );
  };
  return (
    <Button size="sm" onClick={() => void start()}>
      Start fresh…
    </Button>
  );
}

function Retry({ at }: { at: number }) {
  const now = useNow(1_000);
  const seconds = Math.ceil((at - now) / 1_000);
  return <span className="text-muted">{seconds > 0 ? `Next try in ${seconds} s.` : 'Trying now.'}</span>;
}

function RetryEngine() {
  const client = useClient();
  return (
    <Button size="sm" onClick={() => void attempt(client.system.retryEngine({}))}>
      Try now
    </Button>
  );
}

function Banner({
  icon,
  title,
  action,
  children,
}: {
  icon: LucideIcon;
  title: string;
  action?: ReactNode;
  children: ReactNode;
}) {
  return (
    <div role="alert" className="flex shrink-0 items-center gap-2.5 border-b bg-amber-pale px-4 py-2">
      <Icon of={icon} className="text-amber" />
      <p className="min-w-0 flex-1">
        <strong className="font-semibold">{title}</strong> {children}
      </p>
      {action}
    </div>
  );
}
