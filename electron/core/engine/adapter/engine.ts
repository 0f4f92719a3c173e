/** The `Engine` port over dockerode, for Docker and for Podman's compatible API (ENG-2). */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ContainerCreateOptions } from 'dockerode';
import type { LiveLimits } from '#shared/domain/sandbox.ts';
import type {
  BuildImage,
  ContainerDetail,
  ContainerInfo,
  CreateContainer,
  CreateGateway,
  CreateNetwork,
  Engine,
  EngineEvent,
  EngineFacts,
  EngineStats,
  EngineVersion,
  Exec,
  ExecOptions,
  ImageInfo,
  NetworkInfo,
  Streams,
  VolumeInfo,
} from '../port.ts';
import type { EngineAddress } from './address.ts';
import { Client, hijack, QUICK, raw, SLOW } from './client.ts';
import { containerSpec, liveLimits } from './container-spec.ts';
import { classify, toFailure } from './errors.ts';
import { openExec } from './exec.ts';
import { gatewaySpec } from './gateway-spec.ts';
import { Images } from './images.ts';
import { diskOf } from './io-device.ts';
import { jsonLines } from './wire/lines.ts';
import { Networks } from './networks.ts';
import { seccompFile, updateBody, updatePath } from './podman.ts';
import { hijackedStreams } from './wire/streams.ts';
import { Volumes } from './volumes.ts';
import { labelFilter, toContainer, toDetail, toEvent, toFacts, toStats, toVersion } from './translate.ts';

export interface EngineOptions {
  /** A folder of ours that the engine's machine can read; Podman takes seccomp profiles from it. */
  readonly profileFolder?: string;
}

/** An engine at this address. Connects when first used; never throws here. */
export function createEngine(address: EngineAddress, options: EngineOptions = {}): Engine {
  return new DockerodeEngine(
    address,
    options.profileFolder ?? join(tmpdir(), `bellglass-${process.getuid?.() ?? 'user'}`, 'seccomp'),
  );
}

/** Only the name belongs into the address: the client would write the whole of it there too, a system call filter included. */
function bodyApart({ name, ...body }: ContainerCreateOptions): { _query: object; _body: object } {
  return { _query: { name }, _body: body };
}

class DockerodeEngine implements Engine {
  readonly address: string;
  readonly #client: Client;
  readonly #images: Images;
  readonly #volumes: Volumes;
  readonly #networks: Networks;
  readonly #profileFolder: string;
  #kind: EngineVersion['kind'] | null = null;
  #disk: Promise<string | null> | null = null;

  constructor(address: EngineAddress, profileFolder: string) {
    this.address = address.url;
    this.#client = new Client(address);
    this.#images = new Images(this.#client);
    this.#volumes = new Volumes(this.#client);
    this.#networks = new Networks(this.#client);
    this.#profileFolder = profileFolder;
  }

