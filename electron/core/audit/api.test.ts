import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { fitsAudit, parseAuditFilter, runOfRecord } from '#shared/audit/filter.ts';
import type { AuditEntry, AuditRecord } from '#shared/audit/record.ts';
import type { AuditMessage, AuditRow } from '#shared/contract/audit.ts';
import type { AuditApi } from '../core.ts';
import { silentLog } from '../storage/log.ts';
import { createAuditApi } from './api.ts';
import { createAudit, verifyAuditCopy, type AuditLog } from './audit.ts';

const RUN = '01jabcdefghjkmnpqrstvwxyz0';
let data = '';
let audit: AuditLog;
let api: AuditApi;
const file = () => join(data, 'audit', 'audit.jsonl');
const entry = (over: Partial<AuditEntry> = {}): AuditEntry => ({
  action: 'policy.save',
  what: 'bots',
  outcome: 'done',
  ...over,
});

beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'bellglass-audit-api-'));
  audit = createAudit({ data, via: 'cli', now: () => Date.now(), log: silentLog });
  api = createAuditApi({ data, flush: () => audit.flush(), now: () => Date.now() });
});
afterEach(async () => {
  await audit.dispose();
  await rm(data, { recursive: true, force: true });
});

async function write(...entries: AuditEntry[]): Promise<void> {
  for (const one of entries) audit.record(one);
  await audit.flush();
}

async function every(filter: string, limit: number): Promise<AuditRow[]> {
  const rows: AuditRow[] = [];
  for (let before: number | undefined; ;) {
    const page = await api.page(filter, before, limit);
    rows.push(...page.rows);
    if (page.next === null) return rows;
    before = page.next;
  }
}

const whats = (rows: readonly AuditRow[]): (string | undefined)[] => rows.map(({ record }) => record?.what);

async function textOf(form: 'json' | 'csv', filter = ''): Promise<string> {
  let text = '';
  for await (const piece of api.exportRecords(filter, form)) text += piece.text;
  return text;
}

async function check() {
  for await (const told of api.check()) if (told.type === 'done') return told.verdict;
  throw new Error('the check ended without a verdict');
}

it('gives all records once, newest first, in pages of any size (AUD-1)', async () => {
  const names = Array.from({ length: 700 }, (_, at) => `policy ${at} ${'ü'.repeat(at % 90)}`);
  await write(...names.map((what) => entry({ what })));
  for (const limit of [1, 7, 500]) expect(whats(await every('', limit))).toEqual(names.toReversed());
  const { rows } = await api.page('', undefined, 3);
  const bytes = await readFile(file());
  for (const { at, record } of rows)
    expect(JSON.parse(bytes.toString('utf8', at, bytes.indexOf(10, at)))).toEqual(record);
});

it('has nothing to show before the first record (AUD-1)', async () => {
  expect(await api.page('', undefined, 10)).toEqual({ rows: [], next: null, size: 0, problems: [] });
  expect(await check()).toMatchObject({ ok: true, records: 0 });
  expect(await textOf('json')).toBe('');
});

it('filters by who, what, action, outcome, run, number and text, and says where a filter is wrong (AUD-1)', async () => {
  await write(
    entry({ what: 'bots → crawlers', action: 'policy.rename' }),
    entry({ action: 'run.start', what: RUN, image: 'bellglass/python' }),
    entry({ action: 'engine.create', what: `bellglass-${RUN} c0ffee` }),
    entry({ action: 'run.finish', what: RUN, outcome: 'out-of-memory' }),
    entry({ outcome: 'failed: storage' }),
  );
  const found = async (filter: string): Promise<number[]> =>
    (await every(filter, 100)).map(({ record }) => record?.seq ?? 0);
  expect(await found('action:run')).toEqual([4, 2]);
  expect(await found('action:run.start,policy.save')).toEqual([5, 2]);
  expect(await found(`run:${RUN}`)).toEqual([4, 3, 2]);
  expect(await found('outcome:failed')).toEqual([5]);
  expect(await found('-outcome:done')).toEqual([5, 4]);
  expect(await found('policy:crawlers')).toEqual([1]);
  expect(await found('number:>=4')).toEqual([5, 4]);
  expect(await found('via:cli c0ffee')).toEqual([3]);
  expect(await found('after:2999-01-01')).toEqual([]);
  const { rows, problems } = await api.page('who:ann action:polcy', undefined, 10);
  expect([rows, problems]).toEqual([
    [],
    [
      {
        at: 8,
        length: 12,
        message: 'There is no action `polcy`.',
        fix: 'Did you mean `action:policy`?',
      },
    ],
  ]);
});

