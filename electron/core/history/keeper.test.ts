import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { AppError } from '#shared/lib/app-error.ts';
import { createAlertStore } from '../alerts/alert-store.ts';
import { DamagedDatabase, openDatabase } from '../storage/database.ts';
import { findDamage, findDamageBeside } from '../storage/health/damage.ts';
import { silentLog } from '../storage/log.ts';
import { History } from './history.ts';
import { HistoryKeeper, asideWhenDamaged } from './keeper.ts';
import { runOf } from './testing/runs.ts';

const NOW = Date.parse('2026-03-04T05:06:07Z');
let folder: string;
let path: string;
const opened: { dispose(): void }[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bellglass-keeper-'));
  path = join(folder, 'bellglass.db');
});
afterEach(async () => {
  for (const one of opened.splice(0)) one.dispose();
  await rm(folder, { recursive: true });
});

function keep(canAsk = true): HistoryKeeper {
  const keeper = new HistoryKeeper({ path, canAsk, now: () => NOW, log: silentLog });
  opened.push(keeper);
  return keeper;
}

/** A history of some runs, closed. */
function fill(runs = 300): void {
  const history = new History(openDatabase(path), silentLog);
  for (let at = 0; at < runs; at += 1) {
    history.save(runOf(`run${at}`, { name: `job ${at} ${'x'.repeat(400)}` }), 'me');
  }
  history.close();
}

/** Overwrites the beginning of each page in the middle third. */
async function flipPages(): Promise<void> {
  const bytes = await readFile(path);
  const page = bytes.readUInt16BE(16);
  const pages = bytes.length / page;
  for (let at = Math.floor(pages / 3); at < (2 * pages) / 3; at += 1) bytes.fill(0xa5, at * page, at * page + 12);
  await writeFile(path, bytes);
}

const DAMAGES: readonly [string, () => Promise<void>][] = [
  ['random bytes', () => writeFile(path, Buffer.from('no database at all. '.repeat(1000)))],
  ['a file cut short', async () => truncate(path, Math.floor((await stat(path)).size / 2))],
  ['pages with flipped bits', flipPages],
];

it.each(DAMAGES)(
  'says that a history of %s is damaged, and keeps it byte by byte when a fresh one begins (RUN-12)',
  async (_, damage) => {
    fill();
    await damage();
    const before = await readFile(path);
    expect(() => openDatabase(path)).toThrow(DamagedDatabase);
    const keeper = keep();
    expect(keeper.health()).toMatchObject({ state: 'damaged', path, inMemory: true, why: expect.stringMatching(/./) });
    expect((await readFile(path)).equals(before)).toBe(true);

    const history = new History(keeper.database, silentLog);
    const meanwhile = runOf('meanwhile');
    history.save(meanwhile, 'me');
    let told = 0;
    keeper.onFresh(() => (told += 1));
    const { aside } = keeper.startFresh();
    expect(aside).toBe(`${path}.damaged-2026-03-04`);
    expect((await readFile(aside)).equals(before)).toBe(true);
    expect(told).toBe(1);
    expect(keeper.health()).toEqual({ state: 'whole' });
    expect(history.list(10).map(({ id }) => id)).toEqual(['meanwhile']);
    history.save({ ...meanwhile, pinned: true }, 'me');
    keeper.dispose();
    opened.pop();
    const again = new History(openDatabase(path), silentLog);
    expect(again.list(10).map(({ id }) => id)).toEqual(['meanwhile']);
    again.close();
  },
);

it('lets alerts be written and told in the fresh one too (RUN-12, AUD-3)', async () => {
  await writeFile(path, 'no database at all. '.repeat(1000));
  const keeper = keep();
  const alerts = createAlertStore(keeper.database, silentLog);
  const alert = { rule: 'startup-failure', severity: 'error', message: 'It failed.', run: null, subject: 'a' } as const;
  alerts.add({ ...alert, cause: 'before', count: 1, firstAt: 1, lastAt: 1 });
  keeper.startFresh();
  alerts.add({ ...alert, cause: 'after', count: 1, firstAt: 2, lastAt: 2 });
  expect(alerts.list().map(({ firstAt }) => firstAt)).toEqual([2, 1]);
  expect(alerts.wasTold('after')).toBe(true);
  expect(alerts.newest()).toBe(2);
});

it('never overwrites an earlier one that was put aside, and takes its journals along (RUN-12)', async () => {
  for (const turn of [1, 2, 3]) {
    await writeFile(path, `damaged ${turn} `.repeat(500));
    await writeFile(`${path}-wal`, `journal ${turn}`);
    asideWhenDamaged(path, NOW);
    expect(existsSync(path)).toBe(false);
  }
  const names = (await readdir(folder)).filter((name) => name.includes('.damaged-')).toSorted();
  expect(names.filter((name) => !name.endsWith('-wal'))).toEqual([
    'bellglass.db.damaged-2026-03-04',
    'bellglass.db.damaged-2026-03-04-2',
    'bellglass.db.damaged-2026-03-04-3',
  ]);
  expect(await readFile(join(folder, 'bellglass.db.damaged-2026-03-04'), 'utf8')).toContain('damaged 1');
  expect(await readFile(join(folder, 'bellglass.db.damaged-2026-03-04-3'), 'utf8')).toContain('damaged 3');
});

