/** Wires the core by hand, once. Every host calls this and nothing deeper. */
import { join } from 'node:path';
import { availableParallelism } from 'node:os';
import { performance } from 'node:perf_hooks';
import { ulid } from 'ulid';
import { AppError } from '#shared/lib/app-error.ts';
import { Store } from '#shared/lib/lifecycle.ts';
import type { Capabilities } from '#shared/domain/engine.ts';
import type { Runtime } from '#shared/domain/run.ts';
import { createAlerts } from './alerts/create.ts';
import { createAuditApi } from './audit/api.ts';
import { createAudit } from './audit/audit.ts';
import {
  endOfWorkflow,
  engineRecorder,
  recordedKept,
  recordedPolicies,
  recordedRuns,
  recordedSystem,
  recordedTokens,
  recordedWorkflows,
} from './audit/rules.ts';
import { auditedRuns } from './audit/run-told.ts';
import type { Core, CoreOptions } from './core.ts';
import { engineMemory } from './engine/capabilities/host.ts';
import { serveControl, stopWorkflowElsewhere } from './control/control.ts';
import { createEngineManager, type EngineManager } from './engine/index.ts';
import { createFiles } from './exchange/api.ts';
import { createHistoryApi } from './history/api.ts';
import { History } from './history/history.ts';
import { HistoryKeeper } from './history/keeper.ts';
import { KeptLaunches } from './history/launches.ts';
import { SavedFilters } from './history/saved-filters.ts';
import { createImages } from './images/index.ts';
import { seccompProfile } from './images/seccomp/index.ts';
import { createKeptStore } from './kept/kept-store.ts';
import { KeptSandboxes } from './kept/kept.ts';
import { createNetwork } from './network/create.ts';
import { instanceId, ownerAlive, ownerOf } from './runs/owner.ts';
import { addHost } from './policies/add-host.ts';
import { createPolicies } from './policies/index.ts';
import { createPolicyMemory } from './policies/memory.ts';
import { Planner } from './runs/planner.ts';
import { createBegun } from './remote/begun.ts';
import { createMetrics } from './remote/metrics.ts';
import { createTokens } from './remote/tokens.ts';
import { KeptQueue } from './runs/queue/kept-queue.ts';
import { RunService } from './runs/service.ts';
import type { RunTold } from './runs/told.ts';
import { createSettings } from './settings/index.ts';
import { MountSources } from './sandbox/mounts/index.ts';
import { SandboxPool } from './sandbox/pool/index.ts';
import { createWorkflows } from './workflows/index.ts';
import { WorkflowStore } from './workflows/store.ts';
import { createSystem } from './system.ts';
import { openHostReader } from './watch/host-reader.ts';
import { warmUp } from './self-check/warm-up.ts';

const SECOND_SWEEP_MS = 15_000;
const RETAIN_EVERY_MS = 3_600_000;
/** What uses a policy is found among all runs: looked up once for many that begin together. */
const USES_EVERY_MS = 100;

