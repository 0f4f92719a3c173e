/** Runs that the disk refused: kept in memory and tried again until it takes them (RUN-12). */
import type { RunDetail } from '#shared/contract/runs.ts';
import type { RunSummary } from '#shared/domain/run.ts';

const AGAIN_MS = 5000;

export interface UnwrittenRun {
  readonly summary: RunSummary;
  readonly owner: string;
  readonly detail: RunDetail | undefined;
  /** By which it is found, once it is over. */
  readonly text?: { readonly script: string; readonly output: string };
}

export class Unwritten {
  readonly #write: (run: UnwrittenRun) => void;
  readonly #changed: (runs: number, why: string) => void;
  readonly #runs = new Map<string, UnwrittenRun>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `write` throws what the disk says; `changed` hears how many wait, and why. */
  constructor(write: (run: UnwrittenRun) => void, changed: (runs: number, why: string) => void) {
    this.#write = write;
    this.#changed = changed;
  }

  get(id: string): UnwrittenRun | undefined {
    return this.#runs.get(id);
  }

  /** The newest of a run replaces what waits of it. */
  add(run: UnwrittenRun, why: string): void {
    const { id } = run.summary;
    const text = run.text ?? this.#runs.get(id)?.text;
    this.#runs.set(id, { ...run, ...(text && { text }) });
    this.#changed(this.#runs.size, why);
    this.#timer ??= setTimeout(() => this.retry(), AGAIN_MS).unref();
  }

  /** True when the run waits, and its text now with it. */
  setText(id: string, text: { readonly script: string; readonly output: string }): boolean {
    const run = this.#runs.get(id);
    if (run) this.#runs.set(id, { ...run, text });
    return run !== undefined;
  }

  /** It is written, or not wanted any more. */
  remove(id: string): void {
    if (this.#runs.delete(id)) this.#changed(this.#runs.size, '');
  }

  /** Writes what can be written now, in the order of its coming; the rest is tried again later. */
  retry(): void {
    if (this.#runs.size === 0) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const [id, run] of this.#runs) {
      try {
        this.#write(run);
        this.remove(id);
      } catch (failure) {
        this.#changed(this.#runs.size, failure instanceof Error ? failure.message : String(failure));
        this.#timer = setTimeout(() => this.retry(), AGAIN_MS).unref();
        return;
      }
    }
  }

  /** A last try; how many are lost with the process. */
  end(): number {
    this.retry();
    clearTimeout(this.#timer);
    return this.#runs.size;
  }
}
