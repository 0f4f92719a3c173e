/** What the gateway costs: start, lookups, connections, throughput, memory (NET-2, PERF-3). */
import { setTimeout as sleep } from 'node:timers/promises';
import { RESOLVER, SHARED } from '#core/network/testing/internet-plan.ts';
import { startInternet } from '#core/network/testing/internet.ts';
import { createHarness, type Harness } from '#core/runs/testing/harness.ts';
import { LABEL } from '#shared/domain/labels.ts';
import type { Bench } from '../bench.ts';
import { p50, percentile, type Row, type Skipped } from '../row.ts';

const STARTS = 8;
/** A spare gateway is made again in the background after each run. */
const REFILL_MS = 4000;

const ROOM = {
  'resources.open_files': '1024',
  'resources.memory': '256 MiB',
  'resources.cpu': '200 %',
  'resources.processes': '50',
  'network.dns': RESOLVER,
  'network.allow': 'good.test,*.wild.test',
  'network.connections': 'unlimited',
  'network.download': 'unlimited',
  'network.upload': 'unlimited',
};

/** Prints milliseconds of 200 lookups, of 200 connections and bytes per second of 40 MB, for the host in `sys.argv[1]`. */
const PROBE = `
import socket, sys, time
host = sys.argv[1]
def timed(work):
    begun = time.perf_counter(); work(); return (time.perf_counter() - begun) * 1000
def get(path):
    s = socket.create_connection((host, 80), 30)
    s.sendall(f'GET {path} HTTP/1.1\\r\\nHost: {host}\\r\\nConnection: close\\r\\n\\r\\n'.encode())
    size = 0
    while part := s.recv(1 << 18): size += len(part)
    return size
half = lambda values: sorted(values)[len(values) // 2]
get('/')
lookup = half([timed(lambda: socket.gethostbyname(host)) for _ in range(200)])
request = half([timed(lambda: get('/')) for _ in range(200)])
begun = time.perf_counter()
size = sum(get('/big') for _ in range(10))
print(lookup, request, size / (time.perf_counter() - begun))
`;

async function firstByte(harness: Harness, mode: 'none' | 'restricted'): Promise<number> {
  const run = await harness.run('python', 'print("on")', { set: { ...ROOM, 'network.mode': mode } });
  const { firstByte: ms } = run.detail.timings;
  if (ms === undefined) throw new Error(`a run with network ${mode} printed nothing: ${run.output}`);
  return ms;
}

async function starts({ engine, capabilities }: Bench, spares: boolean): Promise<Row> {
  const harness = await createHarness(engine, capabilities, undefined, [], undefined, spares);
  try {
    const [none, restricted]: [number[], number[]] = [[], []];
    await firstByte(harness, 'restricted');
    for (let turn = 0; turn < STARTS; turn++) {
      await sleep(spares ? REFILL_MS : 500);
      none.push(await firstByte(harness, 'none'));
      restricted.push(await firstByte(harness, 'restricted'));
    }
    return {
      name: spares ? 'restricted run, a gateway waiting' : 'restricted run, gateway made for it',
      unit: 'ms',
      ours: p50(restricted),
      peer: p50(none),
      against: 'first byte of the same run without network',
      goal: { atMost: 1.3 },
      n: STARTS,
      note: `p95 ${Math.round(percentile(restricted, 0.95))}`,
    };
  } finally {
    await harness.dispose();
  }
}

/** Needs root, to make a small internet in a network namespace. */
export async function network(bench: Bench): Promise<(Row | Skipped)[] | Skipped> {
  if (process.getuid?.() !== 0)
    return { name: 'network', why: 'a network namespace for the tests internet needs root' };
  const internet = await startInternet();
  const { engine, capabilities } = bench;
  const harness = await createHarness(engine, capabilities);
  try {
    const probe = async (host: string, mode: 'restricted' | 'full'): Promise<number[]> => {
      const run = await harness.run('python', PROBE, { args: [host], set: { ...ROOM, 'network.mode': mode } });
      const figures = run.output.trim().split(' ').map(Number);
      if (figures.length !== 3 || figures.some(Number.isNaN)) throw new Error(`the probe said: ${run.output}`);
      return figures;
    };
    const relayed: number[][] = [];
    const direct: number[][] = [];
    for (let turn = 0; turn < 3; turn++) {
      relayed.push(await probe('good.test', 'restricted'));
      direct.push(await probe(SHARED, 'full'));
    }
    const half = (rows: number[][], index: number): number => p50(rows.map((row) => row[index] ?? Number.NaN));
    const id = await harness.start('python', 'print("on", flush=True); import time; time.sleep(30)', {
      set: { ...ROOM, 'network.mode': 'restricted' },
    });
    await harness.printed(id, 'on');
    const [gateway] = await engine.containers({ [LABEL.run]: id, [LABEL.kind]: 'gateway' });
    const memory = gateway === undefined ? Number.NaN : (await engine.stats(gateway.id)).memory;
    await harness.runs.stop(id);
    const per = { against: 'the budget', goal: { atMost: 1 }, n: 600 } as const;
    return [
      await starts(bench, false),
      await starts(bench, true),
      { ...per, name: 'network: lookup, p50', unit: 'ms', ours: half(relayed, 0), peer: 1 },
      {
        ...per,
        name: 'network: added to a request, p50',
        unit: 'ms',
        ours: half(relayed, 1) - half(direct, 1),
        peer: 1,
        note: `${half(relayed, 1).toFixed(2)} by relay, ${half(direct, 1).toFixed(2)} direct`,
      },
      {
        name: 'network: throughput of a named host',
        unit: 'MB/s',
        ours: half(relayed, 2) / 1e6,
        peer: half(direct, 2) / 1e6,
        against: 'the same host by address under full',
        goal: { atLeast: 0.9 },
        n: 3,
      },
      { ...per, name: 'network: memory of a gateway', unit: 'MB', ours: memory / 1e6, peer: 50, n: 1 },
    ];
  } finally {
    await harness.dispose();
    await internet.dispose();
  }
}
