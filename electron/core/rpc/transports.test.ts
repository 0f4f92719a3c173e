/** The same cases over both transports: errors, cancel, close, slow reader, invalid input, huge message. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { MessageChannel } from 'node:worker_threads';
import { createORPCClient, ORPCError } from '@orpc/client';
import { RPCLink as PortLink } from '@orpc/client/message-port';
import { RPCLink as SocketLink } from '@orpc/client/websocket';
import type { ContractRouterClient } from '@orpc/contract';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import type { Contract } from '#shared/contract/index.ts';
import type { Launch, OutputMessage } from '#shared/contract/runs.ts';
import { AppError } from '#shared/lib/app-error.ts';
import type { Core } from '../core.ts';
import { silentLog } from '../storage/log.ts';
import type { Log } from '../storage/log.ts';
import { createRouter } from './router.ts';
import { servePort, serveSocket } from './serve.ts';
import { createScriptedCore } from './testing/scripted-core.ts';

type Client = ContractRouterClient<Contract>;
interface Pair {
  client: Client;
  /** Sends something that is no call. */
  sendRaw(data: string): void;
  /** Resolves when the viewer's side saw the end. */
  closed: Promise<unknown>;
  close(): void;
  /** Viewer stops reading what arrives. */
  stall(): void;
}

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

function core(change: (core: Core) => void = () => undefined): Core {
  const scripted = createScriptedCore();
  cleanups.push(() => scripted.dispose());
  change(scripted);
  return scripted;
}

const host = { takeOpened: async () => null };

async function overPort(served: Core, log: Log = silentLog): Promise<Pair> {
  const { port1, port2 } = new MessageChannel();
  servePort(port1, createRouter(served, host), log);
  const client = createORPCClient<Client>(new PortLink({ port: port2 }));
  port1.start();
  port2.start();
  cleanups.push(() => port2.close());
  return {
    client,
    sendRaw: (data) => port2.postMessage(data),
    closed: once(port2, 'close'),
    close: () => port2.close(),
    stall: () => undefined,
  };
}

async function overSocket(served: Core, log: Log = silentLog): Promise<Pair> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, maxPayload: 32 * 1024 * 1024 });
  await once(server, 'listening');
  server.on('connection', (socket) => serveSocket(socket, createRouter(served, host), log));
  const socket = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const client = createORPCClient<Client>(new SocketLink({ websocket: socket }));
  await once(socket, 'open');
  cleanups.push(() => {
    socket.terminate();
    server.close();
  });
  return {
    client,
    sendRaw: (data) => socket.send(data),
    closed: once(socket, 'close'),
    close: () => socket.close(),
    stall: () => socket.pause(),
  };
}

const launch = (name: string, bytes = 1): Launch => ({
  name,
  entry: name,
  files: [{ path: name, content: 'QUJD'.repeat(bytes) }],
});

/** A source that counts what was pulled from it and whether it was let go of. */
function counted<T>(make: (index: number) => T, limit = Infinity) {
  const seen = { pulled: 0, returned: Promise.withResolvers<void>() };
  const open = async function* (): AsyncGenerator<T, void, undefined> {
    try {
      for (; seen.pulled < limit;) yield make(seen.pulled++);
    } finally {
      seen.returned.resolve();
    }
  };
  return { seen, open };
}

