import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NetworkEvent } from '#shared/domain/network.ts';
import { createHarness, type Finished, type Harness } from '../runs/testing/harness.ts';
import { ENGINES, type Used } from './testing/engines.ts';
import { RESOLVER, SHARED } from './testing/internet-plan.ts';
import { startInternet, type Internet } from './testing/internet.ts';

const ROOM = {
  'resources.open_files': '1024',
  'resources.memory': '256 MiB',
  'resources.cpu': '100 %',
  'resources.processes': '50',
  'network.dns': RESOLVER,
  'network.mode': 'restricted',
  'network.connections': 'unlimited',
};

/** Python that the scripts below share. */
const TOOLS = `
import socket, sys, time
def request(host, more='Connection: close\\r\\n', path='/'):
    return f'GET {path} HTTP/1.1\\r\\nHost: {host}\\r\\n{more}\\r\\n'.encode()
def call(host, port=80):
    s = socket.create_connection((host, port), 5); s.settimeout(5); return s
def read(s):
    out = b''
    while part := s.recv(65536): out += part
    return out
def outcome(work):
    try: return repr(work())
    except OSError as problem: return type(problem).__name__
`;

const eventsOf = ({ events }: Finished): NetworkEvent[] => events.filter((event) => event.type === 'network');
const total = (events: readonly NetworkEvent[]): number => events.reduce((sum, { count }) => sum + count, 0);

