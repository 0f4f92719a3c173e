import { Trash2 } from 'lucide-react';
import { useCallback, type ReactNode } from 'react';
import { PHASE_WORDS, PHASES } from '#shared/history/phases.ts';
import { showBytes, showDuration } from '#shared/lib/units.ts';
import { exact } from '../../../show/format.ts';
import { attempt, useClient, useLoad } from '../../../state/client.tsx';
import { Button } from '../../../ui/button.tsx';
import { CopyButton } from '../../../ui/copy.tsx';
import { ask } from '../../../ui/layers/dialog.tsx';
import { runCommand } from '../model/command.ts';
import type { OpenedRun } from '../store.ts';
import { MarksForm } from './marks.tsx';

function Block({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="min-w-0">
      <h2 className="mb-1 font-semibold">{title}</h2>
      <dl className="flex flex-col">{children}</dl>
    </section>
  );
}

function Row({ name, copy, children }: { name: string; copy?: string; children: ReactNode }) {
  return (
    <div className="flex items-start gap-3 border-t py-1">
      <dt className="w-36 shrink-0 text-muted">{name}</dt>
      <dd className="flex min-w-0 flex-1 items-start gap-1 font-mono text-sm leading-5 break-all">
        <span className="min-w-0 flex-1">{children}</span>
        {copy && <CopyButton text={copy} label={`Copy ${name.toLowerCase()}`} />}
      </dd>
    </div>
  );
}

/** Whether the sandbox is still there, how to look into it, and the way to remove it. */
function KeptRow({ run, finished }: { run: string; finished: boolean }) {
  const client = useClient();
  const { data, reload } = useLoad(useCallback(() => (finished ? client.kept.list() : EMPTY), [client, finished]));
  const kept = data?.find((one) => one.run === run);
  if (!kept) return null;
  const command = `bellglass kept copy ${run} FOLDER`;
  const remove = async (): Promise<void> => {
    const yes = await ask({
      title: 'Remove the kept sandbox?',
      text: 'What is in it and was not copied is lost. The record of the run stays.',
      action: 'Remove',
      destructive: true,
    });
    if (yes && (await attempt(client.kept.remove({ run }), 'The sandbox was removed.'))) reload();
  };
  return (
    <Row name="Kept" copy={command}>
      sealed, until {when(kept.until)}. To look into it: {command}
      <span className="mt-1 block">
        <Button size="sm" variant="danger" icon={Trash2} onClick={() => void remove()}>
          Remove the sandbox
        </Button>
      </span>
    </Row>
  );
}

const EMPTY = Promise.resolve([]);

const when = (epochMs: number | null): string => (epochMs === null ? '–' : exact(epochMs));

/** Ids, times, peaks, arguments and the script itself. */
export function DetailsTab({ run }: { run: OpenedRun }) {
  const { detail, summary } = run;
  const { timings, peaks, container } = detail;
  return (
    <div className="flex flex-col gap-5 px-4 py-3">
      <div className="grid grid-cols-[repeat(auto-fit,minmax(min(100%,320px),1fr))] gap-x-8 gap-y-5">
        <Block title="Run">
          <Row name="Id" copy={summary.id}>
            {summary.id}
          </Row>
          <Row name="Runtime">
            {summary.runtime} ({detail.plan.runtimeFrom})
          </Row>
          <Row name="Created">{when(summary.createdAt)}</Row>
          <Row name="Started">{when(summary.startedAt)}</Row>
          <Row name="Finished">{when(summary.finishedAt)}</Row>
          <Row name="Arguments">
            {detail.args.length === 0 ? 'none' : detail.args.map((arg) => JSON.stringify(arg)).join(' ')}
          </Row>
          <Row name="Command" copy={runCommand(detail)}>
            {runCommand(detail)}
          </Row>
        </Block>
        <Block title="Sandbox">
          <Row name="Engine">{container?.engine ?? 'none was used'}</Row>
          <Row name="Image">{container?.image ?? detail.plan.image.reference}</Row>
          {container && (
            <Row name="Container" copy={container.id}>
              {container.id.slice(0, 12)}
            </Row>
          )}
          {container?.warm !== undefined && (
            <Row name="Start">
              {container.warm ? 'warm' : 'cold'}
              {container.why ? `: ${container.why}` : ''}
            </Row>
          )}
          <KeptRow run={summary.id} finished={summary.state === 'finished'} />
          <Row name="Readings">
            one every {detail.sampling.everyMs} ms{detail.sampling.why === '' ? '' : `: ${detail.sampling.why}`}
          </Row>
        </Block>
        <Block title="Time per phase">
          {PHASES.map((key) => {
            const ms = timings[key];
            return (
              <Row key={key} name={PHASE_WORDS[key]}>
                {ms === undefined ? '–' : showDuration(ms)}
              </Row>
            );
          })}
        </Block>
        <Block title="Peaks">
          <Row name="Memory">
            {showBytes(Math.max(peaks.memory, summary.peakMemory))} of {showBytes(summary.memoryLimit)}
          </Row>
          <Row name="CPU">{Math.round(peaks.cpu)} % of a core</Row>
          <Row name="CPU time">{showDuration(peaks.cpuTime)}</Row>
          <Row name="Processes">{peaks.processes}</Row>
          {peaks.openFiles !== undefined && <Row name="Open files">{peaks.openFiles}</Row>}
          {peaks.scratch !== undefined && <Row name="Scratch">{showBytes(peaks.scratch)}</Row>}
          <Row name="Output">{showBytes(peaks.output)}</Row>
        </Block>
      </div>
      <MarksForm summary={summary} />
      <section>
        <div className="mb-1 flex items-center gap-2">
          <h2 className="font-semibold">Script</h2>
          {detail.script !== null && <CopyButton text={detail.script} label="Copy the script" />}
        </div>
        {detail.script === null ? (
          <p className="text-muted">It is not text, or it is larger than 1 MiB, so it is not shown.</p>
        ) : (
          <pre
            // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling region must be reachable by keyboard
            tabIndex={0}
            aria-label="Text of the script"
            role="region"
            className="max-h-96 overflow-auto rounded-md border bg-raised p-3 font-mono text-sm leading-5"
          >
            {detail.script}
          </pre>
        )}
      </section>
    </div>
  );
}
