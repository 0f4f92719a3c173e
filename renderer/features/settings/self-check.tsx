import { CircleCheck, CircleX, Play } from 'lucide-react';
import { useEffect } from 'react';
import { create } from 'zustand';
import type { SelfCheckLine } from '#shared/contract/system.ts';
import { showDuration } from '#shared/lib/units.ts';
import type { AppErrorData } from '#shared/lib/app-error.ts';
import { toErrorData, type Client } from '../../rpc/client.ts';
import { useClient } from '../../state/client.tsx';
import { useEngine } from '../../state/engine.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { ErrorCard } from '../../ui/error-card.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Busy } from '../../ui/states.tsx';

interface CheckState {
  readonly lines: readonly SelfCheckLine[];
  readonly state: 'never' | 'running' | 'done';
  readonly error: AppErrorData | null;
}

/** Outlives the page, so that leaving it does not end the check. */
const useCheck = create<CheckState>(() => ({ lines: [], state: 'never', error: null }));

async function check(client: Client): Promise<void> {
  if (useCheck.getState().state === 'running') return;
  useCheck.setState({ lines: [], state: 'running', error: null });
  try {
    for await (const line of await client.system.selfCheck())
      useCheck.setState(({ lines }) => ({ lines: [...lines.filter((one) => one.id !== line.id), line] }));
  } catch (thrown) {
    useCheck.setState({ error: toErrorData(thrown) });
  } finally {
    useCheck.setState({ state: 'done' });
  }
}

export function SelfCheck() {
  const client = useClient();
  const { lines, state, error } = useCheck();
  const ready = useEngine(({ status }) => status?.state === 'ready');
  const passed = lines.filter((line) => line.ok).length;
  useEffect(() => {
    if (ready && useCheck.getState().state === 'never') void check(client);
  }, [client, ready]);
  return (
    <Card
      title={state === 'done' && lines.length > 0 ? `${passed} of ${lines.length} proved` : 'On this computer'}
      aside={
        <Button icon={Play} size="sm" busy={state === 'running'} disabled={!ready} onClick={() => void check(client)}>
          {state === 'never' ? 'Run' : 'Run again'}
        </Button>
      }
    >
      {!ready && <p className="text-muted">It needs an engine. See the engine doctor.</p>}
      {error && <ErrorCard error={error} />}
      <ol className="flex flex-col">
        {lines.map((line) => (
          <li key={line.id} className="flex items-start gap-2.5 border-b py-2 last:border-b-0">
            <Icon
              of={line.ok ? CircleCheck : CircleX}
              label={line.ok ? 'Proved:' : 'Failed:'}
              className={`mt-0.5 ${line.ok ? 'text-accent' : 'text-red'}`}
            />
            <div className="min-w-0 flex-1">
              <p className="font-medium">{line.title}</p>
              <p className="text-muted">{line.detail}</p>
            </div>
            <span className="font-mono text-sm text-muted">{showDuration(line.ms)}</span>
          </li>
        ))}
      </ol>
      {state === 'running' && (
        <p className="pt-2">
          <Busy>Checking</Busy>
        </p>
      )}
    </Card>
  );
}
