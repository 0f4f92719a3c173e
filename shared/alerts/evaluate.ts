/**
 * From what happens to alerts: a fold over facts (AUD-3). Pure. Times are milliseconds of one clock that never goes back
 * and stands for time that passed while the computer was awake or asleep.
 */
import type { AlertRule } from '../domain/alert.ts';
import type { AlertSettings, RuleValues } from './rules.ts';

interface OfRun {
  readonly at: number;
  readonly run: string;
  /** Name of the script, for words. */
  readonly name: string;
}

export type AlertFact =
  /** A reading of a run's memory, bytes. */
  | (OfRun & { readonly type: 'memory'; readonly used: number; readonly limit: number })
  /** `script` is the same for all runs of one script; `count` violations at once. */
  | (OfRun & { readonly type: 'violations'; readonly script: string; readonly count: number })
  /** It ended before its script began, for this reason. */
  | (OfRun & { readonly type: 'start-failed'; readonly why: string })
  /** Time spent running, its limit, and what such runs usually take (null: not known); milliseconds. */
  | (OfRun & {
      readonly type: 'time';
      readonly elapsed: number;
      readonly limit: number;
      readonly usual: number | null;
    })
  /** It touched a decoy; `what` says which and how, in one sentence. */
  | (OfRun & { readonly type: 'canary'; readonly what: string })
  /** The run is over: nothing more is told of it. */
  | { readonly type: 'ended'; readonly at: number; readonly run: string }
  /** `id` changes when it is built anew. */
  | {
      readonly type: 'image';
      readonly at: number;
      readonly runtime: string;
      readonly id: string;
      readonly age: number;
    };

/** What an alert tells of, for its words. */
export type AlertAbout =
  | { readonly rule: 'resource-exhaustion'; readonly used: number; readonly limit: number }
  | { readonly rule: 'policy-violation'; readonly threshold: number; readonly window: number }
  | { readonly rule: 'startup-failure'; readonly window: number; readonly why: string }
  | { readonly rule: 'long-running'; readonly elapsed: number; readonly limit: number; readonly usual: number | null }
  | { readonly rule: 'image-age'; readonly age: number }
  | { readonly rule: 'canary'; readonly what: string };

export interface AlertChange {
  /** `raised`: a new alert; `more`: the newest alert of this cause happened again. */
  readonly type: 'raised' | 'more';
  readonly rule: AlertRule;
  /** The same for everything that one alert tells of. */
  readonly cause: string;
  readonly about: AlertAbout;
  readonly run: string | null;
  readonly subject: string;
  /** How many times in all, exact. */
  readonly count: number;
}

interface Burst {
  /** The latest times, as many as are needed to say whether the threshold is passed; `told`: an alert has counted it. */
  readonly recent: readonly { readonly at: number; readonly count: number; readonly told: boolean }[];
  /** Count of the alert that is open; 0 when none is. */
  readonly open: number;
  /** When the threshold was last passed. */
  readonly passedAt: number;
}

export interface AlertState {
  readonly now: number;
  /** Causes of runs that go on and of images, told once each. */
  readonly told: ReadonlySet<string>;
  readonly bursts: ReadonlyMap<string, Burst>;
}

export const NO_ALERTS: AlertState = { now: 0, told: new Set(), bursts: new Map() };

/** A busy computer alone makes a script of milliseconds take many times as long. */
export const LEAST_UNUSUAL_MS = 3000;
/** Scripts whose violations are counted at a time; the one that was quiet longest is forgotten first. */
const MOST_BURSTS = 1000;

export interface AlertStep {
  readonly state: AlertState;
  readonly changes: readonly AlertChange[];
}

