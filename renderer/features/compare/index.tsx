/** Two runs side by side (RUN-12). */
import clsx from 'clsx';
import { ArrowLeftRight } from 'lucide-react';
import { useCallback, type ReactNode } from 'react';
import type { RunDetail } from '#shared/contract/runs.ts';
import { compareRuns, showChange, type ComparedLine } from '#shared/history/compare.ts';
import { showBytes } from '#shared/lib/units.ts';
import { LevelChip } from '../../show/level-chip.tsx';
import { RunChip } from '../../show/run-chip.tsx';
import { Ago } from '../../show/time.tsx';
import { useClient, useLoad } from '../../state/client.tsx';
import { go, hrefOf } from '../../state/route.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorCard } from '../../ui/error-card.tsx';
import { Busy } from '../../ui/states.tsx';
import { ReportTable } from '../../ui/tables/report.tsx';
import { Files } from './files.tsx';
import { Hosts } from './hosts.tsx';
import { Lines } from './lines.tsx';
import { Same, SIDES } from './same.tsx';
import { Overlay } from './overlay.tsx';

/** Characters of each output that are compared. */
const COMPARED = 1024 * 1024;

export function CompareView({ a, b }: { a: string; b: string }) {
  const client = useClient();
  const { data, error, reload } = useLoad(
    useCallback(async () => {
      const load = async (id: string): Promise<{ run: RunDetail; output: string }> => ({
        run: await client.runs.get({ id }),
        output: (await client.runs.saveOutput({ id })).text.slice(0, COMPARED),
      });
      return Promise.all([load(a), load(b)]);
    }, [client, a, b]),
  );
  if (error)
    return (
      <ErrorCard
        className="m-4"
        error={error}
        action={
          <>
            <Button onClick={reload}>Try again</Button>
            <Button onClick={() => go({ at: 'runs' })}>Show the runs</Button>
          </>
        }
      />
    );
  if (!data)
    return (
      <div className="p-6">
        <Busy>Reading both runs</Busy>
      </div>
    );
  const [one, other] = data;
  return <Comparison a={one.run} b={other.run} outputs={[one.output, other.output]} />;
}

function Comparison({ a, b, outputs }: { a: RunDetail; b: RunDetail; outputs: readonly [string, string] }) {
  const { facts, policy, timings, resources, violations, network, sameScript } = compareRuns(a, b);
  const limit = (field: 'memoryLimit'): number[] => [a.summary[field], b.summary[field]];
  const charted = a.samples.length > 0 || b.samples.length > 0;
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling region must be reachable by keyboard
    <div className="h-full overflow-auto" role="region" aria-label="Comparison" tabIndex={0}>
      <header className="flex flex-wrap items-stretch gap-3 border-b bg-panel p-4">
        <Side mark="A" run={a} />
        <Button
          icon={ArrowLeftRight}
          className="self-center"
          onClick={() => go({ at: 'compare', a: b.summary.id, b: a.summary.id }, true)}
        >
          Swap
        </Button>
        <Side mark="B" run={b} />
      </header>
      <div className="flex flex-col gap-6 p-4">
        <Part title="What came of it">
          <Table caption="What came of it" lines={facts} />
        </Part>
        <Part title="Policy">
          {policy.length === 0 ? (
            <Same>Both ran under the same values.</Same>
          ) : (
            <Table caption="Policy" lines={policy} />
          )}
        </Part>
        {charted && (
          <div className="grid gap-4 min-[1100px]:grid-cols-2">
            <Overlay
              title="Memory"
              a={a.samples}
              b={b.samples}
              value={(sample) => sample.memory}
              show={showBytes}
              limits={limit('memoryLimit')}
            />
            <Overlay
              title="CPU, of one core"
              a={a.samples}
              b={b.samples}
              value={(sample) => sample.cpu}
              show={(value) => `${Math.round(value)} %`}
              limits={[]}
            />
          </div>
        )}
        <div className="grid gap-6 min-[1100px]:grid-cols-2">
          <Part title="Time">
            <Table caption="Time" lines={timings} />
          </Part>
          <Part title="Resources">
            <Table caption="Resources" lines={resources} />
          </Part>
        </div>
        <Part title="Refused">
          {violations.length === 0 ? (
            <Same>Nothing was refused in either.</Same>
          ) : (
            <Table caption="Refused" lines={violations} />
          )}
        </Part>
        <Part title="Network">
          {network.length === 0 ? <Same>Neither tried to reach a host.</Same> : <Hosts hosts={network} />}
        </Part>
        <Part title="Files">
          <Files a={a.summary.id} b={b.summary.id} />
        </Part>
        <Part title="Output">
          <Gone run={a} mark="A" output={outputs[0]} />
          <Gone run={b} mark="B" output={outputs[1]} />
          <Lines label="Output of both runs" a={outputs[0]} b={outputs[1]} />
        </Part>
        <Part title="Script">
          {sameScript ? (
            <Same>Both ran the same script.</Same>
          ) : a.script === null || b.script === null ? (
            <p className="text-muted">The script of one of them is not kept as text.</p>
          ) : (
            <Lines label="Script of both runs" a={a.script} b={b.script} />
          )}
        </Part>
      </div>
    </div>
  );
}

