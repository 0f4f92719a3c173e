/** The history of a scripted core: what is in its list, nothing older. */
import type { Insights } from '#shared/contract/insights.ts';
import type { RunDetail } from '#shared/contract/runs.ts';
import type { RunSummary } from '#shared/domain/run.ts';
import { fromDetail } from '#shared/history/again.ts';
import { parseFilter } from '#shared/history/filter.ts';
import { matches } from '#shared/history/matches.ts';
import { AppError } from '#shared/lib/app-error.ts';
import type { HistoryApi } from '../../core.ts';
import { JSON_LINES } from '../../history/export.ts';

/** `list` gives all runs, newest first; `change` writes one back. */
export function scriptedHistory(
  list: () => RunSummary[],
  change: (run: RunSummary) => void,
  remove: (id: string) => void,
  get: (id: string) => Promise<RunDetail>,
): HistoryApi {
  const filters = new Map<string, string>();
  const found = (text: string): RunSummary[] => {
    const filter = parseFilter(text);
    return filter.problems.length > 0 ? [] : list().filter((run) => matches(run, filter, Date.now()));
  };
  return {
    page(text, before, limit) {
      const runs = found(text);
      const from = before === undefined ? 0 : runs.findIndex((run) => run.id === before) + 1;
      return { runs: runs.slice(from, from + limit), problems: [...parseFilter(text).problems] };
    },
    count: (text) => ({ count: found(text).length, more: false }),
    mark(ids, { pinned, tags, note }) {
      const marked = list().filter((run) => ids.includes(run.id));
      for (const run of marked)
        change({ ...run, pinned: pinned ?? run.pinned, tags: [...(tags ?? run.tags)], note: note ?? run.note });
      return marked.length;
    },
    async remove(ids) {
      const over = list().filter((run) => ids.includes(run.id) && run.state === 'finished');
      for (const run of over) remove(run.id);
      return over.length;
    },
    health: () => ({ state: 'whole' }),
    async *watchHealth(signal) {
      yield { state: 'whole' };
      await new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true }));
    },
    startFresh: () => ({ aside: '' }),
    async launch(id) {
      const known = fromDetail(await get(id));
      if (known !== null) return known;
      throw new AppError({ code: 'storage', message: 'What this run was given is not kept any more.' });
    },
    filters: () => [...filters].map(([name, filter]) => ({ name, filter })),
    saveFilter: ({ name, filter }) => void filters.set(name, filter),
    removeFilter: (name) => void filters.delete(name),
    usage: () => ({ rows: [], problems: [] }),
    insights: () => insights(list()),
    exportRuns: async (text) => ({ text: JSON_LINES.lines(found(text)), runs: found(text).length }),
  };
}

/** All runs of the list in one bar. */
function insights(runs: readonly RunSummary[]): Insights {
  const over = runs.filter((run) => run.verdict !== null);
  const to = Date.now();
  const succeeded = over.filter((run) => run.verdict?.outcome === 'succeeded').length;
  const outcomes: Insights['buckets'][number]['outcomes'] = {};
  for (const { verdict } of over) if (verdict) outcomes[verdict.outcome] = (outcomes[verdict.outcome] ?? 0) + 1;
  return {
    from: to - 86_400_000,
    to,
    runs: over.length,
    succeeded,
    buckets: [{ from: to - 86_400_000, to, runs: over.length, outcomes, kinds: {} }],
    reasons: [],
    rules: [],
    policies: [{ key: 'untrusted', runs: over.length, succeeded }],
    runtimes: [],
    startup: [],
    startupMedian: null,
    phases: [],
    choices: { policies: ['untrusted'], rules: [] },
  };
}
