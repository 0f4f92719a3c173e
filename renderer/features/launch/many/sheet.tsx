/** Many scripts at once: which of them, under what, and one button (RUN-1, RUN-8). */
import { Play } from 'lucide-react';
import { useEffect, useState } from 'react';
import { isLevel } from '#shared/policy/merge/resolve.ts';
import { count } from '../../../show/format.ts';
import { LaunchFooter } from '../../../show/sheet/launch-footer.tsx';
import { NoEngine } from '../../../show/sheet/no-engine.tsx';
import { useClient } from '../../../state/client.tsx';
import { useCommands } from '../../../state/commands.ts';
import { Button } from '../../../ui/button.tsx';
import { Callout, Card } from '../../../ui/card.tsx';
import { toast } from '../../../ui/layers/toast.tsx';
import { Busy } from '../../../ui/states.tsx';
import { LevelCards } from '../level-cards.tsx';
import type { Source } from '../read-files.ts';
import { LaunchFrame } from '../frame.tsx';
import { ScriptList } from './list.tsx';
import { sharedFiles } from './scripts.ts';
import { choose, keepPlanned, ready, startAll, type Many } from './store.ts';

export function ManySheet({
  many,
  limit,
  onCancel,
  onStarted,
  onOne,
}: {
  many: Many;
  /** How many may run at once; null: not known yet. */
  limit: number | null;
  onCancel: () => void;
  onStarted: () => void;
  /** They are the files of one script. */
  onOne: (source: Source) => void;
}) {
  const client = useClient();
  const [shown, setShown] = useState(many.paths[0] ?? '');
  useEffect(() => {
    const life = new AbortController();
    keepPlanned(client, life.signal);
    return () => life.abort();
  }, [client]);
  const { paths, left, plans, started, source } = many;
  const wanted = paths.filter((path) => !left.has(path));
  const able = ready(many);
  const planning = wanted.some((path) => !plans.has(path));
  const runnable = able.length > 0 && !planning && started === null;
  const run = (): void => {
    const all = able.length;
    void startAll(client).then((refused) => {
      if (refused > 0) toast(`${count(refused, 'script')} of ${all} could not be started.`, 'failed');
      else onStarted();
    });
  };
  useCommands('launch', [
    {
      id: 'run',
      title: `Run ${count(able.length, 'script')}`,
      group: 'Launch',
      icon: Play,
      keys: '$mod+Enter',
      run: () => runnable && run(),
    },
    { id: 'cancel', title: 'Cancel the launch', group: 'Launch', keys: 'Escape', run: onCancel },
  ]);
  const shared = sharedFiles(source);
  const first = plans.get(shown)?.plan ?? able[0]?.plan;
  const list = <ScriptList many={many} shown={shown} onShow={setShown} />;
  const choices = (
    <>
      <NoEngine what="runs" />
      <h2 className="font-semibold">Run all under</h2>
      <LevelCards
        runtime={first?.runtime ?? 'python'}
        value={many.policy ?? many.trust ?? first?.policy ?? 'untrusted'}
        onChange={(name) =>
          choose(isLevel(name) ? { trust: name, policy: undefined } : { trust: undefined, policy: name })
        }
      />
      <Card title="What happens">
        <ul className="flex list-disc flex-col gap-1 pl-4 marker:text-muted">
          <li>Each script is a run of its own, in a sandbox of its own.</li>
          <li>
            They start in this order{limit === null ? '' : `, at most ${limit} at once`}; the others wait in the queue.
          </li>
          {shared.length > 0 && (
            <li>
              Each gets {shared.length === 1 ? shared[0]?.path : `the ${count(shared.length, 'other file')}`} beside it.
            </li>
          )}
          <li>They get no input from the terminal.</li>
        </ul>
      </Card>
      <Callout
        action={
          <Button size="sm" onClick={() => onOne(source)}>
            One script, with files
          </Button>
        }
      >
        Do they belong together? Then choose which of them is the script; the others lie beside it.
      </Callout>
    </>
  );
  const ending = (
    <LaunchFooter
      label={able.length === 0 ? 'Run' : `Run ${count(able.length, 'script')}`}
      words={
        started !== null ? (
          <Busy>{`Starting ${Math.min(started + 1, able.length)} of ${able.length}`}</Busy>
        ) : wanted.length === 0 ? (
          'No script is chosen.'
        ) : planning ? (
          <Busy>Planning</Busy>
        ) : able.length < wanted.length ? (
          <span className="text-red">{count(wanted.length - able.length, 'script')} cannot run as it is planned.</span>
        ) : (
          (first?.summary ?? '')
        )
      }
      busy={started !== null}
      disabled={!runnable}
      onRun={run}
      onCancel={onCancel}
    />
  );
  return <LaunchFrame scripts={list} tall choices={choices} ending={ending} />;
}
