/** What of this machine no sandbox ever sees: found anew each time, because engines and home folders come and go. */
import { readdir, realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { Protected } from '#shared/policy/mounts/sources.ts';
import { socketCandidates } from '../../engine/discovery/sockets.ts';
import { realSurroundings } from '../../engine/discovery/surroundings.ts';
import type { Paths } from '../../storage/paths.ts';

export interface KeptFrom {
  readonly paths: Pick<Paths, 'config' | 'data'>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Address of the engine in use, null when there is none. */
  readonly engine: () => string | null;
}

const TREES: readonly (readonly [path: string, what: string])[] = [
  ['/proc', 'the kernel’s own folder'],
  ['/sys', 'the kernel’s own folder'],
  ['/dev', 'the devices of this machine'],
  ['/run', 'the sockets of this machine'],
  ['/var/run', 'the sockets of this machine'],
  ['/boot', 'what this machine starts from'],
  ['/var/lib/docker', 'an engine’s own files'],
  ['/var/lib/containerd', 'an engine’s own files'],
  ['/var/lib/containers', 'an engine’s own files'],
];

const SOCKETS: readonly string[] = [
  '/var/run/docker.sock',
  '/run/containerd/containerd.sock',
  '/run/crio/crio.sock',
  '/run/podman/podman.sock',
];

/** The real path; of what is not there, its nearest folder's real path with the rest behind it. */
async function real(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(await real(parent), basename(path));
  }
}

async function homes(env: KeptFrom['env']): Promise<string[]> {
  const others = await Promise.all(
    ['/home', '/Users'].map(async (folder) =>
      (await readdir(folder).catch(() => [])).map((name) => join(folder, name)),
    ),
  );
  return [homedir(), env['HOME'] ?? homedir(), env['USERPROFILE'] ?? homedir(), '/root', ...others.flat()];
}

function sockets({ env, engine }: KeptFrom): string[] {
  const usual = socketCandidates(realSurroundings(env)).map(({ url }) => url);
  return [...usual, env['DOCKER_HOST'] ?? '', env['CONTAINER_HOST'] ?? '', engine() ?? '']
    .flatMap((url) => (url.startsWith('unix://') ? [url.slice('unix://'.length)] : []))
    .concat(SOCKETS);
}

/** Everything that is kept out, with real paths. */
export async function kept(from: KeptFrom): Promise<Protected> {
  const resolved = async (
    paths: readonly (readonly [path: string, what: string])[],
  ): Promise<{ path: string; what: string }[]> =>
    await Promise.all(paths.map(async ([path, what]) => ({ path: await real(path), what })));
  const { config, data } = from.paths;
  return {
    trees: await resolved([
      ...TREES,
      [join(homedir(), '.local/share/docker'), 'an engine’s own files'],
      [join(homedir(), '.local/share/containers'), 'an engine’s own files'],
      [data, 'the data folder of Bellglass'],
      [config, 'the configuration of Bellglass'],
    ]),
    holders: await resolved([
      ['/', 'the whole machine'],
      ...(await homes(from.env)).map((path) => [path, 'a home folder'] as const),
      ...sockets(from).map((path) => [path, 'the socket of an engine'] as const),
    ]),
  };
}