describe.each([
  ['MessagePort', overPort],
  ['WebSocket', overSocket],
])('over %s', (_name, connect) => {
  it('answers calls and streams with the contract types (HOST-1)', async () => {
    const { client } = await connect(core());
    const { id } = await client.runs.start(launch('tidy.py'));
    const list = await client.runs.watchList();
    const first = await list.next();
    expect(first.value).toMatchObject({ type: 'all', limit: 10, runs: [{ id, name: 'tidy.py' }] });
    await list.return?.();
  });

  it('lists, changes and tells of own policies, the broken one with its place (POL-4)', async () => {
    const { client } = await connect(core());
    const { policies, context } = await client.policies.list();
    expect(policies.map(({ name }) => name)).toEqual(['data-team', 'quick-look', 'old-crawler']);
    expect(policies[2]).toMatchObject({ problems: [{ line: 4, column: 3, replacement: 'memory' }] });
    expect(policies.every(({ document }) => document !== null)).toBe(true);
    expect(context.capabilities?.kind).toBe('docker');
    const watched = await client.policies.watch();
    expect((await watched.next()).value).toMatchObject({ type: 'all' });
    const { policy, text } = await client.policies.get({ name: 'data-team' });
    const renamed = await client.policies.rename({ name: 'data-team', to: 'crew', revision: policy.revision });
    expect((await watched.next()).value).toEqual({ type: 'removed', name: 'data-team' });
    const { revision } = renamed.policy;
    const saved = await client.policies.save({ name: 'crew', text: `${text}# more\n`, revision });
    expect(saved.policy.document).toMatchObject({ name: 'crew', level: 'trusted' });
    const late = await client.policies.save({ name: 'crew', text, revision }).catch((error: unknown) => error);
    expect(late).toMatchObject({ data: { code: 'input-invalid' } });
    const hash = 'a'.repeat(64);
    await client.policies.approveProject({ path: '/job/bellglass.yaml', hash });
    expect(await client.policies.approvals()).toMatchObject([{ path: '/job/bellglass.yaml', hash }]);
    await watched.return?.();
  });

  it('carries an AppError whole as the typed error (ENG-7)', async () => {
    const { client } = await connect(core());
    const failure = await client.runs
      .start({ ...launch('index.mjs'), runtime: 'node' })
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ORPCError);
    expect(failure).toMatchObject({
      code: 'BELLGLASS',
      defined: true,
      data: { code: 'plan-refused', message: 'Node.js cannot work with 5 process slots.' },
    });
  });

  it('keeps texts and stacks of unknown errors on its side and logs them (HOST-1)', async () => {
    const logged: string[] = [];
    const log: Log = { ...silentLog, error: (message, fields) => logged.push(`${message} ${JSON.stringify(fields)}`) };
    const served = core(({ runs, system }) => {
      runs.list = () => {
        throw new Error('password=hunter2 at /home/person');
      };
      system.images = async () => {
        throw new AppError({ code: 'internal', message: 'It broke.', details: 'Error: x\n    at secret.ts:1' });
      };
    });
    const { client } = await connect(served, log);
    const failure = await client.runs.list().catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'BELLGLASS', data: { code: 'internal' } });
    expect(JSON.stringify(failure)).not.toMatch(/hunter2|secret|\.ts:/);
    expect(logged.join()).toContain('hunter2');
    const own = await client.system.images().catch((error: unknown) => error);
    expect(own).toMatchObject({ data: { code: 'internal', message: 'It broke.' } });
    expect(JSON.stringify(own)).not.toContain('secret.ts');
  });

  it('types an error that a stream throws midway (ENG-7)', async () => {
    const served = core(({ runs }) => {
      runs.output = async function* () {
        yield { type: 'open', viewer: 'v', from: 0 };
        throw new AppError({ code: 'storage', message: 'The spool cannot be read.' });
      };
    });
    const { client } = await connect(served);
    const stream = await client.runs.output({ id: 'x' });
    await stream.next();
    await expect(stream.next()).rejects.toMatchObject({ code: 'BELLGLASS', data: { code: 'storage' } });
  });

  it('refuses invalid input as input-invalid and names the place (ENG-7)', async () => {
    const { client } = await connect(core());
    const wrong = { ...launch('a.py'), files: [{ path: 7 }] } as unknown as Launch;
    await expect(client.runs.start(wrong)).rejects.toMatchObject({
      data: { code: 'input-invalid', why: expect.stringContaining('files[0].path') as string },
    });
  });

  it('never sends output that breaks the contract (HOST-1)', async () => {
    const served = core(({ runs, system }) => {
      runs.list = () => [{ id: 5 }] as never;
      system.watchEngine = async function* () {
        yield { state: 'ready', secret: 'x' } as never;
      };
    });
    const { client } = await connect(served);
    await expect(client.runs.list()).rejects.toMatchObject({ data: { code: 'internal' } });
    const stream = await client.system.watchEngine();
    await expect(stream.next()).rejects.toMatchObject({ data: { code: 'internal' } });
  });

  it('lets go of the source when the viewer cancels', async () => {
    const waiting = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<void>();
    const served = core(({ system }) => {
      system.watchEngine = async function* (signal) {
        signal?.addEventListener('abort', () => ended.resolve());
        yield { state: 'searching' };
        waiting.resolve();
        await ended.promise;
      };
    });
    const { client } = await connect(served);
    const stream = await client.system.watchEngine();
    await stream.next();
    await waiting.promise;
    await stream.return?.();
    await ended.promise;
  });

  it('lets go of every source and rejects what is pending when the connection closes', async () => {
    const ended = Promise.withResolvers<void>();
    const called = Promise.withResolvers<void>();
    const served = core(({ runs, system }) => {
      system.watchEngine = async function* (signal) {
        signal?.addEventListener('abort', () => ended.resolve());
        yield { state: 'searching' };
        await new Promise(() => undefined);
      };
      runs.saveOutput = () => {
        called.resolve();
        return new Promise(() => undefined);
      };
    });
    const pair = await connect(served);
    const stream = await pair.client.system.watchEngine();
    await stream.next();
    const pendingItem = expect(stream.next()).rejects.toThrow();
    const pendingCall = expect(pair.client.runs.saveOutput({ id: 'x' })).rejects.toThrow();
    await called.promise;
    pair.close();
    await Promise.all([ended.promise, pendingItem, pendingCall]);
  });

  it('carries the largest launch (LAUNCH_LIMITS)', async () => {
    const launched: Launch[] = [];
    const served = core(({ runs }) => {
      runs.start = async (given) => {
        launched.push(given);
        return { id: 'big' };
      };
    });
    const { client } = await connect(served);
    const big = launch('big.py', (16 * 1024 * 1024) / 3);
    await expect(client.runs.start(big)).resolves.toEqual({ id: 'big' });
    expect(launched[0]?.files[0]?.content.length).toBe(big.files[0]?.content.length);
  });

  it('sends nothing beyond the acknowledged window to a viewer that does not acknowledge (RUN-5)', async () => {
    const served = core();
    const { client } = await connect(served);
    const { id } = await client.runs.start(launch('flood.sh'));
    const stream = await client.runs.output({ id });
    let viewer = '';
    let received = 0;
    const read = async (upTo: number): Promise<void> => {
      while (received < upTo) {
        const { value } = (await stream.next()) as { value: OutputMessage };
        if (value.type === 'open') viewer = value.viewer;
        if (value.type === 'chunk') received = value.chunk.seq;
      }
    };
    await read(256 * 1024);
    expect(received).toBe(256 * 1024);
    await client.runs.ack({ viewer, seq: received });
    await read(512 * 1024);
    expect(received).toBe(512 * 1024);
    await stream.return?.();
  });

  it.each(['not json', '[]', '{"i":5}', '{}', 'null'])(
    'closes the connection on the malformed message %s',
    async (raw) => {
      const pair = await connect(core());
      pair.sendRaw(raw);
      await pair.closed;
    },
  );
});

