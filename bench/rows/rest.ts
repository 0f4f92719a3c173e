/** A run over REST, waited for, against the same run in process (HOST-3). */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { createCore } from '#core/create-core.ts';
import { createRouter } from '#core/rpc/router.ts';
import { silentLog } from '#core/storage/log.ts';
import { createRest } from '../../electron/hosts/web/rest/rest.ts';
import { startWebHost } from '../../electron/hosts/web/web-host.ts';
import { toBase64, utf8 } from '#shared/script/bytes.ts';
import type { Core } from '#core/core.ts';
import type { Bench } from '../bench.ts';
import { p50, percentile, type Row } from '../row.ts';

const RUNS = 30;
const SETTLE_MS = 1000;
const SCRIPT = 'print("hello")\n';
const QUOTA = { runs: null, perMinute: null };

/** To the same answer: verdict, output and what the script gave back. */
async function inProcess({ runs, files }: Core): Promise<string> {
  const launch = {
    name: 'script.py',
    entry: 'script.py',
    files: [{ path: 'script.py', content: toBase64(utf8(SCRIPT)) }],
  };
  const { id } = await runs.start({ ...launch, policy: 'limited', runtime: 'python', stdin: null });
  for await (const batch of runs.watch(id, undefined)) if (batch.some(({ type }) => type === 'finished')) break;
  await files.list(id);
  return await runs.saveOutput(id);
}

export async function overRest({ engine, paths }: Bench): Promise<Row> {
  const home = mkdtempSync(join(tmpdir(), 'bellglass-bench-rest-'));
  const core = await createCore({
    host: 'web',
    hostWhy: 'bench',
    paths: { ...paths, data: join(home, 'data'), config: join(home, 'config') },
    env: { PATH: process.env['PATH'], DOCKER_HOST: engine.address },
    version: '0.0.0',
    log: silentLog,
  });
  for await (const { state } of core.system.watchEngine()) if (state === 'ready') break;
  const host = await startWebHost({
    router: createRouter(core, { takeOpened: async () => null }),
    rest: createRest({ core, version: '0.0.0', log: silentLog }),
    log: silentLog,
    renderer: paths.renderer,
    port: 0,
    orNext: false,
  });
  const { token } = await core.tokens.add('bench', { policy: 'limited', policies: [], ceilings: {}, quota: QUOTA });
  const over = async (): Promise<string> => {
    const response = await fetch(`http://127.0.0.1:${host.port}/execute?wait`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ script: SCRIPT, language: 'python' }),
    });
    return ((await response.json()) as { logs: string }).logs;
  };
  const timed = async (run: () => Promise<string>): Promise<number> => {
    const begun = performance.now();
    const printed = await run();
    if (printed !== 'hello\n') throw new Error(`a hello run printed ${JSON.stringify(printed)}`);
    return performance.now() - begun;
  };
  const [ours, peer]: [number[], number[]] = [[], []];
  for (let at = 0; at <= RUNS; at += 1) {
    // Who goes first changes, so that neither always follows a sandbox that is still going away.
    const pair = at % 2 === 0 ? [over, () => inProcess(core)] : [() => inProcess(core), over];
    for (const run of pair) {
      // The sandbox of the run before goes, and the next one is made ready.
      await sleep(SETTLE_MS);
      const took = await timed(run);
      // The first pair loads code and fills caches.
      if (at > 0) (run === over ? ours : peer).push(took);
    }
  }
  await host.dispose();
  await core.dispose();
  rmSync(home, { recursive: true, force: true });
  return {
    name: 'run over REST, waited for',
    unit: 'ms',
    ours: p50(ours),
    peer: p50(peer),
    against: 'the same run in process',
    goal: { atMost: 1.2 },
    n: RUNS,
    note: `p95 ${Math.round(percentile(ours, 0.95))} against ${Math.round(percentile(peer, 0.95))} ms`,
  };
}
