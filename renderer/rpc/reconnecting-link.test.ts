import { createORPCClient, ORPCError } from '@orpc/client';
import { expect, it } from 'vitest';
import type { ConnectionState } from './connection-state.ts';
import type { Client } from './client.ts';
import { ConnectionLost, ConnectionRefused, toErrorData } from './errors.ts';
import { reconnecting } from './reconnecting-link.ts';
import { subscribe } from './subscribe.ts';
import type { Attempted, Connection, Link, Transport } from './transport.ts';

/** A connection by hand: `answer` is what each call gives, `cut` ends it. */
function connection(answer: (path: readonly string[], signal?: AbortSignal) => Promise<unknown>) {
  const closed = Promise.withResolvers<void>();
  let lost = false;
  const link: Link = { call: (path, _input, { signal }) => answer(path, signal) };
  const made: Connection = { link, lost: () => lost, closed: closed.promise };
  return {
    attempted: { result: 'open', connection: made } as Attempted,
    cut() {
      lost = true;
      closed.resolve();
    },
  };
}

function client(attempts: readonly Attempted[]) {
  const states: ConnectionState[] = [];
  let index = 0;
  const transport: Transport = async () => attempts[index++] ?? new Promise(() => undefined);
  const made = reconnecting({
    transport,
    firstDelay: 1,
    longestDelay: 2,
    onState: (state) => states.push(state),
  });
  return { client: createORPCClient<Client>(made.link), states, retry: made.retry, tries: () => index };
}

it('keeps calls waiting until it is connected', async () => {
  const open = connection(async () => ['image']);
  const { client: bellglass, states } = client([{ result: 'failed' }, { result: 'failed' }, open.attempted]);
  expect(await bellglass.system.images()).toEqual(['image']);
  expect(states.map(({ state }) => state)).toEqual(['reconnecting', 'reconnecting', 'connected']);
});

it('fails what was cut with ConnectionLost and connects again', async () => {
  const first = connection(() => new Promise((_resolve, reject) => queueMicrotask(() => reject(new Error('aborted')))));
  const second = connection(async () => ['again']);
  const { client: bellglass, states } = client([first.attempted, second.attempted]);
  await Promise.resolve();
  first.cut();
  await expect(bellglass.system.images()).rejects.toBeInstanceOf(ConnectionLost);
  expect(await bellglass.system.images()).toEqual(['again']);
  expect(states.map(({ state }) => state)).toEqual(['connected', 'reconnecting', 'connected']);
});

it('passes errors of Bellglass as they are, also while the connection ends', async () => {
  const data = { code: 'storage', message: 'The disk is full.' };
  const open = connection(async () => {
    throw new ORPCError('BELLGLASS', { data, defined: true });
  });
  const { client: bellglass } = client([open.attempted]);
  const failure = await bellglass.system.images().catch((thrown: unknown) => thrown);
  expect(toErrorData(failure)).toEqual(data);
});

it('gives up when it is refused, says why, and tries again when told to (HOST-2)', async () => {
  const open = connection(async () => ['in']);
  const refused: Attempted = { result: 'refused', why: 'The page sent no token.' };
  const { client: bellglass, states, retry, tries } = client([refused, open.attempted]);
  await expect(bellglass.system.images()).rejects.toBeInstanceOf(ConnectionRefused);
  expect(states).toEqual([{ state: 'refused', why: 'The page sent no token.' }]);
  expect(tries()).toBe(1);
  retry();
  expect(await bellglass.system.images()).toEqual(['in']);
});

it('does not wait for a connection after its caller has gone', async () => {
  const { client: bellglass } = client([]);
  const stop = new AbortController();
  const call = bellglass.system.images(undefined, { signal: stop.signal });
  stop.abort(new Error('gone'));
  await expect(call).rejects.toThrow('gone');
});

it('opens a subscription again after a lost connection, and not after another error', async () => {
  const items: unknown[] = [];
  const errors: string[] = [];
  let cutFirst = (): void => undefined;
  const first = connection(async () =>
    (async function* () {
      yield 1;
      cutFirst();
      throw new Error('aborted');
    })(),
  );
  cutFirst = first.cut;
  const second = connection(async () =>
    (async function* () {
      yield 2;
      throw new ORPCError('BELLGLASS', { data: { code: 'storage', message: 'The disk is full.' } });
    })(),
  );
  const { client: bellglass } = client([first.attempted, second.attempted]);
  const stop = new AbortController();
  await subscribe(
    (signal) => bellglass.system.watchEngine(undefined, { signal }),
    (item) => void items.push(item),
    stop.signal,
    ({ message }) => errors.push(message),
  );
  expect(items).toEqual([1, 2]);
  expect(errors).toEqual(['The disk is full.']);
});
