/** `bellglass run FILE`: one run in this process, with the script's own exit code (HOST-4). */
import type { Core } from '#core/core.ts';
import type { Launch } from '#shared/contract/runs.ts';
import { AppError } from '#shared/lib/app-error.ts';
import type { ErrorCode } from '#shared/lib/app-error.ts';
import type { RunEvent } from '#shared/domain/run.ts';
import { settledEngine } from '../../engine-ready.ts';
import { EXIT, exitOfVerdict } from '../../exit-codes.ts';
import { interruptible } from '../../interrupts.ts';
import { openCore } from '../../open-core.ts';
import { UsageError, type Outputs } from '../../messages.ts';
import type { InputStream, World } from '../../world.ts';
import { isWorkflowFile } from '#core/scripts/workflow.ts';
import { runWorkflow, type WorkflowRunOptions } from '../workflow/run.ts';
import { launchOf } from './run-launch.ts';
import type { RunOptions } from './run-launch.ts';
import { copyOut, makeTarget } from './run-data.ts';
import { jsonReporter, textReporter } from './run-reporter.ts';
import type { RunReporter } from './run-reporter.ts';
import { forwardStdin, insistence, openStdin } from './run-stdin.ts';

type Finished = Extract<RunEvent, { type: 'finished' }>;

function refusalError(refusal: { code: string; message: string; why?: string; next?: string }): AppError {
  return new AppError({ ...refusal, code: refusal.code as ErrorCode });
}

async function follow(core: Core, id: string, reporter: RunReporter, onRunning: () => void): Promise<Finished> {
  for await (const events of core.runs.watch(id, 0)) {
    for (const event of events) {
      if (event.type === 'finished') return event;
      if (event.type === 'state' && event.state === 'running') onRunning();
      await reporter.event(event);
    }
  }
  throw new AppError({ code: 'internal', message: 'The run ended without a verdict.', next: 'Run it again.' });
}

async function copyOutput(core: Core, id: string, reporter: RunReporter): Promise<void> {
  let viewer = '';
  for await (const message of core.runs.output(id, 0)) {
    if (message.type === 'open') viewer = message.viewer;
    else if (message.type === 'gap') await reporter.gap(message);
    else if (message.type === 'end') return;
    else {
      await reporter.output(message.chunk);
      core.runs.ack(viewer, message.chunk.seq);
    }
  }
}

function attachTerminal(world: World, core: Core, id: string): () => void {
  const { stdin, stdout } = world;
  const resize = (): void => {
    if (stdout.columns && stdout.rows) void core.runs.resize(id, stdout.columns, stdout.rows).catch(() => undefined);
  };
  stdin.setRawMode?.(true);
  stdout.on('resize', resize);
  resize();
  return () => {
    stdin.setRawMode?.(false);
    stdout.off('resize', resize);
  };
}

async function watchRun(
  world: World,
  core: Core,
  id: string,
  options: RunOptions,
  reporter: RunReporter,
  input: InputStream,
): Promise<number> {
  const ended = new AbortController();
  let detach = (): void => undefined;
  let started = false;
  const onRunning = (): void => {
    if (started) return;
    started = true;
    if (options.tty && world.stdin.isTTY) detach = attachTerminal(world, core, id);
    const terminal = options.tty === true && input === world.stdin && world.stdin.isTTY === true;
    const heard = terminal
      ? insistence(
          () => world.now(),
          () => void core.runs.stop(id).catch(() => undefined),
        )
      : undefined;
    void forwardStdin(core.runs, id, input, ended.signal, heard);
  };
  try {
    const [finished] = await Promise.all([follow(core, id, reporter, onRunning), copyOutput(core, id, reporter)]);
    const data = await core.files.results(id);
    const copied = data !== null && options.out !== undefined ? await copyOut(core.files, id, data, options.out) : null;
    // What came after the verdict: how long its files took, and what was said of a run that never began.
    const { timings, events } = await core.runs.get(id).catch(() => ({ ...finished, events: [] }));
    for (const event of events)
      if ((event.type === 'event' || event.type === 'alert') && event.at > finished.at) await reporter.event(event);
    const kept = options.keep === true ? (await core.kept.list()).some((one) => one.run === id) : null;
    await reporter.finished(id, { ...finished, timings }, { data, copied, kept });
    const code = exitOfVerdict(finished.verdict);
    return code === EXIT.ok && copied !== null && copied.failed.length > 0 ? EXIT.broken : code;
  } finally {
    ended.abort();
    detach();
    input.destroy();
  }
}

/** Runs the file and returns the exit code. Errors are thrown to the caller, who reports them. */
export async function run(
  world: World,
  outputs: Outputs,
  file: string,
  args: readonly string[],
  options: WorkflowRunOptions,
): Promise<number> {
  // A variable that is not set must not run what lies in the current folder.
  if (file === '') throw new UsageError('The name of the file is empty.', 'Give a file; `.` is this folder.');
  if (options.workflow !== undefined || (await isWorkflowFile(file)))
    return await runWorkflow(world, outputs, file, args, options);
  return await runLaunch(world, outputs, options, async () => ({
    ...(await launchOf(file, args, options, world.env)),
    input: await openStdin(options.stdin, world.stdin),
  }));
}

/** What is run, what to say beforehand, and what becomes the script's stdin. */
export interface Prepared {
  readonly launch: Launch;
  readonly notes: readonly string[];
  readonly input: InputStream;
}

/** Runs what `prepare` gives to its end and returns the exit code. */
export async function runLaunch(
  world: World,
  outputs: Outputs,
  options: RunOptions,
  prepare: () => Promise<Prepared>,
): Promise<number> {
  const reporter = options.json ? jsonReporter(outputs) : textReporter(outputs);
  return await interruptible(world, async ({ orInterrupted, onStop, signal }) => {
    let opened: Awaited<ReturnType<typeof openCore>> | undefined;
    try {
      if (options.out !== undefined) await makeTarget(options.out);
      const { launch, notes, input } = await orInterrupted(prepare());
      for (const note of notes) await reporter.note(note);
      opened = await orInterrupted(openCore(world, 'bellglass run'));
      const { core } = opened;
      const status = await orInterrupted(settledEngine(core, signal));
      if (status.state === 'none') throw refusalError(status.error);
      const plan = await orInterrupted(core.runs.plan(launch));
      if (plan.refusal) throw refusalError(plan.refusal);
      await reporter.planned(plan);
      const { id } = await orInterrupted(core.runs.start(launch));
      const stop = (): void => void core.runs.stop(id).catch(() => undefined);
      onStop(stop);
      void outputs.stdout.gone.then(stop);
      await reporter.began(id);
      const { tty } = launch;
      return await orInterrupted(watchRun(world, core, id, { ...options, tty }, reporter, input));
    } finally {
      await opened?.close();
    }
  });
}
