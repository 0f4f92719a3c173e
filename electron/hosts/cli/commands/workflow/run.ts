/** `bellglass run flow.yaml` and `bellglass workflow retry`: a workflow in this process, told as it goes (WF-1). */
import type { Core } from '#core/core.ts';
import { loadWorkflow } from '#core/scripts/workflow.ts';
import type { WorkflowLaunch } from '#shared/contract/workflows.ts';
import type { WorkflowDetail, WorkflowStep } from '#shared/domain/workflow.ts';
import { AppError, type ErrorCode } from '#shared/lib/app-error.ts';
import { settledEngine } from '../../engine-ready.ts';
import { EXIT, exitOfVerdict } from '../../exit-codes.ts';
import { interruptible } from '../../interrupts.ts';
import { UsageError, type Outputs } from '../../messages.ts';
import { openCore } from '../../open-core.ts';
import type { World } from '../../world.ts';
import { chosen, type RunOptions } from '../run/run-launch.ts';
import { jsonReporter, textReporter, type WorkflowReporter } from './reporter.ts';

export interface WorkflowRunOptions extends RunOptions {
  readonly workflow?: string;
}

/** Options that belong to one script. */
const OF_SCRIPTS = ['entry', 'out', 'stdin', 'tty', 'keep'] as const;

/** Reads the file and puts the launch together. @throws UsageError, AppError `input-invalid`. */
export async function workflowLaunchOf(
  file: string,
  args: readonly string[],
  options: WorkflowRunOptions,
  env: World['env'],
): Promise<WorkflowLaunch> {
  const wrong = OF_SCRIPTS.find((name) => options[name] !== undefined);
  if (wrong !== undefined || args.length > 0)
    throw new UsageError(
      wrong === undefined ? 'A workflow takes no arguments.' : `A workflow takes no \`--${wrong}\`.`,
      'Give values with `--input` and `--var`.',
    );
  const { policy, workflow } = options;
  const { trust, ...given } = await chosen(options, env);
  return {
    ...(await loadWorkflow(file)),
    ...given,
    ...(trust !== undefined && { trust }),
    ...(policy !== undefined && { policy }),
    ...(workflow !== undefined && { workflow }),
  };
}

async function copyOutput(core: Core, step: string, run: string, reporter: WorkflowReporter): Promise<void> {
  let viewer = '';
  for await (const message of core.runs.output(run, 0)) {
    if (message.type === 'open') viewer = message.viewer;
    else if (message.type === 'end') break;
    else if (message.type === 'chunk') {
      await reporter.output(step, message.chunk);
      core.runs.ack(viewer, message.chunk.seq);
    }
  }
  await reporter.outputEnded(step);
}

/** What was known of a workflow before it went on here: not told again. */
export interface Before {
  readonly id: string;
  readonly steps: readonly WorkflowStep[];
}

const isOver = ({ state }: WorkflowStep): boolean => state !== 'waiting' && state !== 'running';
const ending = ({ state, startedAt, runs }: WorkflowStep): string => `${state} ${startedAt ?? ''} ${runs[0] ?? ''}`;

/** Tells each change until the end. */
async function follow(core: Core, { id, steps }: Before, reporter: WorkflowReporter): Promise<WorkflowDetail> {
  const seen = new Set(steps.flatMap(({ runs }) => runs));
  const told = new Map(steps.filter(isOver).map((step) => [step.id, ending(step)]));
  const outputs = new Map<string, Promise<void>>();
  const tell = async (step: WorkflowStep): Promise<void> => {
    const [run] = step.runs;
    if (run !== undefined && !seen.has(run)) {
      seen.add(run);
      outputs.set(run, copyOutput(core, step.id, run, reporter));
      await reporter.step({ ...step, state: 'running', why: '', outcome: null, endedAt: null }, null);
    }
    if (!isOver(step) || told.get(step.id) === ending(step)) return;
    told.set(step.id, ending(step));
    const output = run === undefined ? undefined : outputs.get(run);
    await output;
    const data = run === undefined || output === undefined ? null : await core.files.results(run).catch(() => null);
    await reporter.step(step, data);
  };
  let last = core.workflows.get(id);
  for await (const detail of core.workflows.watch(id)) {
    last = detail;
    for (const step of detail.steps) await tell(step);
  }
  return last;
}

/** The first failed step's exit code. */
async function exitOf(core: Core, { summary, steps }: WorkflowDetail): Promise<number> {
  switch (summary.outcome) {
    case 'succeeded':
      return EXIT.ok;
    case 'cancelled':
      return EXIT.cancelled;
    case 'failed': {
      const failed = steps
        .filter(({ state }) => state === 'failed')
        .toSorted((a, b) => (a.endedAt ?? 0) - (b.endedAt ?? 0));
      // One whose failure the others did not mind comes first only when nothing else failed.
      const deciding = failed.find(({ id }) =>
        steps.some(({ needs, state }) => state === 'not-reached' && needs.includes(id)),
      );
      const run = (deciding ?? failed.at(-1))?.runs[0];
      const verdict = run === undefined ? null : (await core.runs.get(run)).summary.verdict;
      return verdict === null ? EXIT.notOk : exitOfVerdict(verdict);
    }
    default:
      return EXIT.broken;
  }
}

/** Opens the core, lets `start` begin a workflow, and tells it to its end. */
export async function followed(
  world: World,
  outputs: Outputs,
  json: boolean,
  start: (core: Core, reporter: WorkflowReporter) => Promise<Before>,
): Promise<number> {
  const reporter = json ? jsonReporter(outputs) : textReporter(outputs);
  return await interruptible(world, async ({ orInterrupted, onStop, signal }) => {
    const opened = await orInterrupted(openCore(world, 'bellglass run'));
    try {
      const { core } = opened;
      const status = await orInterrupted(settledEngine(core, signal));
      if (status.state === 'none') throw new AppError({ ...status.error, code: status.error.code as ErrorCode });
      const before = await orInterrupted(start(core, reporter));
      const { id } = before;
      const stop = (): void => void core.workflows.stop(id).catch(() => undefined);
      onStop(stop);
      void outputs.stdout.gone.then(stop);
      await reporter.began(id);
      const detail = await orInterrupted(follow(core, before, reporter));
      await reporter.finished(detail);
      return await exitOf(core, detail);
    } finally {
      await opened.close();
    }
  });
}

/** Runs a workflow file and returns the exit code. */
export async function runWorkflow(
  world: World,
  outputs: Outputs,
  file: string,
  args: readonly string[],
  options: WorkflowRunOptions,
): Promise<number> {
  const launch = await workflowLaunchOf(file, args, options, world.env);
  return await followed(world, outputs, options.json === true, async (core, reporter) => {
    const plan = await core.workflows.plan(launch);
    if (plan.problems.length === 0 && plan.workflow !== null) await reporter.planned(plan);
    return { ...(await core.workflows.start(launch)), steps: [] };
  });
}
