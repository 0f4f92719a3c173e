/** The files of a run as lines of a tree. Pure. */
import type { TakenFile } from '#shared/domain/exchange.ts';

export interface Row {
  readonly file: TakenFile;
  /** The last part of its path. */
  readonly name: string;
  /** 0 at the top. */
  readonly depth: number;
  /** Files below a folder, at any depth. */
  readonly inside: number;
}

/** Text order with folders before files, and everything below a folder right behind it. */
function inOrder(a: TakenFile, b: TakenFile): number {
  const [left, right] = [a.path.split('/'), b.path.split('/')];
  for (let at = 0; ; at++) {
    const [one, other] = [left[at], right[at]];
    if (one === undefined || other === undefined) return left.length - right.length;
    if (one === other) continue;
    const folders = [at < left.length - 1 || a.type === 'folder', at < right.length - 1 || b.type === 'folder'];
    if (folders[0] !== folders[1]) return folders[0] ? -1 : 1;
    return one < other ? -1 : 1;
  }
}

/** Lines from the top; what is below a closed folder is left out. */
export function rowsOf(files: readonly TakenFile[], closed: ReadonlySet<string>): Row[] {
  const inside = new Map<string, number>();
  for (const { path, type } of files)
    if (type === 'file')
      for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1))
        inside.set(path.slice(0, at), (inside.get(path.slice(0, at)) ?? 0) + 1);
  const hidden = (path: string): boolean => {
    for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1))
      if (closed.has(path.slice(0, at))) return true;
    return false;
  };
  return files
    .filter(({ path }) => !hidden(path))
    .toSorted(inOrder)
    .map((file) => {
      const names = file.path.split('/');
      return { file, name: names.at(-1) ?? '', depth: names.length - 1, inside: inside.get(file.path) ?? 0 };
    });
}
