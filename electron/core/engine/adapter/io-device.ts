/** Which disk an engine's data lie on, so that rate limits can name it. Linux, local engines only. */
import { readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** `/dev/…` of the whole disk behind a folder; null when there is none (overlay, tmpfs, another machine). */
export async function diskOf(folder: string): Promise<string | null> {
  try {
    const { dev } = await stat(folder);
    const major = ((dev >> 8) & 0xfff) >>> 0;
    const minor = ((dev & 0xff) | ((dev >> 12) & 0xfff00)) >>> 0;
    const node = await realpath(`/sys/dev/block/${major}:${minor}`);
    const partition = await readFile(join(node, 'partition'), 'utf8').catch(() => null);
    const name = basename(partition === null ? node : dirname(node));
    await stat(`/dev/${name}`);
    return `/dev/${name}`;
  } catch {
    return null;
  }
}
