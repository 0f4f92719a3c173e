import { mkdtemp, readFile, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openLogFile } from './log-file.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bellglass-log-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function linesOf(name: string): Promise<Record<string, unknown>[]> {
  const text = await readFile(join(folder, name), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

it('writes JSON lines with level, time, message and the fields of the child (AUD-5)', async () => {
  const log = await openLogFile({ path: join(folder, 'logs', 'app.log') });
  log.child({ run: '01RUN' }).warn('the run is slow', { ms: 12 });
  log.debug('not written at this level');
  await log.close();
  const [line, ...more] = await linesOf('logs/app.log');
  expect(line).toEqual({
    level: 'warn',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string,
    run: '01RUN',
    ms: 12,
    message: 'the run is slow',
  });
  expect(more).toEqual([]);
});

it('keeps secrets out, by their key and by their look (AUD-5, RUN-4)', async () => {
  const log = await openLogFile({ path: join(folder, 'app.log') });
  const key = '-----BEGIN RSA PRIVATE KEY-----\nhunter2\n-----END RSA PRIVATE KEY-----';
  log.info('opened http://127.0.0.1:1/#token=hunter2', {
    token: 'hunter2',
    nested: { api_key: 'hunter2', list: [{ Authorization: 'Bearer hunter2hunter2' }] },
    env: { HOME_KEY: 'hunter2' },
    secrets: { S: 'hunter2' },
    stdin: 'hunter2',
    url: 'tcp://person:hunter2@host:2375',
    header: 'Authorization: Bearer hunter2hunter2',
    text: `password="hunter2" ${key}`,
    error: new Error('failed with secret=hunter2'),
  });
  log.child({ password: 'hunter2' }).info('child');
  await log.close();
  const text = await readFile(join(folder, 'app.log'), 'utf8');
  expect(text).not.toContain('hunter2');
  expect(text).toContain('HOME_KEY');
});

it('survives fields that refer to themselves, are huge or are binary', async () => {
  const log = await openLogFile({ path: join(folder, 'app.log') });
  const loop: Record<string, unknown> = { big: 'x'.repeat(100_000), bytes: new Uint8Array(5), number: 5n };
  loop['self'] = loop;
  log.info('odd', loop);
  await log.close();
  const [line] = await linesOf('app.log');
  expect(line).toMatchObject({ message: 'odd', bytes: '[5 bytes]', number: '5' });
  expect(JSON.stringify(line).length).toBeLessThan(100_000);
});

it('keeps three files and drops the oldest (AUD-5)', async () => {
  const log = await openLogFile({ path: join(folder, 'app.log'), size: '2K' });
  for (let index = 0; index < 40; index += 1) {
    log.info(`line ${index}`, { fill: 'x'.repeat(500) });
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await log.close();
  const names = (await readdir(folder)).filter((name) => name.startsWith('app.log')).toSorted();
  expect(names).toEqual(['app.log', 'app.log.1', 'app.log.2']);
  for (const name of names) expect((await stat(join(folder, name))).size).toBeLessThan(4 * 1024);
  const newest = (await linesOf('app.log')).concat(await linesOf('app.log.1'));
  expect(newest.map(({ message }) => message)).toContain('line 39');
});

it('lets only the owner read it', async () => {
  const log = await openLogFile({ path: join(folder, 'logs', 'app.log') });
  log.info('x');
  await log.close();
  expect((await stat(join(folder, 'logs', 'app.log'))).mode & 0o077).toBe(0);
});
