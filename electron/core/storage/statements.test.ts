import { expect, it } from 'vitest';
import { Database } from './statements.ts';

function filled(): Database {
  const database = new Database(':memory:');
  database.exec('CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT)');
  const add = database.prepare('INSERT INTO things (name) VALUES (?)');
  for (const name of ['a', 'b', 'c']) add.run(name);
  return database;
}

const ONE = 'SELECT name FROM things WHERE id = ?';

it('compiles a statement once, and gives nothing of one use to the next (RUN-12)', () => {
  const database = filled();
  expect(database.prepare(ONE)).toBe(database.prepare(ONE));
  expect(database.prepare(ONE).get(2)).toMatchObject({ name: 'b' });
  expect(database.prepare(ONE).get(9)).toBeUndefined();
  expect(database.prepare(ONE).get()).toBeUndefined();
  // A first row that was read keeps nobody from writing.
  expect(database.prepare('SELECT name FROM things').get()).toMatchObject({ name: 'a' });
  expect(database.prepare('DELETE FROM things').run().changes).toBe(3);
  expect(() => database.exec('VACUUM')).not.toThrow();
  database.close();
});

it('sees a schema that has changed since (RUN-12)', () => {
  const database = filled();
  expect(database.prepare('SELECT * FROM things').all()).toHaveLength(3);
  database.exec("ALTER TABLE things ADD COLUMN more TEXT DEFAULT 'x'");
  expect(database.prepare('SELECT * FROM things').get()).toMatchObject({ name: 'a', more: 'x' });
  database.close();
});

it('keeps a bounded number of them (RUN-12)', () => {
  const database = filled();
  const first = database.prepare(ONE);
  for (let i = 0; i < 1000; i++) expect(database.prepare(`SELECT ${i} AS i`).get()).toMatchObject({ i });
  expect(database.prepare(ONE)).not.toBe(first);
  // Whoever still holds one can use it.
  expect(first.get(1)).toMatchObject({ name: 'a' });
  database.close();
});
