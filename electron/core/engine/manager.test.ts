import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Attempt, Capabilities, EngineStatus } from '#shared/domain/engine.ts';
import { AppError } from '#shared/lib/app-error.ts';
import { silentLog } from '../storage/log.ts';
import { quickCapabilities } from './capabilities/quick.ts';
import { Manager, type ManagerParts } from './manager.ts';
import type { EngineManagerOptions } from './options.ts';
import type { Engine } from './port.ts';

const capabilities: Capabilities = quickCapabilities(
  { kind: 'docker', version: '20.10.24', apiVersion: '1.41', os: 'linux', arch: 'amd64' },
  {
    cgroup: 'v1',
    rootless: false,
    securityOptions: ['name=seccomp,profile=default'],
    ociRuntimes: ['runc'],
    defaultRuntime: 'runc',
    cpus: 2,
    memoryTotal: 1e9,
    storageDriver: 'overlay2',
    hostname: 'h',
    warnings: [],
  },
  { hostname: 'h', sameKernel: true, memoryFree: 5e8 },
);
const refused = (): AppError =>
  new AppError({ code: 'engine-unreachable', message: 'No engine.', why: 'Nobody listens.' });

/** A world with one engine that can be switched off. */
function world(
  changes: { allowPrivate?: boolean; found?: boolean; chosen?: string | null; privateInstalled?: boolean } = {},
) {
  const state = {
    up: true,
    connects: 0,
    disposed: 0,
    privateStarts: 0,
    privateStops: 0,
    remembered: [] as (string | null)[],
    preferred: [] as (string | null)[],
  };
  const address = { url: 'unix:///e.sock', socketPath: '/e.sock' };
  const attempt: Attempt = {
    id: 'socket:/e.sock',
    label: 'Docker',
    address: address.url,
    usable: true,
    reason: 'Docker answers.',
  };
  const own: Attempt = { ...attempt, id: 'private', label: 'Private engine' };
  const ping = (): Promise<void> => (state.up ? Promise.resolve() : Promise.reject(refused()));
  let breakEvents: () => void = () => {};
  const engine: Pick<Engine, 'address' | 'ping' | 'events' | 'dispose'> = {
    address: address.url,
    ping,
    events: (_labels, _onEvent, signal) =>
      new Promise<void>((resolve, reject) => {
        breakEvents = () => reject(refused());
        signal.addEventListener('abort', () => resolve());
      }),
    dispose: () => Promise.resolve(void state.disposed++),
  };
  const parts: ManagerParts = {
    connect: () => (state.connects++, engine as Engine),
    discover: (preferred) => {
      state.preferred.push(preferred);
      return Promise.resolve({
        best: (changes.found ?? true) ? { attempt, address } : null,
        attempts: Promise.resolve([
          (changes.found ?? true) ? attempt : { ...attempt, usable: false, reason: 'Not there.' },
        ]),
      });
    },
    quick: () => ping().then(() => capabilities),
    probe: (_engine, quick) => Promise.resolve(quick),
    private: {
      available: () => Promise.resolve(changes.privateInstalled ?? true),
      attempt: () => Promise.resolve(own),
      start: (onStep) => {
        onStep('Starting a private engine.');
        state.privateStarts++;
        return Promise.resolve(address);
      },
      stop: () => Promise.resolve(void state.privateStops++),
    },
  };
  const options: EngineManagerOptions = {
    paths: { config: '', data: '', assets: '', renderer: '' },
    env: {},
    log: silentLog,
    chosen: changes.chosen ?? null,
    rememberChoice: (id) => Promise.resolve(void state.remembered.push(id)),
    allowPrivate: changes.allowPrivate ?? false,
  };
  const fail = (): void => {
    state.up = false;
    breakEvents();
  };
  return { state, manager: new Manager(options, parts), parts, fail };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('is ready with quick facts and gives out the engine (ENG-1)', async () => {
  const { manager } = world();
  const ready: string[] = [];
  manager.onReady((engine) => ready.push(engine.address));
  expect(() => manager.engine()).toThrow('not ready yet');
  expect(await manager.start()).toMatchObject({
    state: 'ready',
    attempt: { id: 'socket:/e.sock' },
    capabilities: { kind: 'docker' },
  });
  expect(manager.engine().address).toBe('unix:///e.sock');
  expect(ready).toEqual(['unix:///e.sock']);
  await manager.dispose();
});

it('is lost at once when the events stream breaks, waits 0.5 s doubling to 30 s, and comes back (ENG-5)', async () => {
  const { manager, state, fail } = world();
  const lost = vi.fn<() => void>();
  const ready = vi.fn<() => void>();
  await manager.start();
  manager.onLost(lost);
  manager.onReady(ready);
  await vi.advanceTimersByTimeAsync(1000);
  fail();
  await vi.advanceTimersByTimeAsync(0);
  expect(lost).toHaveBeenCalledOnce();
  expect(() => manager.engine()).toThrow('is lost');

  const waits: number[] = [];
  for (let turn = 0; turn < 9; turn++) {
    const status = manager.status() as Extract<EngineStatus, { state: 'lost' }>;
    expect(status).toMatchObject({ state: 'lost', reason: 'Nobody listens.' });
    waits.push(status.retryAt - Date.now());
    await vi.advanceTimersByTimeAsync(status.retryAt - Date.now());
  }
  expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);

  state.up = true;
  await vi.advanceTimersByTimeAsync(30_000);
  expect(manager.status().state).toBe('ready');
  expect(ready).toHaveBeenCalledOnce();
  expect(lost).toHaveBeenCalledOnce();
  await manager.dispose();
  expect(state.disposed).toBe(state.connects);
});

