/** The runtime images: which there are, and how they come to be (IMG-1). */
import { createHash, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BuildProgress, ImageCard } from '#shared/contract/system.ts';
import { LABEL } from '#shared/domain/labels.ts';
import { RUNTIMES, type Runtime } from '#shared/domain/run.ts';
import { toAppError, type AppError } from '#shared/lib/app-error.ts';
import type { Engine, ImageInfo } from '../engine/port.ts';
import type { Log } from '../storage/log.ts';
import type { Paths } from '../storage/paths.ts';
import { anyImage, checkDigest, type WantedImage } from './any.ts';
import { createBootstrap, type Bootstrap } from './bootstrap.ts';
import { Channel } from './channel.ts';
import { prune, removeBuild, removeLeftovers } from './cleanup.ts';
import { CONTENTS, HARDENING } from './contents.ts';
import { contextTar } from './context.ts';
import { buildFailure, cancelled } from './errors.ts';
import { Jobs } from './jobs.ts';
import { BuildTracker } from './progress.ts';
import { GATEWAY, IMAGES, readRecipes, type Chain, type ImageName, type Recipe } from './recipes.ts';

export interface ImageStore {
  /** The tag that runs of this runtime use; says nothing about whether the engine has it. */
  reference(name: ImageName): string;
  /** Hash over the inputs of all images: changes when any of them must be built anew. */
  inputsHash(): string;
  cards(): Promise<ImageCard[]>;
  /**
   * Builds the image unless the engine has it. Callers at the same time share one build; it is cancelled when the last
   * of them has given up. Throws AppError `image-build` with the failing step, or `engine-unreachable`.
   */
  ensure(name: ImageName, onProgress?: (progress: BuildProgress) => void, signal?: AbortSignal): Promise<ImageInfo>;
  /** The image that a run uses: the runtime's own, or the one that its policy names. Throws also AppError `image-pull`, `image-unsupported` and `plan-refused`. */
  forRun(
    wanted: RunImage,
    onStep: (step: string) => void,
    signal: AbortSignal,
  ): Promise<ImageInfo & { reference: string }>;
  /** Builds several (default: all), one after another; `force` also those that are there. A failure is reported and the next one tried. */
  build(runtimes: readonly Runtime[] | undefined, force: boolean, signal?: AbortSignal): AsyncIterable<BuildProgress>;
  /** Cancels what is being built. */
  dispose(): Promise<void>;
}

/** What a run's policy says about its image. */
export interface RunImage extends Omit<WantedImage, 'name'> {
  readonly runtime: Runtime;
  /** Null: the runtime's own image. */
  readonly name: string | null;
}

export interface ImagesOptions {
  /** The engine of this moment; throws `engine-unreachable` when there is none. */
  readonly engine: () => Engine;
  readonly paths: Paths;
  readonly log: Log;
  /** Epoch milliseconds. */
  readonly clock?: () => number;
  /** An image was built: what is made from an older one is out of date. */
  readonly built?: () => void;
  /** Labels of the installation and process, for what is made only to try something. */
  readonly labels?: Readonly<Record<string, string>>;
  /** The program's version, kept on the image as a label. */
  readonly version?: string;
  /** Where the Debian underneath comes from; by default a registry or this machine. */
  readonly bootstrap?: Bootstrap;
}

