/** What the contract's `system` promises: doctor, images, settings, samples, self-check. */
import { performance } from 'node:perf_hooks';
import type { Capabilities } from '#shared/domain/engine.ts';
import { enforcement } from '#shared/policy/compile.ts';
import { anyField } from '#shared/policy/fields.ts';
import type { Core, CoreOptions, SystemApi } from './core.ts';
import type { EngineManager } from './engine/index.ts';
import type { ImageStore } from './images/index.ts';
import { loadSamples } from './samples/load.ts';
import { selfCheck } from './self-check/self-check.ts';
import type { RunService } from './runs/service.ts';
import type { SandboxPool } from './sandbox/pool/index.ts';
import type { SettingsStore } from './settings/index.ts';

export interface SystemDeps {
  readonly options: CoreOptions;
  readonly engines: EngineManager;
  readonly images: ImageStore;
  readonly settings: SettingsStore;
  readonly runs: RunService;
  readonly pool: SandboxPool;
  /** Null while no engine is connected. */
  readonly capabilities: () => Capabilities | null;
}

export function createSystem(deps: SystemDeps): SystemApi {
  const { options, engines, images, settings, runs, pool } = deps;
  return {
    async doctor() {
      const capabilities = deps.capabilities();
      return {
        app: {
          version: options.version,
          node: process.version,
          platform: `${process.platform} ${process.arch}`,
          host: options.host,
          hostWhy: options.hostWhy,
          home: options.paths.data,
        },
        status: engines.status(),
        attempts: engines.attempts(),
        enforcement:
          capabilities === null
            ? []
            : enforcement(capabilities).map(({ field, state, why, fix }) => ({
                field,
                label: anyField(field).label,
                group: anyField(field).group,
                state,
                why,
                fix,
              })),
      };
    },
    engineStatus: () => engines.status(),
    watchEngine: (signal) => engines.watch(signal),
    retryEngine: (request) => engines.retry(request),
    images: () => images.cards(),
    async *buildImages(runtimes, force, signal) {
      try {
        yield* images.build(runtimes, force, signal);
      } finally {
        pool.changed();
      }
    },
    pool: () => pool.status(),
    samples: () => loadSamples(options.paths.assets),
    async settings() {
      const error = settings.error();
      return {
        path: settings.path,
        error: error ? [error.message, error.why, error.next].filter(Boolean).join(' ') : null,
        settings: settings.list(),
      };
    },
    setSetting: (key, value) => settings.set(key, value),
    selfCheck: (signal) => selfCheck(runs, () => performance.now(), signal),
  } satisfies Core['system'];
}
