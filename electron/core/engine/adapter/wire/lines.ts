/** Engines report progress as JSON documents, one a line. */
import type { Readable } from 'node:stream';

/** Yields each whole document; text that is no JSON is passed as `{ stream: text }`. */
export async function* jsonLines(stream: Readable): AsyncGenerator<Record<string, unknown>> {
  let rest = '';
  const decoder = new TextDecoder();
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk as Uint8Array, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') yield parse(line);
  }
  if (rest.trim() !== '') yield parse(rest);
}

function parse(line: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // Falls through: a line of plain text.
  }
  return { stream: line };
}

/**
 * Reads a progress stream to its end. Returns the last image id it named, if any;
 * throws an Error with the engine's words when the stream reports one.
 */
export async function followProgress(
  stream: Readable,
  onLine: ((line: string) => void) | undefined,
): Promise<string | null> {
  let id: string | null = null;
  for await (const line of jsonLines(stream)) {
    const failed = line['error'];
    if (typeof failed === 'string' && failed !== '') throw new Error(failed);
    const text = [line['stream'], line['status'], line['id'], line['progress']]
      .filter((part) => typeof part === 'string')
      .join(' ');
    id = /sha256:[0-9a-f]{64}/.exec(text)?.[0] ?? id;
    if (text.trim() !== '') onLine?.(text.trimEnd());
  }
  return id;
}
