import { RotateCcw } from 'lucide-react';
import { useState } from 'react';
import type { WorkflowDetail, WorkflowStep } from '#shared/domain/workflow.ts';
import type { AppErrorData } from '#shared/lib/app-error.ts';
import { toErrorData } from '../../../rpc/client.ts';
import { count } from '../../../show/format.ts';
import { useClient } from '../../../state/client.tsx';
import { Button } from '../../../ui/button.tsx';
import { ErrorCard } from '../../../ui/error-card.tsx';
import { Dialog } from '../../../ui/layers/dialog.tsx';
import { againFrom } from '../model/depends.ts';
import { titleOf } from '../model/words.ts';
import { SecretFields } from '../sheet/secrets.tsx';

/** Steps named in the dialog at most; more are counted. */
const NAMED = 12;

/** Says what will run again and what stays, and asks for secrets anew: they are kept nowhere. */
export function RetryDialog({
  detail,
  step,
  onClose,
  onStarted,
}: {
  detail: WorkflowDetail;
  step: WorkflowStep;
  onClose: () => void;
  onStarted: () => void;
}) {
  const client = useClient();
  const [secrets, setSecrets] = useState<Readonly<Record<string, string>>>({});
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<AppErrorData | null>(null);
  const again = againFrom(detail.steps, step.id);
  const runs = new Set(again.map(({ id }) => id));
  const asked = [...new Set(detail.plan.steps.filter(({ id }) => runs.has(id)).flatMap((one) => one.secrets))];
  const missing = asked.some((name) => !secrets[name]);
  const stay = detail.steps.length - again.length;
  const start = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      const given = Object.fromEntries(Object.entries(secrets).filter(([, value]) => value !== ''));
      await client.workflows.retry({ id: detail.summary.id, step: step.id, secrets: given });
      onStarted();
    } catch (thrown) {
      setError(toErrorData(thrown));
      setBusy(false);
    }
  };
  return (
    <Dialog
      title={`Retry from ${titleOf(step)}`}
      description={
        stay === 0
          ? 'Every step runs again.'
          : `The results of ${stay === 1 ? 'the other step' : `the other ${count(stay, 'step')}`} stay as they are.`
      }
      onClose={onClose}
      footer={
        <>
          <span className="flex-1 text-muted">{missing ? 'A secret is missing.' : ''}</span>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" icon={RotateCcw} busy={busy} disabled={missing} onClick={() => void start()}>
            Retry
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3 p-4">
        {error && <ErrorCard error={error} />}
        <section aria-label="Runs again">
          <h3 className="mb-1 font-semibold">
            {again.length === 1 ? 'This step runs again' : `${count(again.length, 'step')} run again`}
          </h3>
          <ol className="list-decimal pl-6 marker:text-muted">
            {again.slice(0, NAMED).map((one) => (
              <li key={one.id}>{titleOf(one)}</li>
            ))}
          </ol>
          {again.length > NAMED && <p className="pl-6 text-muted">and {again.length - NAMED} more</p>}
        </section>
        {asked.length > 0 && (
          <section aria-label="Secrets">
            <h3 className="mb-1 font-semibold">Secrets, given anew</h3>
            <SecretFields names={asked} values={secrets} onChange={setSecrets} />
          </section>
        )}
      </div>
    </Dialog>
  );
}
