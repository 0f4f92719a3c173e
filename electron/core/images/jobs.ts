/** Work that several callers may wait for at once: one job per key, jobs of all keys one after another. */

/** What a caller brings to a job: what to tell it, and how it gives up. */
export interface Caller<P> {
  readonly onProgress?: ((progress: P) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

interface Job<P, R> {
  readonly result: Promise<R>;
  readonly abort: AbortController;
  readonly listeners: Set<(progress: P) => void>;
  last: P | null;
  waiting: number;
}

export class Jobs<P, R> {
  readonly #running = new Map<string, Job<P, R>>();
  #queue: Promise<unknown> = Promise.resolve();

  has(key: string): boolean {
    return this.#running.has(key);
  }

  /**
   * Joins the job of that key or starts it. A caller whose signal aborts leaves at once with the error that `gaveUp`
   * makes; the job itself is aborted when its last caller has left.
   */
  async run(
    key: string,
    caller: Caller<P>,
    gaveUp: () => Error,
    work: (report: (progress: P) => void, signal: AbortSignal) => Promise<R>,
  ): Promise<R> {
    if (caller.signal?.aborted) throw gaveUp();
    const current = this.#running.get(key);
    const job = current && !current.abort.signal.aborted ? current : this.#start(key, gaveUp, work);
    const { onProgress, signal } = caller;
    if (onProgress) {
      job.listeners.add(onProgress);
      if (job.last !== null) onProgress(job.last);
    }
    job.waiting++;
    const left = Promise.withResolvers<never>();
    const leave = (): void => left.reject(gaveUp());
    signal?.addEventListener('abort', leave, { once: true });
    try {
      return await Promise.race([job.result, left.promise]);
    } finally {
      signal?.removeEventListener('abort', leave);
      if (onProgress) job.listeners.delete(onProgress);
      if (--job.waiting === 0) job.abort.abort();
    }
  }

  /** Aborts everything and resolves when nothing runs any more. */
  async dispose(): Promise<void> {
    const jobs = [...this.#running.values()];
    for (const job of jobs) job.abort.abort();
    await Promise.allSettled(jobs.map((job) => job.result));
  }

  #start(
    key: string,
    gaveUp: () => Error,
    work: (report: (progress: P) => void, signal: AbortSignal) => Promise<R>,
  ): Job<P, R> {
    const abort = new AbortController();
    const listeners = new Set<(progress: P) => void>();
    const report = (progress: P): void => {
      job.last = progress;
      for (const listener of listeners) listener(progress);
    };
    const result = this.#queue.then(() => {
      if (abort.signal.aborted) throw gaveUp();
      return work(report, abort.signal);
    });
    const job: Job<P, R> = { result, abort, listeners, last: null, waiting: 0 };
    this.#queue = result.catch(() => {});
    this.#running.set(key, job);
    const forget = (): void => {
      if (this.#running.get(key) === job) this.#running.delete(key);
    };
    result.then(forget, forget);
    return job;
  }
}
