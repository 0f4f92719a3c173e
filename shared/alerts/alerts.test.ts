import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Alert } from '../domain/alert.ts';
import { batched, due, EMPTY_BATCH, NOTIFY_EVERY_MS, type Batch } from './batch.ts';
import { alertStep, NO_ALERTS, type AlertChange, type AlertFact, type AlertState } from './evaluate.ts';
import { alertsDocument } from './reference.ts';
import { ALERT_TABLE, type AlertSettings } from './rules.ts';
import { alertMessage } from './words.ts';

const MIB = 1024 * 1024;

function fold(facts: readonly AlertFact[], rules: AlertSettings = ALERT_TABLE): AlertChange[] {
  let state: AlertState = NO_ALERTS;
  return facts.flatMap((fact) => {
    const step = alertStep(state, fact, rules);
    state = step.state;
    return step.changes;
  });
}

const of = (at: number, run = 'a') => ({ at, run, name: `${run}.py` });
const violations = (at: number, count = 1, script = 's'): AlertFact => ({
  ...of(at),
  type: 'violations',
  script,
  count,
});
const failed = (at: number): AlertFact => ({ ...of(at), type: 'start-failed', why: 'The image is gone.' });
const memory = (at: number, share: number): AlertFact => ({
  ...of(at),
  type: 'memory',
  used: share * 64 * MIB,
  limit: 64 * MIB,
});
const time = (at: number, elapsed: number, usual: number | null = null): AlertFact => ({
  ...of(at),
  type: 'time',
  elapsed,
  limit: 60_000,
  usual,
});

describe('the rules (AUD-3)', () => {
  it('tells of memory above 90 % once for each run', () => {
    expect(fold([memory(0, 0.5), memory(1, 0.9)])).toEqual([]);
    const told = fold([memory(0, 0.91), memory(1, 0.99), { type: 'ended', at: 2, run: 'a' }, memory(3, 0.95)]);
    expect(told.map(({ type, cause }) => [type, cause])).toEqual([
      ['raised', 'resource-exhaustion a'],
      ['raised', 'resource-exhaustion a'],
    ]);
  });

  it('tells of the sixth violation of a script within a minute, not of the fifth, nor of six in more than that', () => {
    const five = [0, 1, 2, 3, 4].map((at) => violations(at * 1000));
    expect(fold(five)).toEqual([]);
    expect(fold([...five, violations(59_999)])).toMatchObject([{ type: 'raised', rule: 'policy-violation', count: 6 }]);
    expect(fold([...five, violations(60_000)])).toEqual([]);
    expect(fold([...five, { ...violations(5000), script: 'other' } as AlertFact])).toEqual([]);
  });

  it('tells of the fourth run that does not start within ten minutes', () => {
    expect(fold([failed(0), failed(1), failed(2)])).toEqual([]);
    expect(fold([failed(0), failed(1), failed(2), failed(599_999)])).toMatchObject([
      { type: 'raised', rule: 'startup-failure', count: 4 },
    ]);
  });

  it('tells of a run past 80 % of its wall time, and of one past three times its usual time, once (RUN-14)', () => {
    expect(fold([time(0, 48_000), time(1, 48_001), time(2, 59_000)])).toMatchObject([{ about: { usual: null } }]);
    expect(fold([time(0, 3000, 1000), time(1, 3000, 10)])).toEqual([]);
    expect(fold([time(0, 3001, 1000), time(1, 50_000, 1000)])).toMatchObject([{ about: { usual: 1000 } }]);
  });

  it('tells of a touched decoy at once, and once for each run (SEC-5)', () => {
    const touched = (at: number, run: string): AlertFact => ({ ...of(at, run), type: 'canary', what: 'It opened it.' });
    expect(fold([touched(0, 'a'), touched(1, 'a'), touched(2, 'b')]).map(({ cause }) => cause)).toEqual([
      'canary a',
      'canary b',
    ]);
  });

  it('tells of each old image once, and again of its successor when that is old', () => {
    const image = (at: number, id: string, days: number): AlertFact => ({
      type: 'image',
      at,
      runtime: 'python',
      id,
      age: days * 86_400_000,
    });
    const told = fold([image(0, 'x', 30), image(1, 'x', 31), image(2, 'x', 32), image(3, 'y', 1), image(4, 'y', 31)]);
    expect(told.map(({ cause }) => cause)).toEqual(['image-age python x', 'image-age python y']);
  });

  it('says nothing of a rule that is off, and takes changed thresholds', () => {
    const off = { ...ALERT_TABLE, 'resource-exhaustion': { ...ALERT_TABLE['resource-exhaustion'], on: false } };
    expect(fold([memory(0, 1)], off)).toEqual([]);
    const one = { ...ALERT_TABLE, 'policy-violation': { ...ALERT_TABLE['policy-violation'], threshold: 0 } };
    expect(fold([violations(0)], one)).toHaveLength(1);
  });

  it('takes a clock that goes back as one that stands still', () => {
    const jumps = [0, 1000, -3_600_000, 2000, -28_800_000].map((at) => violations(at));
    expect(fold(jumps)).toEqual([]);
    expect(fold([violations(0, 3), violations(28_800_000, 3)])).toEqual([]);
  });
});

