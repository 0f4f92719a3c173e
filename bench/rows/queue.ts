/** A long queue: whether every run of it ends as it should, what it costs the app, and how fast it is emptied (RUN-8). */
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from '../bench.ts';
import type { Row } from '../row.ts';

const RUNS = 200;
/** Waiting when everything is stopped. */
const STOPPED = 500;
/** A file beside each script, bytes. */
const DATA = 32 * 1024;

const MB = 1e6;

export async function longQueue({ harness }: Bench): Promise<Row[]> {
  const { runs, knobs } = harness;
  knobs.limit = 10;
  const data = { path: 'data.bin', content: Buffer.alloc(DATA, 1).toString('base64') };
  const launch = async (at: number): Promise<string> => {
    const script = `echo run ${at}; wc -c < data.bin\n`;
    const { id } = await runs.start({
      name: `queue-${at}.sh`,
      entry: 'script.sh',
      files: [{ path: 'script.sh', content: btoa(script) }, data],
      stdin: null,
    });
    return id;
  };
  await Promise.all((await Promise.all([-1, -2, -3].map(launch))).map((id) => harness.finished(id)));
  const before = process.memoryUsage.rss();
  let peak = before;
  const watching = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 50);
  const begun = performance.now();
  const ids = await Promise.all(Array.from({ length: RUNS }, (_, at) => launch(at)));
  let good = 0;
  for (const [at, id] of ids.entries()) {
    for (;;) {
      const { state, verdict } = (await runs.get(id)).summary;
      if (state === 'finished') {
        const right = verdict?.outcome === 'succeeded' && (await runs.saveOutput(id)) === `run ${at}\n${DATA}\n`;
        good += right ? 1 : 0;
        break;
      }
      await sleep(100);
    }
  }
  clearInterval(watching);
  const seconds = (performance.now() - begun) / 1000;
  const emptied = await stopped(harness, launch);
  return [
    {
      name: `queue of ${RUNS}, end as they should`,
      unit: 'runs',
      ours: good,
      peer: RUNS,
      against: 'asked for at once',
      goal: { atLeast: 1 },
      n: 1,
      note: `10 at once, in ${seconds.toFixed(0)} s`,
    },
    {
      name: `queue of ${RUNS}, memory of the app`,
      unit: 'MB',
      ours: (peak - before) / MB,
      peer: 100,
      against: 'the budget',
      goal: { atMost: 1 },
      n: 1,
      note: `${DATA / 1024} KiB beside each script`,
    },
    {
      name: `queue of ${STOPPED}, Stop all`,
      unit: 'ms',
      ours: emptied,
      peer: 5000,
      against: 'what a person waits for without asking',
      goal: { atMost: 1 },
      n: 1,
      note: 'two that run among them',
    },
  ];
}

/** Milliseconds until none of them waits or runs. */
async function stopped(harness: Bench['harness'], launch: (at: number) => Promise<string>): Promise<number> {
  const { runs, knobs } = harness;
  knobs.limit = 2;
  const going = await Promise.all(
    [0, 1].map(() => harness.start('bash', 'echo on; sleep 600', { set: { 'resources.wall_time': '15 min' } })),
  );
  await Promise.all(going.map((id) => harness.printed(id, 'on')));
  await Promise.all(Array.from({ length: STOPPED }, (_, at) => launch(at)));
  const begun = performance.now();
  const count = await runs.stopAll();
  const took = performance.now() - begun;
  knobs.limit = 10;
  if (count !== STOPPED + 2 || runs.queue().length > 0)
    throw new Error(`${count} were stopped, ${runs.queue().length} still wait`);
  return took;
}