describe.each(ENGINES)('named hosts on %s', (_name, startEngine, skipped) => {
  if (skipped !== null) {
    it.skip(`SKIPPED: ${skipped}`, () => {});
    return;
  }
  let used: Used;
  let internet: Internet;
  let kernel: Harness;
  let relay: Harness;

  beforeAll(async () => {
    used = await startEngine();
    internet = await startInternet();
    kernel = await createHarness(used.engine, used.capabilities);
    relay = await createHarness(used.engine, used.capabilities, undefined, [], undefined, false, false);
  });
  afterAll(async () => {
    await kernel?.dispose();
    await relay?.dispose();
    await internet?.dispose();
    await used?.dispose();
  });

  describe.each(['kernel', 'relay'] as const)('carried by the %s', (carrier) => {
    const run = (script: string, set: Record<string, string> = {}): Promise<Finished> =>
      (carrier === 'kernel' ? kernel : relay).run('python', TOOLS + script, { set: { ...ROOM, ...set } });

    it('passes what a WebSocket says once the host has switched, and nothing before (NET-2)', async () => {
      const { output } = await run(
        `
wish = request('good.test', 'Connection: Upgrade\\r\\nUpgrade: websocket\\r\\n', '/ws')
s = call('good.test'); s.sendall(wish); print('answer', s.recv(200)[:12])
for word in (b'\\x81\\x05hello', request('evil.test')):
    s.sendall(word); print('echo', s.recv(200)[:12])
s = call('good.test'); s.sendall(wish + request('evil.test'))
print('hasty', outcome(lambda: b'echo' if b'evil' in read(s) else b'nothing'))
`,
        { 'network.allow': 'good.test' },
      );
      expect(output).toContain("answer b'HTTP/1.1 101'");
      expect(output).toContain("echo b'\\x81\\x05hello'");
      expect(output).toContain("echo b'GET / HTTP/1'");
      expect(output).not.toContain("hasty b'echo'");
    });

    it('holds one number of connections for names and addresses together (POL-1)', async () => {
      const script = `
held = []
for i in range(6):
    for host, port in (('good.test', 80), ('${SHARED}', 8443)):
        try: s = call(host, port); s.sendall(request('good.test', '')); held.append((s, s.recv(10)))
        except OSError: pass
print('held', len([s for s, said in held if said]))
`;
      const allow = { 'network.allow': `good.test,${SHARED}:8443` };
      expect((await run(script, allow)).output).toContain('held 12');
      const capped = await run(script, { ...allow, 'network.connections': '5' });
      expect(capped.output).toContain('held 5');
      expect(total(eventsOf(capped).filter(({ rule }) => rule === 'network.connections: 5'))).toBe(7);
    });

    it('decides anew about an address that the script kept, once its time is over (NET-2)', async () => {
      const name = `moves-${carrier}.test`;
      const moved = await run(
        `
address = socket.gethostbyname('${name}')
def get():
    s = call(address); s.sendall(request('${name}')); return b'site' if b'site' in read(s) else b'closed'
print('first', outcome(get)); time.sleep(6.5); print('then', outcome(get))
`,
        { 'network.allow': name },
      );
      expect(moved.output).toContain("first b'site'");
      expect(moved.output).not.toContain("then b'site'");
      const refused = eventsOf(moved).find(({ kind, verdict }) => kind === 'connect' && verdict === 'denied');
      expect(refused?.why).toContain('private');
    });

    it('takes a request line by line, as a shell writes it (NET-2)', async () => {
      const script = (host: string): string => `
s = call('good.test')
for line in request('${host}').decode().splitlines(True): s.send(line.encode())
print('said', outcome(lambda: b'site ${host}' in read(s)))
`;
      expect((await run(script('good.test'), { 'network.allow': 'good.test' })).output).toContain('said True');
      expect((await run(script('evil.test'), { 'network.allow': 'good.test' })).output).not.toContain('said True');
    });
  });

  it('counts a thousand calls in a row exactly, allowed and denied (NET-3)', async () => {
    const flood = await kernel.run(
      'python',
      TOOLS +
        `
address = socket.gethostbyname('good.test')
for i in range(1000):
    s = socket.socket(); s.settimeout(5); s.connect((address, 80)); s.close()
    s = socket.socket()
    try: s.connect((address, 22))
    except OSError: pass
    s.close()
`,
      { set: { ...ROOM, 'network.allow': 'good.test' } },
    );
    const calls = eventsOf(flood).filter(({ kind, name }) => kind === 'connect' && name === 'good.test');
    expect(total(calls.filter(({ verdict, port }) => verdict === 'allowed' && port === 80))).toBe(1000);
    expect(total(calls.filter(({ verdict, port }) => verdict === 'denied' && port === 22))).toBe(1000);
  });

  it('counts a flood of lookups exactly, those that nobody answered among them (NET-3)', async () => {
    const flood = await kernel.run(
      'python',
      `
import socket, struct
sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for i in range(20)]
for i in range(4000):
    name = b''.join(bytes([len(part)]) + part for part in (b'n%d' % i, b'evil', b'test'))
    sockets[i % 20].sendto(struct.pack('>HHHHHH', i, 0x100, 1, 0, 0, 0) + name + b'\\0' + struct.pack('>HH', 1, 1), ('127.0.0.53', 53))
`,
      { set: { ...ROOM, 'network.allow': 'good.test' } },
    );
    expect(total(eventsOf(flood).filter(({ kind }) => kind === 'lookup'))).toBe(4000);
  });

  it('brings bodies of every size whole on one connection, while rules change (NET-2)', async () => {
    const id = await kernel.start(
      'python',
      `${TOOLS}
import hashlib
s = call('good.test'); s.settimeout(30)
def up(size, part):
    body = bytes(i * 31 % 251 for i in range(251)) * (size // 251 + 1); body = body[:size]
    s.sendall(request('good.test', f'Content-Length: {size}\\r\\n', '/hash').replace(b'GET', b'PUT'))
    for at in range(0, size, part): s.sendall(body[at:at + part])
    want, out = hashlib.sha256(body).hexdigest().encode(), b''
    while b'hash ' not in out or not out.endswith(b'\\n'): out += s.recv(65536)
    return want in out
print('whole', all(up(size, 100_000) for size in (0, 1, 65_535, 65_536, 327_678, 327_679, 327_680, 400_000)))
print('in small parts', up(1_000_000, 700), flush=True)
print('while rules change', all(up(20_000_000, 1_000_000) for i in range(8)))
`,
      { set: { ...ROOM, 'network.allow': 'good.test', 'network.upload': 'unlimited' } },
    );
    await kernel.printed(id, 'in small parts');
    for (let i = 0; i < 5; i++) await kernel.runs.allow(id, `more${i}.test`, false);
    const { output } = await kernel.finished(id);
    expect(output.trim().split('\n')).toEqual(['whole True', 'in small parts True', 'while rules change True']);
  });

  it('tells of every call from a port whose connection the host has reset (NET-3)', async () => {
    const again = await kernel.run(
      'python',
      `${TOOLS}
for i in range(3):
    s = socket.socket(); s.settimeout(5); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(('', 40001)); s.connect(('${SHARED}', 80)); s.sendall(request('x', '', '/reset'))
    print(outcome(lambda: s.recv(100))); s.close()
`,
      { set: { ...ROOM, 'network.allow': `${SHARED}:80` } },
    );
    expect(again.output.trim().split('\n')).toEqual(Array(3).fill('ConnectionResetError'));
    expect(total(eventsOf(again).filter(({ kind }) => kind === 'connect'))).toBe(3);
  });

  it('has a named host called by plain TCP, whatever the script wished (NET-2)', async () => {
    const script = `${TOOLS}
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262); s.settimeout(5)
s.connect(('good.test', 8090)); s.sendall(request('good.test')); print(s.recv(100).decode())
`;
    const set = { ...ROOM, 'network.allow': 'good.test:8090' };
    const open = await kernel.run('python', script, { set: { ...set, 'network.mode': 'full' } });
    expect(open.output.trim()).toBe('multipath 1');
    expect((await kernel.run('python', script, { set })).output.trim()).toBe('multipath 0');
  });

  it('tells the script the truth when a named host does not listen (NET-2)', async () => {
    const { output } = await kernel.run('python', `${TOOLS}\nprint(outcome(lambda: call('good.test', 8081)))`, {
      set: { ...ROOM, 'network.allow': 'good.test:8081' },
    });
    expect(output).toContain('ConnectionRefusedError');
  });
});
