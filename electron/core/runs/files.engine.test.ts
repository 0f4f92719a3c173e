/** What a script sees of files, and what it is refused, tried on a real engine (POL-1, POL-8, SEC-5). */
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  chmodSync,
} from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHarness, type Finished, type Harness } from './testing/harness.ts';
import { imageEngine, type ImageEngine } from './testing/image-engine.ts';

let docker: ImageEngine;
let harness: Harness;
let allowed: string;

beforeAll(async () => {
  allowed = realpathSync(mkdtempSync(join(tmpdir(), 'bellglass-mount-')));
  chmodSync(allowed, 0o755);
  mkdirSync(join(allowed, 'data'));
  mkdirSync(join(allowed, 'out'));
  chmodSync(join(allowed, 'out'), 0o777);
  writeFileSync(join(allowed, 'data', 'seen.txt'), 'seen\n');
  docker = await imageEngine();
  harness = await createHarness(docker.engine, docker.capabilities, undefined, [allowed]);
}, 600_000);

afterAll(async () => {
  await harness?.dispose();
  await docker?.dispose();
  rmSync(allowed, { recursive: true, force: true });
});

const canaries = (run: Finished) => run.detail.violations.filter(({ kind }) => kind === 'canary');
const outcome = (run: Finished) => run.detail.summary.verdict?.outcome;

describe('decoys', () => {
  it('tells of a decoy that is opened, moved or deleted, once each, and lets the script see them (SEC-5)', async () => {
    const run = await harness.run(
      'bash',
      'ls -lA ~/ ~/.ssh; cat ~/.aws/credentials ~/.aws/credentials; mv ~/.env x; rm ~/.git-credentials; echo end',
    );
    expect(run.output).toMatch(/-rw------- 1 script script .* id_ed25519/);
    expect(run.output).toMatch(/drwx------ .* \.aws/);
    expect(run.output).toMatch(/aws_access_key_id = AKIA[A-Z2-7]{16}/);
    expect(canaries(run)).toMatchObject([{ count: 3, rule: 'security.canaries: true (untrusted)' }]);
    expect(canaries(run)[0]?.message).toContain('opened ~/.aws/credentials, moved ~/.env, deleted ~/.git-credentials');
    expect(outcome(run)).toBe('succeeded');
  });

  it('is silent when nobody touches one, also when the home folder is listed and written to (SEC-5)', async () => {
    const run = await harness.run(
      'bash',
      'ls -laR ~/ > /dev/null; stat ~/.ssh/id_ed25519 > /dev/null; echo x > ~/own; cat ~/own',
    );
    expect(run.output).toBe('x\n');
    expect(canaries(run)).toEqual([]);
  });

  it('tells also when the script ends at once, kills itself or takes the file away behind it (SEC-5)', async () => {
    const scripts = [
      'exec 3< ~/.env',
      'exec 3< ~/.env; kill -9 $$',
      'ln ~/.env y; rm ~/.env; exec 3< y; rm y; kill -9 -1',
    ];
    for (const script of scripts) {
      const run = await harness.run('bash', script);
      expect(canaries(run).map(({ count }) => count)).toEqual([1]);
    }
  });

  it('has none when the policy wants none, and other ones in each run (SEC-5)', async () => {
    const off = await harness.run('bash', 'ls -A ~/', { set: { 'security.canaries': 'false' } });
    expect(off.output).toBe('');
    const keys = await Promise.all([1, 2].map(async () => (await harness.run('bash', 'cat ~/.env')).output));
    expect(keys[0]).not.toBe(keys[1]);
  });
});

