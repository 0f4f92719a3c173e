/** Child processes: one way to run a step, one way to hand over to the app. */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { ROOT } from './place.mjs';

/** @typedef {{ code: number, output: string }} Result */

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();
const SIGNALS = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/** One Ctrl-C arrives here more than once (from the terminal, from npm); the app must not take that for impatience. */
const SAME_REQUEST_MS = 1000;
let lastRequest = Number.NEGATIVE_INFINITY;

/** @param {NodeJS.Signals} signal */
const forward = (signal) => {
  const now = performance.now();
  if (now - lastRequest < SAME_REQUEST_MS) return;
  lastRequest = now;
  for (const child of running) child.kill(signal);
};

/**
 * npm starts us through a shell that dies of a signal without passing it on: then we get that signal from here.
 * Only under npm, so that a command put into the background by hand outlives its shell.
 */
function watchParent() {
  if (process.env['npm_command'] === undefined || process.platform === 'win32') return undefined;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    if (!Number.isFinite(lastRequest)) process.kill(process.pid, 'SIGTERM');
  }, 250);
  return timer;
}

/** @type {NodeJS.Timeout | undefined} */
let parentWatch;

/** @param {import('node:child_process').ChildProcess} child */
function track(child) {
  if (running.size === 0) {
    for (const signal of SIGNALS) process.on(signal, forward);
    parentWatch = watchParent();
  }
  running.add(child);
}

/** @param {import('node:child_process').ChildProcess} child */
function forget(child) {
  running.delete(child);
  if (running.size > 0) return;
  for (const signal of SIGNALS) process.off(signal, forward);
  clearInterval(parentWatch);
}

/** @param {number | null} code @param {NodeJS.Signals | null} signal */
const exitCode = (code, signal) => code ?? 128 + constants.signals[signal ?? 'SIGKILL'];

/** Thrown when a person interrupts a step; the tool ends with this code. */
export class Interrupted extends Error {
  /** @param {number} code */
  constructor(code) {
    super('interrupted');
    this.code = code;
  }
}

/**
 * Runs a program quietly and collects what it prints; kills it after the time limit.
 * Throws {@link Interrupted} when a signal ended it; a step that does not end then is killed after `graceMs`.
 * @param {string} command @param {string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, timeoutMs?: number, graceMs?: number }} [options]
 * @returns {Promise<Result>}
 */
export function run(command, args, { env = process.env, timeoutMs, graceMs = 2000 } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
    track(child);
    let output = '';
    let interrupted = false;
    /** @type {NodeJS.Timeout | undefined} */
    let grace;
    const note = () => {
      interrupted = true;
      if (Number.isFinite(graceMs)) grace ??= setTimeout(() => child.kill('SIGKILL'), graceMs);
    };
    for (const signal of SIGNALS) process.on(signal, note);
    const timer = timeoutMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), timeoutMs);
    /** @param {() => void} settle */
    const end = (settle) => {
      clearTimeout(timer);
      clearTimeout(grace);
      for (const signal of SIGNALS) process.off(signal, note);
      forget(child);
      settle();
    };
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (text) => void (output = (output + text).slice(-200_000)));
    }
    child.on('error', (error) => end(() => resolve({ code: 127, output: error.message })));
    child.on('close', (code, signal) =>
      end(() => {
        if (interrupted) reject(new Interrupted(exitCode(code, signal) || 130));
        else resolve({ code: exitCode(code, signal), output });
      }),
    );
  });
}

/**
 * Hands the terminal over to a program, passes signals on and waits for its end.
 * @param {string} command @param {string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, cwd?: string }} [options]
 * @returns {Promise<number>} its exit code; 128 + n when signal n ended it
 */
export function handOver(command, args, { env = process.env, cwd = process.cwd() } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: 'inherit' });
    track(child);
    child.on('error', (error) => {
      forget(child);
      reject(error);
    });
    child.on('close', (code, signal) => {
      forget(child);
      resolve(exitCode(code, signal));
    });
  });
}