/** Builds the core; engines are searched for from now on, in the background. Throws AppError `storage` when its folders cannot be used. */
export async function createCore(options: CoreOptions): Promise<Core> {
  const { paths, env, log } = options;
  const store = new Store();
  try {
    const instance = instanceId(paths.data);
    const owner = ownerOf(process.pid);
    const keeper = store.add(
      new HistoryKeeper({
        path: join(paths.data, 'bellglass.db'),
        canAsk: options.host !== 'cli',
        now: () => Date.now(),
        log,
      }),
    );
    const { database } = keeper;
    const keptStore = createKeptStore(database);
    const history = store.add(new History(database, log, (waiting, why) => keeper.unwritten(waiting, why)));
    const settings = store.add(await createSettings({ paths, env, log }));
    const audit = store.add(createAudit({ data: paths.data, via: options.host, now: () => Date.now(), log }));
    const asRecorded = engineRecorder(audit);
    const engines = store.add(
      createEngineManager({
        paths,
        env,
        log,
        chosen: settings.current().engine,
        rememberChoice: (id) => settings.set('engine', id),
        allowPrivate: settings.current().allowPrivateEngine,
        needed: (address) => keptStore.list().some(({ engine }) => engine === address),
      }),
    );
    const images = store.add(
      createImages({
        engine: () => asRecorded(engines.engine()),
        paths,
        log,
        version: options.version,
        built: () => pool.changed(),
      }),
    );
    const engineReady = (): boolean => engines.status().state === 'ready';
    const capabilities = (): Capabilities | null => (engineReady() ? engines.capabilities() : null);
    const ready = new Map<Runtime, string>();
    /** Reference → id of the image that it meant when a run last used it. */
    const digests = new Map<string, string>();
    const alerts = store.add(
      createAlerts({
        database,
        rules: () => settings.current().alerts,
        images: () => images.cards(),
        notify: options.notify,
        others: options.host !== 'cli',
        log,
      }),
    );
    const kept = new KeptSandboxes({
      store: keptStore,
      engine: () => asRecorded(engines.engine()),
      folder: join(paths.data, 'kept'),
      now: () => Date.now(),
      told: (run) => audit.record({ action: 'kept.seal', what: run, outcome: 'done' }),
      log,
    });
    const mounts = new MountSources({
      paths,
      env,
      engine: () => (engineReady() ? engines.engine().address : null),
      allowed: () => settings.current().mountFolders,
    });
    const policies = store.add(
      createPolicies({
        config: paths.config,
        memory: createPolicyMemory(database),
        settings,
        capabilities,
        runs: () => runs.list(),
        now: () => Date.now(),
        changedOutside: (name, revision) =>
          audit.record({
            action: 'policy.changed-outside',
            what: name,
            outcome: revision === null ? 'removed' : 'changed',
            ...(revision !== null && { policy: revision }),
          }),
        log,
      }),
    );
    const planner = new Planner({
      mounts,
      settings: () => settings.current().plan,
      policy: policies.select,
      project: policies.project,
      capabilities,
      image: async (runtime) => ({
        reference: images.reference(runtime),
        present: ready.get(runtime) === images.reference(runtime),
      }),
      foresee: (compiled) => {
        if (engineReady()) network.foresee(asRecorded(engines.engine()), compiled.network);
      },
    });
    const network = store.add(
      createNetwork({
        images,
        paths,
        labels: RunService.labels(instance, owner),
        log,
        spares: options.host !== 'cli',
        learned: (address, learned) => engines.learn(address, learned),
        ipv6: () => settings.current().ipv6,
      }),
    );
    const usesChanged = store.add(atMostEvery(USES_EVERY_MS, policies.changed));
    const pool = new SandboxPool({
      engine: () => asRecorded(engines.engine()),
      settings: () => {
        const { warmPool, warmPoolBytes } = settings.current();
        // A command of its own ends with its run.
        if (options.host === 'cli') return { on: false, why: 'A command line run makes its own sandbox.', bytes: 0 };
        return { on: warmPool, why: warmPool ? '' : 'The settings say `warm_pool: off`.', bytes: warmPoolBytes };
      },
      free: () => engineMemory(capabilities())?.free ?? null,
      cores: availableParallelism,
      counters: (pid) => (capabilities()?.local === true ? openHostReader(pid) : null),
      labels: RunService.labels(instance, owner),
      newId: () => ulid(),
      now: () => performance.now(),
      log,
    });
    store.add(pool);
    // A command of its own ends before anybody could ask.
    const metrics = options.host === 'cli' ? null : createMetrics(engineReady, () => pool.status(), log);
    store.defer(settings.onChange(() => pool.changed()));
    const launches = new KeptLaunches({ runs: join(paths.data, 'runs'), log });
    store.defer(() => launches.flush());
    const keptQueue = new KeptQueue(database);
    const runs: RunService = new RunService({
      planner,
      execution: {
        kept,
        pool,
        network,
        mounts,
        engineSettled: (signal) => (engineReady() ? undefined : settled(engines, signal)),
        engine: () => asRecorded(engines.engine()),
        capabilities: () => engines.capabilities(),
        imageReference: (runtime) => images.reference(runtime),
        imageUsed: (reference, id) => digests.set(reference, id),
        ensureImage: async (wanted, onStep, signal) => {
          const image = await images.forRun(wanted, onStep, signal);
          digests.set(image.reference, image.id);
          if (wanted.name === null) ready.set(wanted.runtime, image.reference);
          return image;
        },
        seccompProfile: (profile, runtime, removed) => seccompProfile(paths, profile, runtime, removed),
        labels: RunService.labels(instance, owner),
        samplingMs: () => settings.current().samplingMs,
        now: alerts.awake.now,
        log,
      },
      history,
      instance,
      owner,
      ownerAlive,
      spoolFolder: join(paths.data, 'runs'),
      newId: () => ulid(),
      wallNow: () => Date.now(),
      maxConcurrent: () => settings.current().maxConcurrent,
      engineMemory: () => engineMemory(capabilities()),
      whenFull: () => settings.current().whenFull,
      waits: (id) => keptQueue.has(id),
      // What a command has waiting ends with the command.
      ...(options.host !== 'cli' && { keeping: { queue: keptQueue, launches } }),
      saveHost: (name, isFile, rule) => addHost(policies.api, name, isFile, rule),
      sweepAge: () => settings.current().sweepAgeMs,
      stoppingAll: () => workflows.stopAll(),
      told: telling(
        [
          alerts.told,
          auditedRuns(audit, (reference) => digests.get(reference)),
          launches,
          ...(metrics === null ? [] : [metrics]),
        ],
        usesChanged.soon,
      ),
      log,
    });
    store.add(runs);
    store.defer(settings.onChange(() => runs.limitChanged()));
    keeper.onFresh(() => runs.freshHistory());
    const files = createFiles({
      runs: join(paths.data, 'runs'),
      get: (id) => runs.get(id),
      settled: (id) => runs.settled(id),
    });
    const workflows = createWorkflows({
      planner,
      memory: createPolicyMemory(database),
      runs,
      files,
      store: new WorkflowStore(database),
      owner,
      ownerAlive,
      newId: () => ulid(),
      now: () => Date.now(),
      stopElsewhere: (id) => stopWorkflowElsewhere(paths.data, id),
      told: (summary) => audit.record(endOfWorkflow(summary)),
      log,
    });
    store.add(workflows);
    const flows = recordedWorkflows(workflows, audit);
    const actions = recordedRuns(runs, audit);
    store.add(
      serveControl({
        dataFolder: paths.data,
        log,
        pool: () => pool.status(),
        queue: () => runs.waiting(),
        steer: (request) => runs.steerQueue(request),
        give: ({ run, secrets }) => actions.giveSecrets(run, secrets),
        stopWorkflow: async (id) => {
          if (!workflows.isLive(id)) return false;
          await flows.stop(id);
          return true;
        },
        knows: (run) => runs.isLive(run),
        allow: ({ run, rule, save }) => actions.allow(run, rule, save),
      }),
    );
    const clean = (reconcile: boolean): void => {
      if (engines.status().state !== 'ready') return;
      kept
        .expire()
        .catch((failure: unknown) => log.warn('kept sandboxes were not looked at', { problem: String(failure) }));
      runs
        .sweep(asRecorded(engines.engine()), reconcile)
        .then((removed) => {
          if (removed > 0) audit.record({ action: 'engine.sweep', what: `${removed} removed`, outcome: 'done' });
        })
        .catch((failure: unknown) => log.warn('the sweep failed', { problem: String(failure) }));
    };
    let secondSweep: ReturnType<typeof setTimeout> | undefined;
    store.defer(() => clearTimeout(secondSweep));
    store.defer(
      engines.onReady((engine) => {
        clean(true);
        pool.changed();
        // A create call that was on its way when an earlier app died can take effect after the first look.
        clearTimeout(secondSweep);
        secondSweep = setTimeout(clean, SECOND_SWEEP_MS, true).unref();
        if (options.host === 'cli') return;
        alerts.watchImages();
        void warmUp({ engine, images, runs, ready, log });
      }),
    );
    store.defer(
      engines.onLost(() => {
        pool.engineLost();
        runs.engineLost('The container engine went away while the script ran.');
      }),
    );
    const sweeping = setInterval(clean, settings.current().sweepEveryMs, false).unref();
    store.defer(() => clearInterval(sweeping));
    const retain = (): void => {
      // What is pinned is not known while the history cannot be read.
      if (keeper.health().state === 'damaged') return;
      void runs
        .retain(settings.current().retention)
        .catch((failure: unknown) => log.warn('old output could not be deleted', { problem: String(failure) }));
      workflows.retain(settings.current().retention.ageMs);
    };
    const retaining = setInterval(retain, RETAIN_EVERY_MS).unref();
    store.defer(() => clearInterval(retaining));
    // A command of its own is no time to look through all that is kept.
    if (options.offline !== true && options.host !== 'cli') retain();
    if (options.offline !== true)
      void runs
        .bringBack()
        .catch((failure: unknown) => log.error('the queue could not be taken up', { problem: String(failure) }));
    const lookAtEngine = new AbortController();
    store.defer(() => lookAtEngine.abort());
    void tellEngine(engines, policies.changed, lookAtEngine.signal);
    if (options.host !== 'cli') policies.watch();
    if (options.offline !== true) void engines.start();
    return {
      runs: actions,
      files,
      alerts: alerts.api,
      kept: recordedKept(kept, audit),
      audit: createAuditApi({ data: paths.data, flush: () => audit.flush(), now: () => Date.now() }),
      history: createHistoryApi({
        history,
        filters: new SavedFilters(database),
        keeper,
        startFresh: () => {
          const fresh = keeper.startFresh();
          audit.record({ action: 'history.fresh', what: fresh.aside, outcome: 'done' });
          return fresh;
        },
        launches,
        get: (id) => runs.get(id),
        mark: (ids, marks) => runs.mark(ids, marks),
        remove: (ids) => runs.removeAll(ids),
        now: () => Date.now(),
      }),
      workflows: flows,
      policies: recordedPolicies(policies.api, audit),
      system: recordedSystem(createSystem({ options, engines, images, settings, runs, pool, capabilities }), audit),
      tokens: recordedTokens(createTokens({ config: paths.config, now: () => Date.now(), log }), audit),
      remote: {
        ...createBegun(database, log),
        metrics: async () => (await metrics?.text()) ?? { type: 'text/plain; charset=utf-8', text: '' },
      },
      dispose: () => store.dispose(),
    };
  } catch (failure) {
    await store.dispose().catch(() => {});
    throw failure instanceof AppError
      ? failure
      : new AppError(
          {
            code: 'internal',
            message: 'Bellglass could not start.',
            why: String(failure),
            next: 'Run `bellglass doctor`.',
          },
          { cause: failure },
        );
  }
}

/** Calls back at most once in a while, the last time after the last `soon`. */
function atMostEvery(ms: number, work: () => void): { readonly soon: () => void; dispose(): void } {
  let timer: ReturnType<typeof setTimeout> | null = null;
  return {
    soon: () => {
      timer ??= setTimeout(() => {
        timer = null;
        work();
      }, ms).unref();
    },
    dispose() {
      if (timer !== null) clearTimeout(timer);
    },
  };
}

/** Runs change what uses a policy. */
function telling(all: readonly RunTold[], changed: () => void): RunTold {
  return {
    began(...run) {
      for (const told of all) told.began(...run);
      changed();
    },
    ended(...run) {
      for (const told of all) told.ended(...run);
      changed();
    },
  };
}

/** Resolves when an engine is there, or none will be for now. */
async function settled(engines: EngineManager, signal: AbortSignal): Promise<void> {
  for await (const { state } of engines.watch(signal)) if (state !== 'searching' && state !== 'starting') return;
}

/** What an engine can enforce is part of what a policy comes to. */
async function tellEngine(engines: EngineManager, changed: () => void, signal: AbortSignal): Promise<void> {
  for await (const { state } of engines.watch(signal)) if (state !== 'searching') changed();
}
