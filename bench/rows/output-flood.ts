/** 1 GB of output: throughput against a reader that only counts, and what it costs this process (RUN-5). */
import { performance } from 'node:perf_hooks';
import { seccompProfile } from '#core/images/seccomp/index.ts';
import { baseEnvironment, encodePayload } from '#core/sandbox/payload.ts';
import { Sandbox } from '#core/sandbox/sandbox.ts';
import { compile } from '#shared/policy/compile.ts';
import { effective } from '#shared/policy/merge/effective.ts';
import { parseSet } from '#shared/policy/merge/set.ts';
import type { Bench } from '../bench.ts';
import { p50, type Row } from '../row.ts';

const BYTES = 1_000_000_000;
const ROUNDS = 3;
const SET = { 'resources.cpu': '100 %', 'resources.cpu_time': '10 min' };
const SCRIPT = `import os
line = (b"x" * 99 + b"\\n") * 655
left = ${BYTES}
while left > 0: left -= os.write(1, line[:left])
`;

/** MB/s of a reader that throws everything away. */
async function rawReader({ engine, capabilities, image, paths }: Bench, round: number): Promise<number> {
  const policy = effective({
    level: 'limited',
    name: 'limited',
    tiers: [{ tier: 'run', name: 'this run', ...parseSet(SET) }],
    ceilings: {},
  });
  const sandbox = await Sandbox.create(engine, {
    runId: `bench-raw-${process.pid}-${round}`,
    image: image('python'),
    options: compile(policy, 'python', capabilities).options,
    seccompProfile: await seccompProfile(paths, 'strict', 'python'),
    labels: {},
    tty: false,
  });
  const begun = performance.now();
  const script = await sandbox.inject(
    encodePayload({
      files: [{ path: 's.py', content: Buffer.from(SCRIPT), executable: false }],
      env: baseEnvironment(false),
      argv: ['/usr/bin/python3', 's.py'],
      workingDir: '/workspace',
    }),
  );
  let bytes = 0;
  script.streams.stdout.on('data', (chunk: Buffer) => (bytes += chunk.length));
  script.streams.stderr.resume();
  await script.streams.done;
  const seconds = (performance.now() - begun) / 1000;
  await sandbox.remove();
  if (bytes !== BYTES) throw new Error(`the raw reader got ${bytes} bytes of ${BYTES}`);
  return BYTES / 1e6 / seconds;
}

/** MB/s of a whole run, with a viewer that follows, and the largest growth of resident memory meanwhile, MB. */
async function wholeRun({ harness }: Bench): Promise<{ rate: number; growth: number }> {
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  let most = before;
  const timer = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 20);
  const run = await harness.run('python', SCRIPT, { trust: 'limited', set: SET });
  clearInterval(timer);
  const { kept, dropped } = run.detail.output;
  if (kept + dropped !== BYTES) throw new Error(`the run saw ${kept + dropped} bytes of ${BYTES}`);
  return { rate: BYTES / 1e6 / ((run.detail.timings.script ?? Number.NaN) / 1000), growth: (most - before) / 1e6 };
}

export async function outputFlood(bench: Bench): Promise<Row[]> {
  const raw: number[] = [];
  const rates: number[] = [];
  const growths: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    raw.push(await rawReader(bench, round));
    const { rate, growth } = await wholeRun(bench);
    rates.push(rate);
    growths.push(growth);
  }
  return [
    {
      name: '1 GB of output, throughput',
      unit: 'MB/s',
      ours: p50(rates),
      peer: p50(raw),
      against: 'a raw attach reader',
      goal: { atLeast: 0.5 },
      n: ROUNDS,
    },
    {
      name: '1 GB of output, memory growth',
      unit: 'MB',
      ours: Math.max(...growths),
      peer: 100,
      against: 'the budget',
      goal: { atMost: 1 },
      n: ROUNDS,
    },
  ];
}
