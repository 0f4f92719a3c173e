/** A run that nobody sees, for the self-check. */
import type { Launch } from '#shared/contract/runs.ts';
import type { LiveRun } from '../live-run.ts';
import type { RunService } from '../service.ts';

/** Runs to the end without a trace, in a sandbox of its own, and returns what it printed. */
export async function runHidden(
  runs: Pick<RunService, 'begin' | 'stop' | 'output' | 'ack'>,
  launch: Launch,
  signal?: AbortSignal,
): Promise<{ run: LiveRun; output: string }> {
  const run = await runs.begin({ ...launch, set: { ...launch.set, 'run.warm': 'false' } }, { hidden: true });
  const abort = (): void => void runs.stop(run.record.id).catch(() => {});
  signal?.addEventListener('abort', abort, { once: true });
  let output = '';
  for await (const message of runs.output(run.record.id, 0)) {
    if (message.type === 'open') runs.ack(message.viewer, Number.MAX_SAFE_INTEGER);
    if (message.type === 'chunk') output += message.chunk.text;
  }
  signal?.removeEventListener('abort', abort);
  return { run, output };
}
