/** The launch sheet: what it is, what it may do, and only then *Run* (RUN-1). */
import { Play, SlidersHorizontal } from 'lucide-react';
import { useEffect, useState } from 'react';
import { RUNTIMES } from '#shared/domain/run.ts';
import { isLevel } from '#shared/policy/merge/resolve.ts';
import { LaunchFooter } from '../../show/sheet/launch-footer.tsx';
import { NoEngine } from '../../show/sheet/no-engine.tsx';
import { RUNTIME_WORDS } from '../../show/runtime.ts';
import { isMissing } from '../../show/given/data.ts';
import { useClient } from '../../state/client.tsx';
import { useCommands } from '../../state/commands.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorCard } from '../../ui/error-card.tsx';
import { Busy, Skeleton } from '../../ui/states.tsx';
import { Consequences } from './consequences.tsx';
import { Customise } from './customise.tsx';
import { LaunchFrame } from './frame.tsx';
import { Inputs } from './inputs/index.tsx';
import { LevelCards } from './level-cards.tsx';
import { ScriptPane } from './script-pane.tsx';
import { editDraft, givenWrong, keepPlanned, startPlanned, useLaunch, type Draft } from './store.ts';

const missingWords = ({ secrets }: Draft): string =>
  secrets
    .filter(isMissing)
    .map(({ name }) => name)
    .join(', ');

export function LaunchSheet({
  draft,
  onCancel,
  onStarted,
}: {
  draft: Draft;
  onCancel: () => void;
  onStarted: (id: string) => void;
}) {
  const client = useClient();
  const { plan, planned, error, starting } = useLaunch();
  const [customising, setCustomising] = useState(false);
  useEffect(() => {
    const life = new AbortController();
    keepPlanned(client, life.signal);
    return () => life.abort();
  }, [client]);
  const readable = draft.entry !== null && draft.texts.get(draft.entry) !== null;
  const changed = Object.keys(draft.set).length;
  const runnable = planned !== null && plan !== null && plan.refusal === null && !starting;
  const run = (): void => void startPlanned(client).then((id) => id !== null && onStarted(id));
  useCommands('launch', [
    {
      id: 'run',
      title: `Run ${draft.name}`,
      group: 'Launch',
      icon: Play,
      keys: '$mod+Enter',
      run: () => runnable && run(),
    },
    {
      id: 'customise',
      title: 'Customise this run',
      group: 'Launch',
      icon: SlidersHorizontal,
      keys: '$mod+,',
      run: () => plan && setCustomising(true),
    },
    { id: 'cancel', title: 'Cancel the launch', group: 'Launch', keys: 'Escape', run: onCancel },
  ]);

  const script = (
    <div className="flex h-full min-h-0 flex-col">
      <div className="min-h-0 flex-1">
        <ScriptPane draft={draft} plan={plan} planFailed={error !== null} />
      </div>
      <Inputs draft={draft} />
    </div>
  );
  const problem = error && (
    <ErrorCard
      error={error}
      action={
        plan === null &&
        draft.runtime === undefined &&
        readable &&
        RUNTIMES.map((runtime) => (
          <Button key={runtime} size="sm" onClick={() => editDraft({ runtime })}>
            {RUNTIME_WORDS[runtime]}
          </Button>
        ))
      }
    />
  );
  const choices = (
    <>
      <NoEngine what="run" />
      {/* Without a plan nothing below means anything yet. */}
      {plan === null && problem}
      <h2 className="font-semibold">Run under</h2>
      <LevelCards
        runtime={plan?.runtime ?? draft.runtime ?? 'python'}
        value={plan && planned ? plan.policy : (draft.policy ?? draft.trust ?? plan?.policy ?? 'untrusted')}
        onChange={(name) =>
          editDraft(isLevel(name) ? { trust: name, policy: undefined } : { trust: undefined, policy: name })
        }
      />
      {plan !== null && problem}
      {plan && !error ? <Consequences plan={plan} /> : !error && draft.entry !== null && <Skeleton className="h-44" />}
    </>
  );
  const ending = (
    <LaunchFooter
      words={
        draft.entry === null ? (
          'Choose the file to run.'
        ) : draft.secrets.some(isMissing) ? (
          <span className="text-red">Secrets are never kept: type {missingWords(draft)} again, or remove it.</span>
        ) : givenWrong(draft) ? (
          <span className="text-red">What the script is given has a mistake.</span>
        ) : planned === null && !error ? (
          <Busy>Planning</Busy>
        ) : plan?.refusal ? (
          'This cannot run as it is.'
        ) : plan ? (
          `${plan.summary}${changed > 0 ? ` · ${changed} changed for this run` : ''}`
        ) : (
          ''
        )
      }
      busy={starting}
      disabled={!runnable}
      onRun={run}
      onCancel={onCancel}
    >
      <Button size="lg" disabled={!plan} onClick={() => setCustomising(true)}>
        Customise…
      </Button>
    </LaunchFooter>
  );
  const layer = customising && plan && (
    <Customise plan={plan} set={draft.set} error={error} onClose={() => setCustomising(false)} />
  );
  return <LaunchFrame scripts={script} choices={choices} ending={ending} layer={layer} />;
}