it('leaves a whole history alone (RUN-12)', async () => {
  expect(asideWhenDamaged(path, NOW)).toBeNull();
  fill(3);
  expect(asideWhenDamaged(path, NOW)).toBeNull();
  const keeper = keep();
  expect(keeper.health()).toEqual({ state: 'whole' });
  expect(() => keeper.startFresh()).toThrow(AppError);
  expect(new History(keeper.database, silentLog).list(10)).toHaveLength(3);
});

it('is an error with the command that helps where nobody can be asked (RUN-12)', async () => {
  await writeFile(path, 'no database at all. '.repeat(1000));
  expect(() => keep(false)).toThrow(
    expect.objectContaining({ code: 'storage', next: expect.stringContaining('bellglass doctor --fresh-history') }),
  );
});

it('finds damage of a file that is in use, beside the work and at the first query (RUN-12)', async () => {
  fill();
  expect(await findDamageBeside(path, new AbortController().signal)).toBeNull();
  const database = new DatabaseSync(path);
  expect(findDamage(database)).toBeNull();
  await flipPages();
  expect(await findDamageBeside(path, new AbortController().signal)).toMatch(/./);
  database.close();
  const keeper = new HistoryKeeper({ path: join(folder, 'other.db'), canAsk: true, now: () => NOW, log: silentLog });
  opened.push(keeper);
  const history = new History(keeper.database, silentLog);
  history.save(runOf('before'), 'me');
  for (let at = 0; at < 300; at += 1) history.save(runOf(`run${at}`, { name: `job ${at} ${'x'.repeat(400)}` }), 'me');
  keeper.database.exec('PRAGMA wal_checkpoint(TRUNCATE); PRAGMA cache_size = 0;');
  path = join(folder, 'other.db');
  await flipPages();
  expect(() => history.list(1000)).toThrow(/malformed|not a database/);
  expect(keeper.health()).toMatchObject({ state: 'damaged', inMemory: false });
  const { aside } = keeper.startFresh();
  expect(history.list(10)).toEqual([]);
  expect(aside).toBe(`${path}.damaged-2026-03-04`);
  history.save(runOf('after'), 'me');
  expect(history.list(10).map(({ id }) => id)).toEqual(['after']);
});

async function other(code: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['-e', code, path], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return child;
}

it('says what holds the lock when it waited in vain (RUN-12)', { timeout: 30_000 }, async () => {
  fill(1);
  const child = await other(
    `const d = new (require('node:sqlite').DatabaseSync)(process.argv[1]); d.exec('BEGIN EXCLUSIVE'); console.log('held'); process.stdin.resume(); process.stdin.on('end', () => process.exit())`,
  );
  try {
    const failure = (() => {
      try {
        openDatabase(path).close();
        return null;
      } catch (thrown) {
        return thrown as AppError;
      }
    })();
    expect(failure).toMatchObject({ code: 'storage', message: 'The history is locked by another program.' });
    if (process.platform === 'linux') expect(failure?.why).toContain(`process ${child.pid}`);
  } finally {
    child.stdin?.end();
    await once(child, 'exit');
  }
  openDatabase(path).close();
});

it(
  'does not take a damaged history from under another program that has it open (RUN-12)',
  { skip: process.platform !== 'linux' },
  async () => {
    await writeFile(path, 'no database at all. '.repeat(1000));
    const child = await other(
      `require('node:fs').openSync(process.argv[1]); console.log('open'); process.stdin.resume(); process.stdin.on('end', () => process.exit())`,
    );
    try {
      expect(() => asideWhenDamaged(path, NOW)).toThrow(
        expect.objectContaining({ why: expect.stringContaining(`process ${child.pid}`) }),
      );
      expect(existsSync(path)).toBe(true);
    } finally {
      child.stdin?.end();
      await once(child, 'exit');
    }
    expect(asideWhenDamaged(path, NOW)).not.toBeNull();
  },
);

it('refuses a newer schema and leaves the file as it is (RUN-12)', async () => {
  fill(1);
  const database = new DatabaseSync(path);
  database.exec('PRAGMA user_version = 9999');
  database.close();
  const before = await readFile(path);
  for (const canAsk of [true, false])
    expect(() => keep(canAsk)).toThrow(
      expect.objectContaining({ code: 'storage', message: 'The history was written by a newer version of Bellglass.' }),
    );
  expect((await readFile(path)).subarray(100).equals(before.subarray(100))).toBe(true);
  const newer = new DatabaseSync(path);
  expect(newer.prepare('PRAGMA user_version').get()).toMatchObject({ user_version: 9999 });
  expect(newer.prepare('SELECT count(*) AS found FROM history').get()).toMatchObject({ found: 1 });
  newer.close();
});