it('notices by ping when the events stream stays silent (ENG-5)', async () => {
  const { manager, state } = world();
  await manager.start();
  state.up = false;
  await vi.advanceTimersByTimeAsync(5000);
  expect(manager.status().state).toBe('lost');
  await manager.dispose();
});

it('starts a private engine when none is found, says so meanwhile, and starts it again when it died (ENG-4, ENG-5)', async () => {
  const { manager, state, fail } = world({ found: false, allowPrivate: true });
  const seen: EngineStatus['state'][] = [];
  void (async () => {
    for await (const status of manager.watch()) seen.push(status.state);
  })();
  await manager.start();
  expect(manager.status()).toMatchObject({ state: 'ready', attempt: { id: 'private' } });
  expect(manager.attempts().map(({ id, usable }) => [id, usable])).toEqual([
    ['socket:/e.sock', false],
    ['private', true],
  ]);
  fail();
  await vi.advanceTimersByTimeAsync(0);
  state.up = true;
  await vi.advanceTimersByTimeAsync(500);
  expect(manager.status().state).toBe('ready');
  expect(state.privateStarts).toBe(2);
  await manager.dispose();
  expect(state.privateStops).toBe(1);
  expect(seen).toContain('lost');
});

it('says how to get an engine when there is none (ENG-1, ENG-7)', async () => {
  const { manager } = world({ found: false, allowPrivate: true, privateInstalled: false });
  expect(await manager.start()).toMatchObject({
    state: 'none',
    error: { code: 'engine-unreachable', next: expect.stringContaining('Install') as string },
  });
  expect(() => manager.engine()).toThrow('No container engine was found.');
  await manager.dispose();
});

it('remembers a choice and looks there first; a private one is never started unasked (ENG-1, ENG-4)', async () => {
  const { manager, state } = world();
  await manager.start();
  await manager.retry({ choose: 'socket:/other.sock' });
  expect(state.remembered).toEqual(['socket:/other.sock']);
  expect(state.preferred).toEqual([null, 'socket:/other.sock']);
  expect(state.privateStarts).toBe(0);
  await manager.retry({ startPrivate: true });
  expect(state.privateStarts).toBe(1);
  await manager.dispose();
});

it('does nothing more after disposal, not even a reconnect on its way (ENG-5)', async () => {
  const { manager, state, fail } = world();
  await manager.start();
  fail();
  await vi.advanceTimersByTimeAsync(0);
  const { connects } = state;
  await manager.dispose();
  await vi.advanceTimersByTimeAsync(120_000);
  expect(state.connects).toBe(connects);
  expect(vi.getTimerCount()).toBe(0);
});
