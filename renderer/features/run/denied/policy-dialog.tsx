/** Adding denied hosts to a policy: the change is shown first, and what was shown is what is saved (NET-4). */
import { RefreshCw } from 'lucide-react';
import { useCallback, useEffect, useMemo, useState } from 'react';
import type { OwnPolicy } from '#shared/contract/policies.ts';
import { toAppError, type AppErrorData } from '#shared/lib/app-error.ts';
import { newWithHosts, withHosts } from '#shared/policy/allowing/with-hosts.ts';
import { nameProblem } from '#shared/policy/names.ts';
import { toErrorData } from '../../../rpc/errors.ts';
import { LinesDiff } from '../../../show/lines-diff.tsx';
import { useClient } from '../../../state/client.tsx';
import { NO_POLICIES, takePolicy, usePolicies } from '../../../state/policies.ts';
import { Button } from '../../../ui/button.tsx';
import { Callout } from '../../../ui/card.tsx';
import { ErrorCard } from '../../../ui/error-card.tsx';
import { TextInput } from '../../../ui/field.tsx';
import { Dialog } from '../../../ui/layers/dialog.tsx';
import { Skeleton } from '../../../ui/states.tsx';
import type { OpenedRun } from '../store.ts';
import { needsOwnLook, type Asking } from '#shared/policy/allowing/asking.ts';
import { hostWords } from './model.ts';
import { documentOf, nameFor } from './new-policy.ts';
import { SPECIAL_WORDS } from './words.ts';

interface Props {
  readonly run: OpenedRun;
  readonly asking: readonly Asking[];
  readonly live: boolean;
  readonly onSaved: (name: string, revision: string) => void;
  readonly onClose: () => void;
}

interface Change {
  readonly before: string;
  readonly after: string;
  readonly failure: AppErrorData | null;
}

const NO_CHANGE: Change = { before: '', after: '', failure: null };

function changeOf(before: string, make: () => string): Change {
  try {
    return { before, after: make(), failure: null };
  } catch (thrown) {
    return { before, after: before, failure: toAppError(thrown).toData() };
  }
}

export function PolicyDialog({ run, asking, live, onSaved, onClose }: Props) {
  const { plan } = run.detail;
  const isFile = plan.policyRevision !== null;
  return isFile ? (
    <ToFile name={run.summary.policy} {...{ run, asking, live, onSaved, onClose }} />
  ) : (
    <ToNew {...{ run, asking, live, onSaved, onClose }} />
  );
}

/** One more line in the file that the run is under. */
function ToFile({ name, asking, live, onSaved, onClose }: Props & { name: string }) {
  const client = useClient();
  const [opened, setOpened] = useState<{ policy: OwnPolicy; text: string } | null>(null);
  const [failure, setFailure] = useState<AppErrorData | null>(null);
  const [round, setRound] = useState(0);
  const now = usePolicies(({ policies }) => policies?.find((policy) => policy.name === name)?.revision ?? null);
  useEffect(() => {
    let left = false;
    client.policies.get({ name }).then(
      (found) => {
        if (!left) setOpened(found);
      },
      (thrown: unknown) => {
        if (!left) setFailure(toErrorData(thrown));
      },
    );
    return () => {
      left = true;
    };
  }, [client, name, round]);
  const rules = useMemo(() => asking.map(({ rule }) => rule), [asking]);
  const change = useMemo(
    () => (opened ? changeOf(opened.text, () => withHosts(opened.text, rules)) : NO_CHANGE),
    [opened, rules],
  );
  const stale = opened !== null && now !== null && now !== opened.policy.revision;
  const again = useCallback(() => {
    setFailure(null);
    setOpened(null);
    setRound((before) => before + 1);
  }, []);
  return (
    <Review
      title={`Add ${hostWords(asking)} to ${name}`}
      description="This is the whole change of the file. It holds for every later run under this policy."
      asking={asking}
      change={opened ? change : null}
      failure={failure}
      stale={stale ? `${name} was changed since this was shown.` : null}
      onAgain={again}
      action={live ? `Save ${name} and allow now` : `Save ${name}`}
      onClose={onClose}
      save={async () => {
        if (!opened) return;
        const { policy } = await client.policies.save({ name, text: change.after, revision: opened.policy.revision });
        takePolicy(policy);
        onSaved(name, policy.revision);
      }}
    />
  );
}

