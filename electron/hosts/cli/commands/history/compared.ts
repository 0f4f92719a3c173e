/** Network and files of two runs, as `bellglass compare` prints them. */
import type { FilesApi } from '#core/core.ts';
import type { ComparedLine } from '#shared/history/compare.ts';
import { canDiff, DIFF_MAX, diffText, type ComparedFile } from '#shared/history/compare-files.ts';
import type { ComparedHost, HostSide } from '#shared/history/compare-network.ts';
import { showBytes } from '#shared/lib/units.ts';
import { lineDiff, type DiffLine } from '#shared/policy/diff/lines.ts';

/** A file with its lines side by side, where it is small and text. */
export type DiffedFile = ComparedFile & { readonly diff?: readonly DiffLine[] };

/** Files that are compared line by line; the rest is told by name and size. */
const DIFFED = 20;

async function textOf(files: FilesApi, run: string, path: string, size: number | null): Promise<string | null> {
  if (size === null || size === 0) return '';
  try {
    return diffText((await files.read(run, path, 0, DIFF_MAX)).bytes);
  } catch {
    // It is not kept any more: its name and size are what is left to say.
    return null;
  }
}

/** The files of both runs, what differs first. */
export async function filesOf(files: FilesApi, a: string, b: string): Promise<DiffedFile[]> {
  const compared: DiffedFile[] = [];
  let diffed = 0;
  for (const file of await files.compare(a, b)) {
    if (diffed === DIFFED || !canDiff(file)) {
      compared.push(file);
      continue;
    }
    const [left, right] = [await textOf(files, a, file.path, file.a), await textOf(files, b, file.path, file.b)];
    if (left === null || right === null) compared.push(file);
    else {
      diffed += 1;
      compared.push({ ...file, diff: lineDiff(left, right) });
    }
  }
  return compared;
}

function sideWords(side: HostSide | null): string {
  if (side === null) return 'not tried';
  const { verdict, ports, lookups, connections, received, sent } = side;
  return [
    verdict === 'partly' ? 'partly denied' : verdict,
    ...(ports === '' ? [] : [`port ${ports}`]),
    connections > 0 ? `${connections} connections` : `${lookups} lookups`,
    ...(received + sent > 0 ? [`${showBytes(received)} in, ${showBytes(sent)} out`] : []),
  ].join(', ');
}

export function hostLines(hosts: readonly ComparedHost[]): ComparedLine[] {
  return hosts.map(({ host, a, b, change }) => ({
    label: host ?? 'other hosts',
    a: sideWords(a),
    b: sideWords(b),
    same: change === 'same',
  }));
}

export function fileLines(files: readonly ComparedFile[]): ComparedLine[] {
  const size = (bytes: number | null): string => (bytes === null ? '' : showBytes(bytes));
  return files.map(({ path, a, b, change }) => {
    const line = { label: path, a: size(a), b: size(b), same: change === 'same' };
    if (change === 'unknown') return { ...line, a: `${line.a} (not kept any more)`, same: true };
    return change === 'changed' && line.a === line.b ? { ...line, b: `${line.b}, other content` } : line;
  });
}
