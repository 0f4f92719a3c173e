/** What the script gave back, taken out after the verdict: nobody waits for files to see a result. */
import type { LiveEvents } from '../../exchange/live-events.ts';
import { take } from '../../exchange/take.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import type { ExecutionInput } from '../execution.ts';
import type { RunRecord } from '../run-record.ts';

export interface TakenBack {
  readonly record: RunRecord;
  readonly input: ExecutionInput;
  readonly live: LiveEvents;
  readonly signal: AbortSignal;
  /** Called when nothing more is taken out, before the run says what was. */
  readonly last: () => Promise<void>;
  /** Milliseconds since the run was asked for. */
  readonly since: () => number;
}

/** Rejects as the engine does. */
export async function takeBack(
  sandbox: Sandbox,
  { record, input, live, signal, last, since }: TakenBack,
): Promise<void> {
  if (input.files === null) return;
  const begun = since();
  const { data, events } = await take({
    runs: input.files,
    id: record.id,
    scratch: input.compiled.options.scratchBytes,
    exec: (command) => sandbox.after(command),
    live,
    signal,
  });
  await last();
  for (const event of events) record.addEvent(event.name, event.data);
  record.time({ extract: since() - begun });
  record.setData(data);
}
