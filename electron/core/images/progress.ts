/** Follows a chain of builds through what the engine prints. Pure but for the clock it is given. */
import { stripVTControlCharacters } from 'node:util';
import type { BuildProgress } from '#shared/contract/system.ts';
import type { Runtime } from '#shared/domain/run.ts';

/** How much of the end of the output a failure keeps. */
const KEPT_LINES = 30;

export class BuildTracker {
  readonly #runtime: Runtime;
  readonly #of: number;
  readonly #now: () => number;
  readonly #started: number;
  readonly #report: (progress: BuildProgress) => void;
  readonly #lines: string[] = [];
  #step = 'Preparing';
  #title = 'Preparing';
  #steps = 0;
  #before = 0;
  #done = 0;
  #instruction = '';

  /** @param of steps in all, over every build of the chain */
  constructor(runtime: Runtime, of: number, now: () => number, report: (progress: BuildProgress) => void) {
    this.#runtime = runtime;
    this.#of = Math.max(of, 1);
    this.#now = now;
    this.#started = now();
    this.#report = report;
  }

  /** The step in plain words, with the instruction that it belongs to. */
  get step(): string {
    return this.#instruction ? `${this.#step} (${this.#instruction})` : this.#step;
  }

  /** The end of the output. */
  get tail(): string {
    return this.#lines.join('\n');
  }

  /** A step that is not printed by the engine. */
  begin(step: string): void {
    this.#instruction = '';
    this.#step = step;
    this.#emit();
  }

  /** Starts one build of the chain, which counts for so many steps. */
  beginBuild(title: string, steps: number): void {
    this.#title = title;
    this.#steps = steps;
    this.begin(title);
  }

  /** Ends it. */
  finishBuild(): void {
    this.#before += this.#steps;
    this.#steps = 0;
    this.#done = this.#before;
    this.#instruction = '';
    this.#emit();
  }

  /** Takes what the engine printed, whole lines or several at once. */
  line(text: string): void {
    for (const line of stripVTControlCharacters(text).split(/[\r\n]+/)) if (line.trim() !== '') this.#one(line.trim());
  }

  end(state: 'done' | 'failed', error?: string): void {
    this.#emit({ state, ...(state === 'done' && { done: this.#of, step: 'Ready' }), ...(error && { error }) });
  }

  #one(line: string): void {
    this.#lines.push(line);
    if (this.#lines.length > KEPT_LINES) this.#lines.shift();
    const step = /^STEP (\d+)\/(\d+) ?: (.+)$/i.exec(line);
    const words = /^>> (.+)$/.exec(line);
    if (step) {
      // Engines count labels as steps too.
      this.#done = this.#before + Math.min(Number(step[1]) - 1, this.#steps);
      this.#instruction = (step[3] ?? '').slice(0, 60);
      if (!this.#instruction.startsWith('RUN ')) this.#step = this.#title;
    }
    if (words) this.#step = words[1] ?? '';
    this.#emit({ line });
  }

  #emit(more: Partial<BuildProgress> = {}): void {
    this.#report({
      runtime: this.#runtime,
      step: this.#step,
      done: this.#done,
      of: this.#of,
      elapsedMs: this.#now() - this.#started,
      state: 'running',
      ...more,
    });
  }
}
