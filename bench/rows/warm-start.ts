/** Click to first byte and to the result with a sandbox that waits, against the same script without any, and against `docker run` (PERF-1). */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { seccompProfile } from '#core/images/seccomp/index.ts';
import type { Harness } from '#core/runs/testing/harness.ts';
import type { Bench } from '../bench.ts';
import { dockerFlags } from './cold-start.ts';
import { p50, percentile, type Row, type Skipped } from '../row.ts';

const RUNS = 20;
/** `docker run` takes a third of a second and is not the question here, so it is measured less often. */
const PEER_EVERY = 4;
/** After the last run the pool makes its next sandbox; a figure taken meanwhile would be that of a busy machine. */
const CALM_MS = 400;

const HELLO = {
  python: { script: 'print("hello")\n', program: 'python3', flag: '-c' },
  node: { script: 'console.log("hello")\n', program: 'node', flag: '-e' },
  bash: { script: 'echo hello\n', program: 'bash', flag: '-c' },
} as const;
type Measured = keyof typeof HELLO;

/** The script without any sandbox, and what that is called. */
interface Alone {
  readonly command: readonly string[];
  readonly name: string;
}

/** The interpreter itself, not a wrapper that some PATH finds first. */
const HERE: Readonly<Record<Measured, Alone>> = {
  python: { command: ['/usr/bin/python3', '-c'], name: 'the script alone, from Node' },
  node: { command: [process.execPath, '-e'], name: `Node.js ${process.versions.node} of this machine alone` },
  bash: { command: ['/bin/bash', '-c'], name: 'the script alone, from Node' },
};

/**
 * The image's own Node.js in a folder of this machine, without a sandbox: Debian builds it without a start-up snapshot, so it
 * takes three times as long to start as the Node.js of its makers. Null where nobody may change the root folder.
 */
function sameNode(address: string, image: string, folder: string): Alone | null {
  if (process.getuid?.() !== 0) return null;
  const docker = (...args: string[]): string =>
    execFileSync('docker', ['-H', address, ...args], { encoding: 'utf8' }).trim();
  const id = docker('create', image, 'true');
  try {
    execFileSync('/bin/sh', ['-c', 'docker -H "$0" export "$1" | tar -C "$2" -xf -', address, id, folder]);
  } finally {
    docker('rm', id);
  }
  return { command: ['chroot', folder, '/usr/bin/node', '-e'], name: 'the same Node.js alone' };
}

interface Times {
  readonly first: number;
  readonly whole: number;
}

/** Milliseconds to the first byte and to the end. */
function spawned(command: string, args: readonly string[]): Promise<Times> {
  const begun = performance.now();
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  return new Promise((resolve, reject) => {
    let first = 0;
    let complaint = '';
    child.stdout.on('data', () => (first ||= performance.now() - begun));
    child.stderr.on('data', (text: Buffer) => (complaint += text.toString()));
    child.once('error', reject);
    child.once('close', () =>
      first > 0 ? resolve({ first, whole: performance.now() - begun }) : reject(new Error(complaint)),
    );
  });
}

async function calm(harness: Harness, runtime: Measured, booted: boolean): Promise<void> {
  const until = performance.now() + 30_000;
  while (!ready(harness, runtime, booted)) {
    if (performance.now() > until) throw new Error(`no ${runtime} sandbox waits`);
    await sleep(20);
  }
  await sleep(CALM_MS);
}

async function warm(harness: Harness, runtime: Measured, booted: boolean): Promise<Times> {
  await calm(harness, runtime, booted);
  const { detail } = await harness.run(runtime, HELLO[runtime].script, booted ? BOOTED : POLICY);
  const { firstByte, total } = detail.timings;
  if (
    detail.container?.warm !== true ||
    detail.container.why?.includes('interpreter') !== booted ||
    firstByte === undefined ||
    total === undefined
  )
    throw new Error(`a run was not warm: ${detail.container?.why} ${JSON.stringify(detail.summary.verdict)}`);
  return { first: firstByte, whole: total };
}

/** A bare process has every core of a small machine, so the sandbox gets two. */
const POLICY = { trust: 'limited', set: { 'resources.cpu': '200 %', 'resources.processes': '20' } } as const;

const BOOTED = { ...POLICY, set: { ...POLICY.set, 'run.warm_interpreter': 'true' } } as const;

const ready = ({ pool }: Harness, runtime: Measured, booted: boolean): boolean => {
  const { sizes } = pool.status();
  const mine = sizes.filter((one) => one.runtime === runtime && one.booted === booted);
  return sizes.every(({ making }) => making === 0) && mine.some(({ waiting }) => waiting > 0);
};

