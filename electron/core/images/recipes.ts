/**
 * What every image is made from, read from assets/images (IMG-1). An image is a chain of three builds, so that a change
 * costs no more than it must: the base (Debian's common tools), the runtime's system (flattened and hardened; both need
 * the network), and the last layer with our own files (needs none). Each has its own tag, named after the hash of its inputs.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { RUNTIMES, type Runtime } from '#shared/domain/run.ts';
import { AppError } from '#shared/lib/app-error.ts';

export interface ContextFile {
  /** Relative, with forward slashes. */
  readonly path: string;
  readonly content: Buffer;
  readonly mode: number;
}

export interface Recipe {
  /** `base`, `python-system`, `python`. */
  readonly name: string;
  readonly reference: string;
  /** Hash over its own files and those of every recipe below it, 64 hexadecimal digits. */
  readonly inputs: string;
  readonly files: readonly ContextFile[];
  /** How many instructions its Dockerfile has. */
  readonly steps: number;
  /** True for what a run may use; the others are steps on the way. */
  readonly final: boolean;
}

/** The builds of one runtime, lowest first. */
export type Chain = readonly [base: Recipe, system: Recipe, image: Recipe];

/** The sidecar that owns a run's network; built like a runtime, but no script ever runs in it. */
export const GATEWAY = 'gateway';
export const IMAGES = [...RUNTIMES, GATEWAY] as const;
export type ImageName = Runtime | typeof GATEWAY;

const PROGRAMS = /(^|\/)(bellglass|bin|build)\/[^/]+$/;

function folder(root: string, prefix = ''): ContextFile[] {
  return readdirSync(join(root, prefix), { withFileTypes: true })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = posix.join(prefix, entry.name);
      if (entry.isDirectory()) return folder(root, path);
      // The mode is decided by place, not by the disk: Windows keeps no mode and a clone may lose it.
      return [{ path, content: readFileSync(join(root, path)), mode: PROGRAMS.test(path) ? 0o755 : 0o644 }];
    });
}

function recipe(name: string, files: readonly ContextFile[], below: Recipe | null, final: boolean): Recipe {
  const hash = createHash('sha256').update(below?.inputs ?? '');
  for (const file of files) {
    hash.update(`\0${file.path}\0${file.mode}\0${file.content.length}\0`).update(file.content);
  }
  const inputs = hash.digest('hex');
  const dockerfile = files.find((file) => file.path === 'Dockerfile')?.content.toString() ?? '';
  const steps = dockerfile.match(/^[A-Z]+ /gm)?.length ?? 0;
  return { name, reference: `bellglass/${name}:${inputs.slice(0, 12)}`, inputs, files, steps, final };
}

const dockerfileOnly = (files: readonly ContextFile[]): ContextFile[] =>
  files.filter((file) => file.path === 'Dockerfile');

/** Packers and clones leave out what is called node_modules, so ours has another name on the disk. */
const rootfsOf = (files: readonly ContextFile[]): ContextFile[] =>
  files
    .filter((file) => file.path.startsWith('rootfs/'))
    .map((file) => ({ ...file, path: file.path.replace(/^rootfs\/modules\//, 'rootfs/node_modules/') }));

/** Reads the recipes of all images. `storage` when the program's own files are damaged. */
export function readRecipes(assets: string): Readonly<Record<ImageName, Chain>> {
  const images = join(assets, 'images');
  try {
    const common = folder(join(images, 'base'));
    const last = dockerfileOnly(folder(join(images, 'final')));
    const base = recipe(
      'base',
      common.filter((file) => !file.path.startsWith('rootfs/')),
      null,
      false,
    );
    const chains = IMAGES.map((name): [ImageName, Chain] => {
      const own = folder(join(images, name));
      const system = recipe(`${name}-system`, dockerfileOnly(own), base, false);
      const shared = name === GATEWAY ? [] : rootfsOf(common);
      const rootfs = new Map([...shared, ...rootfsOf(own)].map((file) => [file.path, file]));
      return [name, [base, system, recipe(name, [...last, ...rootfs.values()], system, true)]];
    });
    return Object.fromEntries(chains) as Record<ImageName, Chain>;
  } catch (cause) {
    throw new AppError(
      {
        code: 'storage',
        message: 'The recipes of the images cannot be read.',
        why: 'Files that come with Bellglass are missing or unreadable.',
        next: 'Install Bellglass again, or run `git checkout assets/images` in a clone.',
        details: String(cause),
      },
      { cause },
    );
  }
}
