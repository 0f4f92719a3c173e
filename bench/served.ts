/** The app as a child process, and a browser to look at it. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { chromium, type Browser } from '@playwright/test';

const ROOT = resolve(import.meta.dirname, '..');
const BROWSERS = ['/usr/bin/chromium', '/usr/bin/google-chrome'];

export interface Served {
  readonly url: string;
  /** Until it said its address. */
  readonly ms: number;
  stop(): Promise<void>;
}

/** Starts the app by its command and waits for its address. */
export async function serve(command: readonly string[], env: Readonly<Record<string, string>>): Promise<Served> {
  const begun = performance.now();
  const app = spawn(process.execPath, [...process.execArgv, ...command], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let url = '';
  for await (const line of createInterface({ input: app.stdout })) {
    url = /http:\/\/127[^"\s]+/.exec(line)?.[0] ?? '';
    if (url) break;
  }
  const ms = performance.now() - begun;
  app.stdout.resume();
  return {
    url,
    ms,
    stop: async () => {
      const ended = new Promise((done) => app.once('exit', done));
      app.kill('SIGTERM');
      await ended;
    },
  };
}

/** Null when this machine has no Chromium. */
export async function openBrowser(): Promise<Browser | null> {
  const executablePath = BROWSERS.find((path) => existsSync(path));
  if (!executablePath) return null;
  return chromium.launch({
    executablePath,
    args: process.getuid?.() === 0 ? ['--no-sandbox', '--disable-gpu'] : ['--disable-gpu'],
  });
}
