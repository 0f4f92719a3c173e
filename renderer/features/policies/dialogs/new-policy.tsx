import { useState } from 'react';
import { TRUST_LEVELS } from '#shared/domain/policy.ts';
import { nameProblem } from '#shared/policy/names.ts';
import { isLevel } from '#shared/policy/merge/resolve.ts';
import { toErrorData } from '../../../rpc/client.ts';
import { useClient } from '../../../state/client.tsx';
import { NO_POLICIES, usePolicies } from '../../../state/policies.ts';
import { Button } from '../../../ui/button.tsx';
import { ErrorCard, type ShownError } from '../../../ui/error-card.tsx';
import { focusOnMount, Select, TextInput } from '../../../ui/field.tsx';
import { Dialog } from '../../../ui/layers/dialog.tsx';
import { makePolicy } from '../actions.ts';
import { freeName } from '../free-name.ts';
import { showDialog } from '../view-state.ts';
import { NameField } from './name-field.tsx';

/** A new policy from a level, or a copy of another one. */
export function NewPolicy({ from: given }: { from: string | null }) {
  const client = useClient();
  const policies = usePolicies((state) => state.policies ?? NO_POLICIES);
  const taken = policies.map((policy) => policy.name);
  const [from, setFrom] = useState(given ?? 'limited');
  const [name, setName] = useState(given !== null && !isLevel(given) ? freeName(`${given}-copy`, taken) : '');
  const [description, setDescription] = useState(
    policies.find((policy) => policy.name === given)?.document?.description ?? '',
  );
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ShownError | null>(null);
  const problem = nameProblem(name);
  const there = taken.some((one) => one.toLowerCase() === name.toLowerCase());
  const make = (): void => {
    if (problem !== null || there || busy) return;
    setBusy(true);
    makePolicy(client, { from, name, description }).then(
      () => showDialog(null),
      (thrown: unknown) => {
        setError(toErrorData(thrown));
        setBusy(false);
      },
    );
  };
  return (
    <Dialog
      title={given !== null && !isLevel(given) ? `Duplicate ${given}` : 'New policy'}
      description="A policy starts as its level gives it; you change what differs."
      onClose={() => showDialog(null)}
      footer={
        <>
          <span className="flex-1" />
          <Button onClick={() => showDialog(null)}>Cancel</Button>
          <Button variant="primary" busy={busy} disabled={problem !== null || there} onClick={make}>
            Create
          </Button>
        </>
      }
    >
      <form
        className="flex flex-col gap-3 p-4"
        onSubmit={(event) => {
          event.preventDefault();
          make();
        }}
      >
        <NameField value={name} taken={taken} onChange={setName} inputRef={focusOnMount} />
        <div className="flex flex-col gap-1">
          <span className="font-medium">Start from</span>
          <Select
            label="Start from"
            value={from}
            options={[
              ...TRUST_LEVELS.map((level) => ({ value: level as string, text: `the level ${level}` })),
              ...taken.map((one) => ({ value: one, text: one })),
            ]}
            onChange={setFrom}
            className="w-full"
          />
        </div>
        <div className="flex flex-col gap-1">
          <span className="font-medium">What it is for</span>
          <TextInput
            aria-label="What it is for"
            placeholder="Fetches prices, nothing else"
            value={description}
            onChange={(event) => setDescription(event.target.value)}
          />
        </div>
        {error && <ErrorCard error={error} />}
        <button type="submit" hidden aria-hidden tabIndex={-1} />
      </form>
    </Dialog>
  );
}
