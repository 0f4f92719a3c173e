import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LABEL } from '#shared/domain/labels.ts';
import type { NetworkEvent } from '#shared/domain/network.ts';
import { createHarness, type Finished, type Harness } from '../runs/testing/harness.ts';
import { ENGINES, type Used } from './testing/engines.ts';
import { FAR, METADATA, PRIVATE, RESOLVER, SHARED } from './testing/internet-plan.ts';
import { startInternet, type Internet } from './testing/internet.ts';

const ROOM = {
  'resources.open_files': '1024',
  'resources.memory': '256 MiB',
  'resources.cpu': '100 %',
  'resources.processes': '50',
  'network.dns': RESOLVER,
  'network.mode': 'restricted',
};

/** Python that the scripts below share. */
const TOOLS = `
import socket, sys, time
def get(host, path='/', port=80, body=b''):
    s = socket.create_connection((host, port), 30)
    head = f'{"POST" if body else "GET"} {path} HTTP/1.1\\r\\nHost: {host}\\r\\nContent-Length: {len(body)}\\r\\nConnection: close\\r\\n\\r\\n'
    s.sendall(head.encode() + body)
    size = 0
    while part := s.recv(65536): size += len(part)
    return size
def tries(host, port=80):
    try: return get(host, port=port) > 0
    except OSError as e: return False
`;

const eventsOf = ({ events }: Finished): NetworkEvent[] => events.filter((event) => event.type === 'network');

