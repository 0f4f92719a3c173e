/** `npm run bench [-- --json] [-- --runs=1000] [-- NAME…]`: every figure of the README, each interleaved with its peer in one run. */
import { largeAudit } from './rows/audit.ts';
import { coldStart } from './rows/cold-start.ts';
import { openBench, type Bench } from './bench.ts';
import { historyList } from './rows/history-list.ts';
import { largeHistory } from './rows/history.ts';
import { inside } from './rows/inside.ts';
import { outputFlood } from './rows/output-flood.ts';
import { firstBundle, floodedPage, secondStart } from './rows/page.ts';
import { network } from './rows/network.ts';
import { longQueue } from './rows/queue.ts';
import { judging, policyView } from './rows/policies.ts';
import { overRest } from './rows/rest.ts';
import { idlePool } from './rows/pool-idle.ts';
import { runCost } from './rows/runs/cost.ts';
import { fiftyRuns, manyRuns } from './rows/runs/many.ts';
import { toJson, toText, type Row, type Skipped } from './row.ts';
import { warmStart } from './rows/warm-start.ts';
import { idleApp, sampling } from './rows/watching.ts';

type Result = Row | Skipped;
const ROWS: Readonly<Record<string, (bench: Bench) => Promise<Result | Result[]> | Result | Result[]>> = {
  cold: coldStart,
  warm: warmStart,
  pool: idlePool,
  runs: manyRuns,
  fifty: fiftyRuns,
  cost: runCost,
  queue: longQueue,
  inside,
  output: outputFlood,
  sampling,
  idle: idleApp,
  bundle: firstBundle,
  start: secondStart,
  page: floodedPage,
  history: largeHistory,
  list: historyList,
  rest: overRest,
  audit: largeAudit,
  network,
  policies: judging,
  editor: policyView,
};

const args = process.argv.slice(2);
const json = args.includes('--json');
const wanted = args.filter((arg) => !arg.startsWith('--'));
const unknown = wanted.filter((name) => !(name in ROWS));
if (unknown.length > 0) {
  process.stderr.write(`There is no row ${unknown.join(', ')}; there are ${Object.keys(ROWS).join(', ')}.\n`);
  process.exit(2);
}
const bench = await openBench();
let broken = 0;
for (const [name, measure] of Object.entries(ROWS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  try {
    for (const row of [await measure(bench)].flat()) process.stdout.write(`${json ? toJson(row) : toText(row)}\n`);
  } catch (failure) {
    broken++;
    process.stderr.write(`${name} could not be measured: ${(failure as Error).stack ?? String(failure)}\n`);
  }
}
await bench.dispose();
process.exit(broken > 0 ? 1 : 0);
