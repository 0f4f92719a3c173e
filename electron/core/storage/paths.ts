/** Where Bellglass keeps things: one folder that BELLGLASS_HOME moves (HOST-6). */
import { join, resolve } from 'node:path';
import envPaths from 'env-paths';

export interface Paths {
  /** Settings and policies, edited by hand. */
  readonly config: string;
  /** Database, logs, spools, the private engine. */
  readonly data: string;
  /** Files that come with the program: images, profiles, samples. */
  readonly assets: string;
  /** The built renderer. */
  readonly renderer: string;
}

/** Resolves the folders from the environment; makes nothing. */
export function resolvePaths(env: Readonly<Record<string, string | undefined>>, root: string): Paths {
  const home = env['BELLGLASS_HOME'];
  const own = envPaths('bellglass', { suffix: '' });
  return {
    config: home ? resolve(home, 'config') : own.config,
    data: home ? resolve(home, 'data') : own.data,
    assets: join(root, 'assets'),
    renderer: join(root, 'dist', 'renderer'),
  };
}
