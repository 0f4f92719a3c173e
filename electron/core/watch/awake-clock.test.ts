import fc from 'fast-check';
import { expect, it } from 'vitest';
import { AwakeClock } from './awake-clock.ts';

const HOUR = 3_600_000;

function clock() {
  const time = { monotonic: 5000, epoch: 1_700_000_000_000 };
  const awake = new AwakeClock({ monotonic: () => time.monotonic, epoch: () => time.epoch });
  const sleeps: number[] = [];
  awake.onSleep((ms) => sleeps.push(ms));
  const start = { now: awake.now(), passed: awake.passed() };
  return {
    /** Awake for so long, looking each second as the timer does. */
    wake(ms: number) {
      for (let left = ms; left > 0; left -= 1000) {
        time.monotonic += Math.min(1000, left);
        time.epoch += Math.min(1000, left);
        awake.now();
      }
    },
    time,
    sleeps,
    now: () => awake.now() - start.now,
    passed: () => awake.passed() - start.passed,
    dispose: () => awake.dispose(),
  };
}

it('counts no sleep, on computers whose monotonic clock stops meanwhile and on others (RUN-14)', () => {
  for (const goesOn of [false, true]) {
    const { wake, time, sleeps, now, passed, dispose } = clock();
    wake(30_000);
    time.epoch += 8 * HOUR;
    if (goesOn) time.monotonic += 8 * HOUR;
    wake(30_000);
    expect(sleeps.map((ms) => Math.round(ms / 10_000) * 10_000)).toEqual([8 * HOUR]);
    // Up to a look: what the timer did not see before it slept is gone with it.
    expect(Math.abs(now() - 60_000)).toBeLessThanOrEqual(1000);
    expect(Math.abs(passed() - 60_000 - 8 * HOUR)).toBeLessThanOrEqual(1000);
    dispose();
  }
});

it('takes no notice of a clock that is set back', () => {
  const { wake, time, sleeps, now, passed, dispose } = clock();
  wake(5000);
  time.epoch -= 8 * HOUR;
  wake(5000);
  expect([now(), passed(), sleeps]).toEqual([10_000, 10_000, []]);
  dispose();
});

it('never goes back, whatever the clocks do', () => {
  const step = fc.record({
    monotonic: fc.integer({ min: 0, max: 12 * HOUR }),
    epoch: fc.integer({ min: -HOUR, max: HOUR }),
  });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const { time, now, passed, dispose } = clock();
      let [before, beforePassed] = [now(), passed()];
      for (const { monotonic, epoch } of steps) {
        time.monotonic += monotonic;
        time.epoch += epoch;
        const [after, afterPassed] = [now(), passed()];
        expect(after).toBeGreaterThanOrEqual(before);
        expect(afterPassed).toBeGreaterThanOrEqual(beforePassed);
        expect(after - before).toBeLessThanOrEqual(monotonic);
        [before, beforePassed] = [after, afterPassed];
      }
      dispose();
    }),
  );
});
