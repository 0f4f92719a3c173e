/** Where the counters of one sandbox come from: the host's cgroup files, the warden's reports, or the engine's statistics. */
import type { Disposable } from '#shared/lib/lifecycle.ts';
import type { Capabilities } from '#shared/domain/engine.ts';
import type { Engine } from '../engine/port.ts';
import type { WardenLink } from '../sandbox/warden-link.ts';
import { parseCounters, type Counters } from './counters.ts';
import { openHostReader, type CounterReader, type SlowFacts } from './host-reader.ts';

export interface CounterSource extends Disposable {
  readonly everyMs: number;
  /** Why not at the wanted rate, in one sentence; empty when it is. */
  readonly why: string;
  /** The newest reading; null when there is none (yet, or any more). */
  latest(): Counters | null;
  /** Looked at once a second; `fresh` looks now. */
  slow(fresh?: boolean): SlowFacts;
}

/** How often the warden reads for us, ms: each reading costs the script's own CPU share about a millisecond. */
const WARDEN_MS = 250;
const STATS_MS = 1000;
/** Files and scratch of all the script's processes are looked at less often: it costs a folder listing per process. */
const SLOW_EVERY_MS = 1000;

export interface SourceOf {
  readonly engine: Engine;
  readonly capabilities: Capabilities;
  readonly containerId: string;
  readonly warden: WardenLink;
  /** Between two readings, ms. */
  readonly everyMs: number;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** Looks at open files with every reading. */
  readonly closely: boolean;
  /** Opened beforehand; the source owns it from now on. */
  readonly reader: CounterReader | null;
}

/** The counters of a sandbox' PID 1, where this machine has them; null elsewhere. */
async function openReader(engine: Engine, capabilities: Capabilities, id: string): Promise<CounterReader | null> {
  if (!capabilities.local) return null;
  const pid = (await engine.container(id))?.pid ?? 0;
  return pid > 0 ? openHostReader(pid) : null;
}

/** Opens the best source for a running sandbox; at once where its reader was opened beforehand. */
export function openSource(wanted: SourceOf): CounterSource | Promise<CounterSource> {
  const { reader, everyMs, now, closely } = wanted;
  return reader ? hostSource(reader, everyMs, now, closely ? 0 : SLOW_EVERY_MS) : findSource(wanted);
}

async function findSource(wanted: SourceOf): Promise<CounterSource> {
  const { engine, capabilities, containerId, warden, now } = wanted;
  const reader = await openReader(engine, capabilities, containerId);
  if (reader) return openSource({ ...wanted, reader });
  return (await wardenSource(warden, now)) ?? statsSource(engine, containerId);
}

function hostSource(reader: CounterReader, everyMs: number, now: () => number, slowEveryMs: number): CounterSource {
  let slow: SlowFacts = {};
  let slowAt = Number.NEGATIVE_INFINITY;
  return {
    everyMs,
    why: everyMs > 100 ? 'The settings ask for it.' : '',
    latest: () => reader.read(now()),
    slow: (fresh = false) => {
      const at = now();
      if (fresh || at - slowAt >= slowEveryMs) [slow, slowAt] = [reader.readSlow(), at];
      return { ...slow, scratch: reader.readScratch() };
    },
    dispose: () => reader.dispose(),
  };
}

async function wardenSource(warden: WardenLink, now: () => number): Promise<CounterSource | null> {
  let latest: Counters | null = null;
  const stop = warden.onReport((report) => {
    if (report.type === 'sample') latest = parseCounters(report.files, now());
  });
  warden.sample(WARDEN_MS);
  try {
    await warden.waitFor('sample', 2 * WARDEN_MS);
  } catch {
    latest = null;
  }
  if (latest === null) {
    stop();
    warden.sample(0);
    return null;
  }
  return {
    everyMs: WARDEN_MS,
    why: 'The engine does not share its files with this program, so the sandbox reads its own counters.',
    latest: () => latest,
    slow: () => ({}),
    dispose: () => {
      stop();
      warden.sample(0);
    },
  };
}

function statsSource(engine: Engine, containerId: string): CounterSource {
  let latest: Counters | null = null;
  let ended = false;
  const poll = async (): Promise<void> => {
    try {
      const stats = await engine.stats(containerId);
      latest = { ...stats, throttled: stats.throttledPeriods };
    } catch {
      latest = null;
    }
  };
  const timer = setInterval(() => void (ended ? undefined : poll()), STATS_MS);
  void poll();
  return {
    everyMs: STATS_MS,
    why: 'This engine gives one reading a second at best.',
    latest: () => latest,
    slow: () => ({}),
    dispose: () => {
      ended = true;
      clearInterval(timer);
    },
  };
}
