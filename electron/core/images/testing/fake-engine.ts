/** An engine in memory with the image half only, for tests of what is asked of it. */
import { buffer } from 'node:stream/consumers';
import { extract } from 'tar-stream';
import { AppError } from '#shared/lib/app-error.ts';
import type { BuildImage, Engine, ImageInfo } from '../../engine/port.ts';

export interface FakeEngine extends Engine {
  readonly store: Map<string, ImageInfo>;
  /** `pull X`, `build X from Y`, `import X`, `remove X`, in order. */
  readonly asked: string[];
  /** Called in the middle of each build; may wait or throw. */
  onBuild: (build: BuildImage) => Promise<void>;
  onPull: (signal?: AbortSignal) => Promise<void>;
}

/** The entries of a build context. */
export async function contextOf(build: BuildImage): Promise<Map<string, { mode: number; text: string }>> {
  const entries = new Map<string, { mode: number; text: string }>();
  const tar = extract();
  build.context.pipe(tar);
  for await (const entry of tar) {
    entries.set(entry.header.name, { mode: entry.header.mode ?? 0, text: (await buffer(entry)).toString() });
  }
  return entries;
}

export function fakeEngine(): FakeEngine {
  const store = new Map<string, ImageInfo>();
  const asked: string[] = [];
  let clock = 1000;
  const put = (tag: string, labels: Readonly<Record<string, string>>): ImageInfo => {
    const image = {
      id: `sha256:${tag}-${clock}`,
      tags: [tag],
      size: 1,
      created: clock++,
      labels,
      digests: [],
      env: {},
      onBuild: [],
      volumes: [],
    };
    store.set(tag, image);
    return image;
  };
  const fake: Partial<FakeEngine> & Pick<FakeEngine, 'store' | 'asked' | 'onBuild' | 'onPull'> = {
    address: 'fake',
    store,
    asked,
    onBuild: async () => {},
    onPull: async () => {
      throw new AppError({ code: 'image-pull', message: 'no registry' });
    },
    ping: async () => {},
    version: async () => ({
      kind: 'docker',
      version: '20.10',
      apiVersion: '1.41',
      os: 'linux',
      arch: process.arch === 'x64' ? 'amd64' : process.arch,
    }),
    containers: async () => [],
    image: async (reference) => store.get(reference) ?? null,
    images: async (labels) =>
      [...store.values()].filter((image) =>
        Object.entries(labels).every(([key, value]) => (value ? image.labels[key] === value : key in image.labels)),
      ),
    async pullImage(reference, _onLine, signal) {
      asked.push(`pull ${reference}`);
      await fake.onPull(signal);
      return put(reference, {});
    },
    async importImage(tar, tag, labels) {
      asked.push(`import ${tag} of ${(await buffer(tar)).length} bytes`);
      return put(tag, labels);
    },
    async buildImage(build) {
      asked.push(`build ${build.tag} from ${build.args?.['BASE']}`);
      build.onLine?.('Step 1/2 : FROM somewhere');
      build.onLine?.('Step 2/2 : RUN something\n>> Doing something');
      await fake.onBuild(build);
      return put(build.tag, build.labels);
    },
    async removeImage(reference) {
      asked.push(`remove ${reference}`);
      store.delete(reference);
    },
  };
  return fake as FakeEngine;
}
