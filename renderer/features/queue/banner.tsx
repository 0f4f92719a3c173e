/** What a run that waits says of itself on its own page, and what it needs of the person (RUN-8, RUN-4). */
import { ChevronsUp, Hourglass, KeyRound } from 'lucide-react';
import { useState } from 'react';
import type { RunSummary } from '#shared/domain/run.ts';
import { ordinal } from '../../show/format.ts';
import { useClient, attempt } from '../../state/client.tsx';
import { Button } from '../../ui/button.tsx';
import { TextInput } from '../../ui/field.tsx';
import { Icon } from '../../ui/icon.tsx';
import { useRuns } from '../../state/runs.ts';
import { moveRun } from './actions.ts';

/** Nothing for a run that does not wait. */
export function WaitingBanner({ id }: { id: string }) {
  const client = useClient();
  const run = useRuns((state) => state.runs?.find((one) => one.id === id));
  const place = useRuns((state) => state.queue.indexOf(id));
  const size = useRuns((state) => state.queue.length);
  if (run?.state !== 'queued') return null;
  if (run.secretsWanted !== undefined) return <SecretsWanted key={id} run={run} names={run.secretsWanted} />;
  if (place === -1) return null;
  return (
    <section
      aria-label="Waiting"
      className="flex shrink-0 flex-wrap items-center gap-x-3 gap-y-1.5 border-b bg-raised px-4 py-2"
    >
      <Icon of={Hourglass} className="text-muted" />
      <p className="min-w-0 flex-1 basis-80">
        <strong className="font-semibold">
          {ordinal(place + 1)} of {size} in the queue.
        </strong>{' '}
        <span className="text-muted">It waits for {run.waitsFor}.</span>
      </p>
      {place > 0 && (
        <Button size="sm" icon={ChevronsUp} onClick={() => void moveRun(client, id, 'first')}>
          Run next
        </Button>
      )}
    </section>
  );
}

function SecretsWanted({ run, names }: { run: RunSummary; names: readonly string[] }) {
  const client = useClient();
  const [values, setValues] = useState<Readonly<Record<string, string>>>({});
  const [busy, setBusy] = useState(false);
  const whole = names.every((name) => (values[name] ?? '') !== '');
  const give = async (): Promise<void> => {
    setBusy(true);
    await attempt(client.runs.giveSecrets({ id: run.id, secrets: values }));
    setBusy(false);
  };
  return (
    <form
      aria-label="Secrets"
      onSubmit={(event) => {
        event.preventDefault();
        void give();
      }}
      className="flex shrink-0 flex-wrap items-end gap-x-4 gap-y-2 border-b border-l-4 border-b-line border-l-amber-line bg-panel py-2.5 pr-4 pl-3"
    >
      <div className="flex min-w-0 flex-1 basis-80 gap-2.5 self-center">
        <Icon of={KeyRound} size={18} className="mt-px text-amber" />
        <p className="min-w-0">
          <strong className="font-semibold">It needs its secrets again.</strong>{' '}
          <span className="text-muted">
            Bellglass was started anew while this run waited, and secrets are kept nowhere. With them it goes back to
            its place in the queue.
          </span>
        </p>
      </div>
      {names.map((name) => (
        <label key={name} className="flex flex-col gap-1 text-sm text-muted">
          <span className="max-w-48 truncate font-mono" title={name}>
            {name}
          </span>
          <TextInput
            mono
            type="password"
            autoComplete="off"
            value={values[name] ?? ''}
            onChange={({ target }) => setValues({ ...values, [name]: target.value })}
            className="w-48"
          />
        </label>
      ))}
      <Button type="submit" variant="primary" disabled={!whole} busy={busy}>
        Queue it
      </Button>
    </form>
  );
}
