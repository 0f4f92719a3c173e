/** The image half of the adapter. */
import type { Readable } from 'node:stream';
import { AppError } from '#shared/lib/app-error.ts';
import type { BuildImage, ImageInfo } from '../port.ts';
import { QUICK, SLOW, type Client } from './client.ts';
import { toFailure } from './errors.ts';
import { followProgress } from './wire/lines.ts';
import { labelFilter, toImage } from './translate.ts';

export class Images {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  async list(labels: Readonly<Record<string, string>>): Promise<ImageInfo[]> {
    const found = await this.#client.call('image', {}, QUICK, (docker, abortSignal) =>
      docker.listImages({ filters: labelFilter(labels), abortSignal }),
    );
    return found.map(toImage);
  }

  async find(reference: string): Promise<ImageInfo | null> {
    return await this.#client.call('image', { image: reference }, QUICK, async (docker) => {
      try {
        return toImage(await docker.getImage(reference).inspect());
      } catch (problem) {
        if (toFailure(problem).status === 404) return null;
        throw problem;
      }
    });
  }

  async build(build: BuildImage): Promise<ImageInfo> {
    const query = {
      t: build.tag,
      labels: { ...build.labels },
      buildargs: { ...build.args },
      rm: true,
      forcerm: true,
      version: '1' as const,
      ...(build.hostNetwork ? { networkmode: 'host' } : {}),
    };
    await this.#client.call(
      'build',
      { image: build.tag },
      null,
      async (docker, abortSignal) => {
        const progress = await docker.buildImage(build.context, { ...query, abortSignal });
        return await followProgress(progress as Readable, build.onLine);
      },
      build.signal,
    );
    return await this.#made(build.tag);
  }

  async import(tar: Readable, reference: string, labels: Readonly<Record<string, string>>): Promise<ImageInfo> {
    // Podman ignores a separate tag; both take one inside the name.
    const changes = Object.entries(labels).map(([key, value]) => `LABEL ${key}=${JSON.stringify(value)}`);
    await this.#client.call('import', { image: reference }, null, async (docker, abortSignal) => {
      const progress = await docker.importImage(tar, {
        repo: reference,
        changes,
        abortSignal,
      });
      return await followProgress(progress as Readable, undefined);
    });
    return await this.#made(reference);
  }

  async pull(reference: string, onLine?: (line: string) => void, signal?: AbortSignal): Promise<ImageInfo> {
    await this.#client.call(
      'pull',
      { image: reference },
      null,
      async (docker, abortSignal) => {
        const progress: unknown = await docker.pull(reference, { abortSignal });
        return await followProgress(progress as Readable, onLine);
      },
      signal,
    );
    return await this.#made(reference);
  }

  async remove(reference: string): Promise<void> {
    await this.#client.call('image', { image: reference }, SLOW, async (docker, abortSignal) => {
      try {
        await (docker
          .getImage(reference)
          .remove({ force: false, abortSignal } as never) as unknown as Promise<unknown>);
      } catch (problem) {
        if (toFailure(problem).status !== 404) throw problem;
      }
    });
  }

  async #made(reference: string): Promise<ImageInfo> {
    const image = await this.find(reference);
    if (image) return image;
    throw new AppError({
      code: 'image-build',
      message: `The image ${reference} is not there after it was made.`,
      why: 'The engine or somebody else removed it at once.',
      next: 'Try again.',
    });
  }
}