describe('folders of this machine', () => {
  const data = (mode = 'ro') => ({ 'files.mounts': `bind:${join(allowed, 'data')}:/data:${mode}` });

  it('shows an allowed folder read-only, and nothing of it without the mount (POL-1)', async () => {
    const script = 'cat /data/seen.txt; echo x > /data/new; ls /data';
    const without = await harness.run('bash', script);
    expect(without.output).toContain('/data/seen.txt: No such file');
    const run = await harness.run('bash', script, { set: data() });
    expect(run.output).toContain('seen\n');
    expect(run.output).toContain('Read-only file system');
    expect(run.output).not.toMatch(/^new$/m);
  });

  it('writes back as its own id when the policy says rw, and is held to the modes of the files (POL-1)', async () => {
    const out = join(allowed, 'out');
    const set = { 'files.mounts': `bind:${out}:/out:rw,bind:${join(allowed, 'data')}:/data:rw` };
    const run = await harness.run('bash', 'echo result > /out/r; echo x > /data/new', { set });
    expect(run.output).toContain('Permission denied');
    expect(readFileSync(join(out, 'r'), 'utf8')).toBe('result\n');
    const field = run.detail.plan.fields.find((one) => one.field === 'files.mounts');
    expect(field).toMatchObject({ enforcement: 'partly', enforcementWhy: expect.stringContaining('no size limit') });
  });

  it('takes a source relative to the folder of the script, and refuses one without (POL-2)', async () => {
    const set = { 'files.mounts': 'bind:./data:/data:ro' };
    const run = await harness.run('bash', 'cat /data/seen.txt', { set, folder: allowed });
    expect(run.output).toBe('seen\n');
    await expect(harness.start('bash', 'true', { set })).rejects.toMatchObject({
      code: 'plan-refused',
      why: expect.stringContaining('relative'),
    });
  });

  it('gives a tmpfs its part of the scratch, without devices and setuid, and one that is ro empty (POL-1)', async () => {
    const run = await harness.run(
      'bash',
      'grep " /cache " /proc/self/mountinfo; head -c 20000000 /dev/zero > /cache/big; stat -c %s /cache/big; echo x > /none/x',
      { set: { 'files.mounts': 'tmpfs::/cache:rw,tmpfs::/none:ro' } },
    );
    expect(run.output).toMatch(/\/cache rw,nosuid,nodev/);
    expect(Number(/^(\d+)$/m.exec(run.output)?.[1])).toBeLessThan((50 * 1024 * 1024) / 8);
    expect(run.output).toContain('Read-only file system');
  });
});

describe('what is never mounted (POL-1)', () => {
  const attempts = (): [name: string, source: string][] => {
    const link = (name: string, to: string): string => {
      rmSync(join(allowed, name), { force: true });
      symlinkSync(to, join(allowed, name));
      return join(allowed, name);
    };
    const socket = docker.address.replace('unix://', '');
    return [
      ['the root', '/'],
      ['the root by dots', join(allowed, 'data') + '/../../..'],
      ['processes', '/proc'],
      ['a process', '/proc/self/root'],
      ['kernel', '/sys/fs/cgroup'],
      ['devices', '/dev'],
      ['sockets', '/run'],
      ['sockets by the old name', '/var/run/'],
      ['home', process.env['HOME'] ?? '/root'],
      ['all homes', '/home'],
      ['the engine socket', socket],
      ['the folder of the engine socket', join(socket, '..')],
      ['our data', harness.folder],
      ['inside our data', join(harness.folder, 'runs')],
      ['what holds our data', tmpdir()],
      ['a link to the root', link('l1', '/')],
      ['a link to processes', link('l2', '/proc')],
      ['a link to our data', link('l3', harness.folder)],
      ['a link to the engine socket', link('l4', socket)],
      ['a link through a link', link('l5', join(allowed, 'l1', 'etc'))],
      ['a folder that is not allowed', '/usr/share'],
      ['one that only begins like an allowed one', `${allowed}-other`],
      ['one that is not there', join(allowed, 'absent')],
      ['a link in a circle', link('l6', join(allowed, 'l6'))],
      ['a device', '/dev/null'],
    ];
  };

  it('refuses every one before anything is created, with the reason', async () => {
    const went: string[] = [];
    for (const [name, source] of attempts()) {
      const launch = { set: { 'files.mounts': `bind:${source}:/data:ro` } };
      const failure = await harness.start('bash', 'ls /data', launch).catch((problem: unknown) => problem);
      if (typeof failure === 'string') went.push(name);
      else
        expect(failure, name).toMatchObject({
          code: 'plan-refused',
          why: expect.any(String),
          next: expect.any(String),
        });
    }
    expect(went).toEqual([]);
    await expect.poll(() => harness.left(), { timeout: 20_000 }).toEqual([]);
  });

  it('refuses a folder that holds a socket, which a script could use although it cannot write', async () => {
    const folder = join(allowed, 'talk');
    mkdirSync(folder);
    chmodSync(folder, 0o755);
    const server = createServer((client) => client.end('answered\n')).listen(join(folder, 's'));
    await once(server, 'listening');
    chmodSync(join(folder, 's'), 0o777);
    const set = { 'files.mounts': `bind:${folder}:/data:ro` };
    const run = await harness.run('bash', 'true', { set });
    expect(run.detail.summary.verdict).toMatchObject({
      outcome: 'engine-error',
      reason: expect.stringContaining('socket'),
    });
    server.close();
  });
});

