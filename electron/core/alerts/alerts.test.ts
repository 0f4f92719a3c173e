import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ALERT_TABLE } from '#shared/alerts/rules.ts';
import type { AlertNotification } from '#shared/domain/alert.ts';
import type { AlertsMessage } from '../core.ts';
import { History } from '../history/history.ts';
import { runOf } from '../history/testing/runs.ts';
import { openDatabase } from '../storage/database.ts';
import { silentLog } from '../storage/log.ts';
import { createAlertStore, usualTime } from './alert-store.ts';
import { Alerts } from './alerts.ts';
import { RunEars } from './hear-runs.ts';
import { begin, recordOf, startScript } from './testing/record.ts';

const MIB = 1024 * 1024;
let folder: string;
let database: DatabaseSync;
let now: number;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
  folder = mkdtempSync(join(tmpdir(), 'bellglass-alerts-'));
  database = openDatabase(join(folder, 'bellglass.db'));
  now = 1000;
});
afterEach(() => {
  vi.useRealTimers();
  database.close();
  rmSync(folder, { recursive: true });
});

function rig(rules = ALERT_TABLE) {
  const sent: AlertNotification[] = [];
  const alerts = new Alerts({
    store: createAlertStore(database, silentLog),
    rules: () => rules,
    wallNow: () => 1_700_000_000_000 + now,
    now: () => now,
    notify: (notification) => sent.push(notification),
  });
  const ears = new RunEars({
    now: () => now,
    awake: () => now,
    usual: (name) => usualTime(database, name),
    tell(fact, record) {
      const raised = alerts.take(fact);
      if (raised !== null) record.addAlert(raised);
    },
  });
  const run = (id: string, set = {}) => {
    const record = recordOf(id, () => 1_700_000_000_000 + now, set);
    begin(ears, record);
    return record;
  };
  const pass = (ms: number): void => {
    for (let left = ms; left > 0; left -= 1000) {
      now += Math.min(1000, left);
      vi.advanceTimersByTime(Math.min(1000, left));
    }
  };
  return { alerts, ears, sent, run, pass };
}

const sample = (memory: number) => ({ at: now, memory, cpu: 0, cpuTime: 0, processes: 1 });

describe('alerts of runs (AUD-3)', () => {
  it('raises one for memory above 90 %, in the run, in the list and outside', () => {
    const { alerts, run, sent } = rig();
    const record = run('r1');
    startScript(record);
    record.addSample(sample(57 * MIB));
    expect(alerts.list()).toEqual({ alerts: [], unread: 0 });
    record.addSample(sample(60 * MIB));
    record.addSample(sample(61 * MIB));
    const { alerts: all, unread } = alerts.list();
    expect([all.length, unread]).toEqual([1, 1]);
    expect(all[0]).toMatchObject({ rule: 'resource-exhaustion', severity: 'warning', run: 'r1', subject: 'a.py' });
    expect(record.detail().events.filter(({ type }) => type === 'alert')).toMatchObject([{ message: all[0]?.message }]);
    expect(sent.map(({ run: to }) => to)).toEqual(['r1']);
  });

  it('hears of an out-of-memory kill that fell between two readings', () => {
    const { alerts, run } = rig();
    const record = run('r1');
    startScript(record);
    record.addViolation({ kind: 'memory', message: 'The script was killed for memory.', count: 1 });
    expect(alerts.list().alerts).toMatchObject([{ rule: 'resource-exhaustion' }]);
  });

  it('takes ten thousand violations as one alert with the exact count, and one notification', () => {
    const { alerts, run, sent, pass } = rig();
    const record = run('r1');
    startScript(record);
    for (let count = 1; count <= 10_000; count++) {
      now += 1;
      record.addViolation({ kind: 'network', message: 'Refused 192.0.2.1.', count });
    }
    pass(10_000);
    expect(alerts.list().alerts).toMatchObject([{ rule: 'policy-violation', severity: 'critical', count: 10_000 }]);
    expect(sent).toHaveLength(1);
  });

  it('tells at once of a touched decoy (SEC-5)', () => {
    const { alerts, run } = rig();
    const record = run('r1');
    startScript(record);
    record.addViolation({ kind: 'canary', message: 'The script opened ~/.npmrc: a decoy.', count: 1 });
    record.addViolation({ kind: 'canary', message: 'The script opened ~/.npmrc, opened ~/.netrc: decoys.', count: 2 });
    expect(alerts.list().alerts).toMatchObject([
      { rule: 'canary', severity: 'critical', message: 'a.py opened ~/.npmrc: a decoy.' },
    ]);
  });

  it('counts several violations that are told at once, and those of each kind apart', () => {
    const { alerts, run } = rig();
    const record = run('r1');
    record.addViolation({ kind: 'network', message: 'Refused.', count: 4 });
    record.addViolation({ kind: 'processes', message: 'Refused.', count: 1 });
    expect(alerts.list().alerts).toEqual([]);
    record.addViolation({ kind: 'network', message: 'Refused.', count: 5 });
    expect(alerts.list().alerts).toMatchObject([{ count: 6 }]);
  });

  it('tells of four runs that did not start, but not of scripts that failed', () => {
    const { alerts, ears, run } = rig();
    const end = (id: string, outcome: 'engine-error' | 'failed', starts: boolean): void => {
      const record = run(id);
      if (starts) startScript(record);
      record.finish({ outcome, exitCode: null, reason: 'The image is gone.', rule: null, next: '', suggestions: [] });
      ears.ended(record);
    };
    for (const id of ['a', 'b', 'c', 'd']) end(id, 'failed', true);
    for (const id of ['e', 'f', 'g', 'h']) end(id, 'engine-error', true);
    for (const id of ['i', 'j', 'k']) end(id, 'engine-error', false);
    expect(alerts.list().alerts).toEqual([]);
    end('l', 'engine-error', false);
    expect(alerts.list().alerts).toMatchObject([{ rule: 'startup-failure', severity: 'error', count: 4 }]);
  });

  it('tells of a run past 80 % of its wall time, pauses not counted (RUN-14)', () => {
    const { alerts, run, pass } = rig();
    const record = run('r1');
    pass(100_000);
    startScript(record);
    pass(40_000);
    record.move({ type: 'pause' });
    pass(500_000);
    record.move({ type: 'resume' });
    pass(8000);
    expect(alerts.list().alerts).toEqual([]);
    pass(1000);
    expect(alerts.list().alerts).toMatchObject([
      { rule: 'long-running', message: 'a.py has used 81 % of its wall time of 1 min.' },
    ]);
  });

  it('tells of a run past three times its usual time, once three succeeded before (RUN-14)', () => {
    const history = new History(database, silentLog);
    for (const [index, took] of [900, 1000, 60_000].entries()) {
      const { alerts, run, pass, ears } = rig();
      const record = run(`r${index}`);
      startScript(record);
      pass(10_000);
      expect(alerts.list().alerts).toEqual([]);
      ears.dispose();
      history.save(runOf(`h${index}`, { name: 'a.py', startedAt: 1000, finishedAt: 1000 + took }), 'me');
    }
    expect(usualTime(database, 'a.py')).toBe(1000);
    expect(usualTime(database, 'b.py')).toBeNull();
    const { alerts, run, pass } = rig();
    startScript(run('last'));
    pass(3000);
    expect(alerts.list().alerts).toEqual([]);
    pass(1000);
    expect(alerts.list().alerts).toMatchObject([{ message: 'a.py has been running for 4 s; it usually takes 1 s.' }]);
  });
});

