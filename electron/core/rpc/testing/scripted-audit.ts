/** The audit of a scripted core: a few records that never change. */
import { chain, GENESIS, type Anchor } from '#shared/audit/chain.ts';
import { fitsAudit, parseAuditFilter } from '#shared/audit/filter.ts';
import type { AuditEntry } from '#shared/audit/record.ts';
import type { AuditRow } from '#shared/contract/audit.ts';
import type { AuditApi } from '../../core.ts';
import { sha256 } from '../../audit/file.ts';

const ENTRIES: readonly AuditEntry[] = [
  { action: 'policy.create', what: 'price-bots', outcome: 'done', policy: sha256('price-bots') },
  { action: 'setting.set', what: 'maxConcurrent', outcome: 'done' },
  { action: 'run.start', what: '01SCRIPTED0000000000000001', outcome: 'done', script: sha256('script') },
  { action: 'run.finish', what: '01SCRIPTED0000000000000001', outcome: 'succeeded', script: sha256('script') },
];

export function scriptedAudit(): AuditApi {
  let last: Anchor = { seq: 0, hash: GENESIS };
  const rows = ENTRIES.map((entry, at): AuditRow => {
    const when = new Date(Date.now() - (ENTRIES.length - at) * 60_000).toISOString();
    const record = chain({ at: when, who: { user: 'ann', host: 'box', via: 'web' }, ...entry }, last, sha256);
    last = record;
    return { at: at * 400, record, text: '' };
  });
  const state = { records: rows.length, size: rows.length * 400 };
  return {
    async page(text, before = Number.MAX_SAFE_INTEGER) {
      const filter = parseAuditFilter(text);
      const found = rows.filter(({ at, record }) => at < before && record !== null && fitsAudit(record, filter));
      const fitting = filter.problems.length > 0 ? [] : found.toReversed();
      return { rows: fitting, next: null, size: state.size, problems: [...filter.problems] };
    },
    async *watch(signal) {
      yield { type: 'state', path: '/data/audit/audit.jsonl', ...state };
      const { promise, resolve } = Promise.withResolvers<void>();
      signal?.addEventListener('abort', () => resolve());
      await promise;
    },
    async *check() {
      const verdict = { ok: true, records: rows.length, firstBroken: null, unfinished: false, checkedAt: Date.now() };
      yield { type: 'done', verdict };
    },
    async *exportRecords() {
      yield { text: rows.map(({ record }) => `${JSON.stringify(record)}\n`).join('') };
    },
  };
}
