/** What any image needs to become a sandbox (IMG-5): our programs, the workspace, and links into the one scratch. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { pack } from 'tar-stream';
import { UID } from '#shared/domain/labels.ts';
import type { ContextFile } from './recipes.ts';

const PROGRAMS = 'usr/lib/bellglass';

/** No RUN: nothing of a foreign image is ever executed by a build. Its health check would run beside the warden. */
const DOCKERFILE = `ARG BASE
FROM \${BASE}
ADD layer.tar /
HEALTHCHECK NONE
USER ${UID.warden}:${UID.warden}
CMD ["/${PROGRAMS}/warden"]
`;

/** The build context of the layer, and a hash over it; both depend on nothing but our own files. */
export async function readLayer(assets: string): Promise<{ files: ContextFile[]; inputs: string }> {
  const folder = join(assets, 'images', 'base', 'rootfs', PROGRAMS);
  const tar = pack();
  const root = { uid: 0, gid: 0, mtime: new Date(0) };
  const add = (name: string, type: 'directory' | 'symlink', more: object = {}): void => {
    tar.entry({ ...root, name, type, mode: 0o755, ...more });
  };
  for (const name of ['usr', 'usr/lib', PROGRAMS, 'home', 'var']) add(name, 'directory');
  // What an interpreter begins with that waits for its script is for our own images only.
  const programs = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
  for (const name of programs.map((entry) => entry.name).toSorted())
    tar.entry({ ...root, name: `${PROGRAMS}/${name}`, mode: 0o755 }, readFileSync(join(folder, name)));
  add('workspace', 'directory', { uid: UID.script, gid: UID.script });
  add('tmp', 'symlink', { linkname: '/workspace/.tmp' });
  add('var/tmp', 'symlink', { linkname: '/tmp' });
  add('home/script', 'symlink', { linkname: '/workspace/.home' });
  tar.finalize();
  const layer = await buffer(Readable.from(tar));
  const files = [
    { path: 'Dockerfile', content: Buffer.from(DOCKERFILE), mode: 0o644 },
    { path: 'layer.tar', content: layer, mode: 0o644 },
  ];
  const hash = createHash('sha256');
  for (const { content } of files) hash.update(`${content.length}\0`).update(content);
  return { files, inputs: hash.digest('hex') };
}
