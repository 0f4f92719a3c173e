/** REST under load and hostile timing: many at once, slow senders, slow and absent readers (HOST-3). */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import type { OutputMessage } from '#shared/contract/runs.ts';
import type { RunEvent } from '#shared/domain/run.ts';
import type { RestStatus } from '#shared/contract/rest/rest.ts';
import { BodyBudget } from './body.ts';
import { serveScripted, type Served } from './testing/served.ts';

let served: Served | null = null;
afterEach(async () => {
  await served?.dispose();
  served = null;
});

const script = { script: 'print(1)', language: 'python' };
const MiB = 1024 * 1024;

it('answers 1,000 requests at once, each with its own run', async () => {
  const host = (served = await serveScripted());
  const answers = await Promise.all(
    Array.from({ length: 1000 }, async () => {
      const response = await host.execute(script);
      return [response.status, ((await response.json()) as RestStatus).id] as const;
    }),
  );
  expect(answers.every(([status]) => status === 202)).toBe(true);
  expect(new Set(answers.map(([, id]) => id)).size).toBe(1000);
  expect((await host.fetch('/health')).status).toBe(200);
}, 120_000);

it('holds each token to its runs at once and per minute, and gives a place back when a run ends or never began', async () => {
  let now = 0;
  const host = (served = await serveScripted(undefined, { now: () => now }));
  const token = await host.addToken('small', { quota: { runs: 2, perMinute: 4 } });
  const ask = async (body: unknown = script): Promise<[number, string | null]> => {
    const response = await host.execute(body, '', token);
    await response.text();
    return [response.status, response.headers.get('retry-after')];
  };
  expect([await ask(), await ask()]).toEqual([
    [202, null],
    [202, null],
  ]);
  const burst = await Promise.all(Array.from({ length: 50 }, () => ask()));
  expect(burst.every(([status, after]) => status === 429 && after === '1')).toBe(true);
  expect((await host.execute(script)).status).toBe(202);
  await host.core.runs.stopAll();
  await expect.poll(async () => (await ask({ ...script, language: 'cobol' }))[0]).toBe(400);
  await expect.poll(async () => (await ask())[0]).toBe(202);
  await expect.poll(async () => (await ask())[0]).toBe(202);
  await host.core.runs.stopAll();
  await expect.poll(() => ask()).toEqual([429, '60']);
  now = 45_500;
  expect(await ask()).toEqual([429, '15']);
  now = 60_001;
  expect((await ask())[0]).toBe(202);
});

it('leaves a run going whose caller waits no longer', async () => {
  const host = (served = await serveScripted());
  const gone = new AbortController();
  const waiting = host.fetch('/execute?wait', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ ...script, id: 'k' }),
    signal: gone.signal,
  });
  await expect.poll(() => host.core.runs.list().length).toBe(1);
  gone.abort();
  await expect(waiting).rejects.toThrow();
  const [run] = host.core.runs.list();
  const again = (await (await host.execute({ ...script, id: 'k' })).json()) as RestStatus;
  expect([again.id, again.outcome]).toEqual([run?.id, null]);
});

function raw(port: number, text: string): Socket {
  const socket = connect(port, '127.0.0.1', () => socket.write(text));
  socket.on('error', () => undefined);
  return socket;
}

it('lets go of senders that are slow, while others are answered', async () => {
  const host = (served = await serveScripted(undefined, { headWithinMs: 3000 }));
  const auth = `Host: 127.0.0.1:${host.port}\r\nAuthorization: Bearer ${host.token}\r\n`;
  const slow = Array.from({ length: 200 }, () => raw(host.port, `POST /execute HTTP/1.1\r\n${auth}X-Slow: `));
  const closed = Promise.all(slow.map((socket) => (socket.resume(), once(socket, 'close'))));
  for (let at = 0; at < 20; at += 1) expect((await host.fetch('/health')).status).toBe(200);
  await closed;
}, 60_000);

it('refuses large bodies together that it would not refuse one by one', async () => {
  const budget = new BodyBudget(100);
  const back = budget.take(60);
  expect(() => budget.take(60)).toThrow(
    expect.objectContaining({ problem: expect.objectContaining({ status: 503 }) as unknown }) as Error,
  );
  back();
  back();
  budget.take(100);
  expect(() => budget.take(1)).toThrow();
  const host = (served = await serveScripted());
  const head = `POST /execute HTTP/1.1\r\nHost: 127.0.0.1:${host.port}\r\nAuthorization: Bearer ${host.token}\r\nContent-Type: application/json\r\nContent-Length: ${47 * MiB}\r\n\r\n{`;
  const holding = Array.from({ length: 5 }, () => raw(host.port, head));
  const answers = await Promise.race(
    holding.map(async (socket) => {
      const [data] = (await once(socket, 'data')) as [Buffer];
      return data.toString();
    }),
  );
  expect(answers).toMatch(/^HTTP\/1\.1 503 [^]*Retry-After: 1/i);
  for (const socket of holding) socket.destroy();
  await expect.poll(async () => (await host.execute({ ...script, stdin: 'x'.repeat(9 * MiB) })).status).toBe(202);
});

/** A source without end, and how much was taken from it. */
function endless<T>(one: (at: number) => T) {
  const seen = { taken: 0, returned: false };
  async function* open(): AsyncGenerator<T> {
    try {
      for (;;) yield one((seen.taken += 1));
    } finally {
      seen.returned = true;
    }
  }
  return { seen, open };
}

it.each(['output', 'events'] as const)(
  'holds back the source of %s for a reader that stands still, and lets it go',
  async (what) => {
    const output = endless<OutputMessage>((at) => ({
      type: 'chunk',
      chunk: { seq: at, stream: 'stdout', at, text: 'x'.repeat(64 * 1024) },
    }));
    const events = endless<RunEvent[]>((at) => [{ type: 'note', at, message: 'x'.repeat(64 * 1024) }]);
    const host = (served = await serveScripted(
      ({ runs }) => {
        runs.output = output.open;
        runs.ack = () => undefined;
      },
      { patienceMs: 300 },
    ));
    const { id } = (await (await host.execute(script)).json()) as RestStatus;
    host.core.runs.watch = events.open;
    const { seen } = what === 'output' ? output : events;
    const before = seen.taken;
    const socket = raw(
      host.port,
      `GET /runs/${id}/${what} HTTP/1.1\r\nHost: 127.0.0.1:${host.port}\r\nAuthorization: Bearer ${host.token}\r\n\r\n`,
    );
    await once(socket, 'readable');
    await expect.poll(() => seen.returned, { timeout: 10_000 }).toBe(true);
    expect(seen.taken - before).toBeLessThan(500);
    socket.destroy();
  },
);

it('ends its sources when a reader of a stream goes away', async () => {
  const output = endless<OutputMessage>((at) => ({
    type: 'chunk',
    chunk: { seq: at, stream: 'stdout', at, text: 'x'.repeat(1024) },
  }));
  const host = (served = await serveScripted(({ runs }) => {
    runs.output = output.open;
    runs.ack = () => undefined;
  }));
  const { id } = (await (await host.execute(script)).json()) as RestStatus;
  const gone = new AbortController();
  const response = await host.fetch(`/runs/${id}/output`, { signal: gone.signal });
  await response.body?.getReader().read();
  gone.abort();
  await expect.poll(() => output.seen.returned).toBe(true);
});
