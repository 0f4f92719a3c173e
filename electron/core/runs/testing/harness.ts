/** A run service over a real engine and real images, without settings or discovery: what the engine tests of runs need. */
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { ulid } from 'ulid';
import type { Launch, RunDetail } from '#shared/contract/runs.ts';
import type { Capabilities } from '#shared/domain/engine.ts';
import { LABEL } from '#shared/domain/labels.ts';
import type { RunEvent, Runtime } from '#shared/domain/run.ts';
import { toBase64, utf8 } from '#shared/script/bytes.ts';
import { engineMemory } from '../../engine/capabilities/host.ts';
import type { Engine } from '../../engine/port.ts';
import { History } from '../../history/history.ts';
import { KeptLaunches } from '../../history/launches.ts';
import { createImages } from '../../images/index.ts';
import { seccompProfile } from '../../images/seccomp/index.ts';
import { createKeptStore } from '../../kept/kept-store.ts';
import { KeptSandboxes } from '../../kept/kept.ts';
import { createNetwork } from '../../network/create.ts';
import { openDatabase } from '../../storage/database.ts';
import { silentLog } from '../../storage/log.ts';
import { instanceId, ownerAlive, ownerOf } from '../owner.ts';
import { MountSources, type OpenMounts } from '../../sandbox/mounts/index.ts';
import { Planner } from '../planner.ts';
import { KeptQueue } from '../queue/kept-queue.ts';
import { RunService } from '../service.ts';
import { SandboxPool } from '../../sandbox/pool/index.ts';
import { openHostReader } from '../../watch/host-reader.ts';

const ASSETS = resolve(import.meta.dirname, '../../../../assets');

export interface Finished {
  readonly id: string;
  readonly detail: RunDetail;
  readonly output: string;
  /** The same, each stream for itself: in which order the two arrive is chance. */
  readonly streams: { readonly stdout: string; readonly stderr: string };
  readonly events: readonly RunEvent[];
}

export interface Harness {
  readonly runs: RunService;
  readonly planner: Planner;
  /** Settings that a test may turn. */
  readonly knobs: {
    whenFull: 'wait' | 'refuse';
    warmPool: boolean;
    warmPoolBytes: number;
    limit: number;
    /** Ms that kept sandboxes take it to be later. */ later: number;
  };
  readonly pool: SandboxPool;
  readonly kept: KeptSandboxes;
  readonly instance: string;
  readonly folder: string;
  /** Starts a script and resolves with its id. */
  start(runtime: Runtime, script: string, more?: Partial<Launch>): Promise<string>;
  /** Waits for the verdict. */
  finished(id: string): Promise<Finished>;
  /** Starts and waits. */
  run(runtime: Runtime, script: string, more?: Partial<Launch>): Promise<Finished>;
  /** Waits until the run's output contains the text. */
  printed(id: string, text: string): Promise<void>;
  /** Ids of this harness' containers that the engine still has, but for those that wait for a run. */
  left(): Promise<string[]>;
  /** Ends it as a quit does; its folder stays. */
  close(): Promise<void>;
  dispose(): Promise<void>;
}

const ENTRY: Readonly<Record<Runtime, string>> = {
  python: 'script.py',
  node: 'script.js',
  bash: 'script.sh',
  polyglot: 'script.sh',
};

