/** What many runs amount to: outcomes, reasons and violations over time, and where time goes (AUD-4). */
import clsx from 'clsx';
import { ArrowLeft, ChartColumn, RefreshCw } from 'lucide-react';
import { useCallback, useEffect, type ReactNode } from 'react';
import { create } from 'zustand';
import { INSIGHT_RANGES, type InsightRange, type Insights, type InsightsRequest } from '#shared/contract/insights.ts';
import { OUTCOMES, RUNTIMES, VIOLATION_KINDS, type Runtime } from '#shared/domain/run.ts';
import { showDuration } from '#shared/lib/units.ts';
import { count, exact } from '../../show/format.ts';
import { outcomeLook } from '../../show/run-chip.tsx';
import { RUNTIME_WORDS } from '../../show/runtime.ts';
import { useClient, useLoad } from '../../state/client.tsx';
import { go } from '../../state/route.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { ErrorCard } from '../../ui/error-card.tsx';
import { Choice, Select } from '../../ui/field.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Empty, Skeleton } from '../../ui/states.tsx';
import { FillDefs, KIND_FILLS, OUTCOME_FILLS } from './fills.tsx';
import { BarList, Phases } from './lists.tsx';
import { StackedChart, StackedTable, type StackedProps } from './stacked.tsx';
import { Startup, startTerms } from './startup.tsx';
import { choiceTerms, filterOf, percent, termOf, timeTerms } from './terms.ts';

const RANGE_WORDS: Readonly<Record<InsightRange, string>> = {
  '24h': '24 hours',
  '7d': '7 days',
  '30d': '30 days',
  all: 'All',
};
/** Stands for no choice: a select has no empty value. */
const ANY = ' any';

interface Chosen {
  readonly request: InsightsRequest;
  readonly tables: boolean;
}

/** Kept while a bar's runs are looked at. */
const useChosen = create<Chosen>(() => ({ request: { range: '7d' }, tables: false }));

function choose(change: { [K in keyof InsightsRequest]?: InsightsRequest[K] | undefined }): void {
  useChosen.setState(({ request }) => {
    const { range, policy, runtime, rule } = { ...request, ...change };
    return {
      request: {
        range: range ?? '7d',
        ...(policy !== undefined && { policy }),
        ...(runtime !== undefined && { runtime }),
        ...(rule !== undefined && { rule }),
      },
    };
  });
}

/** `finished`: how many finished runs are at hand; one more is a reason to count again. */
export function InsightsView({ finished }: { finished: number }) {
  const client = useClient();
  const { request, tables } = useChosen();
  const { data, error, loading, reload } = useLoad(
    useCallback(() => client.history.insights(request), [client, request]),
  );
  useEffect(() => {
    if (finished > 0) reload();
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- a run that ended is the only reason
  }, [finished]);
  return (
    <div className="flex h-full flex-col">
      <header className="flex min-h-12 shrink-0 flex-wrap items-center gap-x-3 gap-y-2 border-b bg-panel px-4 py-2">
        <Button size="sm" variant="ghost" icon={ArrowLeft} onClick={() => go({ at: 'runs' })}>
          Runs
        </Button>
        <p role="status" className="min-w-40 flex-1 text-muted max-[1100px]:order-last max-[1100px]:basis-full">
          {data && <Sum data={data} />}
        </p>
        {data && <Choices request={request} choices={data.choices} />}
        <Choice
          label="Time"
          value={request.range}
          choices={INSIGHT_RANGES.map((value) => ({ value, text: RANGE_WORDS[value] }))}
          onChange={(range) => choose({ range })}
        />
        <span className="flex items-center gap-3">
          <Choice
            label="Show as"
            value={tables ? 'tables' : 'charts'}
            choices={[
              { value: 'charts', text: 'Charts' },
              { value: 'tables', text: 'Tables' },
            ]}
            onChange={(value) => useChosen.setState({ tables: value === 'tables' })}
          />
          <IconButton label="Count again" icon={RefreshCw} size="sm" busy={loading && data !== null} onClick={reload} />
        </span>
      </header>
      <div className="min-h-0 flex-1 overflow-auto p-4">
        {error && <ErrorCard error={error} action={<Button onClick={reload}>Try again</Button>} className="mb-4" />}
        {data === null ? (
          !error && <Waiting />
        ) : data.runs === 0 ? (
          <Empty
            icon={ChartColumn}
            title="No run ended in this time"
            action={
              request.range === 'all' && Object.keys(request).length === 1 ? (
                <Button onClick={() => go({ at: 'runs' })}>Run something</Button>
              ) : (
                <Button onClick={() => useChosen.setState({ request: { range: 'all' } })}>Show all time</Button>
              )
            }
          >
            Here you see what came of runs over time, what stopped them, and how long they took to start.
          </Empty>
        ) : (
          <Cards data={data} request={request} tables={tables} />
        )}
      </div>
    </div>
  );
}

function Sum({ data }: { data: Insights }) {
  return (
    <>
      {count(data.runs, 'run')} since{' '}
      <span title={exact(data.from)}>{new Date(data.from).toLocaleDateString(undefined, { dateStyle: 'medium' })}</span>
      {data.runs > 0 && ` · ${percent(data.succeeded, data.runs)} succeeded`}
    </>
  );
}

