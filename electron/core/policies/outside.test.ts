import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openDatabase } from '../storage/database.ts';
import { silentLog } from '../storage/log.ts';
import { PolicyFolder } from './folder.ts';
import { createPolicyMemory } from './memory.ts';
import { watchOutside } from './outside.ts';
import { createPolicyWriter } from './write.ts';

let home = '';
let database: ReturnType<typeof openDatabase>;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'bellglass-outside-'));
  database = openDatabase(join(home, 'bellglass.db'));
});
afterEach(async () => {
  database.close();
  await rm(home, { recursive: true, force: true });
});

it('tells what others write and take away, and nothing of what was there before or is our own work (AUD-1)', async () => {
  const file = (name: string): string => join(home, `${name}.yaml`);
  await writeFile(file('there'), 'trust_level: limited\n');
  const folder = new PolicyFolder({
    folder: home,
    memory: createPolicyMemory(database),
    now: () => Date.now(),
    log: silentLog,
  });
  const told: [string, boolean][] = [];
  const outside = watchOutside(folder, (name, revision) => told.push([name, revision !== null]));
  const writer = createPolicyWriter(folder);
  await folder.scan();
  const made = await outside.ours(['ours'], () => writer.save('ours', 'trust_level: limited\n', null));
  await outside.ours(['ours', 'named'], () => writer.rename('ours', 'named', made.revision));
  await folder.scan();
  expect(told).toEqual([]);
  await writeFile(file('named'), 'trust_level: untrusted\n# by another program\n');
  await folder.scan();
  expect(told).toEqual([['named', true]]);
  await rm(file('there'));
  await folder.scan();
  expect(told).toEqual([
    ['named', true],
    ['there', false],
  ]);
});