/** A bare level is no file: an own policy is made from it. */
function ToNew({ run, asking, live, onSaved, onClose }: Props) {
  const client = useClient();
  const { plan } = run.detail;
  const taken = usePolicies(({ policies }) => policies ?? NO_POLICIES);
  const names = taken.map(({ name }) => name);
  const [name, setName] = useState(() => nameFor(plan.name, names));
  const isTaken = names.some((one) => one.toLowerCase() === name.toLowerCase());
  const problem = nameProblem(name);
  const rules = useMemo(() => asking.map(({ rule }) => rule), [asking]);
  const change = useMemo(() => changeOf('', () => newWithHosts(documentOf(name, plan), rules)), [name, plan, rules]);
  const wrong = problem?.message ?? (isTaken ? `There is a policy ${name} already.` : null);
  return (
    <Review
      title={`Make a policy that allows ${hostWords(asking)}`}
      description={`This run is under the level ${plan.level}, which cannot be changed. A policy of your own starts from it and adds this; choose it for the next run.`}
      asking={asking}
      change={change}
      failure={null}
      stale={null}
      action={live ? 'Create it and allow now' : 'Create it'}
      disabled={wrong !== null}
      onClose={onClose}
      save={async () => {
        const { policy } = await client.policies.save({ name, text: change.after, revision: null });
        takePolicy(policy);
        onSaved(name, policy.revision);
      }}
    >
      <label className="flex flex-col gap-1">
        <span className="font-medium">Name</span>
        <TextInput
          value={name}
          aria-invalid={wrong !== null}
          aria-describedby="new-policy-problem"
          onChange={(event) => setName(event.target.value)}
        />
        <span id="new-policy-problem" role="status" className="min-h-4.5 text-sm text-red">
          {wrong}
        </span>
      </label>
    </Review>
  );
}

function Review({
  title,
  description,
  asking,
  change,
  failure: given,
  stale,
  onAgain,
  action,
  disabled = false,
  save,
  onClose,
  children,
}: {
  title: string;
  description: string;
  asking: readonly Asking[];
  change: Change | null;
  failure: AppErrorData | null;
  stale: string | null;
  onAgain?: () => void;
  action: string;
  disabled?: boolean;
  save: () => Promise<void>;
  onClose: () => void;
  children?: React.ReactNode;
}) {
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<AppErrorData | null>(null);
  const failure = given ?? change?.failure ?? refused;
  const same = change !== null && change.before === change.after;
  const special = asking.filter(needsOwnLook);
  const submit = (): void => {
    setBusy(true);
    setRefused(null);
    save()
      .catch((thrown: unknown) => setRefused(toErrorData(thrown)))
      .finally(() => setBusy(false));
  };
  const lookAgain = onAgain && (
    <Button
      size="sm"
      icon={RefreshCw}
      onClick={() => {
        setRefused(null);
        onAgain();
      }}
    >
      Look again
    </Button>
  );
  return (
    <Dialog
      title={title}
      description={description}
      onClose={onClose}
      footer={
        <>
          <span className="flex-1" />
          <Button onClick={onClose}>Cancel</Button>
          <Button
            variant="primary"
            busy={busy}
            disabled={disabled || change === null || same || stale !== null || failure !== null}
            onClick={submit}
          >
            {action}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3 p-4">
        {children}
        {special.map((one) => (
          <Callout key={one.key} tone="amber">
            <code className="font-mono text-sm">{one.rule}</code>: {one.special && SPECIAL_WORDS[one.special]}
          </Callout>
        ))}
        {stale !== null && (
          <Callout tone="amber" action={lookAgain}>
            {stale}
          </Callout>
        )}
        {failure && <ErrorCard error={failure} action={lookAgain} />}
        {change === null && failure === null && <Skeleton className="h-40" />}
        {change !== null &&
          change.failure === null &&
          (same ? (
            <p className="text-muted">The policy lists this already.</p>
          ) : (
            <LinesDiff before={change.before} after={change.after} label="Change of the policy" />
          ))}
      </div>
    </Dialog>
  );
}
