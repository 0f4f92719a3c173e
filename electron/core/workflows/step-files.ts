/** Files that steps gave back, as files of a later step's launch: bounded, and in a folder of their own (WF-1, RUN-9). */
import type { Launch } from '#shared/contract/runs.ts';
import { LAUNCH_LIMITS } from '#shared/contract/runs.ts';
import { PIECE_MAX } from '#shared/contract/files.ts';
import { AppError } from '#shared/lib/app-error.ts';
import { toBase64 } from '#shared/script/bytes.ts';
import { size } from '#shared/script/refuse.ts';
import type { FilesApi } from '../core.ts';

/** What a later step gets as a value, not as a file. */
const VALUES: ReadonlySet<string> = new Set(['output.json', 'variables.json', 'condition.json', 'events.jsonl']);

async function whole(files: Pick<FilesApi, 'read'>, run: string, path: string): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for (let from = 0; ;) {
    const { bytes, size: all } = await files.read(run, path, from, PIECE_MAX);
    pieces.push(bytes);
    from += bytes.length;
    if (bytes.length === 0 || from >= all) return Buffer.concat(pieces);
  }
}

/**
 * The files of these steps, each step's in `input/ID`.
 * @param runs step → its run, for steps that have one
 * @throws AppError `input-invalid` when they are more than a launch can carry, or their run is not kept any more.
 */
export async function stepFiles(
  files: Pick<FilesApi, 'list' | 'read'>,
  runs: ReadonlyMap<string, string>,
): Promise<Launch['files']> {
  const found: Launch['files'] = [];
  let bytes = 0;
  for (const [step, run] of runs) {
    const data = await files.list(run);
    for (const file of data?.files ?? []) {
      if (file.type === 'folder' || VALUES.has(file.path)) continue;
      bytes += file.size;
      if (bytes > LAUNCH_LIMITS.files || found.length >= LAUNCH_LIMITS.fileCount)
        throw new AppError({
          code: 'input-invalid',
          message: `The files of ${[...runs.keys()].join(', ')} are more than a step can be given.`,
          why: `They are sent into the memory of its sandbox: at most ${size(LAUNCH_LIMITS.files)} and ${LAUNCH_LIMITS.fileCount} files.`,
          next: 'Let the earlier step write less.',
        });
      const content = toBase64(await whole(files, run, file.path));
      found.push({ path: `input/${step}/${file.path}`, content, executable: file.executable });
    }
  }
  return found;
}
