import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createAudit } from '#core/audit/audit.ts';
import { silentLog } from '#core/storage/log.ts';
import { cli, scriptedWorld } from './testing/scripted-world.ts';

let home = '';
const file = () => join(home, 'data', 'audit', 'audit.jsonl');

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'bellglass-cli-audit-'));
  const audit = createAudit({ data: join(home, 'data'), via: 'cli', now: () => Date.now(), log: silentLog });
  for (const what of ['one', 'two\u001b[2Jthree'])
    audit.record({ action: 'policy.save', what, outcome: 'done', policy: 'a'.repeat(64) });
  await audit.dispose();
});
afterEach(async () => {
  await rm(home, { recursive: true, force: true });
});

it('says that the audit is whole, and exits with 1 and the first broken record when it is not (AUD-1)', async () => {
  expect(await cli(scriptedWorld(home), 'audit', 'verify')).toMatchObject({
    code: 0,
    stdout: '2 records are whole and in order.\n',
  });
  await writeFile(file(), (await readFile(file(), 'utf8')).replace('"one"', '"won"'));
  const told = await cli(scriptedWorld(home), 'audit', 'verify');
  expect(told).toMatchObject({ code: 1, stderr: expect.stringContaining('broken at record 1. The record was edited') });
  const json = await cli(scriptedWorld(home), 'audit', 'verify', '--json');
  expect([json.code, json.json()]).toMatchObject([1, [{ ok: false, records: 0, firstBroken: { seq: 1 } }]]);
});

it('lists records on one line each, whatever they hold (AUD-1)', async () => {
  const { code, stdout } = await cli(scriptedWorld(home), 'audit', 'list');
  expect(code).toBe(0);
  expect(stdout.trimEnd().split('\n')).toHaveLength(2);
  expect(stdout).not.toContain('\u001b');
  const json = await cli(scriptedWorld(home), 'audit', 'list', '--json');
  expect(json.json()).toMatchObject([{ seq: 1, what: 'one' }, { seq: 2 }]);
});

it('has nothing to say of a folder without records (AUD-1)', async () => {
  const empty = join(home, 'empty');
  expect(await cli(scriptedWorld(empty), 'audit', 'list')).toMatchObject({ code: 0, stdout: '' });
  expect(await cli(scriptedWorld(empty), 'audit', 'verify')).toMatchObject({ code: 0 });
});
