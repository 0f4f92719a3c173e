import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, copyFile, mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { AppError } from '#shared/lib/app-error.ts';
import type { AuditRecord } from '#shared/audit/record.ts';
import { silentLog } from '../storage/log.ts';
import { createAudit, verifyAudit, type AuditLog } from './audit.ts';
import { recorded } from './recorded.ts';

let data = '';
const file = () => join(data, 'audit', 'audit.jsonl');
const open = (): AuditLog => createAudit({ data, via: 'cli', now: () => Date.now(), log: silentLog });
const records = async (): Promise<AuditRecord[]> =>
  (await readFile(file(), 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as AuditRecord);

async function write(...whats: string[]): Promise<void> {
  const audit = open();
  for (const what of whats) audit.record({ action: 'policy.save', what, outcome: 'done' });
  await audit.dispose();
}

beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'bellglass-audit-'));
});
afterEach(async () => {
  await rm(data, { recursive: true, force: true });
});

it('keeps the order of the calls, says who, and goes on after a restart (AUD-1)', async () => {
  await write('one', 'two');
  await write('three');
  const all = await records();
  expect(all.map(({ seq, what }) => [seq, what])).toEqual([
    [1, 'one'],
    [2, 'two'],
    [3, 'three'],
  ]);
  expect(all[0]?.who).toMatchObject({ via: 'cli', user: expect.stringMatching(/./), host: expect.stringMatching(/./) });
  expect((await stat(file())).mode & 0o777).toBe(0o600);
  expect(await verifyAudit(data)).toMatchObject({ ok: true, records: 3 });
});

it('has nothing to complain of before the first record (AUD-1)', async () => {
  await open().dispose();
  expect(await verifyAudit(data)).toMatchObject({ ok: true, records: 0 });
  await expect(stat(join(data, 'audit'))).rejects.toThrow('ENOENT');
});

it('keeps secrets, long texts and broken characters out of a record (AUD-1, AUD-5)', async () => {
  await write('token=abcdefghijkl', 'x'.repeat(100_000), 'half \ud800 a character', 'two\nlines');
  const [first, second] = await records();
  expect(JSON.stringify(first)).not.toContain('abcdefghijkl');
  expect(second?.what.length).toBeLessThanOrEqual(500);
  expect(await verifyAudit(data)).toMatchObject({ ok: true, records: 4 });
});

it('takes away the half of a record that a crash left, and keeps a whole one that the head does not know (AUD-1)', async () => {
  await write('one');
  await copyFile(join(data, 'audit', 'head.db'), join(data, 'earlier.db'));
  await write('two');
  await copyFile(join(data, 'earlier.db'), join(data, 'audit', 'head.db'));
  await appendFile(file(), '{"action":"policy.save","at":"2023');
  expect(await verifyAudit(data)).toMatchObject({ ok: true, records: 2, unfinished: true });
  await write('three');
  expect((await records()).map(({ seq, what }) => `${seq} ${what}`)).toEqual(['1 one', '2 two', '3 three']);
  expect(await verifyAudit(data)).toMatchObject({ ok: true, records: 3, unfinished: false });
});

it('never mends what was changed: a cut, emptied or replaced file stays broken, and new records still come (AUD-1)', async () => {
  await write('one', 'two', 'three');
  const before = await readFile(file(), 'utf8');
  await truncate(file(), before.indexOf('\n') + 20);
  expect((await verifyAudit(data)).ok).toBe(false);
  await write('four');
  const verdict = await verifyAudit(data);
  expect(verdict).toMatchObject({ ok: false, firstBroken: { seq: 2 } });
  expect(JSON.parse((await readFile(file(), 'utf8')).trimEnd().split('\n').at(-1) ?? '')).toMatchObject({
    seq: 4,
    what: 'four',
  });
  await writeFile(file(), '');
  await write('five');
  expect(await verifyAudit(data)).toMatchObject({ ok: false, firstBroken: { seq: 1 } });
});

it('misses the head when it is deleted (AUD-1)', async () => {
  await write('one');
  await rm(join(data, 'audit', 'head.db'));
  expect(await verifyAudit(data)).toMatchObject({ ok: false, firstBroken: { seq: 1 } });
});