/** One fact. The same state comes back when it changes nothing. */
export function alertStep(before: AlertState, fact: AlertFact, rules: AlertSettings): AlertStep {
  const now = Math.max(before.now, fact.at);
  const state = now === before.now ? before : { ...before, now };
  switch (fact.type) {
    case 'memory': {
      const rule = 'resource-exhaustion';
      const { run, used, limit } = fact;
      const { on, threshold = 0 } = rules[rule];
      if (!on || limit <= 0 || used * 100 <= limit * threshold) return { state, changes: [] };
      return once(state, `${rule} ${run}`, { rule, about: { rule, used, limit }, run, subject: fact.name });
    }
    case 'time': {
      const rule = 'long-running';
      const { run, elapsed, limit, usual } = fact;
      const { on, threshold = 0, times = Infinity } = rules[rule];
      const past = limit > 0 && elapsed * 100 > limit * threshold;
      const unusual = usual !== null && elapsed > Math.max(usual * times, LEAST_UNUSUAL_MS);
      if (!on || (!past && !unusual)) return { state, changes: [] };
      const about = { rule, elapsed, limit, usual: past ? null : usual } as const;
      return once(state, `${rule} ${run}`, { rule, about, run, subject: fact.name });
    }
    case 'image': {
      const rule = 'image-age';
      const { runtime, id, age } = fact;
      const { on, threshold = 0 } = rules[rule];
      if (!on || age <= threshold) return { state, changes: [] };
      return once(state, `${rule} ${runtime} ${id}`, { rule, about: { rule, age }, run: null, subject: runtime });
    }
    case 'canary': {
      const rule = 'canary';
      const { run, what } = fact;
      if (!rules[rule].on) return { state, changes: [] };
      return once(state, `${rule} ${run}`, { rule, about: { rule, what }, run, subject: fact.name });
    }
    case 'violations': {
      const rule = 'policy-violation';
      const { threshold = 0, window = 0 } = rules[rule];
      const about = { rule, threshold, window } as const;
      const subject = { rule, about, run: fact.run, subject: fact.name } as const;
      return burst(state, `${rule} ${fact.script}`, fact.count, rules[rule], subject);
    }
    case 'start-failed': {
      const rule = 'startup-failure';
      const { window = 0 } = rules[rule];
      const about = { rule, window, why: fact.why } as const;
      return burst(state, rule, 1, rules[rule], { rule, about, run: fact.run, subject: fact.name });
    }
    case 'ended': {
      const of = (rule: AlertRule): string => `${rule} ${fact.run}`;
      const over = [of('resource-exhaustion'), of('long-running'), of('canary')].filter((cause) =>
        state.told.has(cause),
      );
      if (over.length === 0) return { state, changes: [] };
      return {
        state: { ...state, told: new Set([...state.told].filter((cause) => !over.includes(cause))) },
        changes: [],
      };
    }
  }
}

type Subject = Omit<AlertChange, 'type' | 'cause' | 'count'>;

function once(state: AlertState, cause: string, subject: Subject): AlertStep {
  if (state.told.has(cause)) return { state, changes: [] };
  return {
    state: { ...state, told: new Set([...state.told, cause]) },
    changes: [{ ...subject, type: 'raised', cause, count: 1 }],
  };
}

/** Counts: raised when more than the threshold fall into the window, and the same alert until that has not been so for a window. */
function burst(state: AlertState, cause: string, count: number, rule: RuleValues, subject: Subject): AlertStep {
  const { on, threshold = 0, window = 0 } = rule;
  if (!on || count <= 0) return { state, changes: [] };
  const { now } = state;
  const past = state.bursts.get(cause) ?? { recent: [], open: 0, passedAt: -Infinity };
  const recent = [...past.recent.filter(({ at }) => now - at < window), { at: now, count, told: false }];
  const within = recent.reduce((sum, one) => sum + one.count, 0);
  const passed = within > threshold;
  const open = past.open > 0 && now - past.passedAt < window ? past.open : 0;
  const tells = passed || open > 0;
  const total = tells ? open + recent.reduce((sum, one) => sum + (one.told ? 0 : one.count), 0) : 0;
  const next: Burst = {
    recent: shortest(tells ? recent.map((one) => ({ ...one, told: true })) : recent, within, threshold),
    open: total,
    passedAt: passed ? now : past.passedAt,
  };
  const bursts = new Map(state.bursts);
  bursts.delete(cause);
  bursts.set(cause, next);
  const [quietest] = bursts.keys();
  if (bursts.size > MOST_BURSTS && quietest !== undefined) bursts.delete(quietest);
  return {
    state: { ...state, bursts },
    changes: tells ? [{ ...subject, type: open > 0 ? 'more' : 'raised', cause, count: total }] : [],
  };
}

/** Without the oldest that the threshold can do without: a flood takes no more room than the threshold. */
function shortest(recent: Burst['recent'], within: number, threshold: number): Burst['recent'] {
  let left = within;
  let from = 0;
  while (from < recent.length - 1 && left - recent[from]!.count > threshold) left -= recent[from++]!.count;
  return from === 0 ? recent : recent.slice(from);
}
