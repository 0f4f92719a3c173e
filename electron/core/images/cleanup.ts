/** Removes what builds leave behind and what newer versions replaced; never anybody else's (IMG-1). */
import { LABEL } from '#shared/domain/labels.ts';
import { toAppError } from '#shared/lib/app-error.ts';
import type { Engine, ImageInfo } from '../engine/port.ts';
import type { Log } from '../storage/log.ts';
import { BUILD_LABEL } from './context.ts';

const OWN_TAG = /^(?:localhost\/|docker\.io\/)?(bellglass\/[a-z-]+):[0-9a-f]{12}$/;
const KEPT_VERSIONS = 2;
/** Younger leftovers may belong to a build of another process. */
const LEFTOVER_AGE_MS = 60 * 60 * 1000;

const untagged = (image: ImageInfo): boolean => image.tags.every((tag) => tag.includes('<none>'));

async function remove(engine: Engine, log: Log, reference: string): Promise<void> {
  try {
    await engine.removeImage(reference);
  } catch (failure) {
    log.debug('an image stays for now', { reference, why: toAppError(failure).message });
  }
}

/**
 * Removes the stages and containers of one build. A builder that failed or was cancelled may still be committing one:
 * then it is looked for a few times more.
 */
export async function removeBuild(
  engine: Engine,
  log: Log,
  build: string,
  attempts: number,
  wait: (ms: number) => Promise<unknown>,
): Promise<void> {
  const labels = { [BUILD_LABEL]: build };
  for (let attempt = 0; attempt < attempts; attempt++) {
    if (attempt > 0) await wait(200);
    for (const container of await engine.containers(labels)) {
      await engine.removeContainer(container.id).catch(() => {});
    }
    for (const image of (await engine.images(labels)).filter(untagged)) await remove(engine, log, image.id);
  }
}

/** Removes what builds that never ended left behind, by an earlier process of ours. */
export async function removeLeftovers(engine: Engine, log: Log, now: number): Promise<void> {
  const labels = { [BUILD_LABEL]: '' };
  for (const container of await engine.containers(labels)) {
    if (now - container.created > LEFTOVER_AGE_MS) await engine.removeContainer(container.id).catch(() => {});
  }
  for (const image of await engine.images(labels)) {
    if (untagged(image) && now - image.created > LEFTOVER_AGE_MS) await remove(engine, log, image.id);
  }
}

/** Which of our tags to remove: per name, all but the current one and the newest others up to two in all. Pure. */
export function superseded(images: readonly ImageInfo[], current: ReadonlySet<string>): string[] {
  const byName = new Map<string, { tag: string; created: number }[]>();
  for (const image of images) {
    for (const tag of image.tags) {
      const name = OWN_TAG.exec(tag)?.[1];
      if (!name) continue;
      byName.set(name, [...(byName.get(name) ?? []), { tag, created: image.created }]);
    }
  }
  const isCurrent = (tag: string): number => (current.has(tag.replace(/^(localhost|docker\.io)\//, '')) ? 1 : 0);
  return [...byName.values()].flatMap((versions) =>
    versions
      .toSorted((a, b) => isCurrent(b.tag) - isCurrent(a.tag) || b.created - a.created)
      .slice(KEPT_VERSIONS)
      .map((version) => version.tag),
  );
}

/** Removes superseded versions and images of ours that lost their tag to a rebuild; one in use stays. */
export async function prune(engine: Engine, log: Log, current: ReadonlySet<string>): Promise<void> {
  const images = [
    ...(await engine.images({ [LABEL.app]: '1', [LABEL.kind]: 'image' })),
    ...(await engine.images({ [LABEL.app]: '1', [LABEL.kind]: 'image-stage' })),
  ];
  for (const reference of superseded(images, current)) await remove(engine, log, reference);
  for (const image of images.filter(untagged)) await remove(engine, log, image.id);
}
