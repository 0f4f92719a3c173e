/** The command as a process: signals, pipes, a gigabyte, serve and stop. */
import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { probe } from '../web/probe.ts';

const MAIN = join(import.meta.dirname, 'testing', 'scripted-main.ts');
let home: string;
let script: string;
const children: ChildProcessWithoutNullStreams[] = [];
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'bellglass-process-'));
  script = join(home, 'hello.sh');
  await writeFile(script, 'echo hello\n');
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  }
  await rm(home, { recursive: true });
});

function start(args: string[], env: Record<string, string> = {}): ChildProcessWithoutNullStreams {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { ...process.env, BELLGLASS_HOME: home, BELLGLASS_PORT: '', ...env },
  });
  children.push(child);
  return child;
}

async function exitOf(child: ChildProcessWithoutNullStreams): Promise<number | null> {
  const [code] = (await once(child, 'exit')) as [number | null];
  return code;
}

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const piece of stream) text += String(piece);
  return text;
}

/** A served app; `lines` are what it prints on stdout. */
async function served(...args: string[]) {
  const child = start(['serve', '--json', '--port', '0', ...args]);
  const lines = createInterface({ input: child.stdout });
  const [line] = (await once(lines, 'line')) as [string];
  const { url } = JSON.parse(line) as { url: string };
  return { child, lines, url: new URL(url), token: new URLSearchParams(new URL(url).hash.slice(1)).get('token') ?? '' };
}

const readState = async (): Promise<Record<string, unknown>> =>
  JSON.parse(await readFile(join(home, 'data', 'serve.json'), 'utf8')) as Record<string, unknown>;

it('passes 1 GB on without growing, also when its reader pauses (RUN-5, HOST-4)', async () => {
  const facts = join(home, 'facts.json');
  const total = 1024 ** 3;
  const child = start(['run', script], { SCRIPTED_BYTES: String(total), SCRIPTED_FACTS: facts });
  child.stdin.end();
  child.stderr.resume();
  const exit = exitOf(child);
  let received = 0;
  for await (const piece of child.stdout) {
    if (received === 0) await wait(300);
    received += (piece as Buffer).length;
  }
  expect(await exit).toBe(0);
  expect(received).toBe(total);
  const { peakKiB } = JSON.parse(await readFile(facts, 'utf8')) as { peakKiB: number };
  expect(peakKiB).toBeLessThan(300 * 1024);
}, 60_000);

it('ends quietly when its reader goes away, and stops the run', async () => {
  const child = start(['run', script], { SCRIPTED_BYTES: String(1024 ** 3), SCRIPTED_ENDLESS: '1' });
  child.stdin.end();
  const errors = textOf(child.stderr);
  child.stdout.once('data', () => child.stdout.destroy());
  expect(await exitOf(child)).toBe(130);
  expect(await errors).not.toMatch(/EPIPE|Error|cancelled/);
});

it('stops the run at SIGINT and ends with 130 and the verdict', async () => {
  const child = start(['run', script], { SCRIPTED_ENDLESS: '1', SCRIPTED_BYTES: '65536' });
  const errors = textOf(child.stderr);
  child.stdout.once('data', () => child.kill('SIGINT'));
  child.stdout.resume();
  expect(await exitOf(child)).toBe(130);
  expect(await errors).toContain('bellglass: cancelled');
});

it('prints the address first with --json, keeps it for its owner only, and quits cleanly on TERM (HOST-2)', async () => {
  const { child, url, token } = await served();
  expect(url.hostname).toBe('127.0.0.1');
  expect(await readState()).toEqual({ pid: child.pid, port: Number(url.port), token });
  expect((await stat(join(home, 'data', 'serve.json'))).mode & 0o777).toBe(0o600);
  expect(await probe(Number(url.port), token)).toBe(true);
  child.kill('SIGTERM');
  expect(await exitOf(child)).toBe(0);
  await expect(readState()).rejects.toThrow('ENOENT');
  expect(await probe(Number(url.port), token)).toBe(false);
});

it('runs the self-check on the first start, after the address (UX-2)', async () => {
  const first = await served();
  const told: string[] = [];
  for await (const line of first.lines) {
    told.push((JSON.parse(line) as { type: string }).type);
    if (told.length === 3) break;
  }
  expect(told).toEqual(['self-check', 'self-check', 'self-check']);
  first.child.kill('SIGTERM');
  await exitOf(first.child);
});

it('finds the app that runs already and hands a file over to it', async () => {
  const first = await served();
  const second = start(['serve', '--json', '--open', script]);
  expect(JSON.parse(await textOf(second.stdout))).toEqual({ url: first.url.href, running: true });
  expect(await exitOf(second)).toBe(0);
  expect(first.child.exitCode).toBeNull();
});

it('stops the running app by its state file (HOST-4)', async () => {
  const { child } = await served();
  const exit = exitOf(child);
  const stopping = start(['stop', '--json']);
  expect(JSON.parse(await textOf(stopping.stdout))).toEqual({ stopped: true, pid: child.pid });
  expect(await exitOf(stopping)).toBe(0);
  expect(await exit).toBe(0);
});

it('never signals a process that is not ours, and clears what a killed app left (HOST-4)', async () => {
  const { child } = await served();
  child.kill('SIGKILL');
  await exitOf(child);
  const left = await readState();
  const stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  children.push(stranger);
  await writeFile(join(home, 'data', 'serve.json'), JSON.stringify({ ...left, pid: stranger.pid }));
  const first = start(['stop', '--json']);
  expect(JSON.parse(await textOf(first.stdout))).toEqual({ stopped: false });
  expect(stranger.exitCode).toBeNull();
  expect(stranger.signalCode).toBeNull();
  await writeFile(join(home, 'data', 'serve.json'), JSON.stringify(left));
  const second = start(['stop', '--json']);
  expect(JSON.parse(await textOf(second.stdout))).toEqual({ stopped: false });
  await expect(readState()).rejects.toThrow('ENOENT');
});

it('says what to do when the port asked for is taken (HOST-2)', async () => {
  const { url } = await served();
  const second = start(['serve', '--port', url.port], { BELLGLASS_HOME: join(home, 'other') });
  expect(await textOf(second.stderr)).toContain('--port');
  expect(await exitOf(second)).toBe(126);
});