it('writes what waited once the disk can be written again (AUD-1)', async () => {
  await writeFile(join(data, 'audit'), 'in the way');
  const audit = open();
  audit.record({ action: 'policy.save', what: 'one', outcome: 'done' });
  await audit.flush();
  await rm(join(data, 'audit'));
  audit.record({ action: 'policy.save', what: 'two', outcome: 'done' });
  await audit.dispose();
  expect((await records()).map(({ what }) => what)).toEqual(['one', 'two']);
});

function child(name: string): { process: ChildProcess; said: () => number } {
  const started = spawn(process.execPath, [join(import.meta.dirname, 'testing', 'append-child.ts'), data, name], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let last = 0;
  started.stdout.setEncoding('utf8').on('data', (text: string) => {
    last = Number(text.trimEnd().split('\n').at(-1));
  });
  return { process: started, said: () => last };
}

it('stays whole when processes that append together are killed at any moment, and loses nothing that was said to be on disk (AUD-1)', async () => {
  for (let round = 0; round < 6; round += 1) {
    const before = round === 0 ? 0 : (await records()).length;
    const two = [child(`a${round}`), child(`b${round}`)];
    while (!two.every(({ said }) => said() > 0)) await wait(5);
    for (const { process } of two) {
      await wait(Math.random() * 40);
      process.kill('SIGKILL');
      await once(process, 'close');
    }
    await write(`after ${round}`);
    const verdict = await verifyAudit(data);
    expect(verdict).toMatchObject({ ok: true, unfinished: false });
    const all = (await records()).slice(before).map(({ what }) => what);
    for (const [at, { said }] of two.entries())
      expect(all.filter((what) => what.startsWith(`${'ab'[at]}${round} `)).length).toBeGreaterThanOrEqual(said());
  }
}, 60_000);

it('records calls with what came of them, and leaves the object as it is (AUD-1)', async () => {
  class Target {
    readonly #secret = 'kept';
    value = 1;
    async act(name: string): Promise<string> {
      if (name === 'bad') throw new AppError({ code: 'input-invalid', message: 'token=abcdefghijkl' });
      return `${this.#secret} ${name}`;
    }
    other(): string {
      return this.#secret;
    }
  }
  const audit = open();
  const target = recorded(new Target(), audit, {
    act: (result, name) => (name === 'quiet' ? null : { action: 'run.stop', what: `${name} → ${result}` }),
  });
  expect(await target.act('good')).toBe('kept good');
  await expect(target.act('bad')).rejects.toThrow('token');
  await target.act('quiet');
  expect([target.other(), target.value]).toEqual(['kept', 1]);
  await audit.dispose();
  expect((await records()).map(({ what, outcome }) => [what, outcome])).toEqual([
    ['good → kept good', 'done'],
    ['bad → undefined', 'refused: input-invalid'],
  ]);
});

it('finds bytes that only look the same once they are text, and says where the line begins (AUD-1)', async () => {
  await write('one', 'sign \ufffd', 'three');
  const whole = await readFile(file());
  const sign = whole.indexOf('\ufffd');
  // A cut sequence of three bytes is shown as the same one sign.
  const changed = Buffer.concat([whole.subarray(0, sign), Buffer.from([0xf0, 0x90, 0x80]), whole.subarray(sign + 3)]);
  expect(changed.toString('utf8')).toBe(whole.toString('utf8'));
  await writeFile(file(), changed);
  expect(await verifyAudit(data)).toMatchObject({
    ok: false,
    firstBroken: { seq: 2 },
    place: whole.indexOf('\n') + 1,
  });
});

it('reads a file that is longer than one piece, and a line that is longer than any record (AUD-1)', async () => {
  await write(...Array.from({ length: 1500 }, (_, at) => `${at} ${'x'.repeat(400)}`));
  const whole = await readFile(file(), 'utf8');
  expect(whole.length).toBeGreaterThan(2 * 256 * 1024);
  expect(await verifyAudit(data)).toMatchObject({ ok: true, records: 1500, place: null });
  const at = whole.indexOf('"what":"1400 ');
  await writeFile(file(), whole.slice(0, at) + whole.slice(at).replace('x', 'y'));
  expect(await verifyAudit(data)).toMatchObject({
    ok: false,
    records: 1400,
    place: whole.lastIndexOf('\n', at) + 1,
  });
  await writeFile(file(), `${whole}${'x'.repeat(3 * 1024 * 1024)}`);
  expect(await verifyAudit(data)).toMatchObject({ ok: false, records: 1500, place: whole.length });
});
