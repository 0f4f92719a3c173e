/** Everything known of one run, live: its position, events, samples and totals. Changes only through its methods; no effects but its listeners. */
import type { Alert } from '#shared/domain/alert.ts';
import type { RunData } from '#shared/domain/exchange.ts';
import type { NetworkEvent } from '#shared/domain/network.ts';
import type { EffectivePolicy } from '#shared/domain/policy.ts';
import type {
  Peaks,
  RunEvent,
  RunSummary,
  Runtime,
  Sample,
  Timings,
  Verdict,
  Violation,
  WorkflowOfRun,
} from '#shared/domain/run.ts';
import { networkSuggestion } from '#shared/policy/allowing/network-suggestion.ts';
import { RUN_BEGIN, transition, type RunMove, type RunPosition } from '#shared/domain/progress/run-machine.ts';
import type { Plan, RunDetail } from '#shared/contract/runs.ts';
import { showDuration } from '#shared/lib/units.ts';
import { NO_PEAKS, raisePeaks } from '../watch/rates.ts';

/** Points of the run list's sparkline. */
const SPARK_POINTS = 48;

export interface RecordStart {
  /** Of which workflow it is a step. */
  readonly workflow?: WorkflowOfRun | null;
  readonly id: string;
  /** When it was asked for, epoch milliseconds; absent: now. Earlier for one that waited over a restart. */
  readonly createdAt?: number | undefined;
  readonly name: string;
  readonly runtime: Runtime;
  readonly policy: EffectivePolicy;
  readonly plan: Plan;
  readonly args: readonly string[];
  readonly script: string | null;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

export class RunRecord {
  readonly id: string;
  readonly policy: EffectivePolicy;
  readonly #start: RecordStart;
  readonly #listeners = new Set<() => void>();
  readonly #events: RunEvent[] = [];
  readonly #samples: Sample[] = [];
  readonly #violations = new Map<string, Violation>();
  readonly #createdAt: number;
  #position: RunPosition = RUN_BEGIN;
  #lastAt = 0;
  #startedAt: number | null = null;
  #finishedAt: number | null = null;
  #peaks: Peaks = NO_PEAKS;
  #timings: Timings = {};
  #spark: number[] = [];
  #sparkStride = 1;
  #sparkSeen = 0;
  #verdict: Verdict | null = null;
  #waitsFor: string | undefined;
  #secretsWanted: readonly string[] = [];
  #output: RunDetail['output'] = { kept: 0, dropped: 0, lines: 0 };
  #sampling = { everyMs: 100, why: '' };
  #container: RunDetail['container'] = null;
  #data: RunDetail['data'] = null;

  constructor(start: RecordStart) {
    this.#start = start;
    this.id = start.id;
    this.policy = start.policy;
    this.#createdAt = start.createdAt ?? start.now();
    this.#lastAt = this.#createdAt;
    this.#push({ type: 'state', at: this.#createdAt, state: 'queued' });
  }

  get position(): RunPosition {
    return this.#position;
  }

  /** Bytes at the last reading; 0 before the first. */
  get memoryNow(): number {
    return this.#samples.at(-1)?.memory ?? 0;
  }

  get verdict(): Verdict | null {
    return this.#verdict;
  }

  /** The run's policy is a file of the person's, not a bare level. */
  get isUnderFile(): boolean {
    return this.#start.plan.policyRevision !== null;
  }