function Choices({ request, choices }: { request: InsightsRequest; choices: Insights['choices'] }) {
  const options = (all: string, values: readonly string[], chosen: string | undefined) => [
    { value: ANY, text: all },
    ...[...new Set([...values, ...(chosen === undefined ? [] : [chosen])])].map((value) => ({ value, text: value })),
  ];
  const picked = (value: string): string | undefined => (value === ANY ? undefined : value);
  return (
    <>
      <Select
        label="Policy"
        value={request.policy ?? ANY}
        options={options('All policies', choices.policies, request.policy)}
        onChange={(value) => choose({ policy: picked(value) })}
        className="max-w-44"
      />
      <Select
        label="Runtime"
        value={request.runtime ?? ANY}
        options={[
          { value: ANY, text: 'All runtimes' },
          ...RUNTIMES.map((value) => ({ value: value as string, text: RUNTIME_WORDS[value] })),
        ]}
        onChange={(value) => choose({ runtime: picked(value) as Runtime | undefined })}
      />
      {(choices.rules.length > 0 || request.rule !== undefined) && (
        <Select
          label="Rule"
          value={request.rule ?? ANY}
          options={options('All rules', choices.rules, request.rule)}
          onChange={(value) => choose({ rule: picked(value) })}
          className="max-w-56"
        />
      )}
    </>
  );
}

function Cards({ data, request, tables }: { data: Insights; request: InsightsRequest; tables: boolean }) {
  const chosen = choiceTerms(request);
  const span = timeTerms(data);
  const within = (...terms: string[]): string => filterOf(...chosen, ...span, 'is:finished', ...terms);
  const Stacked = tables ? StackedTable : StackedChart;
  const outcomes: StackedProps = {
    title: 'Outcomes over time',
    buckets: data.buckets,
    series: OUTCOMES.filter((key) => data.buckets.some(({ outcomes: of }) => of[key])).map((key) => ({
      key,
      word: outcomeLook(key).word,
      fill: OUTCOME_FILLS[key],
    })),
    value: ({ outcomes: of }, key) => of[key as keyof typeof of] ?? 0,
    filter: (bucket, key) => filterOf(...chosen, ...timeTerms(bucket), termOf('outcome', key)),
  };
  const kinds: StackedProps = {
    title: 'Runs with a violation, by kind',
    buckets: data.buckets,
    series: VIOLATION_KINDS.filter((key) => data.buckets.some(({ kinds: of }) => of[key])).map((key) => ({
      key,
      word: key,
      fill: KIND_FILLS[key],
    })),
    value: ({ kinds: of }, key) => of[key as keyof typeof of] ?? 0,
    filter: (bucket, key) => filterOf(...chosen, ...timeTerms(bucket), 'is:finished', termOf('violation', key)),
  };
  return (
    <div className="grid grid-cols-2 gap-4 max-[1100px]:grid-cols-1">
      <FillDefs />
      <Card title={outcomes.title} className={clsx('min-w-0', tables && 'col-span-full')}>
        <Stacked {...outcomes} />
      </Card>
      <Card title={kinds.title} className={clsx('min-w-0', tables && 'col-span-full')}>
        {kinds.series.length === 0 ? (
          <p className="text-muted">Nothing was refused or stopped.</p>
        ) : (
          <Stacked {...kinds} />
        )}
      </Card>
      <Card title="Why runs did not succeed" className="min-w-0">
        <BarList
          none="All succeeded."
          lines={data.reasons.map(({ key, runs, outcome }) => ({
            key,
            runs,
            text: (
              <span className="inline-flex items-start gap-2">
                <Icon of={outcomeLook(outcome).icon} size={14} label={outcomeLook(outcome).word} className="mt-0.5" />
                {key}
              </span>
            ),
            filter: within(termOf('reason', key)),
          }))}
        />
      </Card>
      <Card title="Rules that decided" className="min-w-0">
        <BarList
          none="No run was ended by a rule."
          lines={data.rules.map(({ key, runs }) => ({
            key,
            runs,
            text: <code className="font-mono text-sm">{key}</code>,
            filter: within(termOf('rule', key)),
          }))}
        />
      </Card>
      <Card title="Policies" className="min-w-0">
        <BarList none="" lines={shares(data.policies, 'policy', (key) => key, within)} />
      </Card>
      <Card title="Runtimes" className="min-w-0">
        <BarList
          none=""
          lines={shares(data.runtimes, 'runtime', (key) => RUNTIME_WORDS[key as Runtime] ?? key, within)}
        />
      </Card>
      <Card
        title="From the click to the first output"
        className="min-w-0"
        aside={
          data.startupMedian !== null && (
            <span className="text-sm text-muted">half below {showDuration(data.startupMedian)}</span>
          )
        }
      >
        {request.rule !== undefined ? (
          <NotPerRule />
        ) : (
          <Startup bins={data.startup} tables={tables} filter={(bin) => within(...startTerms(bin))} />
        )}
      </Card>
      <Card title="Time per phase" className="min-w-0">
        {request.rule !== undefined ? <NotPerRule /> : <Phases phases={data.phases} />}
      </Card>
    </div>
  );
}

function NotPerRule() {
  return <p className="text-muted">Times are not counted per rule: choose all rules to see them.</p>;
}

function shares(
  all: Insights['policies'],
  term: string,
  word: (key: string) => ReactNode,
  within: (...terms: string[]) => string,
) {
  return all.map(({ key, runs, succeeded }) => ({
    key,
    runs,
    text: word(key),
    aside: `${percent(succeeded, runs)} succeeded`,
    filter: within(termOf(term, key)),
  }));
}

function Waiting() {
  return (
    <div role="status" aria-label="Counting the runs" className="grid grid-cols-2 gap-4 max-[1100px]:grid-cols-1">
      {Array.from({ length: 4 }, (_, index) => (
        <Skeleton key={index} className="h-64" />
      ))}
    </div>
  );
}
