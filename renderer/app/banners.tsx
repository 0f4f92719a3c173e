import { PlugZap, Unplug } from 'lucide-react';
import { useClient, attempt, useConnection } from '../state/client.tsx';
import { useEngine } from '../state/engine.ts';
import { useNow } from '../show/time.tsx';
import { Button } from '../ui/button.tsx';
import { Icon, type LucideIcon } from '../ui/icon.tsx';
import type { ReactNode } from 'react';

/** What stands between the person and their work: no connection, or no engine. */
export function Banners() {
  const connection = useConnection();
  const status = useEngine((state) => state.status);
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
  return null;
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
