/** Several scripts that were brought in together, each to be a run of its own (RUN-1, RUN-8). Pure. */
import type { Launch } from '#shared/contract/runs.ts';
import type { TrustLevel } from '#shared/domain/policy.ts';
import type { Source } from '../read-files.ts';

const SCRIPT = /\.(?:py|pyw|js|cjs|mjs|sh|bash)$/iu;

/** What all of them run under. */
export interface Choice {
  readonly trust: TrustLevel | undefined;
  readonly policy: string | undefined;
}

/** Paths of the scripts at the top, in the order in which they run: by name, numbers as numbers. */
export function scriptsOf(source: Pick<Source, 'files'>): string[] {
  return source.files
    .map(({ path }) => path)
    .filter((path) => SCRIPT.test(path) && !path.includes('/'))
    .toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}

/** Files that come with every one of them: all that is no script. */
export function sharedFiles(source: Pick<Source, 'files'>): Launch['files'] {
  const scripts = new Set(scriptsOf(source));
  return source.files.filter(({ path }) => !scripts.has(path));
}

/** Loose files of which none is more likely than another to be the one to run. */
export function isMany(source: Source): boolean {
  return source.loose === true && source.entry === null && scriptsOf(source).length > 1;
}

/** One of them by itself; nobody sits at its terminal, so it has no stdin. */
export function launchOfScript(source: Source, path: string, { trust, policy }: Choice): Launch {
  const script = source.files.find((file) => file.path === path);
  return {
    name: path,
    entry: path,
    files: [...(script ? [script] : []), ...sharedFiles(source)],
    stdin: null,
    ...(source.project ? { project: source.project } : {}),
    ...(trust ? { trust } : {}),
    ...(policy ? { policy } : {}),
  };
}