it('points at the line of a changed byte, and shows a line that is no record as it is (AUD-1)', async () => {
  await write(...Array.from({ length: 20 }, (_, at) => entry({ what: `policy ${at}` })));
  const lines = (await readFile(file(), 'utf8')).split('\n');
  const place = Buffer.byteLength(lines.slice(0, 11).join('\n')) + 1;
  await writeFile(file(), lines.with(11, lines[11]!.replace('policy 11', 'policy XX')).join('\n'));
  expect(await check()).toMatchObject({ ok: false, records: 11, firstBroken: { seq: 12, at: place } });
  expect((await every('', 4)).find(({ at }) => at === place)?.record?.what).toBe('policy XX');
  await writeFile(file(), lines.with(11, '{"half').join('\n'));
  expect((await every('', 4)).find(({ at }) => at === place)).toEqual({ at: place, record: null, text: '{"half' });
  expect(await every('action:policy', 100)).toHaveLength(19);
});

it('tells new records as they come, and that a file was replaced (AUD-1)', async () => {
  await write(entry({ what: 'one' }));
  const stop = new AbortController();
  const messages = api.watch(stop.signal)[Symbol.asyncIterator]();
  const next = async (): Promise<AuditMessage> => (await messages.next()).value as AuditMessage;
  expect(await next()).toMatchObject({ type: 'state', records: 1 });
  const waiting = next();
  await write(entry({ what: 'two' }), entry({ what: 'three' }));
  const told = await waiting;
  expect(told.type === 'rows' && whats(told.rows)).toEqual(['three', 'two']);
  const replaced = next();
  await writeFile(file(), 'gone\n');
  expect(await replaced).toMatchObject({ type: 'replaced', size: 5 });
  const over = messages.next();
  stop.abort();
  expect((await over).done).toBe(true);
});

it('exports lines that can be checked elsewhere, and cells that no spreadsheet runs (AUD-1)', async () => {
  await write(entry({ what: '=cmd()' }), entry({ action: 'run.stop', what: 'two, "quoted"' }));
  const copy = join(data, 'copy.jsonl');
  await writeFile(copy, await textOf('json', 'action:run'));
  expect(await readFile(copy)).toEqual(await readFile(file()));
  expect(await verifyAuditCopy(copy)).toMatchObject({
    ok: true,
    records: 2,
    last: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  await writeFile(copy, (await readFile(copy, 'utf8')).replace('cmd', 'cmx'));
  expect(await verifyAuditCopy(copy)).toMatchObject({ ok: false, firstBroken: { seq: 1 } });
  await expect(verifyAuditCopy(join(data, 'none'))).rejects.toMatchObject({ code: 'storage' });
  const csv = await textOf('csv');
  expect(csv.split('\r\n')[1]).toContain(",'=cmd(),");
  expect(csv).toContain('"two, ""quoted"""');
  expect((await textOf('csv', 'action:run')).trimEnd().split('\r\n')).toHaveLength(2);
  await expect(textOf('csv', 'action:nonsense')).rejects.toMatchObject({ code: 'input-invalid' });
});

it('never throws on a filter, and each problem lies inside the text (AUD-1)', () => {
  const record: AuditRecord = {
    seq: 1,
    at: new Date(0).toISOString(),
    who: { user: 'ann', host: 'box', via: 'cli' },
    ...entry(),
    previous: '0'.repeat(64),
    hash: '1'.repeat(64),
  };
  fc.assert(
    fc.property(fc.string({ maxLength: 1100 }), (text) => {
      const filter = parseAuditFilter(text);
      for (const { at, length } of filter.problems) expect(at + length).toBeLessThanOrEqual(text.length);
      // Behind a second minus the first word of the text begins with one.
      if (text.startsWith('--')) return;
      const turned = parseAuditFilter(text.startsWith('-') ? text.slice(1) : `-${text}`);
      if (filter.terms.length === 1 && filter.problems.length === 0 && turned.terms.length === 1)
        expect(fitsAudit(record, turned)).toBe(!fitsAudit(record, filter));
    }),
  );
});

it('knows which run a record tells of (AUD-1)', () => {
  expect(runOfRecord({ action: 'run.start', what: RUN })).toBe(RUN);
  expect(runOfRecord({ action: 'engine.create', what: `bellglass-${RUN} c0ffee` })).toBe(RUN);
  expect(runOfRecord({ action: 'run.start', what: RUN.toUpperCase() })).toBe(RUN.toUpperCase());
  expect(runOfRecord({ action: 'policy.save', what: RUN })).toBeNull();
  expect(runOfRecord({ action: 'run.stop', what: 'all' })).toBeNull();
});
