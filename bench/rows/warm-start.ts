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

/** `alone`: the interpreter itself, not a wrapper that some PATH finds first. */
const HELLO = {
  python: { script: 'print("hello")\n', program: 'python3', alone: '/usr/bin/python3', flag: '-c' },
  node: { script: 'console.log("hello")\n', program: 'node', alone: process.execPath, flag: '-e' },
  bash: { script: 'echo hello\n', program: 'bash', alone: '/bin/bash', flag: '-c' },
} as const;
type Measured = keyof typeof HELLO;

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

async function warm(harness: Harness, runtime: Measured): Promise<Times> {
  const until = performance.now() + 30_000;
  while (!ready(harness, runtime)) {
    if (performance.now() > until) throw new Error(`no ${runtime} sandbox waits`);
    await sleep(20);
  }
  await sleep(CALM_MS);
  const { detail } = await harness.run(runtime, HELLO[runtime].script, POLICY);
  const { firstByte, total } = detail.timings;
  if (detail.container?.warm !== true || firstByte === undefined || total === undefined)
    throw new Error(`a run was not warm: ${detail.container?.why} ${JSON.stringify(detail.summary.verdict)}`);
  return { first: firstByte, whole: total };
}

/** A bare process has every core of a small machine, so the sandbox gets two. */
const POLICY = { trust: 'limited', set: { 'resources.cpu': '200 %', 'resources.processes': '20' } } as const;

const ready = ({ pool }: Harness, runtime: Measured): boolean => {
  const { sizes } = pool.status();
  return sizes.every(({ making }) => making === 0) && sizes.some((one) => one.runtime === runtime && one.waiting > 0);
};

function rows(runtime: Measured, ours: readonly Times[], bare: readonly Times[], docker: readonly Times[]): Row[] {
  const first = (all: readonly Times[]): number[] => all.map((one) => one.first);
  const whole = (all: readonly Times[]): number[] => all.map((one) => one.whole);
  const p95 = (a: readonly number[], b: readonly number[]): string =>
    `p95 ${percentile(a, 0.95).toFixed(1)} against ${percentile(b, 0.95).toFixed(1)} ms`;
  const row = (name: string, a: number[], b: number[], against: string, atMost: number): Row => ({
    name: `${name}, ${runtime}`,
    unit: 'ms',
    ours: p50(a),
    peer: p50(b),
    against,
    goal: { atMost },
    n: Math.min(a.length, b.length),
    note: p95(a, b),
  });
  const bareName = 'the script alone, from Node';
  return [
    row('warm first byte', first(ours), first(bare), bareName, 1),
    row('warm result', whole(ours), whole(bare), bareName, 1.3),
    ...(docker.length === 0
      ? []
      : [row('warm first byte', first(ours), first(docker), 'docker run --rm, same flags', 0.07)]),
  ];
}

export async function warmStart({ harness, engine, image, paths }: Bench): Promise<(Row | Skipped)[]> {
  const { kind } = await engine.version();
  const folder = mkdtempSync(join(tmpdir(), 'bellglass-bench-'));
  const found: (Row | Skipped)[] = [];
  harness.knobs.warmPool = true;
  try {
    for (const runtime of Object.keys(HELLO) as Measured[]) {
      const { script, program, alone, flag } = HELLO[runtime];
      try {
        execFileSync(alone, [flag, script], { stdio: 'ignore' });
      } catch {
        found.push({ name: `warm first byte, ${runtime}`, why: `there is no ${alone} here to compare with` });
        continue;
      }
      const profile = join(folder, `${runtime}.json`);
      writeFileSync(profile, await seccompProfile(paths, 'strict', runtime));
      const flags = dockerFlags(profile).map((one) => (one === '25000' ? '100000' : one === '11' ? '21' : one));
      const all: Record<'ours' | 'bare' | 'docker', Times[]> = { ours: [], bare: [], docker: [] };
      // The first run is cold and has the pool made.
      await harness.run(runtime, script, POLICY);
      for (let i = 0; i <= RUNS; i++) {
        const ours = await warm(harness, runtime);
        while (!ready(harness, runtime)) await sleep(20);
        await sleep(CALM_MS);
        const bare = await spawned(alone, [flag, script]);
        if (kind === 'docker' && i % PEER_EVERY === 0)
          all.docker.push(
            await spawned('docker', ['-H', engine.address, 'run', ...flags, image(runtime), program, flag, script]),
          );
        // The first pair fills caches and is not counted.
        if (i === 0) continue;
        all.ours.push(ours);
        all.bare.push(bare);
      }
      found.push(...rows(runtime, all.ours, all.bare, all.docker));
    }
  } finally {
    harness.knobs.warmPool = false;
    harness.pool.changed();
    await sleep(100);
    await harness.pool.settled();
    rmSync(folder, { recursive: true });
  }
  return found;
}
