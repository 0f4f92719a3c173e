import { linkSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import type { PoolStatus } from '#shared/contract/pool.ts';
import type { QueuedRunLine } from '#shared/contract/queue.ts';
import { AppError } from '#shared/lib/app-error.ts';
import { silentLog } from '../storage/log.ts';
import { knownAddresses, ownAddress } from './address.ts';
import { askPools, askQueues, serveControl, stopWorkflowElsewhere, tellRun } from './control.ts';

const folders: string[] = [];
const made = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'bg-control-'));
  folders.push(folder);
  return folder;
};
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const POOL: PoolStatus = { on: true, why: '', hits: 1, misses: 2, waiting: 0, memory: 0, budget: 9, sizes: [] };

const WAITING: QueuedRunLine = {
  id: 'mine',
  name: 'job.py',
  policy: 'untrusted',
  waitsFor: 'one of 10 running to end',
  createdAt: 1,
  secretsWanted: [],
  kept: true,
};

const given: string[] = [];

async function listening(dataFolder: string, addresses = 1) {
  const control = serveControl({
    dataFolder,
    log: silentLog,
    pool: () => POOL,
    queue: () => [WAITING],
    steer: async ({ queue, run }) => {
      if (queue === 'front') throw new AppError({ code: 'input-invalid', message: `${run} has begun.` });
    },
    give: async ({ run, secrets }) => {
      if (secrets['TOKEN'] === undefined) throw new AppError({ code: 'input-invalid', message: `${run} wants TOKEN.` });
      given.push(secrets['TOKEN']);
    },
    stopWorkflow: async (id) => id === 'flow',
    knows: (run) => run === 'mine',
    allow: async ({ rule, save }) => {
      if (rule === 'bad') throw new AppError({ code: 'policy-invalid', message: 'Bad rule.', next: 'Write another.' });
      return { policy: save ? 'fetcher' : null };
    },
  });
  await expect.poll(() => knownAddresses(dataFolder).length).toBe(addresses);
  return control;
}

it('tells the process that has the run, and brings back what it said (HOST-4, NET-4)', async () => {
  const folder = made();
  const control = await listening(folder);
  expect(await tellRun(folder, { run: 'mine', rule: 'a.test', save: false })).toEqual({ policy: null });
  expect(await tellRun(folder, { run: 'mine', rule: 'a.test', save: true })).toEqual({ policy: 'fetcher' });
  await expect(tellRun(folder, { run: 'mine', rule: 'bad', save: false })).rejects.toMatchObject({
    code: 'policy-invalid',
    message: 'Bad rule.',
  });
  await expect(tellRun(folder, { run: 'other', rule: 'a.test', save: false })).rejects.toMatchObject({
    code: 'input-invalid',
  });
  await control.dispose();
  await expect(tellRun(folder, { run: 'mine', rule: 'a.test', save: false })).rejects.toMatchObject({
    code: 'input-invalid',
  });
  expect(knownAddresses(folder)).toEqual([]);
});

it('is open to nobody else (HOST-4)', async () => {
  const folder = made();
  const control = await listening(folder);
  const [address] = knownAddresses(folder);
  expect(statSync(address!).mode & 0o077).toBe(0);
  expect(statSync(join(folder, 'control')).mode & 0o077).toBe(0);
  await control.dispose();
});

it('survives nonsense, and hangs up on what is too long (HOST-4)', async () => {
  const folder = made();
  const control = await listening(folder);
  const [address] = knownAddresses(folder);
  for (const text of [
    '\n',
    'null\n',
    '{"run":1}\n',
    '{"run":"mine","rule":"a","save":false,"more":1}\n',
    'x'.repeat(2_000_000),
  ]) {
    const answer = await new Promise<string>((resolve) => {
      let all = '';
      const socket = connect(address!, () => socket.write(text));
      socket.on('data', (chunk: Buffer) => (all += chunk.toString()));
      socket.on('close', () => resolve(all));
      socket.on('error', () => {});
    });
    expect(answer).not.toContain('"done"');
  }
  expect(await tellRun(folder, { run: 'mine', rule: 'a.test', save: false })).toEqual({ policy: null });
  await control.dispose();
});

it('works for a data folder with a long path (HOST-4)', async () => {
  const folder = join(made(), 'x'.repeat(120));
  const control = await listening(folder);
  expect(await tellRun(folder, { run: 'mine', rule: 'a.test', save: false })).toEqual({ policy: null });
  await control.dispose();
});

it('tells what every running app of the folder has waiting, and nothing where none runs (RUN-11, HOST-4)', async () => {
  const folder = made();
  expect(await askPools(folder)).toEqual([]);
  const control = await listening(folder);
  expect(await askPools(folder)).toEqual([POOL]);
  await control.dispose();
});

it('tells who waits in every running app, and steers a run that waits (RUN-8, HOST-4)', async () => {
  const folder = made();
  expect(await askQueues(folder)).toEqual([]);
  const control = await listening(folder);
  expect(await askQueues(folder)).toEqual([WAITING]);
  expect(await tellRun(folder, { queue: 'cancel', run: 'mine' })).toEqual({ policy: null });
  await expect(tellRun(folder, { queue: 'front', run: 'mine' })).rejects.toMatchObject({ message: 'mine has begun.' });
  await expect(tellRun(folder, { queue: 'cancel', run: 'other' })).rejects.toMatchObject({ code: 'input-invalid' });
  await control.dispose();
});

it('stops a workflow in the process where it goes on, and says when there is none (WF-1, HOST-4)', async () => {
  const folder = made();
  const control = await listening(folder);
  await expect(stopWorkflowElsewhere(folder, 'flow')).resolves.toBeUndefined();
  await expect(stopWorkflowElsewhere(folder, 'other')).rejects.toMatchObject({ code: 'input-invalid' });
  await control.dispose();
});

it('hands secrets to the run that waits for them, however large, and brings back why not (RUN-4, RUN-8)', async () => {
  const folder = made();
  const control = await listening(folder);
  const value = '\u0001'.repeat(100_000);
  await tellRun(folder, { run: 'mine', secrets: { TOKEN: value } });
  expect(given.splice(0)).toEqual([value]);
  await expect(tellRun(folder, { run: 'mine', secrets: { OTHER: 'x' } })).rejects.toThrow('mine wants TOKEN.');
  await expect(tellRun(folder, { run: 'other', secrets: { TOKEN: 'x' } })).rejects.toMatchObject({
    code: 'input-invalid',
  });
  expect(given).toEqual([]);
  await control.dispose();
});

it('passes over the address of an app that was killed, and still asks the others (HOST-4, RUN-8)', async () => {
  const folder = made();
  const gone = await listening(folder);
  // What a killed process leaves: a socket in the folder, and nobody behind it.
  linkSync(ownAddress(folder, process.pid), ownAddress(folder, 1));
  await gone.dispose();
  expect(knownAddresses(folder)).toHaveLength(1);
  expect(await askQueues(folder)).toEqual([]);
  expect(await askPools(folder)).toEqual([]);
  await expect(tellRun(folder, { queue: 'front', run: 'mine' })).rejects.toMatchObject({ code: 'input-invalid' });
  const control = await listening(folder, 2);
  expect(await askQueues(folder)).toEqual([WAITING]);
  await control.dispose();
});
