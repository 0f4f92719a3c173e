/** The runtimes' images: what they hold, how old they are, and building them. */
import { Box, CircleCheck, CircleX, Hammer, History, LoaderCircle, X } from 'lucide-react';
import { useEffect } from 'react';
import type { BuildProgress, ImageCard } from '#shared/contract/system.ts';
import { showBytes, showDuration } from '#shared/lib/units.ts';
import { RUNTIME_WORDS } from '../../show/runtime.ts';
import { Ago } from '../../show/time.tsx';
import { useClient } from '../../state/client.tsx';
import { Button } from '../../ui/button.tsx';
import { Chip, type Tone } from '../../ui/chip.tsx';
import { ErrorCard } from '../../ui/error-card.tsx';
import type { LucideIcon } from '../../ui/icon.tsx';
import { Bar, Skeleton } from '../../ui/states.tsx';
import { buildImages, loadImages, useImages } from './store.ts';

const STATES: Readonly<Record<ImageCard['state'], { word: string; tone: Tone; icon: LucideIcon; spin?: boolean }>> = {
  ready: { word: 'ready', tone: 'accent', icon: CircleCheck },
  stale: { word: 'out of date', tone: 'amber', icon: History },
  missing: { word: 'not built', tone: 'neutral', icon: Box },
  building: { word: 'building', tone: 'neutral', icon: LoaderCircle, spin: true },
  failed: { word: 'build failed', tone: 'red', icon: CircleX },
};

export function ImagesView() {
  const client = useClient();
  const { cards, error, progress, building } = useImages();
  useEffect(() => void loadImages(client), [client]);
  const wanting = cards?.filter((card) => card.state !== 'ready').length ?? 0;
  return (
    <div className="flex h-full flex-col">
      <header className="flex min-h-12 shrink-0 flex-wrap items-center gap-2 border-b bg-panel px-4 py-2">
        <p className="min-w-0 flex-1 text-muted">
          Hardened images made on this computer: no package manager, no setuid file, not root.
        </p>
        {building ? (
          <Button icon={X} onClick={() => building.abort()}>
            Cancel
          </Button>
        ) : (
          <>
            <Button onClick={() => void buildImages(client, undefined, true)}>Rebuild all</Button>
            <Button
              variant="primary"
              icon={Hammer}
              disabled={wanting === 0}
              onClick={() => void buildImages(client, undefined, false)}
            >
              {wanting === 0 ? 'All built' : `Build ${wanting}`}
            </Button>
          </>
        )}
      </header>
      <div className="min-h-0 flex-1 overflow-auto p-4">
        {error && (
          <ErrorCard
            className="mb-3"
            error={error}
            action={<Button onClick={() => void loadImages(client)}>Look again</Button>}
          />
        )}
        {progress['base'] && progress['base'].state === 'running' && (
          <Progress step={progress['base']} title="Base of all images" />
        )}
        <ul className="grid grid-cols-2 gap-3 max-[1100px]:grid-cols-1">
          {cards?.map((card) => (
            <Image key={card.runtime} card={card} step={progress[card.runtime]} busy={building !== null} />
          )) ??
            (!error &&
              Array.from({ length: 4 }, (_, index) => (
                <li key={index}>
                  <Skeleton className="h-44" />
                </li>
              )))}
        </ul>
      </div>
    </div>
  );
}

function Image({ card, step, busy }: { card: ImageCard; step: BuildProgress | undefined; busy: boolean }) {
  const client = useClient();
  const look = STATES[step?.state === 'running' ? 'building' : card.state];
  return (
    <li className="flex flex-col rounded-md border bg-panel p-4">
      <div className="flex items-center gap-2">
        <h2 className="font-semibold">{RUNTIME_WORDS[card.runtime]}</h2>
        <Chip tone={look.tone} icon={look.icon} spin={look.spin ?? false}>
          {look.word}
        </Chip>
        <Button
          size="sm"
          className="ml-auto"
          disabled={busy}
          aria-label={`${card.state === 'ready' ? 'Rebuild' : 'Build'} ${RUNTIME_WORDS[card.runtime]}`}
          onClick={() => void buildImages(client, [card.runtime], card.state === 'ready')}
        >
          {card.state === 'ready' ? 'Rebuild' : 'Build'}
        </Button>
      </div>
      <p className="font-mono text-sm text-muted">{card.reference}</p>
      <dl className="my-2.5 grid grid-cols-[72px_1fr] items-baseline gap-y-1">
        <dt className="text-muted">Size</dt>
        <dd className="font-mono text-sm">{card.size > 0 ? showBytes(card.size) : '–'}</dd>
        <dt className="text-muted">Built</dt>
        <dd>{card.created === null ? '–' : <Ago at={card.created} />}</dd>
        <dt className="text-muted">Version</dt>
        <dd className="truncate font-mono text-sm" title={card.inputs}>
          {card.version}
        </dd>
        <dt className="text-muted">Holds</dt>
        <dd>{card.contents.join(', ')}</dd>
      </dl>
      {card.error && !step && <p className="text-red">{card.error}</p>}
      {step && <Progress step={step} title={RUNTIME_WORDS[card.runtime]} />}
    </li>
  );
}

function Progress({ step, title }: { step: BuildProgress; title: string }) {
  return (
    <div className="mt-auto pb-2" role="status">
      <p className="mb-1 flex gap-2">
        <span className="min-w-0 flex-1 truncate">
          {step.state === 'failed' ? (step.error ?? 'The build failed.') : step.step}
        </span>
        <span className="font-mono text-sm text-muted">
          {step.done} of {step.of} · {showDuration(step.elapsedMs)}
        </span>
      </p>
      <Bar
        share={step.of === 0 ? 0 : step.done / step.of}
        tone={step.state === 'failed' ? 'red' : 'accent'}
        label={`Build of ${title}`}
      />
      {step.line && <p className="mt-1 truncate font-mono text-xs text-muted">{step.line}</p>}
    </div>
  );
}
