/** What the audit costs when there is much of it (AUD-1). */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { createAuditApi } from '#core/audit/api.ts';
import { createAudit, verifyAudit, type AuditLog } from '#core/audit/audit.ts';
import { silentLog } from '#core/storage/log.ts';
import { percentile, type Row } from '../row.ts';

const RECORDS = 100_000;
const BATCH = 5000;
const CHECKS = 5;
const APPENDS = 300;
const PAGES = 20;

async function fill(audit: AuditLog): Promise<void> {
  for (let at = 0; at < RECORDS; at += 1) {
    audit.record({
      action: at % 2 === 0 ? 'run.start' : 'run.finish',
      what: `01J${String(at).padStart(23, '0')}`,
      outcome: at % 2 === 0 ? 'done' : 'succeeded',
      policy: 'a'.repeat(64),
      script: 'b'.repeat(64),
      image: 'bellglass/python:1',
    });
    if (at % BATCH === 0) await audit.flush();
  }
  await audit.flush();
}

async function times(count: number, work: (turn: number) => Promise<unknown>): Promise<number[]> {
  const found: number[] = [];
  for (let turn = 0; turn < count; turn += 1) {
    const begin = performance.now();
    await work(turn);
    found.push(performance.now() - begin);
  }
  return found;
}

/** Checking 100,000 records, appending one until it is on disk, and pages of a filter. */
export async function largeAudit(): Promise<Row[]> {
  const data = mkdtempSync(join(tmpdir(), 'bellglass-bench-'));
  const audit = createAudit({ data, via: 'cli', now: () => Date.now(), log: silentLog });
  const api = createAuditApi({ data, flush: () => audit.flush(), now: () => Date.now() });
  const common = { goal: { atMost: 1 }, unit: 'ms', against: 'the budget' } as const;
  try {
    await fill(audit);
    const checks = await times(CHECKS, async () => {
      const { ok, records } = await verifyAudit(data);
      if (!ok || records !== RECORDS) throw new Error(`${records} records are whole`);
    });
    const appends = await times(APPENDS, (turn) => {
      audit.record({ action: 'run.stop', what: String(turn), outcome: 'done' });
      return audit.flush();
    });
    const pages = await times(PAGES, () => api.page('action:run.finish', undefined, 200));
    const none = await times(CHECKS, async () => {
      for (let before: number | undefined | null; before !== null;)
        before = (await api.page('what:"nothing like it"', before, 200)).next;
    });
    return [
      { ...common, name: 'audit: verify 100,000, p95', ours: percentile(checks, 0.95), peer: 2000, n: CHECKS },
      { ...common, name: 'audit: append to disk, p95', ours: percentile(appends, 0.95), peer: 1, n: APPENDS },
      { ...common, name: 'audit: filtered page, p95', ours: percentile(pages, 0.95), peer: 20, n: PAGES },
      { ...common, name: 'audit: search all in vain, p95', ours: percentile(none, 0.95), peer: 2000, n: CHECKS },
    ];
  } finally {
    await audit.dispose();
    rmSync(data, { recursive: true });
  }
}