describe('the list', () => {
  it('is kept over a restart, marked as read, and cleared', () => {
    const before = rig();
    for (const id of ['r1', 'r2']) before.run(id).addSample(sample(64 * MIB));
    const after = rig();
    expect(after.alerts.list()).toMatchObject({ alerts: [{ run: 'r2' }, { run: 'r1' }], unread: 2 });
    after.alerts.markRead([after.alerts.list().alerts[0]!.id]);
    expect(after.alerts.list().unread).toBe(1);
    after.alerts.markRead(null);
    expect(after.alerts.list().unread).toBe(0);
    after.alerts.clear();
    expect(after.alerts.list()).toEqual({ alerts: [], unread: 0 });
  });

  it('keeps the latest five hundred', () => {
    const { alerts, run, ears } = rig();
    for (let index = 0; index < 520; index++) {
      const record = run(`r${index}`);
      record.addSample(sample(64 * MIB));
      record.finish({ outcome: 'failed', exitCode: 1, reason: '', rule: null, next: '', suggestions: [] });
      ears.ended(record);
    }
    const all = alerts.list().alerts;
    expect([all.length, all[0]?.run, all.at(-1)?.run]).toEqual([500, 'r519', 'r20']);
  });

  it('tells an old image once, also over a restart and after it was cleared', () => {
    const old = { type: 'image', at: 0, runtime: 'python', id: 'x', age: 31 * 86_400_000 } as const;
    const before = rig();
    expect(before.alerts.take(old)).toMatchObject({ rule: 'image-age', run: null });
    before.alerts.clear();
    const after = rig();
    expect(after.alerts.take(old)).toBeNull();
    expect(after.alerts.take({ ...old, id: 'y' })).not.toBeNull();
  });

  it('is told to whoever watches: all, then what changes', async () => {
    vi.useRealTimers();
    const { alerts, run } = rig();
    const stop = new AbortController();
    const seen: AlertsMessage[] = [];
    const watching = (async () => {
      for await (const message of alerts.watch(stop.signal)) {
        seen.push(message);
        if (message.type === 'notification') stop.abort();
      }
    })();
    await vi.waitFor(() => expect(seen).toHaveLength(1));
    run('r1').addSample(sample(64 * MIB));
    await watching;
    expect(seen.map(({ type }) => type)).toEqual(['all', 'changed', 'notification']);
  });

  it('shows what another process raised', async () => {
    vi.useRealTimers();
    const { alerts } = rig();
    const stop = new AbortController();
    const seen: number[] = [];
    const watching = (async () => {
      for await (const message of alerts.watch(stop.signal))
        if (message.type === 'all') seen.push(message.alerts.length);
    })();
    await vi.waitFor(() => expect(seen).toEqual([0]));
    alerts.lookAtOthers();
    rig()
      .run('r1')
      .addSample(sample(64 * MIB));
    alerts.lookAtOthers();
    alerts.lookAtOthers();
    await vi.waitFor(() => expect(seen).toEqual([0, 1]));
    stop.abort();
    await watching;
  });

  it('says nothing outside of a rule that must not, and batches what comes close together', () => {
    const quiet = {
      ...ALERT_TABLE,
      'resource-exhaustion': { ...ALERT_TABLE['resource-exhaustion'], notify: false },
    };
    const silent = rig(quiet);
    silent.run('r0').addSample(sample(64 * MIB));
    expect([silent.sent, silent.alerts.list().unread]).toEqual([[], 1]);
    const { run, sent, pass } = rig();
    for (const id of ['r1', 'r2', 'r3']) run(id).addSample(sample(64 * MIB));
    expect(sent.map(({ title }) => title)).toEqual(['Memory runs out: a.py']);
    pass(5000);
    expect(sent.map(({ title }) => title)).toEqual(['Memory runs out: a.py', 'Memory runs out: 2 alerts']);
  });
});
