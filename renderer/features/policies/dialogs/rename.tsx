import { useState } from 'react';
import { nameProblem } from '#shared/policy/names.ts';
import { toErrorData } from '../../../rpc/client.ts';
import { useClient } from '../../../state/client.tsx';
import { NO_POLICIES, usePolicies } from '../../../state/policies.ts';
import { Button } from '../../../ui/button.tsx';
import { ErrorCard, type ShownError } from '../../../ui/error-card.tsx';
import { focusOnMount } from '../../../ui/field.tsx';
import { Dialog } from '../../../ui/layers/dialog.tsx';
import { renamePolicy } from '../actions.ts';
import { showDialog } from '../view-state.ts';
import { NameField } from './name-field.tsx';

export function Rename({ name }: { name: string }) {
  const client = useClient();
  const policies = usePolicies((state) => state.policies ?? NO_POLICIES);
  const usedBy = policies.find((policy) => policy.name === name)?.usedBy ?? [];
  const taken = policies.map((policy) => policy.name).filter((one) => one !== name);
  const [to, setTo] = useState(name);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ShownError | null>(null);
  const good = to !== name && nameProblem(to) === null && !taken.some((one) => one.toLowerCase() === to.toLowerCase());
  const rename = (): void => {
    if (!good || busy) return;
    setBusy(true);
    renamePolicy(client, name, to).then(
      () => showDialog(null),
      (thrown: unknown) => {
        setError(toErrorData(thrown));
        setBusy(false);
      },
    );
  };
  return (
    <Dialog
      title={`Rename ${name}`}
      onClose={() => showDialog(null)}
      footer={
        <>
          <span className="flex-1" />
          <Button onClick={() => showDialog(null)}>Cancel</Button>
          <Button variant="primary" busy={busy} disabled={!good} onClick={rename}>
            Rename
          </Button>
        </>
      }
    >
      <form
        className="flex flex-col gap-3 p-4"
        onSubmit={(event) => {
          event.preventDefault();
          rename();
        }}
      >
        <NameField label="New name" value={to} taken={taken} onChange={setTo} inputRef={focusOnMount} />
        {usedBy.length > 0 && <p className="text-amber">Still used under the old name by {usedBy.join(', ')}.</p>}
        {error && <ErrorCard error={error} />}
        <button type="submit" hidden aria-hidden tabIndex={-1} />
      </form>
    </Dialog>
  );
}
