/** The build context as a tar, from memory: the same bytes on every machine. */
import { Readable } from 'node:stream';
import { pack } from 'tar-stream';
import type { ContextFile } from './recipes.ts';

/** Every entry belongs to root and has no time of its own. */
export function contextTar(files: readonly ContextFile[]): Readable {
  const tar = pack();
  const made = new Set<string>();
  const common = { uid: 0, gid: 0, mtime: new Date(0) };
  for (const file of files) {
    const folders = file.path.split('/').slice(0, -1);
    for (const [depth] of folders.entries()) {
      const name = folders.slice(0, depth + 1).join('/');
      if (!made.has(name)) tar.entry({ ...common, name, type: 'directory', mode: 0o755 });
      made.add(name);
    }
    tar.entry({ ...common, name: file.path, mode: file.mode }, file.content);
  }
  tar.finalize();
  return Readable.from(tar);
}