describe('a WebSocket viewer that does not read', () => {
  const message = (index: number): OutputMessage => ({
    type: 'chunk',
    chunk: { seq: index, stream: 'stdout', at: index, text: 'x'.repeat(64 * 1024) },
  });

  it('holds back the source instead of filling memory', async () => {
    const source = counted(message, 2000);
    const pair = await overSocket(
      core(({ runs }) => {
        runs.output = source.open;
      }),
    );
    const stream = await pair.client.runs.output({ id: 'x' });
    await stream.next();
    pair.stall();
    let before = -1;
    while (before !== source.seen.pulled) {
      before = source.seen.pulled;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    expect(source.seen.pulled).toBeLessThan(500);
    pair.close();
  });

  it('is closed when it takes nothing for the time allowed, and the source is let go', async () => {
    const source = counted(message);
    const served = core(({ runs }) => {
      runs.output = source.open;
    });
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    await once(server, 'listening');
    server.on('connection', (socket) => serveSocket(socket, createRouter(served, host), silentLog, 50));
    const socket = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
    cleanups.push(() => {
      socket.terminate();
      server.close();
    });
    await once(socket, 'open');
    const client = createORPCClient<Client>(new SocketLink({ websocket: socket }));
    const stream = await client.runs.output({ id: 'x' });
    await stream.next();
    socket.pause();
    await source.seen.returned.promise;
    expect(server.clients.size).toBe(0);
  });
});
