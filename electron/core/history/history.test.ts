import { DatabaseSync } from 'node:sqlite';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { OUTCOMES, RUNTIMES, RUN_STATES, VIOLATION_KINDS, type RunSummary } from '#shared/domain/run.ts';
import { parseFilter } from '#shared/history/filter.ts';
import { matches } from '#shared/history/matches.ts';
import { openDatabase } from '../storage/database.ts';
import { silentLog } from '../storage/log.ts';
import { History } from './history.ts';
import { runOf } from './testing/runs.ts';

const NOW = 1_700_000_100_000;
let folder: string;
let history: History;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'history-'));
  history = new History(openDatabase(join(folder, 'bellglass.db')), silentLog);
});

afterEach(() => {
  history.close();
  rmSync(folder, { recursive: true });
});

const found = (text: string): string[] =>
  history.page({ filter: parseFilter(text), limit: 1000 }, NOW).map((run) => run.id);

const someRun = fc.record({
  name: fc.constantFrom('hello.py', 'Tidy data.py', 'a_b%c.sh', "Robert'); DROP TABLE history;--.sh"),
  runtime: fc.constantFrom(...RUNTIMES),
  level: fc.constantFrom('untrusted' as const, 'limited' as const),
  policy: fc.constantFrom('untrusted', 'limited', 'Price-Bots'),
  state: fc.constantFrom(...RUN_STATES),
  createdAt: fc.integer({ min: NOW - 10_000_000, max: NOW }),
  startedAt: fc.option(fc.integer({ min: NOW - 10_000, max: NOW })),
  finishedAt: fc.option(fc.integer({ min: NOW, max: NOW + 10_000 })),
  peakMemory: fc.integer({ min: 0, max: 200 * 1024 * 1024 }),
  violationKinds: fc.uniqueArray(fc.constantFrom(...VIOLATION_KINDS), { maxLength: 2 }),
  outcome: fc.option(fc.constantFrom(...OUTCOMES)),
  exitCode: fc.option(fc.integer({ min: 0, max: 3 })),
});

const someTerm = fc.constantFrom(
  'name:tidy',
  'name:_',
  'name:%',
  'policy:price-bots',
  'policy:limited',
  'level:limited',
  'runtime:python,bash',
  'state:running',
  'outcome:failed,succeeded',
  'violation:memory',
  'is:going',
  'is:finished',
  'is:refused',
  'peak:>100MiB',
  'peak:<=50MiB',
  'duration:>5s',
  'exit:1',
  'exit:>=2',
  'after:2023-11-14',
  'before:2023-11-14',
);

it('finds by the database what it finds in memory, for every filter of words and numbers (RUN-12)', () => {
  fc.assert(
    fc.property(
      fc.array(someRun, { minLength: 1, maxLength: 12 }),
      fc.array(fc.tuple(fc.boolean(), someTerm), { minLength: 1, maxLength: 3 }),
      (runs, terms) => {
        const made: RunSummary[] = runs.map(({ outcome, exitCode, ...rest }, index) =>
          runOf(`run${index}`, {
            ...rest,
            violations: rest.violationKinds.length,
            startedAt: rest.startedAt,
            verdict: outcome === null ? null : { outcome, exitCode, reason: '', rule: null, next: '', suggestions: [] },
          }),
        );
        for (const run of made) history.save(run, 'me');
        const text = terms.map(([not, term]) => `${not ? '-' : ''}${term}`).join(' ');
        const filter = parseFilter(text);
        expect(filter.problems).toEqual([]);
        const expected = made.filter((run) => matches(run, filter, NOW)).map((run) => run.id);
        expect(found(text).toSorted()).toEqual(expected.toSorted());
        expect(history.count(filter, 1000, NOW)).toBe(expected.length);
        for (const run of made) history.remove(run.id);
      },
    ),
    { numRuns: 150 },
  );
});

