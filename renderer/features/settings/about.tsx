import { useCallback } from 'react';
import { useClient, useLoad } from '../../state/client.tsx';
import { Card } from '../../ui/card.tsx';
import { CopyButton } from '../../ui/copy.tsx';
import { ErrorCard } from '../../ui/error-card.tsx';
import { Skeleton } from '../../ui/states.tsx';

const HOSTS = { desktop: 'Desktop window', web: 'Browser', cli: 'Terminal' } as const;

export function About() {
  const client = useClient();
  const { data, error } = useLoad(useCallback(() => client.system.doctor(), [client]));
  if (error) return <ErrorCard error={error} />;
  if (!data) return <Skeleton className="h-40" />;
  const { app } = data;
  const rows: [string, string][] = [
    ['Bellglass', app.version],
    ['Node.js', app.node],
    ['System', app.platform],
    ['Shown in', app.hostWhy === '' ? HOSTS[app.host] : `${HOSTS[app.host]}: ${app.hostWhy}`],
    ['Data folder', app.home],
  ];
  return (
    <Card
      title="Bellglass"
      aside={<CopyButton words label="Copy" text={rows.map(([name, value]) => `${name}: ${value}`).join('\n')} />}
    >
      <dl className="grid grid-cols-[120px_1fr] gap-y-1.5">
        {rows.map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-muted">{name}</dt>
            <dd className="min-w-0 font-mono text-sm break-words">{value}</dd>
          </div>
        ))}
      </dl>
      <p className="mt-3 text-muted">No account, no telemetry, and no network traffic of its own while idle.</p>
    </Card>
  );
}