const first = (all: readonly Times[]): number[] => all.map((one) => one.first);
const whole = (all: readonly Times[]): number[] => all.map((one) => one.whole);

function row(name: string, ours: number[], peer: number[], against: string, atMost: number): Row {
  const [a, b] = [percentile(ours, 0.95).toFixed(1), percentile(peer, 0.95).toFixed(1)];
  const n = Math.min(ours.length, peer.length);
  return {
    name,
    unit: 'ms',
    ours: p50(ours),
    peer: p50(peer),
    against,
    goal: { atMost },
    n,
    note: `p95 ${a} against ${b} ms`,
  };
}

interface Seen {
  readonly ours: Times[];
  readonly alone: Times[][];
  readonly docker: Times[];
}

async function measure(
  bench: Bench,
  runtime: Measured,
  booted: boolean,
  alone: readonly Alone[],
  flags: string[],
): Promise<Seen> {
  const { harness, engine, image } = bench;
  const { script, program, flag } = HELLO[runtime];
  const { kind } = await engine.version();
  const seen: Seen = { ours: [], alone: alone.map(() => []), docker: [] };
  // The first run is cold and has the pool made.
  await harness.run(runtime, script, booted ? BOOTED : POLICY);
  for (let i = 0; i <= RUNS; i++) {
    const ours = await warm(harness, runtime, booted);
    await calm(harness, runtime, booted);
    const others: Times[] = [];
    for (const { command } of alone) others.push(await spawned(command[0]!, [...command.slice(1), script]));
    if (kind === 'docker' && !booted && i % PEER_EVERY === 0)
      seen.docker.push(
        await spawned('docker', ['-H', engine.address, 'run', ...flags, image(runtime), program, flag, script]),
      );
    // The first pair fills caches and is not counted.
    if (i === 0) continue;
    seen.ours.push(ours);
    others.forEach((one, at) => seen.alone[at]?.push(one));
  }
  return seen;
}

async function rowsOf(bench: Bench, runtime: Measured, folder: string): Promise<(Row | Skipped)[]> {
  const { script } = HELLO[runtime];
  const here = HERE[runtime];
  try {
    execFileSync(here.command[0]!, [...here.command.slice(1), script], { stdio: 'ignore' });
  } catch {
    return [{ name: `warm first byte, ${runtime}`, why: `there is no ${here.command[0]} here to compare with` }];
  }
  const same = runtime === 'node' ? sameNode(bench.engine.address, bench.image('node'), folder) : null;
  const alone = same === null ? [here] : [same, here];
  const profile = join(folder, `${runtime}.json`);
  writeFileSync(profile, await seccompProfile(bench.paths, 'strict', runtime));
  const flags = dockerFlags(profile).map((one) => (one === '25000' ? '100000' : one === '11' ? '21' : one));
  const { ours, alone: others, docker } = await measure(bench, runtime, false, alone, flags);
  const rows = others.flatMap((peer, at) => [
    row(`warm first byte, ${runtime}`, first(ours), first(peer), alone[at]!.name, 1),
    row(`warm result, ${runtime}`, whole(ours), whole(peer), alone[at]!.name, 1.3),
  ]);
  if (docker.length > 0)
    rows.push(row(`warm first byte, ${runtime}`, first(ours), first(docker), 'docker run --rm, same flags', 0.07));
  if (runtime === 'bash') return rows;
  const started = await measure(bench, runtime, true, [alone[0]!], flags);
  const peer = first(started.alone[0] ?? []);
  rows.push(row(`started interpreter, ${runtime}`, first(started.ours), peer, alone[0]!.name, 0.35));
  return rows;
}

export async function warmStart(bench: Bench): Promise<(Row | Skipped)[]> {
  const { harness } = bench;
  const folder = mkdtempSync(join(tmpdir(), 'bellglass-bench-'));
  const found: (Row | Skipped)[] = [];
  harness.knobs.warmPool = true;
  // Room for every kind at once: what is measured is a run that finds one.
  const { warmPoolBytes } = harness.knobs;
  harness.knobs.warmPoolBytes = 512 << 20;
  try {
    for (const runtime of Object.keys(HELLO) as Measured[]) found.push(...(await rowsOf(bench, runtime, folder)));
  } finally {
    Object.assign(harness.knobs, { warmPool: false, warmPoolBytes });
    harness.pool.changed();
    await sleep(100);
    await harness.pool.settled();
    rmSync(folder, { recursive: true });
  }
  return found;
}
