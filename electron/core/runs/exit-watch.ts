/** Learns how the script's first process ended, from whoever knows first and best. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ExecState } from '../engine/port.ts';
import type { ScriptProcess } from '../sandbox/sandbox.ts';
import type { ProcessExit, WardenLink } from '../sandbox/warden-link.ts';

/** After the streams have ended, the warden's report may take this long, ms. */
const REPORT_MS = 300;
/** How often the engine is asked whether the script still runs, ms: rarely where the warden reports its end. */
const INSPECT_MS = { watched: 10_000, unwatched: 1000 };
/** How long and how often the engine is asked for the exit code of a process that has ended, ms. */
const FINAL_MS = { every: 50, most: 2000 };

export class ExitWatch {
  #reported = Promise.withResolvers<ProcessExit | null>();
  #warden: WardenLink | null = null;
  /** The warden holds the script's process and will tell its end. */
  #watched = false;
  #lost = false;

  /** Listens to the warden; call before the script starts. A run that begins again in another sandbox hears nothing of the first. */
  listen(warden: WardenLink): void {
    if (this.#warden !== null && !this.#lost) this.#reported = Promise.withResolvers<ProcessExit | null>();
    this.#watched = false;
    this.#warden = warden;
    warden.onReport((report) => {
      if (this.#warden !== warden) return;
      if (report.type === 'exit') this.#reported.resolve(report.exit);
      if (report.type === 'watching') this.#watched = true;
    });
  }

  /** Nobody will ever know: the engine is gone. */
  lost(): void {
    this.#lost = true;
    this.#reported.resolve(null);
  }

  /**
   * The first word on the end wins: the warden's report (exact, at once), the end of the streams, or the engine's own answer,
   * asked now and then because a daemon left behind can hold the streams open for ever. `undefined`: how it ended is not told.
   */
  async wait(process: ScriptProcess, streams: Promise<unknown>): Promise<ProcessExit | undefined> {
    const over = new AbortController();
    try {
      const first = await Promise.race([this.#reported.promise, this.#inspected(process, streams, over.signal)]);
      if (first) return first;
      if (this.#lost) return undefined;
      return (await Promise.race([this.#reported.promise, sleep(REPORT_MS)])) ?? undefined;
    } finally {
      over.abort();
    }
  }

  /** The engine's answer once it agrees that the script has ended; null when it does not in time. */
  async final(process: ScriptProcess): Promise<ExecState | null> {
    for (let waited = 0; waited < FINAL_MS.most && !this.#lost; waited += FINAL_MS.every) {
      const state = await process.inspect().catch(() => null);
      if (state && !state.running) return state;
      await sleep(FINAL_MS.every);
    }
    return null;
  }

  async #inspected(process: ScriptProcess, streams: Promise<unknown>, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const pause = this.#watched ? INSPECT_MS.watched : INSPECT_MS.unwatched;
      await Promise.race([streams, sleep(pause, undefined, { signal, ref: false }).catch(() => {})]);
      if (signal.aborted) return;
      const state = await process.inspect().catch(() => null);
      if (state && !state.running) return;
      await sleep(FINAL_MS.every, undefined, { signal }).catch(() => {});
    }
  }
}