describe('a folder that is exchanged while runs start (POL-1)', () => {
  const RUNS = 24;
  const swapper = `
const { renameSync, symlinkSync, unlinkSync } = require('node:fs');
const { workerData } = require('node:worker_threads');
const { place, secret } = workerData;
const turn = () => {
  for (let i = 0; i < 20; i++) {
    try { renameSync(place, place + '.real'); symlinkSync(secret, place); } catch {}
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, workerData.pause);
    try { unlinkSync(place); renameSync(place + '.real', place); } catch {}
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, workerData.pause);
  }
  setImmediate(turn);
};
turn();`;

  async function attack(target: Harness): Promise<{ visible: number; proper: number; refused: number }> {
    const place = join(allowed, 'swapped');
    const secret = mkdtempSync(join(tmpdir(), 'bellglass-secret-'));
    chmodSync(secret, 0o755);
    writeFileSync(join(secret, 'what'), 'SECRET\n');
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, 'what'), 'proper\n');
    const worker = new Worker(swapper, { eval: true, workerData: { place, secret, pause: 3 } });
    const count = { visible: 0, proper: 0, refused: 0 };
    const one = async (): Promise<void> => {
      const set = { 'files.mounts': `bind:${place}:/data:ro` };
      const id = await target.start('bash', 'cat /data/what', { set }).catch(() => null);
      if (id === null) return;
      const { output } = await target.finished(id);
      if (output.includes('SECRET')) count.visible += 1;
      else if (output.includes('proper')) count.proper += 1;
      else count.refused += 1;
    };
    try {
      for (let tries = 0; tries < 400 && count.visible + count.proper + count.refused < RUNS; tries += 4)
        await Promise.all([one(), one(), one(), one()]);
    } finally {
      await worker.terminate();
      rmSync(secret, { recursive: true, force: true });
      rmSync(place, { recursive: true, force: true });
      rmSync(`${place}.real`, { recursive: true, force: true });
    }
    return count;
  }

  it('shows forbidden content when only the first look counts: the attack works', async () => {
    const unverified = await createHarness(docker.engine, docker.capabilities, undefined, [allowed], (open) => ({
      ...open,
      expected: [],
    }));
    try {
      expect((await attack(unverified)).visible).toBeGreaterThan(0);
    } finally {
      await unverified.dispose();
    }
  });

  it('never shows it with the second look', async () => {
    const { visible, proper, refused } = await attack(harness);
    expect(visible).toBe(0);
    expect(proper + refused).toBeGreaterThanOrEqual(RUNS);
    expect(refused).toBeGreaterThan(0);
  });
});

it('lets the sample that reads a home folder find decoys only, and tells of each (SEC-5, UX-2)', async () => {
  const script = readFileSync(join(import.meta.dirname, '../../../assets/samples/reads-your-home/look.sh'), 'utf8');
  const run = await harness.run('bash', script);
  expect(run.output.match(/^OPEN .*/gm)).toEqual([
    'OPEN        /home/script/.ssh/id_ed25519',
    'OPEN        /home/script/.aws/credentials',
    'OPEN        /home/script/.kube/config',
  ]);
  expect(canaries(run)).toMatchObject([{ count: 3 }]);
});