describe('a flood', () => {
  it('of a thousand violations a second is one alert with the exact count, in little room', () => {
    let state = NO_ALERTS;
    let raised = 0;
    let count = 0;
    for (let at = 0; at < 10_000; at++) {
      const step = alertStep(state, violations(at), ALERT_TABLE);
      state = step.state;
      for (const change of step.changes) {
        if (change.type === 'raised') raised++;
        count = change.count;
      }
    }
    expect([raised, count]).toEqual([1, 10_000]);
    expect(state.bursts.get('policy-violation s')?.recent.length).toBeLessThanOrEqual(6);
  });

  const arrivals = fc.array(
    fc.record({ after: fc.integer({ min: 0, max: 40_000 }), count: fc.integer({ min: 1, max: 9 }) }),
    { maxLength: 80 },
  );

  it('raises exactly when a naive count over the last minute says so, and counts nothing twice', () => {
    fc.assert(
      fc.property(arrivals, fc.integer({ min: 0, max: 12 }), (gaps, threshold) => {
        const rules = { ...ALERT_TABLE, 'policy-violation': { ...ALERT_TABLE['policy-violation'], threshold } };
        let at = 0;
        const facts = gaps.map(({ after, count }) => ({ at: (at += after), count }));
        const changes = fold(
          facts.map((one) => violations(one.at, one.count)),
          rules,
        );
        const whole = facts.reduce((sum, one) => sum + one.count, 0);
        const alerts: number[] = [];
        for (const { type, count } of changes) {
          if (type === 'raised') alerts.push(count);
          else alerts[alerts.length - 1] = count;
        }
        expect(alerts.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(whole);
        const ever = facts.some(
          (one) =>
            facts
              .filter((other) => other.at <= one.at && one.at - other.at < 60_000)
              .filter((other) => facts.indexOf(other) <= facts.indexOf(one))
              .reduce((sum, other) => sum + other.count, 0) > threshold,
        );
        expect(changes.length > 0).toBe(ever);
      }),
    );
  });

  it('that never lets up is one alert which loses none', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 9000 }), { minLength: 10, maxLength: 60 }), (gaps) => {
        let at = 0;
        const changes = fold(gaps.map((gap) => violations((at += gap))));
        const raised = changes.filter(({ type }) => type === 'raised');
        // At most nine seconds between two: always more than five in a minute, after the first five.
        expect(raised).toHaveLength(1);
        expect(changes.at(-1)?.count).toBe(gaps.length);
      }),
    );
  });

  it('of anything leaves no run behind that is over', () => {
    const fact = fc.oneof(
      fc.record({ run: fc.constantFrom('a', 'b', 'c'), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
      fc.record({ run: fc.constantFrom('a', 'b', 'c') }),
    );
    fc.assert(
      fc.property(fc.array(fact), (facts) => {
        let state = NO_ALERTS;
        const all: AlertFact[] = facts.map((one, at) =>
          'share' in one
            ? { ...of(at, one.run), type: 'memory', used: one.share * 100, limit: 100 }
            : { type: 'ended', at, run: one.run },
        );
        for (const run of ['a', 'b', 'c']) all.push({ type: 'ended', at: facts.length, run });
        for (const one of all) state = alertStep(state, one, ALERT_TABLE).state;
        expect(state.told.size).toBe(0);
      }),
    );
  });
});

