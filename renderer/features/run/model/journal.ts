/** What is known of one run, folded from the first answer and the events after it, without holes or repetitions. */
import type { RunDetail } from '#shared/contract/runs.ts';
import type { RunEvent, RunSummary } from '#shared/domain/run.ts';
import { Readings } from './readings.ts';

/** An event worth a line in the timeline: all but samples. */
export type Happening = Exclude<RunEvent, { type: 'sample' }>;

/** Samples carry the script's clock and events the wall clock: so far apart they may be. */
const CLOCK_SLACK_MS = 1000;

export class Journal {
  detail: RunDetail;
  readonly readings = new Readings();
  summary: RunSummary;
  happenings: readonly Happening[] = [];
  /** Epoch ms of the newest event that was taken. */
  #newest = 0;
  readonly #seen = new Set<string>();
  readonly #counts = new Map<string, number>();

  constructor(detail: RunDetail) {
    this.detail = detail;
    this.summary = detail.summary;
    this.renew(detail);
  }

  /** Takes a later answer for the same run: what is missing is added, and nothing that is drawn starts anew. */
  renew(detail: RunDetail): void {
    this.detail = detail;
    for (const sample of detail.samples) this.readings.add(sample);
    this.take(detail.events);
    this.summary = detail.summary;
    if (detail.summary.state === 'finished') this.readings.raise('memory', detail.peaks.memory);
    if (this.readings.length > 0)
      this.#newest = Math.max(this.#newest, this.origin + this.readings.end - CLOCK_SLACK_MS);
  }

  /** What to ask for next: every event at or after this, repetitions included, so that nothing between is lost. */
  get after(): number | undefined {
    return this.#newest === 0 ? undefined : this.#newest - 1;
  }

  /** Epoch ms from which times are counted: the script's start, before it the click. */
  get origin(): number {
    return this.summary.startedAt ?? this.summary.createdAt;
  }

  /** Takes events in; those that were taken before change nothing. */
  take(events: readonly RunEvent[]): void {
    const fresh: Happening[] = [];
    for (const event of events) {
      this.#newest = Math.max(this.#newest, event.at);
      if (event.type === 'sample') {
        if (this.readings.add(event.sample)) this.#peak(event.sample.memory);
        continue;
      }
      const key = JSON.stringify(event);
      if (this.#seen.has(key)) continue;
      this.#seen.add(key);
      fresh.push(event);
      this.#apply(event);
    }
    if (fresh.length > 0) this.happenings = [...this.happenings, ...fresh];
  }

  #peak(memory: number): void {
    if (memory > this.summary.peakMemory) this.summary = { ...this.summary, peakMemory: memory };
  }

  #apply(event: Happening): void {
    if (event.type === 'state') {
      const startedAt = this.summary.startedAt ?? (event.state === 'running' ? event.at : null);
      this.summary = { ...this.summary, state: event.state, startedAt };
    }
    if (event.type === 'violation') {
      this.#counts.set(event.violation.kind, event.violation.count);
      const violations = [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
      this.summary = { ...this.summary, violations };
    }
    if (event.type === 'finished')
      this.summary = { ...this.summary, state: 'finished', finishedAt: event.at, verdict: event.verdict };
  }
}
