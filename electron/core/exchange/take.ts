/** Takes what a script gave back out of its sandbox, after its end and before the sandbox goes (RUN-9). */
import { DATA_PATHS, TAKEN_LIMITS, type RunData } from '#shared/domain/exchange.ts';
import type { Exec } from '../engine/port.ts';
import { readTar } from './read-tar.ts';
import { readResults } from './results.ts';
import type { LiveEvents } from './live-events.ts';
import { Landing, openTaken, removeTaken } from './run-files.ts';
import { readEvents, type ScriptEvent } from './script-events.ts';

const COLLECTOR = '/usr/lib/bellglass/collector';

export interface TakeOptions {
  /** The folder of all runs on this computer. */
  readonly runs: string;
  readonly id: string;
  /** Bytes of the sandbox's scratch. */
  readonly scratch: number;
  /** Starts a program in the sandbox as the script's user. */
  readonly exec: (command: readonly string[]) => Promise<Exec>;
  /** Events that were told while it ran. */
  readonly live: LiveEvents;
  /** Ends it early: the engine or Bellglass goes. */
  readonly signal: AbortSignal;
}

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

/** Never rejects: what cannot be taken out is said in `problem`. Events come apart, to be told as events of the run. */
export async function take(options: TakeOptions): Promise<{ data: RunData; events: ScriptEvent[] }> {
  const { runs, id, scratch, live, signal } = options;
  const total = Math.min(scratch, TAKEN_LIMITS.total);
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(TAKEN_LIMITS.time)]);
  let exec: Exec | null = null;
  try {
    const limits = [TAKEN_LIMITS.looked, TAKEN_LIMITS.depth, scratch, total].map(String);
    live.end();
    exec = await options.exec([COLLECTOR, DATA_PATHS.output, ...limits]);
    exec.stderr.resume();
    exec.done.catch(() => {});
    const target = await Landing.make(runs, id);
    const taken = await readTar(exec.stdout, { total, entries: TAKEN_LIMITS.entries }, target, bounded);
    const { files, bytes, left, leftMore, problem } = taken;
    const open = (path: string) => openTaken(runs, id, files, path);
    const told = files.find(({ path, type }) => path === 'events.jsonl' && type === 'file');
    await using file = told ? await open(told.path) : null;
    const { events, lost } = file
      ? await readEvents(file, told?.size ?? 0, live)
      : { events: [], lost: live.lines - live.told };
    const data = {
      ...(await readResults(open, files)),
      files,
      bytes,
      left,
      leftMore,
      events: { told: live.told + events.length, lost: lost + taken.lost },
      problem,
    };
    if (files.length === 0) await removeTaken(runs, id);
    return { data, events };
  } catch {
    return { data: { ...NOTHING, problem: 'The sandbox could not be asked for its files any more.' }, events: [] };
  } finally {
    exec?.destroy();
  }
}