export async function createHarness(
  engine: Engine,
  capabilities: Capabilities,
  folder = mkdtempSync(join(tmpdir(), 'bellglass-run-')),
  mountFolders: readonly string[] = [],
  /** Changes what a run knows of its mounts, to see what happens without a check. */
  tamper: (open: OpenMounts) => OpenMounts = (open) => open,
  /** Keep a gateway ready for the next run. */
  spares = false,
  /** False: gateways carry named hosts themselves, as where the kernel cannot. */
  inKernel = true,
): Promise<Harness> {
  // Off, so that counts of containers are exact; BELLGLASS_TEST_POOL=1 turns it on for all.
  const knobs: Harness['knobs'] = {
    whenFull: 'wait',
    warmPool: process.env['BELLGLASS_TEST_POOL'] === '1',
    warmPoolBytes: 80 << 20,
    limit: 10,
    later: 0,
  };
  const mounts = new MountSources({
    paths: { data: folder, config: folder },
    env: {},
    engine: () => engine.address,
    allowed: () => mountFolders,
  });
  const paths = { assets: ASSETS, data: folder, config: folder, renderer: '' };
  const images = createImages({ engine: () => engine, paths, log: silentLog });
  const database = openDatabase(join(folder, 'bellglass.db'));
  const history = new History(database, silentLog);
  const kept = new KeptSandboxes({
    store: createKeptStore(database),
    engine: () => engine,
    folder: join(folder, 'kept'),
    now: () => Date.now() + knobs.later,
    told: () => {},
    log: silentLog,
  });
  const instance = instanceId(folder);
  const owner = ownerOf(process.pid);
  const labels = RunService.labels(instance, owner);
  const network = createNetwork({ images, paths, labels, log: silentLog, spares, inKernel });
  const pool = new SandboxPool({
    engine: () => engine,
    settings: () => ({ on: knobs.warmPool, why: knobs.warmPool ? '' : 'Switched off.', bytes: knobs.warmPoolBytes }),
    free: () => engineMemory(capabilities)?.free ?? null,
    cores: availableParallelism,
    counters: (pid) => (capabilities.local ? openHostReader(pid) : null),
    labels: RunService.labels(instance, owner),
    newId: () => ulid(),
    now: () => performance.now(),
    log: silentLog,
  });
  const keptQueue = new KeptQueue(database);
  const launches = new KeptLaunches({ runs: join(folder, 'runs'), log: silentLog });
  const planner = new Planner({
    mounts,
    policy: async () => null,
    project: () => null,
    settings: () => ({ defaultPolicy: 'untrusted', perRuntime: {}, values: {}, ceilings: {} }),
    capabilities: () => capabilities,
    image: async (runtime) => ({ reference: images.reference(runtime), present: true }),
  });
  const runs = new RunService({
    planner,
    execution: {
      kept,
      pool,
      network,
      mounts: { open: async (options, from) => tamper(await mounts.open(options, from)) },
      engineSettled: () => undefined,
      engine: () => engine,
      capabilities: () => capabilities,
      imageReference: (runtime) => images.reference(runtime),
      imageUsed: () => {},
      ensureImage: (wanted, onStep, signal) => images.forRun(wanted, onStep, signal),
      seccompProfile: (profile, runtime, removed) => seccompProfile(paths, profile, runtime, removed),
      labels: RunService.labels(instance, owner),
      samplingMs: () => 100,
      now: () => performance.now(),
      log: silentLog,
    },
    history,
    instance,
    owner,
    ownerAlive,
    spoolFolder: join(folder, 'runs'),
    newId: () => ulid(),
    wallNow: () => Date.now(),
    maxConcurrent: () => knobs.limit,
    waits: (id) => keptQueue.has(id),
    keeping: { queue: keptQueue, launches },
    told: launches,
    engineMemory: () => engineMemory(capabilities),
    whenFull: () => knobs.whenFull,
    saveHost: () => Promise.reject(new Error('these tests have no policy files')),
    sweepAge: () => 600_000,
    log: silentLog,
  });
  const start = async (runtime: Runtime, script: string, more: Partial<Launch> = {}): Promise<string> => {
    const entry = ENTRY[runtime];
    const { id } = await runs.start({
      name: entry,
      entry,
      files: [{ path: entry, content: toBase64(utf8(script)) }],
      stdin: null,
      ...more,
    });
    return id;
  };
  const finished = async (id: string): Promise<Finished> => {
    const events: RunEvent[] = [];
    for await (const batch of runs.watch(id, 0)) events.push(...batch);
    let output = '';
    const streams = { stdout: '', stderr: '' };
    for await (const message of runs.output(id, 0)) {
      if (message.type === 'open') runs.ack(message.viewer, Number.MAX_SAFE_INTEGER);
      if (message.type !== 'chunk') continue;
      output += message.chunk.text;
      streams[message.chunk.stream] += message.chunk.text;
    }
    return { id, detail: await runs.get(id), output, streams, events };
  };
  const close = async (): Promise<void> => {
    await runs.dispose();
    await launches.flush();
    await pool.dispose();
    await network.dispose();
    await images.dispose();
    history.close();
  };
  return {
    runs,
    planner,
    knobs,
    kept,
    pool,
    instance,
    folder,
    start,
    finished,
    run: async (runtime, script, more) => await finished(await start(runtime, script, more)),
    printed: async (id, text) => {
      let seen = '';
      for await (const message of runs.output(id, 0)) {
        if (message.type === 'chunk') seen += message.chunk.text;
        if (seen.includes(text)) return;
      }
      throw new Error(
        `the run ended without printing ${JSON.stringify(text)}; it printed ${JSON.stringify(seen.slice(-500))}`,
      );
    },
    left: async () =>
      (await engine.containers({ [LABEL.app]: '1', [LABEL.instance]: instance }))
        .filter(({ labels }) => !pool.holds(labels[LABEL.pool] ?? ''))
        .map((container) => container.id),
    close,
    dispose: async () => {
      await close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
