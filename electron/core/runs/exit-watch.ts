/** Learns how the script's first process ended, from whoever knows first and best. */
import type { EndFacts } from '#shared/domain/progress/verdict.ts';
import type { ExecState } from '../engine/port.ts';
import type { ScriptProcess } from '../sandbox/sandbox.ts';
import type { ProcessExit, WardenLink } from '../sandbox/warden-link.ts';
import { pause } from './news.ts';

/** After the streams have ended, or the engine has said so, the warden's report may take this long, ms; where none will come it is not waited for. */
const REPORT_MS = 300;
/** How often the engine is asked whether the script still runs, ms: rarely where the warden reports its end. */
const INSPECT_MS = { watched: 10_000, unwatched: 1000 };
/** How long and how often the engine is asked for the exit code of a process that has ended, ms. */
const FINAL_MS = { every: 50, most: 2000 };

/** How the script's first process ended, as far as anybody told. */
export interface Ended {
  /** The kernel's own word, signal included; undefined where nobody passed it on. */
  readonly exit: ProcessExit | undefined;
  /** The engine's word; null when it was not asked, or does not know yet. */
  readonly state: ExecState | null;
}

/** What the verdict needs of it: the kernel's word where it was told, else the engine's; neither, and the engine is there: the sandbox ended. */
export function endFacts(
  exit: ProcessExit | undefined,
  state: ExecState | null,
  lost: boolean,
): Pick<EndFacts, 'exitCode' | 'signal' | 'sandboxEnded'> {
  return {
    exitCode: exit ? (exit.code ?? 128 + (exit.signal ?? 0)) : (state?.exitCode ?? null),
    signal: exit ? exit.signal : undefined,
    sandboxEnded: !exit && state === null && !lost,
  };
}

export class ExitWatch {
  #reported = Promise.withResolvers<ProcessExit | null>();
  #warden: WardenLink | null = null;
  /** The warden holds the script's process and will tell its end. */
  #watched = false;
  #lost = false;

  /**
   * Listens to the warden; call before the script starts. `watched`: it holds the script's process already.
   * A run that begins again in another sandbox hears nothing of the first.
   */
  listen(warden: WardenLink, watched: boolean): void {
    if (this.#warden !== null && !this.#lost) this.#reported = Promise.withResolvers<ProcessExit | null>();
    this.#watched = watched;
    this.#warden = warden;
    const reported = this.#reported;
    warden.onReport((report) => {
      if (this.#warden !== warden) return;
      if (report.type === 'exit') reported.resolve(report.exit);
      if (report.type === 'watching') this.#watched = true;
      if (report.type !== 'unwatchable') return;
      this.#watched = false;
      reported.resolve(null);
    });
  }

  /** Nobody will ever know: the engine is gone. */
  lost(): void {
    this.#lost = true;
    this.#reported.resolve(null);
  }

  /**
   * The first word on the end wins: the warden's report (exact, at once), the end of the streams, or the engine's own answer,
   * asked now and then because a daemon left behind can hold the streams open for ever.
   */
  async wait(process: ScriptProcess, streams: Promise<unknown>): Promise<Ended> {
    const over = new AbortController();
    const asked = this.#inspected(process, streams, over.signal).then((state): Ended => ({ exit: undefined, state }));
    const told = this.#reported.promise.then(async (exit): Promise<Ended> =>
      exit || this.#lost ? { exit: exit ?? undefined, state: null } : await asked,
    );
    try {
      const first = await Promise.race([told, asked]);
      if (first.exit || first.state === null) return first;
      return { exit: (await this.#report()) ?? undefined, state: first.state };
    } finally {
      over.abort();
    }
  }

  /** The engine's answer once it agrees that the script has ended; null when it does not in time. */
  async final(process: ScriptProcess): Promise<ExecState | null> {
    for (let waited = 0; waited < FINAL_MS.most && !this.#lost; waited += FINAL_MS.every) {
      const state = await process.inspect().catch(() => null);
      if (state && !state.running) return state;
      await pause(FINAL_MS.every);
    }
    return null;
  }

  /** The warden's word where it can still come; null when it does not in time. */
  async #report(): Promise<ProcessExit | null> {
    if (!this.#watched) return null;
    const told = new AbortController();
    const exit = await Promise.race([this.#reported.promise, pause(REPORT_MS, told.signal)]);
    told.abort();
    return exit ?? null;
  }

  /** Null when nobody wants to know any more. */
  async #inspected(process: ScriptProcess, streams: Promise<unknown>, signal: AbortSignal): Promise<ExecState | null> {
    let ended = false;
    let news = false;
    let wake = (): void => {};
    const over = (exit: ProcessExit | null): void => {
      if (exit !== null) return;
      ended = true;
      news = true;
      wake();
    };
    // The engine's answer costs more than the warden's word, which is on its way.
    void streams.then(() => this.#report()).then(over);
    // A warden that cannot tell how the script ended says so at its end.
    void this.#reported.promise.then(over);
    let often: number = FINAL_MS.every;
    while (!signal.aborted) {
      const every = this.#watched ? INSPECT_MS.watched : ended ? often : INSPECT_MS.unwatched;
      // A script that has closed its streams may go on for hours.
      if (ended) often = Math.min(often * 2, INSPECT_MS.unwatched);
      const woken = new Promise<void>((resolve) => (wake = resolve));
      if (!news) await Promise.race([woken, pause(every, signal)]);
      if (signal.aborted) return null;
      news = false;
      const state = await process.inspect().catch(() => null);
      if (state && !state.running) return state;
    }
    return null;
  }
}
