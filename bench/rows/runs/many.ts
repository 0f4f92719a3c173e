/** Many runs: whether each ends as it should (PERF-4), and how long fifty take beside a loop of `docker run` (RUN-8). */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { seccompProfile } from '#core/images/seccomp/index.ts';
import type { Launch } from '#shared/contract/runs.ts';
import type { Outcome, Runtime } from '#shared/domain/run.ts';
import type { Bench } from '../../bench.ts';
import { p50, type Row, type Skipped } from '../../row.ts';
import { dockerFlags } from '../cold-start.ts';

/** `--runs=1000` asks for the number of the specification, which takes minutes. */
const RUNS = Number(process.argv.find((one) => one.startsWith('--runs='))?.slice('--runs='.length) ?? 120);
/** Launched and not ended yet; more only wait in the queue. */
const AT_ONCE = 20;
const LOOP = 50;

interface Case {
  readonly runtime: Runtime;
  readonly script: string;
  readonly more?: Partial<Launch>;
  readonly outcome: Outcome;
  readonly exitCode: number | null;
  readonly output: string;
}

const ok = (runtime: Runtime, script: string, output: string, more: Partial<Launch> = {}): Case => ({
  runtime,
  script,
  more,
  outcome: 'succeeded',
  exitCode: 0,
  output,
});

const CASES: readonly Case[] = [
  ok('python', 'print("hello")', 'hello\n'),
  ok('bash', 'echo hello', 'hello\n'),
  ok('node', 'console.log("hello")', 'hello\n', { trust: 'limited', set: { 'resources.processes': '20' } }),
  ok('polyglot', 'python3 -c "print(6 * 7)"', '42\n', { trust: 'limited' }),
  ok('python', 'import sys; print(sys.stdin.read()[::-1], end="")', 'cba', { stdin: 'abc' }),
  ok('bash', 'seq 1 20000 | tail -1', '20000\n', { trust: 'limited' }),
  ok('python', 'open("/workspace/output/x", "w").write("y" * 100000); print("written")', 'written\n'),
  {
    runtime: 'python',
    script: 'import sys; print("bad"); sys.exit(3)',
    outcome: 'failed',
    exitCode: 3,
    output: 'bad\n',
  },
  { runtime: 'bash', script: 'echo gone; kill -TERM $$', outcome: 'failed', exitCode: 143, output: 'gone\n' },
  {
    runtime: 'python',
    script: 'held = bytearray(200 << 20)',
    outcome: 'out-of-memory',
    exitCode: null,
    output: '',
  },
];

async function one({ harness }: Bench, { runtime, script, more, ...wanted }: Case): Promise<string | null> {
  try {
    const { detail, output } = await harness.run(runtime, script, { runtime, ...more });
    const { outcome, exitCode } = detail.summary.verdict ?? { outcome: null, exitCode: null };
    const found = { outcome, exitCode, output };
    const good = outcome === wanted.outcome && exitCode === wanted.exitCode && output === wanted.output;
    return good
      ? null
      : `${runtime} ${JSON.stringify(script)}: ${JSON.stringify(found).slice(0, 300)} instead of ${JSON.stringify(wanted)}`;
  } catch (failure) {
    return `${runtime} ${JSON.stringify(script)}: ${String(failure)}`;
  }
}

/** Works them off, so many at once. */
async function all<T>(count: number, atOnce: number, work: (i: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let i = next++; i < count; i = next++) results[i] = await work(i);
    }),
  );
  return results;
}

export async function manyRuns(bench: Bench): Promise<Row> {
  const { harness } = bench;
  const before = harness.knobs.warmPool;
  harness.knobs.warmPool = true;
  const begun = performance.now();
  const bad = (await all(RUNS, AT_ONCE, (i) => one(bench, CASES[i % CASES.length]!))).filter((why) => why !== null);
  harness.knobs.warmPool = before;
  harness.pool.changed();
  for (const why of bad.slice(0, 10)) process.stderr.write(`not as it should: ${why}\n`);
  return {
    name: 'runs that end as they should',
    unit: '%',
    ours: (1 - bad.length / RUNS) * 100,
    peer: 100,
    against: 'all of them',
    goal: { atLeast: 0.999 },
    n: RUNS,
    note: `${bad.length} did not; ${(RUNS / ((performance.now() - begun) / 1000)).toFixed(1)} a second, ${CASES.length} kinds over all runtimes`,
  };
}

function dockerRun(address: string, image: string, profile: string): Promise<void> {
  const args = ['-H', address, 'run', ...dockerFlags(profile), image, 'python3', '-c', 'print("hello")'];
  const child = spawn('docker', args, { stdio: ['ignore', 'pipe', 'ignore'] });
  child.stdout.resume();
  return new Promise((resolve, reject) =>
    child.once('close', (code) => (code === 0 ? resolve() : reject(new Error(`docker run ended with ${code}`)))),
  );
}

/** Fifty hello scripts given at once, against the same fifty by `docker run` one after another, each way in two halves in turn. */
export async function fiftyRuns(bench: Bench): Promise<Row | Skipped> {
  const name = `${LOOP} runs, all at once`;
  try {
    execFileSync('docker', ['--version'], { stdio: 'ignore' });
  } catch {
    return { name, why: 'there is no docker command here to compare with' };
  }
  if ((await bench.engine.version()).kind !== 'docker') return { name, why: 'the engine is not Docker' };
  const folder = mkdtempSync(join(tmpdir(), 'bellglass-bench-'));
  const profile = join(folder, 'strict.json');
  writeFileSync(profile, await seccompProfile(bench.paths, 'strict', 'python'));
  const hello = { ...CASES[0]!, more: { trust: 'limited' } } as const;
  const [ours, peer]: [number[], number[]] = [[], []];
  const { knobs, pool } = bench.harness;
  const before = knobs.warmPool;
  knobs.warmPool = true;
  try {
    await one(bench, hello);
    await dockerRun(bench.engine.address, bench.image('python'), profile);
    for (let turn = 0; turn < 2; turn++) {
      let begun = performance.now();
      const bad = (await all(LOOP / 2, LOOP / 2, () => one(bench, hello))).filter((why) => why !== null);
      if (bad.length > 0) throw new Error(bad[0]);
      ours.push(performance.now() - begun);
      await pool.settled();
      begun = performance.now();
      for (let i = 0; i < LOOP / 2; i++) await dockerRun(bench.engine.address, bench.image('python'), profile);
      peer.push(performance.now() - begun);
    }
  } finally {
    knobs.warmPool = before;
    pool.changed();
    rmSync(folder, { recursive: true });
  }
  return {
    name,
    unit: 's',
    ours: (p50(ours) * 2) / 1000,
    peer: (p50(peer) * 2) / 1000,
    against: 'a loop of docker run --rm, same flags',
    goal: { atMost: 0.55 },
    n: 2,
    note: `${availableParallelism()} cores, all succeeded`,
  };
}