  async ping(timeoutMs = 2000): Promise<void> {
    await this.#client.call(
      'connect',
      {},
      timeoutMs,
      (docker, abortSignal) => docker.ping({ abortSignal } as never) as unknown as Promise<unknown>,
    );
  }

  async version(): Promise<EngineVersion> {
    const version = toVersion(await this.#client.call('connect', {}, QUICK, (docker) => docker.version()));
    this.#kind = version.kind;
    return version;
  }

  async facts(): Promise<EngineFacts> {
    return toFacts(await this.#info());
  }

  images(labels: Readonly<Record<string, string>>): Promise<ImageInfo[]> {
    return this.#images.list(labels);
  }

  image(reference: string): Promise<ImageInfo | null> {
    return this.#images.find(reference);
  }

  buildImage(build: BuildImage): Promise<ImageInfo> {
    return this.#images.build(build);
  }

  importImage(tar: Readable, tag: string, labels: Readonly<Record<string, string>>): Promise<ImageInfo> {
    return this.#images.import(tar, tag, labels);
  }

  pullImage(reference: string, onLine?: (line: string) => void, signal?: AbortSignal): Promise<ImageInfo> {
    return this.#images.pull(reference, onLine, signal);
  }

  removeImage(reference: string): Promise<void> {
    return this.#images.remove(reference);
  }

  volume(name: string): Promise<VolumeInfo | null> {
    return this.#volumes.find(name);
  }

  createVolume(name: string, labels: Readonly<Record<string, string>>): Promise<void> {
    return this.#volumes.create(name, labels);
  }

  removeVolume(name: string): Promise<void> {
    return this.#volumes.remove(name);
  }

  async createContainer(create: CreateContainer): Promise<string> {
    const kind = await this.#kindOnce();
    const seccompPath = kind === 'podman' ? await seccompFile(this.#profileFolder, create.seccompProfile) : undefined;
    if (kind === 'podman') await this.#refuseOtherRuntime(create.options.ociRuntime);
    const wantsDisk = create.options.diskRead !== null || create.options.diskWrite !== null;
    const ioDevice = wantsDisk ? await this.#diskOnce() : null;
    const spec = containerSpec(create, { kind, seccompPath, ioDevice });
    const subject = { image: create.image, name: create.name };
    const container = await this.#client.call('create', subject, SLOW, (docker, abortSignal) =>
      docker.createContainer({ ...bodyApart(spec), abortSignal }),
    );
    return container.id;
  }

  async createGateway(create: CreateGateway): Promise<string> {
    const kind = await this.#kindOnce();
    const seccompPath = kind === 'podman' ? await seccompFile(this.#profileFolder, create.seccompProfile) : undefined;
    const spec = gatewaySpec(create, { kind, seccompPath });
    const subject = { image: create.image, name: create.name };
    const container = await this.#client.call('create', subject, SLOW, (docker, abortSignal) =>
      docker.createContainer({ ...bodyApart(spec), abortSignal }),
    );
    return container.id;
  }

  createNetwork(create: CreateNetwork): Promise<NetworkInfo> {
    return this.#networks.create(create);
  }

  networks(labels: Readonly<Record<string, string>>): Promise<NetworkInfo[]> {
    return this.#networks.list(labels);
  }

  removeNetwork(id: string): Promise<boolean> {
    return this.#networks.remove(id);
  }

  async startContainer(id: string): Promise<void> {
    await this.#client.call('start', {}, SLOW, async (docker, abortSignal) => {
      await docker.getContainer(id).start({ abortSignal });
    });
  }

  async container(id: string): Promise<ContainerDetail | null> {
    return await this.#client.call('inspect', {}, QUICK, async (docker, abortSignal) => {
      try {
        return toDetail(await docker.getContainer(id).inspect({ abortSignal }));
      } catch (problem) {
        if (toFailure(problem).status === 404) return null;
        throw problem;
      }
    });
  }

  async containers(labels: Readonly<Record<string, string>>): Promise<ContainerInfo[]> {
    const filters = labelFilter(labels);
    const found = await this.#client.call('inspect', {}, QUICK, (docker, abortSignal) =>
      docker.listContainers({ all: true, filters, abortSignal }),
    );
    return found.map(toContainer);
  }

  async attach(id: string): Promise<Streams> {
    const path = `/containers/${id}/attach?stream=1&stdin=1&stdout=1&stderr=1`;
    const socket = await this.#client.call('attach', {}, QUICK, (_docker, abortSignal) =>
      hijack(this.#client.address, path, abortSignal),
    );
    return hijackedStreams(this.#client.track(socket), false);
  }

  exec(id: string, options: ExecOptions): Promise<Exec> {
    return openExec(this.#client, id, options);
  }

  async updateLimits(id: string, limits: LiveLimits): Promise<void> {
    const kind = await this.#kindOnce();
    await this.#client.call('update', {}, QUICK, async (docker, abortSignal) => {
      if (kind === 'podman') await raw(docker, 'POST', updatePath(id), updateBody(limits), abortSignal);
      else await docker.getContainer(id).update({ ...liveLimits(limits), abortSignal });
    });
  }

  async pause(id: string): Promise<void> {
    await this.#client.call('control', {}, QUICK, async (docker, abortSignal) => {
      await docker.getContainer(id).pause({ abortSignal });
    });
  }

  async unpause(id: string): Promise<void> {
    await this.#client.call('control', {}, QUICK, async (docker, abortSignal) => {
      await docker.getContainer(id).unpause({ abortSignal });
    });
  }

  async kill(id: string, signal: string): Promise<void> {
    await this.#client.call('control', {}, QUICK, async (docker, abortSignal) => {
      await docker.getContainer(id).kill({ signal, abortSignal });
    });
  }

  async removeContainer(id: string): Promise<void> {
    await this.#client.call('remove', {}, SLOW, async (docker, abortSignal) => {
      for (let wait = 20; ; wait = Math.min(wait * 2, 500)) {
        try {
          await docker.getContainer(id).remove({ force: true, v: true, abortSignal });
          return;
        } catch (problem) {
          const { status } = toFailure(problem);
          if (status === 404) return;
          // Somebody else is removing it right now: wait until it is gone.
          if (status !== 409) throw problem;
          await sleep(wait, undefined, { signal: abortSignal });
        }
      }
    });
  }

  async stats(id: string): Promise<EngineStats> {
    const value = await this.#client.call('stats', {}, QUICK, (docker) =>
      docker.getContainer(id).stats({ stream: false, 'one-shot': true }),
    );
    return toStats(value, Date.now());
  }

  async events(
    labels: Readonly<Record<string, string>>,
    onEvent: (event: EngineEvent) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const filters = { type: ['container'], ...labelFilter(labels) };
    const stream = await this.#client
      .call(
        'events',
        {},
        null,
        (docker, abortSignal) => docker.getEvents({ filters, abortSignal } as never) as unknown as Promise<unknown>,
        signal,
      )
      .catch((problem: unknown) => {
        if (signal.aborted) return null;
        throw problem;
      });
    if (!stream) return;
    const readable = stream as Readable;
    const stop = (): void => void readable.destroy();
    signal.addEventListener('abort', stop, { once: true });
    let cause: unknown = new Error('the event stream ended');
    try {
      for await (const line of jsonLines(readable)) {
        const event = toEvent(line);
        if (event) onEvent(event);
      }
    } catch (problem) {
      cause = problem;
    } finally {
      signal.removeEventListener('abort', stop);
    }
    if (signal.aborted) return;
    throw classify(
      'events',
      { status: null, errno: 'ECONNRESET', text: toFailure(cause).text },
      { address: this.address },
    );
  }

  dispose(): Promise<void> {
    this.#client.dispose();
    return Promise.resolve();
  }

  async #info(): Promise<unknown> {
    return await this.#client.call('connect', {}, QUICK, (docker) => docker.info() as Promise<unknown>);
  }

  async #kindOnce(): Promise<EngineVersion['kind']> {
    return this.#kind ?? (await this.version()).kind;
  }

  /** Podman's compatible API ignores the runtime that it is asked for; a weaker one than asked must not be taken silently. */
  async #refuseOtherRuntime(asked: string | null): Promise<void> {
    if (asked === null) return;
    const { defaultRuntime } = await this.facts();
    if (asked === defaultRuntime) return;
    const text = `unknown runtime: Podman runs ${defaultRuntime} and takes no other per container`;
    throw classify('create', { status: 400, errno: null, text }, { address: this.address });
  }

  async #diskOnce(): Promise<string | null> {
    this.#disk ??= this.#info().then((info) => {
      const root = (info as Record<string, unknown>)['DockerRootDir'];
      return typeof root === 'string' ? diskOf(root) : null;
    });
    return await this.#disk;
  }
}
