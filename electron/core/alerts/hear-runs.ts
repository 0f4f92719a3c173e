/** Hears what happens in runs and tells it as facts (AUD-3). */
import type { AlertFact } from '#shared/alerts/evaluate.ts';
import type { Outcome, RunEvent } from '#shared/domain/run.ts';
import type { RunRecord } from '../runs/run-record.ts';
import type { RunTold } from '../runs/told.ts';
import { WallClock } from '../runs/wall-clock.ts';

/** How often the time of runs is looked at, ms. */
const LOOK_EVERY_MS = 1000;
const NEVER_BEGAN: readonly Outcome[] = ['engine-error', 'engine-lost'];

export interface HearDeps {
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  /** Milliseconds awake, of another such clock. */
  readonly awake: () => number;
  /** Milliseconds that runs of this name usually take, null where that is not known. */
  readonly usual: (name: string) => number | null;
  readonly tell: (fact: AlertFact, record: RunRecord) => void;
}

interface Heard {
  readonly record: RunRecord;
  readonly name: string;
  readonly script: string;
  readonly wall: WallClock;
  /** Undefined until somebody looked. */
  usual: number | null | undefined;
  /** Index of the first event that was not heard. */
  next: number;
  /** Violations by kind, as far as heard. */
  readonly violations: Map<string, number>;
  stop: () => void;
}

/** Runs that show; told of by the run service. */
export class RunEars implements RunTold {
  readonly #deps: HearDeps;
  readonly #heard = new Map<RunRecord, Heard>();
  #timer: NodeJS.Timeout | null = null;

  constructor(deps: HearDeps) {
    this.#deps = deps;
  }

  began: RunTold['began'] = (record, launch, _plan, { hidden }) => {
    if (hidden) return;
    const { name } = launch;
    const heard: Heard = {
      record,
      name,
      script: `${launch.project?.path ?? ''} ${name}`,
      wall: new WallClock(this.#deps.awake),
      usual: undefined,
      next: 0,
      violations: new Map(),
      stop: () => {},
    };
    heard.stop = record.onChange(() => this.#hear(heard));
    this.#heard.set(record, heard);
    this.#timer ??= setInterval(() => this.#look(), LOOK_EVERY_MS).unref();
    this.#hear(heard);
  };

  ended: RunTold['ended'] = (record) => {
    const heard = this.#heard.get(record);
    if (!heard) return;
    this.#hear(heard);
    heard.stop();
    this.#heard.delete(record);
    if (this.#heard.size === 0) this.dispose();
    const { verdict } = record;
    if (verdict && NEVER_BEGAN.includes(verdict.outcome) && !heard.wall.started)
      this.#tell(heard, { type: 'start-failed', why: verdict.reason });
    this.#deps.tell({ type: 'ended', at: this.#deps.now(), run: record.id }, record);
  };

  /** The computer slept for so many milliseconds: every script that was running says so. */
  slept(ms: number): void {
    for (const { record, wall } of this.#heard.values()) if (wall.started) record.addSleep(ms);
  }

  dispose(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  #hear(heard: Heard): void {
    const { events, next } = heard.record.eventsFrom(heard.next, 0);
    heard.next = next;
    for (const event of events) this.#event(heard, event);
  }

  #event(heard: Heard, event: RunEvent): void {
    const limit = heard.record.policy.fields['resources.memory'].value;
    switch (event.type) {
      case 'state':
        if (event.state === 'running') heard.wall.start();
        else heard.wall.pause();
        return;
      case 'sample':
        return this.#tell(heard, { type: 'memory', used: event.sample.memory, limit });
      case 'violation': {
        const { kind, count } = event.violation;
        const more = count - (heard.violations.get(kind) ?? 0);
        heard.violations.set(kind, count);
        // The kernel ended something at the limit, whatever the readings saw.
        if (kind === 'memory' || kind === 'child-memory') this.#tell(heard, { type: 'memory', used: limit, limit });
        if (kind === 'canary') this.#tell(heard, { type: 'canary', what: event.violation.message });
        return this.#tell(heard, { type: 'violations', script: heard.script, count: more });
      }
      default:
    }
  }

  #look(): void {
    for (const heard of this.#heard.values()) {
      const { elapsed, started } = heard.wall;
      if (!started) continue;
      if (heard.usual === undefined) heard.usual = this.#deps.usual(heard.name);
      const limit = heard.record.policy.fields['resources.wall_time'].value;
      this.#tell(heard, { type: 'time', elapsed, limit, usual: heard.usual });
    }
  }

  #tell(heard: Heard, fact: DistributiveOmit<AlertFact, 'at' | 'run' | 'name'>): void {
    const whole = { ...fact, at: this.#deps.now(), run: heard.record.id, name: heard.name };
    this.#deps.tell(whole, heard.record);
  }
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
