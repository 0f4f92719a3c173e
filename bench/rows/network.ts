/** What the gateway costs: start, lookups, connections, throughput, memory (NET-2, PERF-3). */
import { setTimeout as sleep } from 'node:timers/promises';
import { RESOLVER, SHARED } from '#core/network/testing/internet-plan.ts';
import { startInternet } from '#core/network/testing/internet.ts';
import { createHarness, type Harness } from '#core/runs/testing/harness.ts';
import { LABEL } from '#shared/domain/labels.ts';
import type { Bench } from '../bench.ts';
import { p50, percentile, type Row, type Skipped } from '../row.ts';

const STARTS = 8;
/** Each side in turn. */
const TURNS = 5;
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

/** Prints, for the host in `sys.argv[1]`: ms of a lookup, a connection, a request (half of 200 each), and bytes a second. */
const PROBE = `
import json, socket, ssl, sys, time
host, name = sys.argv[1:]
context = ssl._create_unverified_context()
def timed(work):
    begun = time.perf_counter(); work(); return (time.perf_counter() - begun) * 1000
def say(path, body=b'', secure=False):
    s = socket.create_connection((address, 443 if secure else 80), 30)
    if secure: s = context.wrap_socket(s, server_hostname=name)
    method = 'POST' if body else 'GET'
    s.sendall(f'{method} {path} HTTP/1.1\\r\\nHost: {name}\\r\\nContent-Length: {len(body)}\\r\\nConnection: close\\r\\n\\r\\n'.encode() + body)
    size = 0
    while part := s.recv(1 << 18): size += len(part)
    return size
def half(work, times=200): return sorted(timed(work) for _ in range(times))[times // 2]
def rate(work, times=4):
    begun = time.perf_counter(); size = sum(work() for _ in range(times)); return size / (time.perf_counter() - begun)
big = b'x' * 16_000_000
address = socket.gethostbyname(host)
say('/')
print(json.dumps({
    'lookup': half(lambda: socket.gethostbyname(host)),
    'connection': half(lambda: socket.create_connection((address, 80), 30).close()),
    'request': half(lambda: say('/')),
    'down': rate(lambda: say('/huge'), 2),
    'up': rate(lambda: say('/', big) and len(big)),
    'secureUp': rate(lambda: say('/', big, True) and len(big)),
}))
`;
const FIGURES = ['lookup', 'connection', 'request', 'down', 'up', 'secureUp'] as const;
type Figures = Readonly<Record<(typeof FIGURES)[number], number>>;

/** Calls the port in `sys.argv[1]` 3,000 times, a thousand a second, and prints how many seconds it took. */
const CALLS = 3000;
const FLOOD = `
import socket, sys, time
address, port = socket.gethostbyname('good.test'), int(sys.argv[1])
begun = time.perf_counter()
for i in range(${CALLS}):
    while time.perf_counter() - begun < i / 1000: pass
    s = socket.socket()
    try: s.connect((address, port))
    except OSError: pass
    s.close()
print(time.perf_counter() - begun)
`;

/** All that was told of those calls, against all that were made. */
async function flood(harness: Harness, port: number, verdict: 'allowed' | 'denied'): Promise<Row> {
  const run = await harness.run('python', FLOOD, {
    args: [String(port)],
    set: { ...ROOM, 'network.mode': 'restricted' },
  });
  const told = run.events.filter((event) => event.type === 'network' && event.kind === 'connect');
  const counted = told.reduce(
    (sum, event) => sum + (event.type === 'network' && event.verdict === verdict ? event.count : 0),
    0,
  );
  return {
    name: `network: ${verdict} attempts counted, 1,000 a second`,
    unit: 'attempts',
    ours: counted,
    peer: CALLS,
    against: 'attempts made',
    goal: { atLeast: 1 },
    n: 1,
    note: `made at ${Math.round(CALLS / Number(run.output.trim()))} a second, told in ${told.length} events`,
  };
}

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
    const probe = async (host: string, mode: 'restricted' | 'full'): Promise<Figures> => {
      const run = await harness.run('python', PROBE, {
        args: [host, 'good.test'],
        set: { ...ROOM, 'network.mode': mode },
      });
      return JSON.parse(run.output) as Figures;
    };
    const named: Figures[] = [];
    const direct: Figures[] = [];
    for (let turn = 0; turn < TURNS; turn++) {
      named.push(await probe('good.test', 'restricted'));
      direct.push(await probe(SHARED, 'full'));
    }
    const half = (rows: readonly Figures[], figure: keyof Figures): number => p50(rows.map((row) => row[figure]));
    const id = await harness.start('python', 'print("on", flush=True); import time; time.sleep(30)', {
      set: { ...ROOM, 'network.mode': 'restricted' },
    });
    await harness.printed(id, 'on');
    const [gateway] = await engine.containers({ [LABEL.run]: id, [LABEL.kind]: 'gateway' });
    const memory = gateway === undefined ? Number.NaN : (await engine.stats(gateway.id)).memory;
    await harness.runs.stop(id);
    const per = { against: 'the budget', goal: { atMost: 1 }, n: 200 * TURNS } as const;
    const added = (figure: 'connection' | 'request'): Row => ({
      ...per,
      name: `network: added to a ${figure}, p50`,
      unit: 'ms',
      ours: half(named, figure) - half(direct, figure),
      peer: 1,
      note: `${half(named, figure).toFixed(2)} by name, ${half(direct, figure).toFixed(2)} by address`,
    });
    const throughput = (figure: 'down' | 'up' | 'secureUp'): Row => ({
      name: `network: throughput of a named host, ${{ down: 'down', up: 'up in plain', secureUp: 'up over TLS' }[figure]}`,
      unit: 'MB/s',
      ours: half(named, figure) / 1e6,
      peer: half(direct, figure) / 1e6,
      against: 'the same host by address under full',
      goal: { atLeast: 0.9 },
      n: TURNS,
    });
    return [
      await starts(bench, false),
      await starts(bench, true),
      { ...per, name: 'network: lookup, p50', unit: 'ms', ours: half(named, 'lookup'), peer: 1 },
      added('connection'),
      added('request'),
      throughput('down'),
      throughput('up'),
      throughput('secureUp'),
      await flood(harness, 80, 'allowed'),
      await flood(harness, 22, 'denied'),
      { ...per, name: 'network: memory of a gateway', unit: 'MB', ours: memory / 1e6, peer: 50, n: 1 },
    ];
  } finally {
    await harness.dispose();
    await internet.dispose();
  }
}