  /** Tells of every change; returns how to stop. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Makes a move if it is legal here; false when it is not (RUN-2). */
  move(move: RunMove, why?: string): boolean {
    const to = transition(this.#position, move);
    if (!to) return false;
    this.#position = to;
    const at = this.#stamp();
    if (to.state === 'running' && this.#startedAt === null) this.#startedAt = at;
    if (to.state !== 'queued') {
      this.#waitsFor = undefined;
      this.#secretsWanted = [];
    }
    this.#push(
      why === undefined ? { type: 'state', at, state: to.state } : { type: 'state', at, state: to.state, why },
    );
    return true;
  }

  /** Says the verdict, with what would have let it reach the hosts that it was refused (OBS-3), and ends the run. */
  finish(facts: Verdict): void {
    if (this.#verdict) return;
    const hosts = networkSuggestion(this.policy, this.#events);
    const verdict = hosts === null ? facts : { ...facts, suggestions: [...facts.suggestions, hosts] };
    this.#verdict = verdict;
    if (this.#position.outcome === null && !this.move({ type: 'finish', outcome: verdict.outcome }))
      this.move({ type: 'error' });
    this.move({ type: 'close' });
    const at = this.#stamp();
    this.#finishedAt = at;
    this.#push({ type: 'finished', at, verdict, timings: this.#timings, peaks: this.#peaks });
  }

  /** Milliseconds, kept to a tenth. */
  time(timings: Timings): void {
    for (const [phase, ms] of Object.entries(timings) as [keyof Timings, number][])
      this.#timings = { ...this.#timings, [phase]: Math.round(ms * 10) / 10 };
  }

  waitsFor(what: string): void {
    if (this.#waitsFor === what) return;
    this.#waitsFor = what;
    this.#changed();
  }

  /** It waits for the values of these secrets; none: it has what it needs. */
  wantsSecrets(names: readonly string[]): void {
    this.#secretsWanted = names;
    this.#waitsFor = names.length === 0 ? undefined : `its secrets: ${names.join(', ')}`;
    this.#changed();
  }

  addSample(sample: Sample): void {
    this.#samples.push(sample);
    this.#peaks = raisePeaks(this.#peaks, sample);
    this.#addSpark(sample.memory);
    this.#push({ type: 'sample', at: this.#stamp(), sample });
  }

  /** The kernel enforced the memory limit, so it was reached, whatever the samples saw. */
  reachedMemory(bytes: number): void {
    this.#peaks = { ...this.#peaks, memory: Math.max(this.#peaks.memory, bytes) };
  }

  /** `refused`: what the disk said when it took no more. */
  setOutput(kept: number, dropped: number, lines: number, refused = ''): void {
    if (refused !== '' && this.#output.refused === undefined)
      this.addNote(`The disk refused output of this run: ${refused}`);
    this.#output = { kept, dropped, lines, ...(refused !== '' && { refused }) };
    this.#peaks = { ...this.#peaks, output: kept + dropped };
  }

  setSampling(everyMs: number, why: string): void {
    this.#sampling = { everyMs, why };
  }

  /** Which container it runs in; one that waited beforehand carries no label of the run, so this is where it is known. */
  setContainer(id: string, engine: string, image: string, { warm, why }: { warm: boolean; why: string }): void {
    this.#container = { id, engine, image, warm, why };
  }

  get containerId(): string | null {
    return this.#container?.id ?? null;
  }

  addViolation(violation: Omit<Violation, 'at'>): void {
    const at = this.#stamp();
    const whole: Violation = { ...violation, at };
    this.#violations.set(violation.kind, whole);
    this.#push({ type: 'violation', at, violation: whole });
  }

  addWarning(kind: Violation['kind'], message: string): void {
    this.#push({ type: 'warning', at: this.#stamp(), kind, message });
  }

  addNetwork(event: NetworkEvent): void {
    this.#push({ ...event, type: 'network', at: this.#stamp() });
  }

  addNote(message: string, network?: Extract<RunEvent, { type: 'note' }>['network']): void {
    this.#push({ type: 'note', at: this.#stamp(), message, ...(network === undefined ? {} : { network }) });
  }

  /** The computer slept for so many milliseconds until now. */
  addSleep(slept: number): void {
    const message = `This computer slept for ${showDuration(slept)}, or its clock was set forward. That time does not count.`;
    this.#push({ type: 'note', at: this.#stamp(), message, slept });
  }

  setData(data: RunData): void {
    this.#data = data;
    this.#changed();
  }

  addAlert({ rule, severity, message }: Pick<Alert, 'rule' | 'severity' | 'message'>): void {
    this.#push({ type: 'alert', at: this.#stamp(), rule, severity, message });
  }

  addEvent(name: string, data: Extract<RunEvent, { type: 'event' }>['data']): void {
    this.#push({ type: 'event', at: this.#stamp(), name, data });
  }

  /** Events later than `after` (epoch ms), samples included; `from` is an index returned by an earlier call. */
  eventsFrom(from: number, after: number): { events: RunEvent[]; next: number } {
    return { events: this.#events.slice(from).filter((event) => event.at > after), next: this.#events.length };
  }

  summary(): RunSummary {
    const { fields } = this.policy;
    return {
      id: this.id,
      name: this.#start.name,
      runtime: this.#start.runtime,
      level: this.policy.level,
      policy: this.policy.name,
      overrides: this.#start.plan.fields.filter((field) => field.changed).length,
      state: this.#position.state,
      waitsFor: this.#waitsFor,
      ...(this.#secretsWanted.length > 0 && { secretsWanted: [...this.#secretsWanted] }),
      createdAt: this.#createdAt,
      startedAt: this.#startedAt,
      finishedAt: this.#finishedAt,
      memoryLimit: fields['resources.memory'].value,
      wallLimit: fields['resources.wall_time'].value,
      peakMemory: this.#peaks.memory,
      firstByte: this.#timings.firstByte,
      sparkline: this.#spark,
      violations: [...this.#violations.values()].reduce((sum, one) => sum + one.count, 0),
      violationKinds: [...this.#violations.values()].map((one) => one.kind),
      pinned: false,
      tags: [],
      note: '',
      workflow: this.#start.workflow ?? null,
      verdict: this.#verdict,
    };
  }

  detail(): RunDetail {
    return {
      summary: this.summary(),
      plan: this.#start.plan,
      timings: this.#timings,
      peaks: this.#peaks,
      violations: [...this.#violations.values()],
      samples: this.#samples,
      events: this.#events.filter((event) => event.type !== 'sample'),
      sampling: this.#sampling,
      output: this.#output,
      script: this.#start.script,
      args: [...this.#start.args],
      data: this.#data,
      container: this.#container,
    };
  }

  /** Strictly increasing, so that a viewer who names the last event it has misses and repeats none. */
  #stamp(): number {
    this.#lastAt = Math.max(this.#start.now(), this.#lastAt + 0.001);
    return this.#lastAt;
  }

  #push(event: RunEvent): void {
    this.#events.push(event);
    this.#changed();
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }

  /** Keeps at most 48 points by doubling the stride; each point is the largest reading of its stride. */
  #addSpark(memory: number): void {
    const slot = Math.floor(this.#sparkSeen++ / this.#sparkStride);
    const spark = [...this.#spark];
    spark[slot] = Math.max(spark[slot] ?? 0, memory);
    this.#spark = spark;
    if (spark.length <= SPARK_POINTS) return;
    this.#spark = Array.from({ length: Math.ceil(spark.length / 2) }, (_, i) =>
      Math.max(spark[2 * i]!, spark[2 * i + 1] ?? 0),
    );
    this.#sparkStride *= 2;
  }
}
