/** What REST sends piece by piece: events and output of a run. A reader that is slow holds back its source, one that stands still is let go. */
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { FilesApi, RunsApi } from '#core/core.ts';
import type { RunEvent } from '#shared/domain/run.ts';
import { toAppError } from '#shared/lib/app-error.ts';
import { badInput, refusal } from './answers.ts';

/** Bytes of a file that are read at one time. */
const PIECE = 256 * 1024;
/** Proxies cut connections that say nothing for a minute. */
const HEARTBEAT_MS = 15_000;

export interface StreamOptions {
  /** Ends with the connection. */
  readonly gone: AbortSignal;
  /** Milliseconds after which a reader that takes nothing is let go. */
  readonly patienceMs: number;
}

/** Resolves when the reader can take more; false when it is gone, or took nothing for too long. */
async function send(
  response: ServerResponse,
  text: string | Uint8Array,
  { gone, patienceMs }: StreamOptions,
): Promise<boolean> {
  if (gone.aborted) return false;
  if (response.write(text)) return true;
  try {
    await once(response, 'drain', { signal: AbortSignal.any([gone, AbortSignal.timeout(patienceMs)]) });
    return true;
  } catch {
    response.destroy();
    return false;
  }
}

function begin(response: ServerResponse, type: string): void {
  response.writeHead(200, { 'Content-Type': type, 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' });
  response.flushHeaders();
}

function lastSeen(header: string | undefined): number {
  if (header === undefined || header === '') return 0;
  const at = Number(header);
  if (Number.isFinite(at) && at >= 0) return at;
  throw badInput(
    '`Last-Event-ID` is not an id of ours.',
    'Ids are numbers.',
    'Send the id of the last event, or none.',
  );
}

const asEvent = (event: RunEvent): string =>
  `id: ${event.at}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;

/** Events later than the header says, then what follows, until the run ends. */
export async function sendEvents(
  response: ServerResponse,
  runs: Pick<RunsApi, 'watch' | 'get'>,
  id: string,
  lastEventId: string | undefined,
  options: StreamOptions,
): Promise<void> {
  const after = lastSeen(lastEventId);
  const { summary, events } = await runs.get(id);
  if (summary.verdict !== null && events.every(({ at }) => at <= after)) {
    response.writeHead(204, { 'Cache-Control': 'no-store' }).end();
    return;
  }
  begin(response, 'text/event-stream; charset=utf-8');
  const beat = setInterval(() => {
    if (!response.writableNeedDrain) response.write(':\n\n');
  }, HEARTBEAT_MS);
  try {
    for await (const batch of runs.watch(id, after, options.gone)) {
      if (!(await send(response, batch.map((event) => asEvent(event)).join(''), options))) return;
      if (batch.some(({ type }) => type === 'finished')) break;
    }
    response.end();
  } finally {
    clearInterval(beat);
  }
}

/** Output as it was kept, then as it comes, until the run ends; `only` one stream of the two. */
export async function sendOutput(
  response: ServerResponse,
  runs: Pick<RunsApi, 'output' | 'ack'>,
  id: string,
  only: 'stdout' | 'stderr' | null,
  options: StreamOptions,
): Promise<void> {
  let viewer = '';
  begin(response, 'text/plain; charset=utf-8');
  for await (const message of runs.output(id, 0, options.gone)) {
    if (message.type === 'open') ({ viewer } = message);
    if (message.type !== 'chunk') continue;
    const { seq, stream, text } = message.chunk;
    if ((only === null || stream === only) && !(await send(response, text, options))) return;
    runs.ack(viewer, seq);
  }
  response.end();
}

/** One file that the run gave back. */
export async function sendFile(
  response: ServerResponse,
  files: Pick<FilesApi, 'read'>,
  id: string,
  path: string,
  options: StreamOptions,
): Promise<void> {
  const first = await files.read(id, path, 0, PIECE).catch((thrown: unknown) => {
    const { code, message } = toAppError(thrown);
    if (code !== 'input-invalid') throw thrown;
    throw refusal('notFound', message, 'Files are what is in `output/` at the end.', 'See `files` in the status.');
  });
  response.writeHead(200, {
    'Content-Type': 'application/octet-stream',
    'Content-Disposition': 'attachment',
    'Content-Length': first.size,
    'Cache-Control': 'no-store',
  });
  for (let at = 0, { bytes } = first; bytes.length > 0; { bytes } = await files.read(id, path, at, PIECE)) {
    at += bytes.length;
    if (!(await send(response, bytes, options))) return;
    if (at >= first.size) break;
  }
  response.end();
}
