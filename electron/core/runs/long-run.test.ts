/** A run of an hour, with a computer that sleeps in the middle of it and a clock that is set (RUN-14). */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ALERT_TABLE } from '#shared/alerts/rules.ts';
import { alertStep, NO_ALERTS } from '#shared/alerts/evaluate.ts';
import type { RunEvent } from '#shared/domain/run.ts';
import { begin, recordOf, startScript } from '../alerts/testing/record.ts';
import { RunEars } from '../alerts/hear-runs.ts';
import { AwakeClock } from '../watch/awake-clock.ts';
import { Watcher } from '../watch/watcher.ts';
import { WallClock } from './wall-clock.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const TICK = 1000;

beforeEach(() => vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }));
afterEach(() => vi.useRealTimers());

/** Everything that looks at the time of a run, on a clock that the test turns. */
function rig() {
  const time = { monotonic: 1000, epoch: 1_700_000_000_000 };
  const awake = new AwakeClock({ monotonic: () => time.monotonic, epoch: () => time.epoch });
  const wall = new WallClock(awake.now);
  const record = recordOf('r1', () => time.epoch, { 'resources.wall_time': '1 h' });
  const alerts: string[] = [];
  const kills: string[] = [];
  let state = NO_ALERTS;
  const ears = new RunEars({
    now: awake.passed,
    awake: awake.now,
    usual: () => null,
    tell(fact) {
      const step = alertStep(state, fact, ALERT_TABLE);
      state = step.state;
      alerts.push(...step.changes.map(({ rule }) => rule));
    },
  });
  awake.onSleep((ms) => ears.slept(ms));
  begin(ears, record);
  startScript(record);
  wall.start();
  const watcher = new Watcher({
    source: {
      everyMs: TICK,
      why: '',
      latest: () => ({ at: awake.now(), memory: 1024, cpuTime: 10, processes: 2 }),
      slow: () => ({}),
      dispose: () => {},
    },
    policy: record.policy,
    begin: null,
    now: awake.now,
    wall: () => wall.elapsed,
    paused: () => false,
    outputSeen: () => 0,
    onSample: (sample) => record.addSample(sample),
    onEvent: (event) => record.addWarning(event.kind, event.message),
    onKill: (breach) => kills.push(breach.kind),
    onPause: () => {},
  });
  return {
    time,
    record,
    alerts,
    kills,
    events: (): RunEvent[] => record.eventsFrom(0, 0).events,
    wake(ms: number) {
      for (let left = ms; left > 0; left -= TICK) {
        time.monotonic += TICK;
        time.epoch += TICK;
        vi.advanceTimersByTime(TICK);
      }
    },
    dispose() {
      watcher.dispose();
      ears.dispose();
      awake.dispose();
    },
  };
}

it.each([
  ['whose monotonic clock stops while it sleeps', 8 * HOUR, 0],
  ['whose monotonic clock goes on while it sleeps', 8 * HOUR, 8 * HOUR],
  ['whose clock is set back by hours', -8 * HOUR, 0],
])('is held to its hour on a computer %s, and raises no false alert', (_what, epoch, monotonic) => {
  const run = rig();
  run.wake(30 * MINUTE);
  run.time.epoch += epoch;
  run.time.monotonic += monotonic;
  run.wake(17 * MINUTE);
  expect([run.kills, run.alerts]).toEqual([[], []]);
  run.wake(2 * MINUTE);
  expect([run.kills, run.alerts]).toEqual([[], ['long-running']]);
  run.wake(10 * MINUTE);
  expect(run.kills).toEqual([]);
  run.wake(2 * MINUTE);
  expect(run.kills[0]).toBe('wall-time');
  const events = run.events();
  const slept = events.flatMap((event) => (event.type === 'note' && event.slept !== undefined ? [event.slept] : []));
  expect(slept.map((ms) => Math.round(ms / MINUTE))).toEqual(epoch > 0 ? [8 * 60] : []);
  // Times never go back, and samples go on in the script's own time.
  for (const [index, event] of events.entries()) if (index > 0) expect(event.at).toBeGreaterThan(events[index - 1]!.at);
  const samples = events.flatMap((event) => (event.type === 'sample' ? [event.sample.at] : []));
  expect(samples.at(-1)).toBeLessThanOrEqual(61 * MINUTE + 2 * TICK);
  for (const [index, at] of samples.entries())
    if (index > 0) expect(at - samples[index - 1]!).toBeLessThanOrEqual(TICK);
  run.dispose();
});
