/** Bytes of a run's files, piece by piece: the page sets the pace. */
import { PIECE_MAX } from '#shared/contract/files.ts';
import { fromBase64 } from '#shared/script/bytes.ts';
import type { Client } from '../../../../rpc/client.ts';

/** Up to `most` bytes of a file from its beginning; `path` null: of the zip of all. `onPiece` hears how many there are. */
export async function fetchBytes(
  client: Client,
  run: string,
  path: string | null,
  most: number,
  signal: AbortSignal,
  onPiece: (bytes: number) => void = () => undefined,
): Promise<{ pieces: Uint8Array<ArrayBuffer>[]; size: number }> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  for (let from = 0; ;) {
    const length = Math.max(1, Math.min(PIECE_MAX, most - from));
    const { content, size } = await client.files.read({ run, path, from, length }, { signal });
    const bytes = new Uint8Array(fromBase64(content) ?? []);
    pieces.push(bytes);
    from += bytes.length;
    onPiece(from);
    if (bytes.length === 0 || from >= size || from >= most) return { pieces, size };
  }
}

/** Hands bytes to the browser as a file. */
function save(name: string, pieces: Uint8Array<ArrayBuffer>[]): void {
  const url = URL.createObjectURL(new Blob(pieces, { type: 'application/octet-stream' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Saves one file. */
export async function saveFile(client: Client, run: string, path: string, signal: AbortSignal): Promise<void> {
  const { pieces } = await fetchBytes(client, run, path, Number.MAX_SAFE_INTEGER, signal);
  save(path.split('/').at(-1) ?? 'file', pieces);
}

/** Saves all files as one zip; `onShare` hears how much is there, 0 to 1. */
export async function saveZip(
  client: Client,
  run: string,
  name: string,
  signal: AbortSignal,
  onShare: (share: number) => void,
): Promise<void> {
  const { size } = await client.files.zip({ run }, { signal });
  const { pieces } = await fetchBytes(client, run, null, Number.MAX_SAFE_INTEGER, signal, (bytes) =>
    onShare(bytes / size),
  );
  save(name, pieces);
}