function Side({ mark, run: { summary } }: { mark: 'A' | 'B'; run: RunDetail }) {
  return (
    <section
      aria-label={`Run ${mark}`}
      className={clsx(
        'flex min-w-64 flex-1 flex-col gap-1.5 rounded-md border-l-3 bg-raised px-3 py-2',
        mark === 'A' ? 'border-l-accent' : 'border-l-violet',
      )}
    >
      <h2 className="flex items-center gap-2 font-semibold">
        <span className={clsx('font-mono', mark === 'A' ? 'text-accent' : 'text-violet')}>{mark}</span>
        <a href={hrefOf({ at: 'run', id: summary.id })} className="min-w-0 truncate hover:underline">
          {summary.name}
        </a>
      </h2>
      <div className="flex flex-wrap items-center gap-2 text-sm text-muted">
        <RunChip state={summary.state} outcome={summary.verdict?.outcome} />
        <LevelChip level={summary.level} name={summary.policy} />
        <Ago at={summary.createdAt} />
      </div>
    </section>
  );
}

/** Says that the output of a run was deleted, where nothing of it would read as if it had written nothing. */
function Gone({ run, mark, output }: { run: RunDetail; mark: string; output: string }) {
  if (output !== '' || run.output.kept === 0) return null;
  return (
    <p className="mb-2 text-muted">
      {mark} wrote {showBytes(run.output.kept)}, which are not kept any more.
    </p>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="min-w-0">
      <h3 className="mb-2 font-semibold">{title}</h3>
      {children}
    </section>
  );
}

/** What both have, side by side; what is the same is said once. */
function Table({ caption, lines }: { caption: string; lines: readonly ComparedLine[] }) {
  return (
    <ReportTable
      caption={caption}
      columns={[
        { title: <span className="sr-only">What</span>, className: 'w-44 max-[700px]:w-28' },
        SIDES.a,
        SIDES.b,
        { title: <span className="sr-only">Change</span>, className: 'w-20' },
      ]}
    >
      {lines.map(({ label, a, b, same, change }) => (
        <tr key={label} className="border-b last:border-b-0">
          <th scope="row" className="py-1.5 pr-3 align-baseline font-normal break-words text-muted">
            {label}
          </th>
          <td className="py-1.5 pr-3 align-baseline font-mono text-sm break-words">{a || '–'}</td>
          <td className={clsx('py-1.5 pr-3 align-baseline break-words', !same && 'font-mono text-sm font-semibold')}>
            {same ? <span className="text-sm text-muted">the same</span> : b || '–'}
          </td>
          <td className="py-1.5 text-right align-baseline font-mono text-sm whitespace-nowrap text-muted">
            {change !== undefined && !same && showChange(change)}
          </td>
        </tr>
      ))}
    </ReportTable>
  );
}
