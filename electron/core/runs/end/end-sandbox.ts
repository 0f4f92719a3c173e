/** Ends what runs in a sandbox: TERM, grace, then KILL, then the container itself; each step only if the one before did not do. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Sandbox } from '../../sandbox/sandbox.ts';

/** Between TERM and KILL, ms (spec, Words: stop). */
export const GRACE_MS = 2000;

export interface Ending {
  /** Whether its processes are frozen: nothing frozen hears a signal. */
  readonly paused: () => Promise<boolean>;
  /** Resolves when the run is over. */
  readonly over: Promise<void>;
  /** Between TERM and KILL, and KILL and the container's end, ms. */
  readonly grace: number;
  /** Called before KILL: output that nobody reads would hold it up. */
  readonly drain: () => void;
}

export async function endSandbox(sandbox: Sandbox, { paused, over, grace, drain }: Ending): Promise<void> {
  if (await paused()) await sandbox.unpause().catch(() => {});
  const ended = over.then(() => true);
  const waited = (): Promise<boolean> => Promise.race([ended, sleep(grace, false, { ref: false })]);
  await sandbox.signal('TERM').catch(() => {});
  if (await waited()) return;
  drain();
  await sandbox.signal('KILL').catch(() => {});
  if (await waited()) return;
  await sandbox.remove();
}
