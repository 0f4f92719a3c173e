/** Wires the core by hand, once. Every host calls this and nothing deeper. */
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { ulid } from 'ulid';
import { AppError } from '#shared/lib/app-error.ts';
import { Store } from '#shared/lib/lifecycle.ts';
import type { Capabilities } from '#shared/domain/engine.ts';
import type { Runtime } from '#shared/domain/run.ts';
import type { Core, CoreOptions } from './core.ts';
import { createEngineManager } from './engine/index.ts';
import { History } from './history/history.ts';
import { createImages } from './images/index.ts';
import { seccompProfile } from './images/seccomp/index.ts';
import { instanceId, ownerAlive, ownerOf } from './runs/owner.ts';
import { createPolicies } from './policies/index.ts';
import { selectPolicy } from './policies/select.ts';
import { Planner } from './runs/planner.ts';
import { RunService } from './runs/service.ts';
import { createSettings } from './settings/index.ts';
import { openDatabase } from './storage/database.ts';
import { createSystem } from './system.ts';
import { warmUp } from './self-check/warm-up.ts';

const SECOND_SWEEP_MS = 15_000;

/** Builds the core; engines are searched for from now on, in the background. Throws AppError `storage` when its folders cannot be used. */
export async function createCore(options: CoreOptions): Promise<Core> {
  const { paths, env, log } = options;
  const store = new Store();
  try {
    const instance = instanceId(paths.data);
    const owner = ownerOf(process.pid);
    const history = new History(openDatabase(join(paths.data, 'bellglass.db')), log);
    store.defer(() => history.close());
    const settings = store.add(await createSettings({ paths, env, log }));
    const engines = store.add(
      createEngineManager({
        paths,
        env,
        log,
        chosen: settings.current().engine,
        rememberChoice: (id) => settings.set('engine', id),
        allowPrivate: settings.current().allowPrivateEngine,
      }),
    );
    const images = store.add(createImages({ engine: () => engines.engine(), paths, log, version: options.version }));
    const capabilities = (): Capabilities | null =>
      engines.status().state === 'ready' ? engines.capabilities() : null;
    const ready = new Map<Runtime, string>();
    const planner = new Planner({
      settings: () => settings.current().plan,
      policy: selectPolicy,
      project: () => null,
      capabilities,
      image: async (runtime) => ({
        reference: images.reference(runtime),
        present: ready.get(runtime) === images.reference(runtime),
      }),
    });
    const runs = new RunService({
      planner,
      execution: {
        engineSettled: async (signal) => {
          for await (const { state } of engines.watch(signal))
            if (state !== 'searching' && state !== 'starting') return;
        },
        engine: () => engines.engine(),
        capabilities: () => engines.capabilities(),
        ensureImage: async (runtime, onStep, signal) => {
          let told = '';
          await images.ensure(
            runtime,
            ({ step, state }) => {
              if (state === 'running' && step !== told) onStep(step);
              told = step;
            },
            signal,
          );
          ready.set(runtime, images.reference(runtime));
          return { reference: images.reference(runtime) };
        },
        seccompProfile: (profile, runtime) => seccompProfile(paths, profile, runtime),
        labels: RunService.labels(instance, owner),
        samplingMs: () => settings.current().samplingMs,
        now: () => performance.now(),
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
      sweepAge: () => settings.current().sweepAgeMs,
      log,
    });
    store.add(runs);
    const clean = (reconcile: boolean): void => {
      if (engines.status().state !== 'ready') return;
      runs
        .sweep(engines.engine(), reconcile)
        .catch((failure: unknown) => log.warn('the sweep failed', { problem: String(failure) }));
    };
    store.defer(
      engines.onReady((engine) => {
        clean(true);
        // A create call that was on its way when an earlier app died can take effect after the first look.
        setTimeout(clean, SECOND_SWEEP_MS, true).unref();
        if (options.host !== 'cli') void warmUp({ engine, images, runs, ready, log });
      }),
    );
    store.defer(engines.onLost(() => runs.engineLost('The container engine went away while the script ran.')));
    const sweeping = setInterval(clean, settings.current().sweepEveryMs, false).unref();
    store.defer(() => clearInterval(sweeping));
    void engines.start();
    return {
      runs,
      policies: createPolicies(),
      system: createSystem({ options, engines, images, settings, runs, capabilities }),
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
