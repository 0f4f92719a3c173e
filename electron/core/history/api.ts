/** What the contract's `history` promises. */
import { setImmediate } from 'node:timers/promises';
import { COUNT_MAX } from '#shared/contract/history.ts';
import type { RunDetail } from '#shared/contract/runs.ts';
import { fromDetail, standingAlone } from '#shared/history/again.ts';
import { parseFilter, type Filter } from '#shared/history/filter.ts';
import { AppError } from '#shared/lib/app-error.ts';
import type { HistoryApi } from '../core.ts';
import { CSV, HTML, JSON_LINES } from './export.ts';
import type { History, Marks } from './history.ts';
import type { HistoryKeeper } from './keeper.ts';
import type { KeptLaunches } from './launches.ts';
import type { SavedFilters } from './saved-filters.ts';

export interface HistoryDeps {
  readonly history: History;
  readonly filters: SavedFilters;
  /** Changes what a person made of runs, and tells everybody; returns how many there were. */
  readonly mark: (ids: readonly string[], marks: Marks) => number;
  /** Removes runs that are over, and tells everybody; returns how many there were. */
  readonly remove: (ids: readonly string[]) => Promise<number>;
  readonly keeper: Pick<HistoryKeeper, 'health' | 'watch'>;
  readonly startFresh: () => { aside: string };
  readonly launches: Pick<KeptLaunches, 'read'>;
  /** Throws AppError `input-invalid` for a run that never was. */
  readonly get: (id: string) => Promise<RunDetail>;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

const FORMS = { json: JSON_LINES, csv: CSV, html: HTML } as const;
/** An export is made in memory; one run takes about 400 bytes. */
const EXPORT_MAX = 100_000;
/** Runs that are read at once: a few milliseconds. */
const EXPORT_PAGE = 100;

function strict(text: string): Filter {
  const filter = parseFilter(text);
  const [problem] = filter.problems;
  if (problem === undefined) return filter;
  throw new AppError({
    code: 'input-invalid',
    message: problem.message,
    why: `At character ${problem.at + 1} of the filter.`,
    next: problem.fix,
  });
}

export function createHistoryApi({
  history,
  keeper,
  startFresh,
  filters,
  launches,
  get,
  mark,
  remove,
  now,
}: HistoryDeps): HistoryApi {
  return {
    page(text, before, limit) {
      const filter = parseFilter(text);
      if (filter.problems.length > 0) return { runs: [], problems: [...filter.problems] };
      return { runs: history.page({ filter, before, limit }, now()), problems: [] };
    },
    count(text) {
      const found = history.count(strict(text), COUNT_MAX + 1, now());
      return { count: Math.min(found, COUNT_MAX), more: found > COUNT_MAX };
    },
    mark: (ids, marks) => mark(ids, marks),
    remove: (ids) => remove(ids),
    health: () => keeper.health(),
    watchHealth: (signal) => keeper.watch(signal),
    startFresh: () => startFresh(),
    async launch(id) {
      const kept = await launches.read(id);
      const detail = await get(id);
      if (kept !== null) return standingAlone(kept, detail);
      const known = fromDetail(detail);
      if (known !== null) return known;
      throw new AppError({
        code: 'storage',
        message: 'What this run was given is not kept any more.',
        why: 'It is deleted with the output of old runs; the settings say how long both are kept.',
        next: 'Open its script again, or pin runs that you want to repeat.',
      });
    },
    filters: () => filters.list(),
    saveFilter(saved) {
      strict(saved.filter);
      filters.save(saved);
    },
    removeFilter: (name) => filters.remove(name),
    usage(by, text) {
      const filter = parseFilter(text);
      if (filter.problems.length > 0) return { rows: [], problems: [...filter.problems] };
      return { rows: history.usage(by, filter, now()), problems: [] };
    },
    insights: (wanted) => history.insights(wanted, now()),
    async exportRuns(text, form) {
      const filter = strict(text);
      const { head, lines, foot } = FORMS[form];
      const parts = [head];
      let runs = 0;
      for (let before: string | undefined; runs < EXPORT_MAX;) {
        const page = history.page({ filter, before, limit: EXPORT_PAGE }, now());
        parts.push(lines(page));
        runs += page.length;
        before = page.at(-1)?.id;
        if (page.length < EXPORT_PAGE) break;
        // Runs that go on are not kept waiting by a long history.
        await setImmediate();
      }
      return { text: [...parts, foot].join(''), runs };
    },
  };
}
