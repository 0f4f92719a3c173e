import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openDatabase } from '../storage/database.ts';
import { silentLog } from '../storage/log.ts';
import { History } from './history.ts';
import { runOf } from './testing/runs.ts';
import { Unwritten, type UnwrittenRun } from './unwritten.ts';
import { parseFilter } from '#shared/history/filter.ts';

let folder: string;
let database: DatabaseSync;
let history: History;
let trouble: [number, string][];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bellglass-unwritten-'));
  database = openDatabase(join(folder, 'bellglass.db'));
  trouble = [];
  history = new History(database, silentLog, (runs, why) => void trouble.push([runs, why]));
});
afterEach(async () => {
  history.close();
  await rm(folder, { recursive: true });
});

/** From now on SQLite refuses to write, as it does on a full disk, or takes everything again. */
const refuse = (on: boolean): void => database.exec(`PRAGMA query_only = ${on ? 'ON' : 'OFF'}`);

it('keeps what the disk refuses in memory, tells it, and writes it with its text when it can (RUN-12)', () => {
  refuse(true);
  expect(history.keep(runOf('a', { state: 'running', verdict: null }), 'me')).toBeInstanceOf(Error);
  expect(history.keep(runOf('a'), 'me')).toBeInstanceOf(Error);
  history.index('a', 'the script', 'a harvest of 4711');
  expect(history.line('a')).toMatchObject({ id: 'a', state: 'finished' });
  expect(history.list(10)).toEqual([]);
  expect(trouble.at(-1)).toEqual([1, expect.stringMatching(/readonly|read-only/)]);
  refuse(false);
  expect(history.keep(runOf('b'), 'me')).toBeNull();
  expect(history.list(10).map(({ id, state }) => `${id} ${state}`)).toEqual(['a finished', 'b finished']);
  expect(history.page({ filter: parseFilter('4711'), limit: 5 }, 0).map(({ id }) => id)).toEqual(['a']);
  expect(trouble.at(-1)?.[0]).toBe(0);
});

it('writes what waits at the end of the process, and forgets what was removed (RUN-12)', () => {
  refuse(true);
  history.keep(runOf('a'), 'me');
  history.keep(runOf('b'), 'me');
  refuse(false);
  expect(history.remove('b')).toBe(true);
  history.dispose();
  expect(history.list(10).map(({ id }) => id)).toEqual(['a']);
});

it('loses none and writes each as it was last, whenever the disk refuses (RUN-12)', () => {
  const step = fc.record({ id: fc.constantFrom('a', 'b', 'c'), refused: fc.boolean(), retry: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      let refused = false;
      const written = new Map<string, string>();
      const write = ({ summary }: UnwrittenRun): void => {
        if (refused) throw new Error('full');
        written.set(summary.id, summary.name);
      };
      let waiting = 0;
      const unwritten = new Unwritten(write, (runs) => (waiting = runs));
      const last = new Map<string, string>();
      for (const [at, { id, refused: now, retry }] of steps.entries()) {
        refused = now;
        const name = `turn ${at}`;
        last.set(id, name);
        unwritten.add({ summary: runOf(id, { name }), owner: 'me', detail: undefined }, 'full');
        if (retry) unwritten.retry();
        for (const [one, kept] of last) expect(unwritten.get(one)?.summary.name ?? written.get(one)).toBe(kept);
      }
      refused = false;
      expect(unwritten.end()).toBe(0);
      expect(waiting).toBe(0);
      expect(written).toEqual(last);
    }),
  );
});
