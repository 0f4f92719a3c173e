/** Runs that a test begins and ends by hand, for workflows without an engine. */
import type { Launch, RunDetail } from '#shared/contract/runs.ts';
import type { RunData } from '#shared/domain/exchange.ts';
import type { Outcome } from '#shared/domain/run.ts';
import type { Caller } from '../../core.ts';
import type { LiveWorkflowDeps } from '../live.ts';

const NOTHING: RunData = {
  output: { state: 'absent' },
  variables: { state: 'absent' },
  condition: { state: 'absent' },
  files: [],
  bytes: 0,
  left: [],
  leftMore: 0,
  events: { told: 0, lost: 0 },
  problem: null,
};

export interface FakeRun {
  readonly id: string;
  readonly step: string;
  readonly launch: Launch;
  readonly by: Caller | undefined;
  stopped: boolean;
  /** Null while it goes on. */
  outcome: Outcome | null;
  data: RunData;
  end(outcome: Outcome, data?: Partial<RunData>): void;
}

export interface FakeRuns {
  readonly all: FakeRun[];
  /** Runs that were asked for. */
  asked: number;
  /** While set, beginning a run waits for it. */
  gate: Promise<void> | null;
  /** Called with each run that has begun. */
  began: (run: FakeRun) => void;
  readonly runs: LiveWorkflowDeps['runs'];
  readonly files: LiveWorkflowDeps['files'];
}

export function fakeRuns(): FakeRuns {
  const all: FakeRun[] = [];
  const ends = new Map<string, PromiseWithResolvers<void>>();
  const find = (id: string): FakeRun => {
    const run = all.find((one) => one.id === id);
    if (run === undefined) throw new Error(`there is no run ${id}`);
    return run;
  };
  const fake: FakeRuns = {
    all,
    asked: 0,
    gate: null,
    began: () => {},
    runs: {
      async startStep(launch, { workflow }, by) {
        fake.asked += 1;
        await fake.gate;
        const ended = Promise.withResolvers<void>();
        const run: FakeRun = {
          id: `run${all.length + 1}`,
          step: workflow.step,
          launch,
          by,
          stopped: false,
          outcome: null,
          data: NOTHING,
          end(outcome, data = {}) {
            run.outcome ??= outcome;
            run.data = { ...NOTHING, ...data };
            ended.resolve();
          },
        };
        all.push(run);
        ends.set(run.id, ended);
        queueMicrotask(() => fake.began(run));
        return { id: run.id };
      },
      async stop(id) {
        find(id).stopped = true;
        find(id).end('cancelled');
      },
      async *watch(id) {
        await ends.get(id)?.promise;
        yield [];
      },
      settled: async () => {},
      async get(id) {
        const { outcome } = find(id);
        const verdict =
          outcome === null
            ? null
            : {
                outcome,
                exitCode: outcome === 'succeeded' ? 0 : 1,
                reason: `It ${outcome}.`,
                rule: null,
                next: '',
                suggestions: [],
              };
        return { summary: { id, verdict } } as unknown as RunDetail;
      },
    },
    files: {
      results: async (id) => find(id).data,
      list: async (id) => find(id).data,
      read: () => Promise.reject(new Error('no files here')),
    },
  };
  return fake;
}
