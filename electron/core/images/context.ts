/** The build context as a tar, from memory: the same bytes on every machine. */
import { Readable } from 'node:stream';
import { pack } from 'tar-stream';
import type { ContextFile } from './recipes.ts';

/** On everything that exists only during a build; its value is that build's id. */
export const BUILD_LABEL = 'app.bellglass.build';

/** A Dockerfile labels its stages before all else, so that whatever a build leaves behind can be told by its id. */
function withId(file: ContextFile, build: string): Buffer {
  if (file.path !== 'Dockerfile') return file.content;
  return Buffer.from(file.content.toString().replaceAll(`${BUILD_LABEL}=none`, `${BUILD_LABEL}=${build}`));
}

/** Every entry belongs to root and has no time of its own. */
export function contextTar(files: readonly ContextFile[], build: string): Readable {
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
    tar.entry({ ...common, name: file.path, mode: file.mode }, withId(file, build));
  }
  tar.finalize();
  return Readable.from(tar);
}
