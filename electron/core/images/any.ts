/** Images of other makers as sandboxes (IMG-2, IMG-5): fetched as the policy says, checked, given our layer, tried. */
import { createHash, randomUUID } from 'node:crypto';
import { LABEL } from '#shared/domain/labels.ts';
import type { PolicyValues } from '#shared/domain/policy.ts';
import type { SandboxOptions } from '#shared/domain/sandbox.ts';
import { AppError, toAppError } from '#shared/lib/app-error.ts';
import { compile } from '#shared/policy/compile.ts';
import { effective } from '#shared/policy/merge/effective.ts';
import { fullReference } from '#shared/policy/fields/image-reference.ts';
import type { Engine, ImageInfo } from '../engine/port.ts';
import { Sandbox } from '../sandbox/sandbox.ts';
import type { Log } from '../storage/log.ts';
import type { Paths } from '../storage/paths.ts';
import { contextTar } from './context.ts';
import { readLayer } from './layer.ts';
import { seccompProfile } from './seccomp/index.ts';

export interface WantedImage {
  readonly name: string;
  readonly pull: PolicyValues['image.pull'];
  readonly digest: string | null;
}

interface AnyDeps {
  readonly engine: Engine;
  readonly paths: Paths;
  readonly log: Log;
  /** Labels of the installation and process, for the sandbox in which an image is tried. */
  readonly labels: Readonly<Record<string, string>>;
  readonly onStep: (step: string) => void;
  readonly signal: AbortSignal;
}

/** The engine's progress has a line for each layer many times a second; people get one in this many ms. */
const STEP_EVERY_MS = 2000;

/** The name with the digest that the policy pins, so that a moved tag is never fetched. */
function pinned({ name, digest }: WantedImage): string {
  return digest === null || name.includes('@') ? fullReference(name) : `${name}@${digest}`;
}

async function pull(wanted: WantedImage, { engine, onStep, signal }: AnyDeps): Promise<ImageInfo> {
  const reference = pinned(wanted);
  onStep(`Fetching ${reference}`);
  let told = performance.now();
  const image = await engine.pullImage(
    reference,
    (line) => {
      if (performance.now() - told < STEP_EVERY_MS) return;
      told = performance.now();
      onStep(`Fetching ${reference}: ${line.slice(0, 120)}`);
    },
    signal,
  );
  onStep(`Fetched ${reference}`);
  return image;
}

async function find(wanted: WantedImage, deps: AnyDeps): Promise<ImageInfo> {
  if (wanted.pull === 'always') return await pull(wanted, deps);
  const there = await deps.engine.image(fullReference(wanted.name));
  if (there && (wanted.digest === null || isPinned(there, wanted.digest))) return there;
  if (wanted.pull === 'if-not-present' && !there) return await pull(wanted, deps);
  if (there) {
    checkDigest(there, wanted.digest, wanted.name);
    return there;
  }
  throw new AppError({
    code: 'image-pull',
    message: `The image ${wanted.name} is not on this engine.`,
    why: 'The policy says `image.pull: never`, so it is not fetched.',
    next: `Fetch it once with \`docker pull ${fullReference(wanted.name)}\`, or set \`image.pull\` to \`if-not-present\`.`,
  });
}

function isPinned(image: ImageInfo, digest: string): boolean {
  return image.id === digest || image.digests.includes(digest);
}

/** Throws AppError `plan-refused` unless the image is exactly the pinned one: its id or a digest under which a registry knows it. */
export function checkDigest(image: ImageInfo, digest: string | null, name: string): void {
  if (digest === null || isPinned(image, digest)) return;
  throw new AppError({
    code: 'plan-refused',
    message: `The image ${name} is not the one that the policy pins.`,
    why: `The policy pins ${digest}; the engine has ${[image.id, ...image.digests].join(', ')}.`,
    next: 'Fetch the pinned image, or change `image.digest` after you looked at what is new.',
  });
}

function unsupported(name: string, why: string, next: string): AppError {
  return new AppError({ code: 'image-unsupported', message: `The image ${name} cannot be a sandbox.`, why, next });
}

/** What would run or be writable without being asked. */
function checkConfig(name: string, { onBuild, volumes }: ImageInfo): void {
  if (onBuild.length > 0)
    throw unsupported(
      name,
      'It has commands that run whenever something is built on it (ONBUILD).',
      'Use an image without `ONBUILD`.',
    );
  if (volumes.length > 0)
    throw unsupported(
      name,
      `It declares volumes (${volumes.slice(0, 5).join(', ')}), which would be writable beyond the scratch.`,
      'Use an image without `VOLUME`.',
    );
}

function probeOptions(): SandboxOptions {
  const policy = effective({ level: 'untrusted', name: 'untrusted', tiers: [], ceilings: {} });
  return { ...compile(policy, 'bash', null).options, canaries: false };
}

/** Starts one sandbox in it and takes it away: the only proof that warden and waiter run there. */
async function tryOut(name: string, tag: string, { engine, paths, labels }: AnyDeps): Promise<void> {
  try {
    const sandbox = await Sandbox.create(engine, {
      runId: `try-${randomUUID()}`,
      image: tag,
      options: probeOptions(),
      seccompProfile: await seccompProfile(paths, 'standard', 'bash'),
      labels: { ...labels, [LABEL.created]: String(Date.now()) },
      tty: false,
    });
    await sandbox.remove();
  } catch (failure) {
    const known = toAppError(failure);
    if (known.code === 'engine-unreachable') throw known;
    await engine.removeImage(tag).catch(() => {});
    throw new AppError(
      {
        code: 'image-unsupported',
        message: `The image ${name} cannot be a sandbox.`,
        why: 'The warden and the waiter are written in Perl and do not start in it: it has no /usr/bin/perl, or one that does not work.',
        next: 'Use an image with Perl (every Debian and Ubuntu has it), or add it to yours.',
        details: [known.message, known.why, known.details].filter(Boolean).join('\n'),
      },
      { cause: failure },
    );
  }
}

/**
 * The image with our layer, made once for each content. Throws AppError `image-pull`, `image-unsupported`, or `plan-refused`
 * for another digest than the pinned one.
 */
export async function anyImage(wanted: WantedImage, deps: AnyDeps): Promise<ImageInfo> {
  const { engine, paths, log, onStep, signal } = deps;
  const image = await find(wanted, deps);
  checkDigest(image, wanted.digest, wanted.name);
  checkConfig(wanted.name, image);
  const { files, inputs } = await readLayer(paths.assets);
  const key = createHash('sha256').update(`${image.id}\0${inputs}`).digest('hex');
  const tag = `bellglass/any:${key.slice(0, 24)}`;
  const made = await engine.image(tag);
  if (made) return { ...made, env: image.env };
  onStep(`Adding the sandbox's own files to ${wanted.name}`);
  const built = await engine.buildImage({
    context: contextTar(files, key),
    tag,
    labels: { [LABEL.app]: '1', [LABEL.kind]: 'any-image', [LABEL.inputs]: key },
    args: { BASE: image.id },
    signal,
  });
  await tryOut(wanted.name, tag, deps);
  log.info('image made ready', { name: wanted.name, id: image.id, tag });
  return { ...built, env: image.env };
}
