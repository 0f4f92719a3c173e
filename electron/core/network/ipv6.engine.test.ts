import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NetworkEvent } from '#shared/domain/network.ts';
import { createHarness, type Finished, type Harness } from '../runs/testing/harness.ts';
import { ENGINES, type Used } from './testing/engines.ts';
import { FAR6, METADATA6, OUTSIDE6, PRIVATE6, RESOLVER, SHARED6, TRANSLATED6 } from './testing/internet-plan.ts';
import { startInternet, type Internet } from './testing/internet.ts';

const ROOM = {
  'resources.open_files': '256',
  'resources.memory': '256 MiB',
  'resources.cpu': '100 %',
  'resources.processes': '20',
  'network.dns': RESOLVER,
};
const HOST_PORT = 8086;

const SCRIPT = `
import json, socket, struct
def tcp(host, port, data=b''):
    s = socket.create_connection((host, port), 5); s.settimeout(5)
    if data: s.sendall(data)
    out = s.recv(200); assert out
    return out.decode()
def get(host, site='x'): return tcp(host, 80, f'GET / HTTP/1.0\\r\\nHost: {site}\\r\\n\\r\\n'.encode())
def udp(host, port):
    s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM); s.settimeout(5); s.connect((host, port)); s.send(b'hi'); return s.recv(50).decode()
def ask(host):
    s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM); s.settimeout(5); s.connect((host, 53)); s.send(b'x' * 20); return s.recv(50)
def six(name): return sorted({a[4][0] for a in socket.getaddrinfo(name, 80, socket.AF_INET6, socket.SOCK_STREAM)})[0]
def router():
    for line in open('/proc/net/ipv6_route'):
        part = line.split()
        if part[0] == '0' * 32 and part[1] == '00' and part[9] != 'lo': return socket.inet_ntop(socket.AF_INET6, bytes.fromhex(part[4]))
    raise OSError('no way out')
TRIES = {
    'a listed address': lambda: tcp('${SHARED6}', 8443),
    'an address of a listed range': lambda: get('${FAR6}'),
    'an unlisted port': lambda: tcp('${SHARED6}', 22),
    'an unlisted address': lambda: get('${SHARED6}'),
    'a name with IPv6 only': lambda: tcp(six('six.test'), 8443),
    'a name of both': lambda: get('both.test', 'both.test'),
    'a name for a private address': lambda: get(six('inner6.test')),
    'a name for the metadata service': lambda: get(six('rebind6.test')),
    'a datagram': lambda: udp('${SHARED6}', 5000),
    'a private address': lambda: get('${PRIVATE6}'),
    'the metadata service': lambda: get('${METADATA6}'),
    'the metadata service by a translator': lambda: get('${TRANSLATED6}'),
    "the engine's machine": lambda: tcp('${OUTSIDE6}', ${HOST_PORT}),
    'the router': lambda: tcp(router(), ${HOST_PORT}),
    'another resolver': lambda: ask('${SHARED6}'),
    'a neighbour': lambda: tcp('fe80::1%eth0', 80),
    'all neighbours': lambda: udp('ff02::1%eth0', 5000),
    'IPv4 as IPv6': lambda: tcp('::ffff:198.51.100.10', 22),
}
for name, run in TRIES.items():
    try: print(json.dumps([name, run()[:20]]))
    except (OSError, AssertionError) as e: print(json.dumps([name, None, repr(e)]))
`;

const reached = ({ output }: Finished): string[] =>
  output
    .split('\n')
    .filter((line) => line.startsWith('['))
    .map((line) => JSON.parse(line) as [string, string | null])
    .flatMap(([name, got]) => (got === null ? [] : [name]));
const eventsOf = ({ events }: Finished): NetworkEvent[] => events.filter((event) => event.type === 'network');

describe.each(ENGINES)('a script that wants out over IPv6 on %s (NET-1, NET-2)', (_name, start, skipped) => {
  if (skipped !== null) {
    it.skip(`SKIPPED: ${skipped}`, () => {});
    return;
  }
  let used: Used;
  let internet: Internet;
  let harness: Harness;
  let host: Server;

  beforeAll(async () => {
    used = await start();
    internet = await startInternet();
    host = createServer((socket) => socket.on('error', () => {}).end('host\n'));
    await new Promise<void>((ready) => host.listen(HOST_PORT, '::', ready));
    harness = await createHarness(used.engine, used.capabilities);
  });
  afterAll(async () => {
    await harness?.dispose();
    await internet?.dispose();
    host?.close();
    await used?.dispose();
  });

  const run = (set: Record<string, string>): Promise<Finished> =>
    harness.run('python', SCRIPT, { set: { ...ROOM, ...set } });

  it('reaches everything but metadata, translators, neighbours and the machine of the engine under full (NET-1)', async () => {
    const full = await run({ 'network.mode': 'full' });
    expect(reached(full), full.output).toEqual([
      'a listed address',
      'an address of a listed range',
      'an unlisted port',
      'an unlisted address',
      'a name with IPv6 only',
      'a name of both',
      'a name for a private address',
      'a datagram',
      'a private address',
      'IPv4 as IPv6',
    ]);
    const events = eventsOf(full);
    expect(events.find(({ name, kind }) => name === 'rebind6.test' && kind === 'lookup')).toBeDefined();
    expect(events.find(({ address }) => address === METADATA6)?.why).toContain('metadata');
    expect(events.find(({ address }) => address === TRANSLATED6)).toMatchObject({
      verdict: 'denied',
      rule: 'network.mode: full',
    });
    expect(events.find(({ address, port }) => address === OUTSIDE6 && port === HOST_PORT)?.why).toContain(
      "engine's machine",
    );
  });

  it('reaches what refuses a script above, where it is listed, so that refused is not absent (NET-1)', async () => {
    const allow = `[${METADATA6}]:80,[${TRANSLATED6}]:80,[${OUTSIDE6}]:${HOST_PORT}`;
    const listed = reached(await run({ 'network.mode': 'full', 'network.allow': allow }));
    expect(listed).toEqual(
      expect.arrayContaining(['the metadata service', 'the metadata service by a translator', "the engine's machine"]),
    );
  });

  it('reaches what is listed and nothing else under restricted, and tells of it (NET-2, NET-3)', async () => {
    const allow = `[${SHARED6}]:8443,[2001:db8:6::/64]:80,six.test:8000-9000,both.test,inner6.test:1-1000,rebind6.test:1-1000`;
    const restricted = await run({ 'network.mode': 'restricted', 'network.allow': allow });
    expect(reached(restricted), restricted.output).toEqual([
      'a listed address',
      'an address of a listed range',
      'a name with IPv6 only',
      'a name of both',
    ]);
    const events = eventsOf(restricted);
    const of = (address: string, port: number) =>
      events.find((event) => event.address === address && event.port === port);
    expect(of(SHARED6, 8443)).toMatchObject({ verdict: 'allowed', rule: `network.allow: [${SHARED6}]:8443` });
    expect(of(SHARED6, 22)?.verdict).toBe('denied');
    expect(of(SHARED6, 5000)).toMatchObject({ verdict: 'denied', protocol: 'udp' });
    expect(of(METADATA6, 80)?.why).toContain('metadata');
    expect(events.find(({ kind, address }) => kind === 'close' && address === FAR6)?.bytesIn).toBeGreaterThan(50);
    expect(events.find(({ kind, name }) => kind === 'lookup' && name === 'inner6.test')?.verdict).toBe('denied');
  });

  it('has no way out over IPv6 without a network, whatever the machine has (NET-1)', async () => {
    expect(reached(await run({ 'network.mode': 'none' }))).toEqual([]);
  });
});