it('finds runs by a part of their name and by words of their script and output (RUN-12)', () => {
  history.save(runOf('a', { name: 'fetch_prices.py' }), 'me');
  history.save(runOf('b', { name: 'other.sh' }), 'me');
  history.index('a', 'import urllib\nprint("hello world")', 'connection refused: api.prices.example');
  history.index('b', 'echo bye', 'bye');
  expect(found('prices')).toEqual(['a']);
  expect(found('fetch_pri')).toEqual(['a']);
  expect(found('urllib')).toEqual(['a']);
  expect(found('"connection refused"')).toEqual(['a']);
  expect(found('refu')).toEqual(['a']);
  expect(found('-bye')).toEqual(['a']);
  expect(found('nothing-like-it')).toEqual([]);
});

it.each([
  '"',
  '*',
  'a" OR 1=1 --',
  'NEAR(a b)',
  'name:"x',
  "'; DROP TABLE history; --",
  '\0',
  'ab',
  '^',
  '-',
  'script:x',
])('takes %j as text and nothing else', (text) => {
  history.save(runOf('a'), 'me');
  expect(() => found(text)).not.toThrow();
  expect(found('')).toEqual(['a']);
});

it('pages through all runs, newest first, each once, also when many were created at the same moment', () => {
  const ids = Array.from({ length: 25 }, (_, index) => `run${String(index).padStart(2, '0')}`);
  for (const [index, id] of ids.entries()) history.save(runOf(id, { createdAt: NOW + Math.floor(index / 10) }), 'me');
  const seen: string[] = [];
  for (let before: string | undefined; ;) {
    const page = history.page({ filter: parseFilter(''), limit: 4, ...(before && { before }) }, NOW);
    if (page.length === 0) break;
    seen.push(...page.map((run) => run.id));
    before = page.at(-1)?.id;
  }
  expect(seen).toEqual(ids.toReversed());
});

it('keeps pin, tags and note through later writes of the run, and finds by them', () => {
  history.save(runOf('a', { state: 'running', verdict: null }), 'me');
  expect(history.mark('a', { pinned: true, tags: ['ci', 'slow'], note: 'look again' })).toBe(true);
  history.save(runOf('a'), 'me');
  expect(history.list(1)[0]).toMatchObject({
    pinned: true,
    tags: ['ci', 'slow'],
    note: 'look again',
    state: 'finished',
  });
  expect(found('tag:slow is:pinned')).toEqual(['a']);
  expect(found('tag:slo')).toEqual([]);
  history.mark('a', { tags: [] });
  expect(history.list(1)[0]).toMatchObject({ pinned: true, tags: [] });
  expect(history.mark('nobody', { pinned: true })).toBe(false);
});

it('forgets a removed run wholly', () => {
  history.save(runOf('a', { name: 'prices.py' }), 'me');
  history.index('a', 'secretword', '');
  expect(history.remove('a')).toBe(true);
  expect(history.remove('a')).toBe(false);
  history.save(runOf('b', { name: 'b.py' }), 'me');
  expect(found('secretword')).toEqual([]);
  expect(found('prices')).toEqual([]);
});

it('brings the runs of the first schema along', () => {
  const path = join(folder, 'old.db');
  const old = new DatabaseSync(path);
  old.exec(`CREATE TABLE runs (id TEXT PRIMARY KEY, created_at INTEGER NOT NULL, name TEXT NOT NULL, state TEXT NOT NULL,
    owner TEXT NOT NULL, summary TEXT NOT NULL, detail TEXT) STRICT; PRAGMA user_version = 1;`);
  const { pinned, tags, note, violationKinds, ...before } = runOf('a', { name: 'old.py', peakMemory: 5.5 });
  old
    .prepare('INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?, NULL)')
    .run('a', before.createdAt, before.name, before.state, 'me', JSON.stringify(before));
  old.close();
  const migrated = new History(openDatabase(path), silentLog);
  expect(migrated.list(10)).toEqual([{ ...before, pinned, tags, note, violationKinds }]);
  expect(migrated.page({ filter: parseFilter('old outcome:succeeded exit:0'), limit: 1 }, NOW)).toHaveLength(1);
  migrated.close();
});
