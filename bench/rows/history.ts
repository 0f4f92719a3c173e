/** What finding an old run costs when there are very many (RUN-12). */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { History } from '#core/history/history.ts';
import { runOf } from '#core/history/testing/runs.ts';
import { openDatabase } from '#core/storage/database.ts';
import { silentLog } from '#core/storage/log.ts';
import { OUTCOMES, RUNTIMES, type Outcome, type Sample } from '#shared/domain/run.ts';
import { INSIGHT_RANGES, type InsightRange } from '#shared/contract/insights.ts';
import { parseFilter } from '#shared/history/filter.ts';
import { makePlan } from '#shared/policy/plan/plan.ts';
import { planInput } from '#shared/policy/testing/examples.ts';
import { percentile, type Row } from '../row.ts';

const RUNS = 100_000;
const TIMES = 20;
const LIMITED: readonly Outcome[] = ['timed-out', 'out-of-memory', 'limit-exceeded'];
/** The runs are spread over a year. */
const EVERY_MS = (365 * 86_400_000) / RUNS;
const LAST = 1_700_000_000_000;
const WORDS = ['alpha', 'bravo', 'connection', 'delta', 'error', 'fetch', 'golf', 'hotel', 'index', 'json'];
const FILTERS = [
  'outcome:failed',
  'policy:price-bots -runtime:bash',
  'peak:>99MiB duration:>1s',
  'name:nothing-like-it',
];
const SEARCHES = ['error4711', '"connection error"', 'job_99', 'delta golf hotel'];

/** Numbers that look random and are the same in every run of the bench. */
function* numbers(): Generator<number, never> {
  for (let state = 42; ;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state;
  }
}

function fill(history: History): void {
  const random = numbers();
  const next = (below: number): number => random.next().value % below;
  const { plan } = makePlan(planInput());
  for (let index = 0; index < RUNS; index++) {
    const samples = Array.from({ length: 20 }, (_, at): Sample => ({
      at: at * 100,
      memory: next(2 ** 27),
      cpu: next(100),
      cpuTime: at * 50,
      processes: 2,
    }));
    const outcome = OUTCOMES[next(OUTCOMES.length)] ?? 'failed';
    const summary = runOf(`run${index}`, {
      name: `job_${index}.py`,
      runtime: RUNTIMES[next(4)] ?? 'python',
      policy: next(5) === 0 ? 'price-bots' : 'untrusted',
      createdAt: LAST - (RUNS - index) * EVERY_MS,
      peakMemory: next(100 * 2 ** 20),
      sparkline: samples.map((sample) => sample.memory),
      verdict: {
        outcome,
        exitCode: next(3),
        reason: `It was ${outcome} for one of three reasons, number ${next(3)}.`,
        rule: LIMITED.includes(outcome) ? `resources.memory: ${64 << next(3)} MiB (untrusted)` : null,
        next: '',
        suggestions: [],
      },
    });
    history.save(summary, 'bench', {
      summary,
      plan,
      timings: {
        queued: 1,
        prepare: next(20),
        create: next(300),
        inject: next(30),
        firstByte: 150 + next(900),
        script: 1000,
      },
      peaks: { memory: summary.peakMemory, cpu: 50, cpuTime: 500, processes: 2, output: 600 },
      violations: [],
      samples,
      events: [],
      sampling: { everyMs: 100, why: '' },
      output: { kept: 600, dropped: 0, lines: 20 },
      script: null,
      args: [],
      container: null,
      data: null,
    });
    const text = Array.from({ length: 60 }, () => WORDS[next(WORDS.length)]).join(' ');
    history.index(summary.id, text, `${text} error${index}`);
  }
}

function slowest(texts: readonly string[], work: (text: string) => void): number {
  const worst = texts.map((text) => {
    const times = Array.from({ length: TIMES }, () => {
      const begin = performance.now();
      work(text);
      return performance.now() - begin;
    });
    return percentile(times, 0.95);
  });
  return Math.max(...worst);
}

/** A filtered page and a search in a history of 100,000 runs, and how large its file is. */
export function largeHistory(): Row[] {
  const folder = mkdtempSync(join(tmpdir(), 'bellglass-bench-'));
  const path = join(folder, 'bellglass.db');
  const history = new History(openDatabase(path), silentLog);
  try {
    fill(history);
    const page = (text: string): void => {
      history.page({ filter: parseFilter(text), limit: 100 }, Date.now());
    };
    const common = { goal: { atMost: 1 }, n: TIMES, note: `${RUNS} runs` } as const;
    return [
      {
        ...common,
        name: 'history: filtered page, p95',
        unit: 'ms',
        ours: slowest(FILTERS, page),
        peer: 20,
        against: `the budget, slowest of ${FILTERS.length} filters`,
      },
      {
        ...common,
        name: 'history: full-text search, p95',
        unit: 'ms',
        ours: slowest(SEARCHES, page),
        peer: 100,
        against: `the budget, slowest of ${SEARCHES.length} searches`,
      },
      {
        ...common,
        name: 'history: insights, p95',
        unit: 'ms',
        ours: slowest(INSIGHT_RANGES, (range) => {
          history.insights({ range: range as InsightRange }, LAST);
        }),
        peer: 50,
        against: 'the budget, slowest of 4 ranges',
      },
      {
        ...common,
        name: 'history: size of the database',
        unit: 'MB',
        ours: statSync(path).size / 1e6,
        peer: 1000,
        against: 'the budget',
        n: 1,
      },
    ];
  } finally {
    history.close();
    rmSync(folder, { recursive: true });
  }
}
