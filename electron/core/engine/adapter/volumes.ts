/** The volume part of the adapter. */
import type { VolumeInfo } from '../port.ts';
import { QUICK, SLOW, type Client } from './client.ts';
import { toFailure } from './errors.ts';

export class Volumes {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  async find(name: string): Promise<VolumeInfo | null> {
    return await this.#client.call('inspect', {}, QUICK, async (docker) => {
      try {
        const { Name, Labels, Driver, Options } = await docker.getVolume(name).inspect();
        return { name: Name, labels: { ...Labels }, driver: Driver, options: { ...Options } };
      } catch (problem) {
        if (toFailure(problem).status === 404) return null;
        throw problem;
      }
    });
  }

  async create(name: string, labels: Readonly<Record<string, string>>): Promise<void> {
    await this.#client.call('create', { name }, SLOW, (docker, abortSignal) =>
      docker.createVolume({ Name: name, Labels: { ...labels }, abortSignal }),
    );
  }

  /** Resolves also when it was not there. */
  async remove(name: string): Promise<void> {
    await this.#client.call('remove', {}, SLOW, async (docker, abortSignal) => {
      try {
        await docker.getVolume(name).remove({ abortSignal });
      } catch (problem) {
        if (toFailure(problem).status !== 404) throw problem;
      }
    });
  }
}