describe('notifications', () => {
  const told = (
    name: string,
    run: string | null = name,
  ): Omit<Alert, 'id' | 'count' | 'firstAt' | 'lastAt' | 'read'> => ({
    rule: 'resource-exhaustion',
    severity: 'warning',
    message: `${name} uses all.`,
    run,
    subject: name,
  });

  it('of one rule are seconds apart, and each alert is in exactly one (AUD-3)', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 4000 }), { maxLength: 50 }), (gaps) => {
        let batch: Batch = EMPTY_BATCH;
        let now = 0;
        const sentAt: number[] = [];
        let alerts = 0;
        const look = (): void => {
          const waiting = batch.waiting.length;
          const result = due(batch, now);
          batch = result.batch;
          if (result.send === null) return;
          sentAt.push(now);
          alerts += waiting;
        };
        for (const [index, gap] of gaps.entries()) {
          now += gap;
          batch = batched(batch, told(String(index)));
          look();
        }
        now = Math.max(now, batch.until);
        look();
        expect(alerts).toBe(gaps.length);
        expect(batch.waiting).toEqual([]);
        for (const [index, at] of sentAt.entries())
          if (index > 0) expect(at - sentAt[index - 1]!).toBeGreaterThanOrEqual(NOTIFY_EVERY_MS);
      }),
    );
  });

  it('of several runs lead to the list, of one to that run', () => {
    const one = due(batched(EMPTY_BATCH, told('a')), 0).send;
    expect(one).toMatchObject({ title: 'Memory runs out: a', body: 'a uses all.', run: 'a' });
    let batch = EMPTY_BATCH;
    for (const name of ['a', 'b', 'c', 'd', 'e']) batch = batched(batch, told(name));
    expect(due(batch, 0).send).toMatchObject({
      title: 'Memory runs out: 5 alerts',
      body: 'c uses all.\nd uses all.\ne uses all.\nand 2 more',
      run: null,
    });
  });
});

it('says each alert in one plain sentence', () => {
  expect([
    alertMessage({ rule: 'resource-exhaustion', used: 60 * MIB, limit: 64 * MIB }, 'a.py', 1),
    alertMessage({ rule: 'policy-violation', threshold: 5, window: 60_000 }, 'a.py', 1200),
    alertMessage({ rule: 'startup-failure', window: 600_000, why: 'The image is gone.' }, 'a.py', 4),
    alertMessage({ rule: 'long-running', elapsed: 50_000, limit: 60_000, usual: null }, 'a.py', 1),
    alertMessage({ rule: 'long-running', elapsed: 9900, limit: 60_000, usual: 3000 }, 'a.py', 1),
    alertMessage({ rule: 'canary', what: 'The script opened ~/.ssh/id_ed25519: a decoy.' }, 'a.py', 1),
    alertMessage({ rule: 'image-age', age: 31 * 86_400_000 }, 'python', 1),
  ]).toMatchInlineSnapshot(`
    [
      "a.py reached 93 % of its memory (60 MiB of 64 MiB).",
      "a.py broke its policy 1,200 times: more than 5 in 1 min.",
      "4 runs did not start; the last was a.py: The image is gone.",
      "a.py has used 83 % of its wall time of 1 min.",
      "a.py has been running for 9 s; it usually takes 3 s.",
      "a.py opened ~/.ssh/id_ed25519: a decoy.",
      "The python image was built 31 days ago. Build it anew to get newer security updates.",
    ]
  `);
});

it('describes its rules in docs/alerts.md (DOC-1)', async () => {
  await expect(alertsDocument()).toMatchFileSnapshot('../../docs/alerts.md');
});