export function createImages(options: ImagesOptions): ImageStore {
  const { engine, paths, log, clock = Date.now, version = '' } = options;
  const bootstrap = options.bootstrap ?? createBootstrap({ folder: join(paths.data, 'tmp'), log });
  const jobs = new Jobs<BuildProgress, ImageInfo>();
  const jobsForAny = new Jobs<string, ImageInfo>();
  const failures = new Map<ImageName, AppError>();
  let recipes: Readonly<Record<ImageName, Chain>> | null = null;

  const chainOf = (name: ImageName): Chain => (recipes ??= readRecipes(paths.assets))[name];
  const current = (): Set<string> => new Set(IMAGES.flatMap((name) => chainOf(name)).map((one) => one.reference));

  /** Which builds of the chain are needed: everything above the lowest one that is missing. */
  async function missing(chain: Chain, force: boolean, fresh: ReadonlySet<string>): Promise<readonly Recipe[]> {
    if (force) return chain.filter((recipe) => !fresh.has(recipe.reference));
    for (const [depth, recipe] of [...chain.entries()].toReversed()) {
      if (await engine().image(recipe.reference)) return chain.slice(depth + 1);
    }
    return chain;
  }

  async function buildOne(
    recipe: Recipe,
    from: string,
    tracker: BuildTracker,
    signal: AbortSignal,
  ): Promise<ImageInfo> {
    const build = randomUUID();
    const target = engine();
    let ended = false;
    try {
      const made = await target.buildImage({
        context: contextTar(recipe.files, build),
        tag: recipe.reference,
        labels: {
          [LABEL.app]: '1',
          [LABEL.kind]: recipe.final ? 'image' : 'image-stage',
          [LABEL.version]: version,
          [LABEL.inputs]: recipe.inputs,
          ...(recipe.name !== 'base' && { [LABEL.hardening]: HARDENING }),
        },
        args: { BASE: from },
        hostNetwork: true,
        onLine: (line) => tracker.line(line),
        signal,
      });
      ended = true;
      tracker.finishBuild();
      return made;
    } finally {
      await removeBuild(target, log, build, ended ? 1 : 5, sleep).catch((failure: unknown) =>
        log.warn('leftovers of a build stay for now', { why: toAppError(failure).message }),
      );
    }
  }

  async function buildChain(
    runtime: ImageName,
    force: boolean,
    fresh: Set<string>,
    report: (progress: BuildProgress) => void,
    signal: AbortSignal,
  ): Promise<ImageInfo> {
    const chain = chainOf(runtime);
    const image = chain[2];
    const needed = await missing(chain, force, fresh);
    const there = needed.length === 0 ? await engine().image(image.reference) : null;
    if (there) return there;
    const steps = needed.reduce((sum, recipe) => sum + recipe.steps, 0);
    const tracker = new BuildTracker(runtime as Runtime, steps, clock, report);
    try {
      signal.throwIfAborted();
      tracker.begin('Preparing');
      await removeLeftovers(engine(), log, clock());
      let made: ImageInfo | null = null;
      for (const recipe of needed) {
        const below = chain[chain.indexOf(recipe) - 1];
        const from = below?.reference ?? (await bootstrap.base(engine(), force, (step) => tracker.begin(step), signal));
        tracker.beginBuild(`Building ${recipe.name}`, recipe.steps);
        made = await buildOne(recipe, from, tracker, signal);
        fresh.add(recipe.reference);
      }
      await prune(engine(), log, current());
      tracker.end('done');
      failures.delete(runtime);
      options.built?.();
      log.info('image built', { runtime, reference: image.reference });
      return made ?? (await engine().image(image.reference))!;
    } catch (failure) {
      const error = signal.aborted ? cancelled() : buildFailure(runtime, tracker.step, tracker.tail, failure);
      if (!signal.aborted) failures.set(runtime, error);
      tracker.end('failed', error.message);
      log.warn('image not built', { runtime, why: error.why, details: error.details });
      throw error;
    }
  }

  const start = (
    runtime: ImageName,
    force: boolean,
    fresh: Set<string>,
    onProgress: ((progress: BuildProgress) => void) | undefined,
    signal: AbortSignal | undefined,
  ): Promise<ImageInfo> =>
    jobs.run(runtime, { onProgress, signal }, cancelled, (report, abort) =>
      buildChain(runtime, force, fresh, report, abort),
    );

  async function card(runtime: Runtime, known: readonly ImageInfo[]): Promise<ImageCard> {
    const { reference, inputs } = chainOf(runtime)[2];
    const image = await engine().image(reference);
    const older = known.some((other) => other.tags.some((tag) => tag.includes(`bellglass/${runtime}:`)));
    const failure = failures.get(runtime);
    const idle = image ? 'ready' : failure ? 'failed' : older ? 'stale' : 'missing';
    return {
      runtime,
      reference,
      state: jobs.has(runtime) ? 'building' : idle,
      size: image?.size ?? 0,
      created: image?.created ?? null,
      version: image?.labels[LABEL.version] ?? '',
      inputs: inputs.slice(0, 12),
      contents: [...CONTENTS[runtime]],
      ...(!image && failure && { error: failure.message }),
    };
  }

  return {
    reference: (runtime) => chainOf(runtime)[2].reference,
    inputsHash() {
      const hash = createHash('sha256');
      for (const name of IMAGES) hash.update(chainOf(name)[2].inputs);
      return hash.digest('hex');
    },
    async cards() {
      const known = await engine().images({ [LABEL.app]: '1', [LABEL.kind]: 'image' });
      return await Promise.all(RUNTIMES.map((runtime) => card(runtime, known)));
    },
    async ensure(runtime, onProgress, signal) {
      if (!jobs.has(runtime)) {
        const there = await engine().image(chainOf(runtime)[2].reference);
        if (there) return there;
      }
      return await start(runtime, false, new Set(), onProgress, signal);
    },
    async forRun({ runtime, name, pull, digest }, onStep, signal) {
      if (name !== null) {
        const deps = { engine: engine(), paths, log, labels: options.labels ?? {}, onStep, signal };
        const made = await jobsForAny.run(
          JSON.stringify([name, pull, digest]),
          { onProgress: onStep, signal },
          cancelled,
          (report, abort) => anyImage({ name, pull, digest }, { ...deps, onStep: report, signal: abort }),
        );
        return { ...made, reference: made.tags.find((tag) => tag.includes('bellglass/any:')) ?? made.id };
      }
      let told = '';
      const report = ({ step, state }: BuildProgress): void => {
        if (state === 'running' && step !== told) onStep(step);
        told = step;
      };
      const image = await this.ensure(runtime, report, signal);
      const { reference } = chainOf(runtime)[2];
      checkDigest(image, digest, reference);
      return { ...image, env: {}, reference };
    },
    async *build(runtimes = RUNTIMES, force, signal) {
      const fresh = new Set<string>();
      for (const runtime of runtimes) {
        const channel = new Channel<BuildProgress>();
        start(runtime, force, fresh, (progress) => channel.push(progress), signal).then(
          () => channel.end(),
          (failure: unknown) => channel.fail(failure),
        );
        let last: BuildProgress | null = null;
        try {
          for await (const progress of channel) yield (last = progress);
        } catch (failure) {
          if (signal?.aborted) return;
          if (last?.state !== 'failed') yield failedProgress(runtime, toAppError(failure));
          continue;
        }
        if (last?.state !== 'done') yield { runtime, step: 'Ready', done: 1, of: 1, elapsedMs: 0, state: 'done' };
      }
      // Runs with network must work offline too; a failure is told by the first of them.
      if (fresh.size > 0 && !signal?.aborted)
        await start(GATEWAY, force && runtimes.length === RUNTIMES.length, fresh, undefined, signal).catch(() => {});
    },
    async dispose() {
      await Promise.all([jobs.dispose(), jobsForAny.dispose()]);
    },
  };
}

const failedProgress = (runtime: Runtime, error: AppError): BuildProgress => ({
  runtime,
  step: 'Preparing',
  done: 0,
  of: 1,
  elapsedMs: 0,
  state: 'failed',
  error: error.message,
});