describe.each(ENGINES)('a network while the script runs on %s', (_name, startEngine, skipped) => {
  if (skipped !== null) {
    it.skip(`SKIPPED: ${skipped}`, () => {});
    return;
  }
  let used: Used;
  let internet: Internet;
  let harness: Harness;

  beforeAll(async () => {
    used = await startEngine();
    internet = await startInternet();
    harness = await createHarness(used.engine, used.capabilities);
  });
  afterAll(async () => {
    await harness?.dispose();
    await internet?.dispose();
    await used?.dispose();
  });

  const run = (script: string, set: Record<string, string> = {}): Promise<Finished> =>
    harness.run('python', TOOLS + script, { set: { ...ROOM, ...set } });
  const start = (script: string, set: Record<string, string> = {}): Promise<string> =>
    harness.start('python', TOOLS + script, { stdin: undefined, set: { ...ROOM, ...set } });
  /** Pid of the gateway's agent as this machine sees it. */
  async function agentOf(id: string): Promise<number> {
    const labels = { [LABEL.run]: id, [LABEL.kind]: 'gateway' };
    const [gateway] = await used.engine.containers(labels);
    return (await used.engine.container(gateway!.id))!.pid;
  }

  it('lets the next attempt through once a host is allowed, and tells so (NET-4)', async () => {
    const id = await start(`
print(tries('evil.test'), flush=True)
sys.stdin.readline()
print('then', tries('evil.test'), tries('far.test'))
`);
    await harness.printed(id, 'False');
    await harness.runs.allow(id, 'evil.test', false);
    await harness.runs.stdin(id, 'go\n', false);
    const finished = await harness.finished(id);
    expect(finished.output).toContain('then True False');
    expect(finished.detail.summary.verdict?.suggestions).toEqual([
      { label: 'Allow far.test', set: { 'network.allow.add': 'far.test' } },
    ]);
    expect(finished.events.some((event) => event.type === 'note' && event.message.includes('evil.test'))).toBe(true);
    await expect(harness.runs.allow(id, 'x.test', false)).rejects.toMatchObject({ code: 'input-invalid' });
  });

  it('refuses a rule that cannot be read, and a run without network (NET-4)', async () => {
    const id = await start('print("up", flush=True); sys.stdin.readline()');
    await harness.printed(id, 'up');
    await expect(harness.runs.allow(id, 'evil.test:0', false)).rejects.toMatchObject({ code: 'policy-invalid' });
    await harness.runs.stop(id);
    const none = await start('print("up", flush=True); sys.stdin.readline()', { 'network.mode': 'none' });
    await harness.printed(none, 'up');
    await expect(harness.runs.allow(none, 'evil.test', false)).rejects.toMatchObject({ code: 'input-invalid' });
    await harness.runs.stop(none);
  });

  it.each([
    ['dies', 'SIGKILL'],
    ['hangs', 'SIGSTOP'],
  ] as const)('is closed, not open, when the agent %s (NET-2)', async (_, signal) => {
    const id = await start(
      `
held = socket.create_connection(('${SHARED}', 8443), 30)
print('before', tries('good.test'), held.recv(50), flush=True)
sys.stdin.readline()
ends = time.time() + 30
while time.time() < ends:
    try:
        socket.create_connection(('${SHARED}', 8443), 2).close()
    except OSError: break
    time.sleep(0.3)
print('after', tries('good.test'), tries('evil.test'))
try: socket.create_connection(('${SHARED}', 8443), 2); print('open')
except OSError: print('closed')
try: socket.create_connection(('${SHARED}', 80), 2); print('open')
except OSError: print('closed')
`,
      { 'network.allow': `good.test,${SHARED}:8443`, 'network.connections': 'unlimited' },
    );
    await harness.printed(id, 'before True');
    process.kill(await agentOf(id), signal);
    await harness.runs.stdin(id, 'go\n', false);
    const finished = await harness.finished(id);
    expect(finished.output).toContain('after False False');
    expect(finished.output.match(/closed/g)).toHaveLength(2);
    const notes = finished.events.filter((event) => event.type === 'note').map(({ message }) => message);
    expect(notes.join(' ')).toContain('closed');
  });

  it('caps download and upload near the set rates (POL-1)', async () => {
    const script = `
begun = time.time(); size = get('good.test', '/big'); down = size / (time.time() - begun)
begun = time.time(); get('good.test', body=b'x' * 4_000_000); up = 4_000_000 / (time.time() - begun)
print('rates', round(down), round(up))
`;
    const rates = (output: string): number[] => /rates (\d+) (\d+)/.exec(output)!.slice(1).map(Number);
    const free = rates(
      (
        await run(script, {
          'network.allow': 'good.test',
          'network.download': 'unlimited',
          'network.upload': 'unlimited',
        })
      ).output,
    );
    const capped = rates(
      (await run(script, { 'network.allow': 'good.test', 'network.download': '2 MB/s', 'network.upload': '1 MB/s' }))
        .output,
    );
    for (const rate of free) expect(rate).toBeGreaterThan(10_000_000);
    expect(Math.abs(capped[0]! / 2_000_000 - 1)).toBeLessThan(0.15);
    expect(Math.abs(capped[1]! / 1_000_000 - 1)).toBeLessThan(0.15);
  });

  it.each([
    ['relayed', 'good.test', 80],
    ['by address', SHARED, 8443],
  ] as const)('holds at most so many connections at once, %s (POL-1)', async (_, host, port) => {
    const script = `
held = []
for i in range(12):
    try:
        s = socket.create_connection(('${host}', ${port}), 5); s.settimeout(5)
        s.sendall(b'GET / HTTP/1.1\\r\\nHost: good.test\\r\\n\\r\\n')
        if s.recv(10): held.append(s)
    except OSError: pass
print('held', len(held))
`;
    const allow = { 'network.allow': `good.test,${SHARED}:8443` };
    expect((await run(script, { ...allow, 'network.connections': 'unlimited' })).output).toContain('held 12');
    const capped = await run(script, { ...allow, 'network.connections': '5' });
    expect(capped.output).toContain('held 5');
    const crowded = eventsOf(capped).filter(({ rule }) => rule === 'network.connections: 5');
    expect(crowded.reduce((sum, { count }) => sum + count, 0)).toBe(7);
  });

  it('keeps the count of a flood exact while it tells little of it (NET-3)', async () => {
    const flood = await run(`
begun = time.time()
for i in range(2000):
    s = socket.socket()
    try: s.connect(('${SHARED}', 9000 + i % 3))
    except OSError: pass
    s.close()
print('took', round(time.time() - begun, 2))
`);
    const denied = eventsOf(flood).filter(({ verdict }) => verdict === 'denied');
    expect(denied.reduce((sum, { count }) => sum + count, 0)).toBe(2000);
    expect(denied.length).toBeLessThan(200);
    expect(flood.detail.violations.find(({ kind }) => kind === 'network')?.count).toBe(2000);
  });

  it('ends or pauses the run at the first refusal when the policy says so (POL-2)', async () => {
    const script =
      "print(tries('good.test'), flush=True); print(tries('evil.test'), flush=True); time.sleep(20); print('lived')";
    const killed = await run(script, { 'network.allow': 'good.test', 'resources.on_breach.network': 'kill' });
    expect(killed.detail.summary.verdict).toMatchObject({ outcome: 'limit-exceeded' });
    expect(killed.output).not.toContain('lived');
    const id = await start(script, { 'network.allow': 'good.test', 'resources.on_breach.network': 'pause' });
    await expect.poll(async () => (await harness.runs.get(id)).summary.state, { timeout: 20_000 }).toBe('paused');
    await harness.runs.stop(id);
  });

  it('reaches a name over UDP, and a name of its own at a private address, where they are listed (NET-2, POL-4)', async () => {
    const script = `
def datagram(host, port):
    try:
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(3); s.connect((host, port)); s.send(b'hi'); return s.recv(50)
    except OSError: return 'refused'
print('udp', datagram('good.test', 5000), 'other port', datagram('good.test', 53), 'unlisted', datagram('${SHARED}', 5001))
print('own', tries('db.test'), 'blocked', tries('a.wild.test'), 'beside', tries('_srv.test'))
`;
    const reached = await run(script, {
      'network.allow': 'good.test:5000/udp,db.test,*.wild.test,_srv.test',
      'network.block': 'a.wild.test',
      'network.hosts': `db.test=${PRIVATE}`,
    });
    expect(reached.output).toContain("udp b'udp hi' other port refused unlisted refused");
    expect(reached.output).toContain('own True blocked False beside True');
    expect(eventsOf(reached).find(({ name }) => name === 'a.wild.test')?.rule).toBe('network.block: a.wild.test');
  });

  it('answers names of the policy itself, on every listed port and protocol, and on no other (NET-2, POL-4)', async () => {
    const script = `
def hello(host, port):
    try:
        s = socket.create_connection((host, port), 5); s.settimeout(5); return s.recv(50).decode().split()[0]
    except (OSError, IndexError): return 'refused'
def datagram(host, port):
    try:
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(3); s.connect((host, port)); s.send(b'hi'); return s.recv(50).decode()
    except OSError: return 'refused'
for host in ('udp.here', 'wide.here', 'both.here', 'byaddress.here', 'unlisted.here', 'UDP.Here.'):
    print(host, hello(host, 22), hello(host, 8443), datagram(host, 5000))
print('bare', hello('${PRIVATE}', 8443), tries('mine.here'), hello('mine.here', 22))
`;
    const inside = ['udp', 'unlisted', 'mine'].map((name) => `${name}.here=${PRIVATE}`);
    const others = [`wide.here=${METADATA}`, `both.here=${SHARED}`, `byaddress.here=${FAR}`];
    const named = { 'network.hosts': [...inside, ...others].join(',') };
    const rules = 'udp.here:5000/udp,wide.here:8000-9000,both.here:22,both.here:5000/udp,mine.here:80';
    const set = { ...named, 'network.allow': `${rules},${FAR}:8443` };
    const restricted = await run(script, set);
    expect(restricted.output.trim().split('\n')).toEqual([
      'udp.here refused refused udp hi',
      'wide.here refused other refused',
      'both.here ssh refused udp hi',
      'byaddress.here refused other refused',
      'unlisted.here refused refused refused',
      'UDP.Here. refused refused udp hi',
      'bare refused True refused',
    ]);
    // Without the policy's own addresses the rules lead nowhere: what they open is what it gave.
    expect((await run(script, { 'network.allow': set['network.allow'] })).output).not.toMatch(/ssh|other|udp hi|True/);
    const full = await run(script, { ...named, 'network.mode': 'full' });
    expect(full.output).toContain('unlisted.here ssh other udp hi');
    expect(full.output).toContain('bare other True ssh');
    expect(eventsOf(restricted).find(({ name }) => name === 'unlisted.here')?.rule).toBe('network.mode: restricted');
  });

  it('tells which process it was, from outside of its sandbox, as long as it waits for the answer (NET-3)', async () => {
    const script = `
import os, subprocess
print('pid', os.getpid(), tries('good.test'), tries('evil.test'))
subprocess.run(['curl', '-sS', '--max-time', '20', 'http://good.test/', 'http://files.evil.test/'], stderr=subprocess.DEVNULL)
held = socket.create_connection(('${SHARED}', 8443), 30); held.recv(5); print('held', flush=True); sys.stdin.readline()
`;
    const id = await start(script, { 'network.allow': `good.test,${SHARED}:8443` });
    await harness.printed(id, 'held');
    const told = async (): Promise<boolean> =>
      (await harness.runs.get(id)).events.some(
        (event) => event.type === 'network' && event.address === SHARED && event.port === 8443,
      );
    await expect.poll(told, { timeout: 20_000 }).toBe(true);
    await harness.runs.stdin(id, 'go\n', false);
    const finished = await harness.finished(id);
    const pid = Number(/pid (\d+) True False/.exec(finished.output)?.[1]);
    const events = eventsOf(finished);
    const by = (kind: NetworkEvent['kind'], name: string | null): string[] =>
      events.filter((event) => event.kind === kind && event.name === name).map((event) => event.process?.name ?? '?');
    const python = events.find(({ kind }) => kind === 'connect')?.process;
    expect(python).toEqual({ pid, name: expect.stringMatching(/^python3/) });
    expect(by('connect', 'good.test')).toEqual([python!.name, 'curl']);
    expect(new Set(by('lookup', 'evil.test'))).toEqual(new Set([python!.name]));
    expect(new Set(by('lookup', 'files.evil.test'))).toEqual(new Set(['curl']));
    expect(by('connect', null)).toEqual([python!.name]);
  });

  it('publishes a port on the loopback address only, and only when asked (NET-2)', async () => {
    const script = `
server = socket.create_server(('0.0.0.0', 8000)); print('up', flush=True)
for i in range(1):
    s, _ = server.accept(); s.sendall(b'HTTP/1.1 200 OK\\r\\nContent-Length: 5\\r\\n\\r\\nhello'); s.close()
`;
    const fetched = async (host: string): Promise<string> =>
      await fetch(`http://${host}:18099/`, { signal: AbortSignal.timeout(3000) }).then(
        (answer) => answer.text(),
        () => 'refused',
      );
    const id = await start(script, { 'network.publish': '18099:8000' });
    await harness.printed(id, 'up');
    expect(await fetched('198.51.100.1')).toBe('refused');
    expect(await fetched('127.0.0.1')).toBe('hello');
    await harness.finished(id);
    const closed = await start(script);
    await harness.printed(closed, 'up');
    expect(await fetched('127.0.0.1')).toBe('refused');
    await harness.runs.stop(closed);
  });

  it('keeps two runs apart although both have the whole network (NET-2)', async () => {
    const listen = `
server = socket.create_server(('0.0.0.0', 8000)); s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.connect(('${SHARED}', 9))
print('at', s.getsockname()[0], flush=True)
server.settimeout(8)
try: server.accept(); print('visited')
except OSError: print('alone')
`;
    const a = await start(listen, { 'network.mode': 'full' });
    await harness.printed(a, 'at ');
    const address = /at ([\d.]+)/.exec(await harness.runs.saveOutput(a))![1]!;
    const b = await run(`print('own', tries('good.test'), 'other', tries('${address}', 8000))`, {
      'network.mode': 'full',
    });
    expect(b.output).toContain('own True other False');
    expect((await harness.finished(a)).output).toContain('alone');
  });

  it('answers whatever the resolver says: loops, a thousand addresses, nothing at all (NET-2)', async () => {
    // Asked by hand: a library would take silence for a failure too, only later.
    const script = (hosts: readonly string[]): string => `
import struct
for host in ${JSON.stringify(hosts)}:
    name = b''.join(bytes([len(part)]) + part.encode() for part in host.split('.'))
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(60); s.connect(('127.0.0.11', 53))
    s.send(struct.pack('>HHHHHH', 7, 0x100, 1, 0, 0, 0) + name + b'\\0' + struct.pack('>HH', 1, 1))
    answer = s.recv(4096)
    print(host, 'code', answer[3] & 15, 'found', int.from_bytes(answer[6:8], 'big') > 0)
print('site', tries(${JSON.stringify(hosts[0])}))
`;
    const hosts = ['loop.test', 'crowd.test', 'nosuch.test'];
    const hostile = await run(script(hosts), { 'network.allow': 'loop.test,crowd.test:1-1000,nosuch.test' });
    expect(hostile.output.trim().split('\n')).toEqual([
      'loop.test code 3 found False',
      'crowd.test code 0 found True',
      'nosuch.test code 3 found False',
      'site False',
    ]);
    const good = { 'network.allow': 'good.test' };
    expect((await run(script(['good.test']), good)).output).toContain('code 0 found True\nsite True');
    const dead = await run(script(['good.test']), { ...good, 'network.dns': '198.51.100.99' });
    expect(dead.output).toContain('good.test code 2 found False\nsite False');
    expect(eventsOf(dead).some(({ why }) => why === 'The resolver did not answer.')).toBe(true);
  });

  it('has nothing of ours left in the firewall for gateways that are gone (RUN-10)', () => {
    const rules = execFileSync('iptables-save', { encoding: 'utf8' });
    expect(rules).not.toContain('18099');
  });
});
