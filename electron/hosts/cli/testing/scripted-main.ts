/**
 * The real command over a scripted core, as a process of its own: `node scripted-main.ts ARGS`.
 * SCRIPTED_BYTES: the run prints that many bytes. SCRIPTED_ENDLESS: it goes on until it is stopped.
 * SCRIPTED_FACTS: file that gets what this process used, as JSON, at its end.
 */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createScriptedCore } from '#core/rpc/testing/scripted-core.ts';
import { resolvePaths } from '#core/storage/paths.ts';
import type { RunEvent } from '#shared/domain/run.ts';
import { EXIT } from '../exit-codes.ts';
import { runCli } from '../program.ts';
import { onStopSignals } from '../signals.ts';

const { env } = process;
const core = createScriptedCore();
const { runs } = core;
const WINDOW = 256 * 1024;

if (env['SCRIPTED_BYTES'] !== undefined || env['SCRIPTED_ENDLESS'] !== undefined) {
  const total = Number(env['SCRIPTED_BYTES'] ?? 0);
  const endless = env['SCRIPTED_ENDLESS'] !== undefined;
  const stopped = Promise.withResolvers<void>();
  const printed = Promise.withResolvers<void>();
  let acknowledged = 0;
  let wake = (): void => undefined;
  let isStopped = false;
  runs.start = async () => ({ id: 'run-1' });
  core.files.results = async () => null;
  runs.stop = async () => {
    isStopped = true;
    stopped.resolve();
    wake();
  };
  runs.ack = (_viewer, seq) => {
    acknowledged = seq;
    wake();
  };
  runs.output = async function* () {
    yield { type: 'open', viewer: 'v', from: 0 };
    const text = `${'x'.repeat(64 * 1024 - 1)}\n`;
    let seq = 0;
    while (seq < total && !isStopped) {
      while (seq - acknowledged >= WINDOW && !isStopped) await new Promise<void>((resolve) => (wake = resolve));
      seq += text.length;
      yield { type: 'chunk', chunk: { seq, stream: 'stdout', at: 1, text } };
    }
    if (endless) await stopped.promise;
    printed.resolve();
    yield { type: 'end', kept: seq, dropped: 0 };
  };
  runs.watch = async function* (): AsyncGenerator<RunEvent[]> {
    yield [{ type: 'state', at: 1, state: 'running' }];
    await printed.promise;
    const peaks = { memory: 0, cpu: 0, cpuTime: 0, processes: 1, output: 0 };
    const verdict = { exitCode: 0, reason: 'It ended.', rule: null, next: '', suggestions: [] };
    yield [
      {
        type: 'finished',
        at: 2,
        verdict: { ...verdict, outcome: isStopped ? ('cancelled' as const) : ('succeeded' as const) },
        timings: {},
        peaks,
      },
    ];
  };
}

const code = await runCli(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env,
  paths: resolvePaths(env, resolve(import.meta.dirname, '../../../..')),
  version: '0.0.0-test',
  onSignal: (listener) => onStopSignals(listener, () => process.exit(EXIT.cancelled)),
  createCore: async () => core,
  now: () => performance.now(),
});
if (env['SCRIPTED_FACTS']) {
  writeFileSync(env['SCRIPTED_FACTS'], JSON.stringify({ peakKiB: process.resourceUsage().maxRSS }));
}
process.exit(code);
