/** Scripts that show isolation working, each with what it tries and what should happen (UX-2). */
import { Eye, FlaskConical, Play } from 'lucide-react';
import { useCallback, useState } from 'react';
import type { SampleScript } from '#shared/contract/system.ts';
import { LevelChip } from '../../show/level-chip.tsx';
import { RUNTIME_WORDS } from '../../show/runtime.ts';
import { useClient, useLoad } from '../../state/client.tsx';
import { useEngine } from '../../state/engine.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorCard } from '../../ui/error-card.tsx';
import { Empty, Skeleton } from '../../ui/states.tsx';

interface Props {
  readonly onOpen: (sample: SampleScript) => void;
  readonly onRun: (sample: SampleScript) => Promise<boolean>;
}

export function SamplesView({ onOpen, onRun }: Props) {
  const client = useClient();
  const { data, error, reload } = useLoad(useCallback(() => client.system.samples(), [client]));
  return (
    <div className="h-full overflow-auto">
      <div className="mx-auto max-w-280 p-4">
        <p className="mb-3 text-muted">
          Each says what it will try and what should happen. Open one to see what it may do, or run it straight under
          its level.
        </p>
        {error && <ErrorCard error={error} action={<Button onClick={reload}>Try again</Button>} />}
        {data?.length === 0 && (
          <Empty icon={FlaskConical} title="No samples are installed">
            They come with Bellglass in its assets folder.
          </Empty>
        )}
        <ul className="grid grid-cols-3 gap-3 max-[1250px]:grid-cols-2">
          {data?.map((sample) => <SampleCard key={sample.id} sample={sample} onOpen={onOpen} onRun={onRun} />) ??
            (!error &&
              Array.from({ length: 9 }, (_, index) => (
                <li key={index}>
                  <Skeleton className="h-46" />
                </li>
              )))}
        </ul>
      </div>
    </div>
  );
}

function SampleCard({ sample, onOpen, onRun }: Props & { sample: SampleScript }) {
  const [starting, setStarting] = useState(false);
  const ready = useEngine((state) => state.status?.state === 'ready');
  return (
    <li className="flex flex-col rounded-md border bg-panel p-4">
      <div className="flex items-start gap-2">
        <h2 className="min-w-0 flex-1 font-semibold">{sample.title}</h2>
        <LevelChip level={sample.trust} />
      </div>
      <p className="font-mono text-sm text-muted">
        {sample.entry} · {RUNTIME_WORDS[sample.runtime]}
      </p>
      <dl className="mt-2.5 mb-3.5 flex flex-1 flex-col gap-1.5">
        <div className="flex gap-3">
          <dt className="w-14 shrink-0 text-muted">Tries</dt>
          <dd>{sample.tries}</dd>
        </div>
        <div className="flex gap-3">
          <dt className="w-14 shrink-0 text-muted">Expect</dt>
          <dd>{sample.expect}</dd>
        </div>
      </dl>
      <div className="flex gap-2">
        <Button icon={Eye} aria-label={`Open: ${sample.title}`} onClick={() => onOpen(sample)}>
          Open
        </Button>
        <Button
          variant="ghost"
          icon={Play}
          busy={starting}
          disabled={!ready}
          aria-label={`Run now under ${sample.trust}: ${sample.title}`}
          onClick={() => {
            setStarting(true);
            void onRun(sample).finally(() => setStarting(false));
          }}
        >
          Run now under {sample.trust}
        </Button>
      </div>
    </li>
  );
}
