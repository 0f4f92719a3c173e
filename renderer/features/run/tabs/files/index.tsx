/** What a script gave back: its files as a tree with a look into each, results, and what was left in the sandbox and why (RUN-9). */
import { Download, FolderOutput, Hourglass, TriangleAlert } from 'lucide-react';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { RunData } from '#shared/domain/exchange.ts';
import { showBytes } from '#shared/lib/units.ts';
import { count } from '../../../../show/format.ts';
import { attempt, useClient, useLoad } from '../../../../state/client.tsx';
import { Button } from '../../../../ui/button.tsx';
import { ErrorCard } from '../../../../ui/error-card.tsx';
import { Icon } from '../../../../ui/icon.tsx';
import { Empty, Skeleton } from '../../../../ui/states.tsx';
import { useNarrow } from '../../../../ui/use-narrow.ts';
import type { OpenedRun } from '../../store.ts';
import { Left } from './left.tsx';
import { Preview } from './preview.tsx';
import { saveZip } from './transfer.ts';
import { Tree } from './tree.tsx';

const FOLDER = <code className="font-mono text-sm">/workspace/output</code>;

export function FilesTab({ run }: { run: OpenedRun }) {
  if (run.summary.state !== 'finished')
    return (
      <Empty icon={Hourglass} title="Files come when the script has ended">
        What it writes to {FOLDER} is taken out then and listed here.
      </Empty>
    );
  return <Taken key={run.summary.id} id={run.summary.id} name={run.summary.name} />;
}

function Taken({ id, name }: { id: string; name: string }) {
  const client = useClient();
  const ask = useCallback(() => client.files.list({ run: id }), [client, id]);
  const { data: answer, error, reload } = useLoad(ask);
  if (error)
    return (
      <div className="mx-auto max-w-160 p-4">
        <ErrorCard error={error} action={<Button onClick={reload}>Try again</Button>} />
      </div>
    );
  if (!answer)
    return (
      <div role="status" aria-label="Taking the files out" className="flex flex-col gap-2 p-4">
        {['w-48', 'w-72', 'w-64'].map((width) => (
          <Skeleton key={width} className={`h-5 ${width}`} />
        ))}
      </div>
    );
  const { data } = answer;
  if (!data)
    return (
      <Empty icon={FolderOutput} title="No files were taken out of this run">
        It did not come far enough to write any, or it ran before Bellglass took files out.
      </Empty>
    );
  return <Files id={id} name={name} data={data} />;
}

function Files({ id, name, data }: { id: string; name: string; data: RunData }) {
  const narrow = useNarrow();
  const files = useMemo(() => data.files.filter(({ type }) => type === 'file'), [data.files]);
  const [chosen, setChosen] = useState<string | null>(files[0]?.path ?? null);
  const [showsLeft, setShowsLeft] = useState(false);
  const choose = (path: string): void => {
    setChosen(path);
    setShowsLeft(false);
  };
  const shown = files.find(({ path }) => path === chosen) ?? null;
  const problems = [data.problem, ...[data.output, data.variables, data.condition].map(problemOf)].filter(
    (text): text is string => text !== null,
  );
  const left = data.left.length + data.leftMore;
  return (
    <div className="flex h-full min-h-0 flex-col">
      {problems.map((text) => (
        <p key={text} className="flex shrink-0 items-center gap-2 border-b px-4 py-1.5 text-amber">
          <Icon of={TriangleAlert} className="shrink-0" />
          {text}
        </p>
      ))}
      {data.files.length === 0 ? (
        left > 0 ? (
          <Left left={data.left} more={data.leftMore} />
        ) : (
          data.problem === null && (
            <Empty icon={FolderOutput} title="This run gave no files back">
              Whatever a script writes to {FOLDER} appears here.
            </Empty>
          )
        )
      ) : (
        <>
          <Bar
            id={id}
            name={name}
            data={data}
            files={files.length}
            left={left}
            showsLeft={showsLeft}
            onShowLeft={setShowsLeft}
          />
          <div className={narrow ? 'min-h-0 flex-1 overflow-y-auto' : 'flex min-h-0 flex-1'}>
            <div className={narrow ? 'h-56 border-b' : 'w-[38%] max-w-130 min-w-60 border-r'}>
              <Tree files={data.files} chosen={showsLeft ? null : chosen} onChoose={choose} />
            </div>
            <div className={narrow ? 'h-96' : 'min-w-0 flex-1'}>
              {showsLeft ? (
                <Left left={data.left} more={data.leftMore} />
              ) : shown ? (
                <Preview key={shown.path} run={id} file={shown} />
              ) : (
                <p className="p-4 text-muted">Choose a file to look into it.</p>
              )}
            </div>
          </div>
        </>
      )}
    </div>
  );
}

function problemOf(result: RunData['output'] | RunData['variables'] | RunData['condition']): string | null {
  return result.state === 'invalid' ? result.problem : null;
}

function Bar({
  id,
  name,
  data,
  files,
  left,
  showsLeft,
  onShowLeft,
}: {
  id: string;
  name: string;
  data: RunData;
  files: number;
  left: number;
  showsLeft: boolean;
  onShowLeft: (shows: boolean) => void;
}) {
  const client = useClient();
  const [share, setShare] = useState<number | null>(null);
  const work = useRef<AbortController | null>(null);
  useEffect(() => () => work.current?.abort(), []);
  const save = async (): Promise<void> => {
    work.current = new AbortController();
    setShare(0);
    await attempt(saveZip(client, id, `${name}.files.zip`, work.current.signal, setShare));
    setShare(null);
  };
  const { condition, events } = data;
  return (
    <div className="flex shrink-0 flex-wrap items-center gap-x-4 gap-y-1 border-b px-4 py-1.5">
      <span>
        {count(files, 'file')} <span className="text-muted">· {showBytes(data.bytes)}</span>
      </span>
      {condition.state === 'given' && (
        <span>
          <span className="text-muted">Condition</span> {condition.value ? 'true' : 'false'}
        </span>
      )}
      {events.lost > 0 && <span className="text-amber">{count(events.lost, 'event')} only counted</span>}
      {left > 0 && (
        <Button size="sm" variant="ghost" aria-pressed={showsLeft} onClick={() => onShowLeft(!showsLeft)}>
          {left.toLocaleString('en')} left in the sandbox
        </Button>
      )}
      <Button className="ml-auto" size="sm" icon={Download} busy={share !== null} onClick={() => void save()}>
        {share === null ? 'Save all as zip' : `Saving ${Math.round(share * 100)} %`}
      </Button>
    </div>
  );
}
