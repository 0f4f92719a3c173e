/** The engine's API without an adapter, for what the port rightly does not offer: saving images, containers without hardening. */
import { request, type IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import type { TestEngine } from '../../engine/testing/index.ts';

/** The answer's body is not read yet. Throws with the engine's words on a status of 400 and above. */
export async function rawCall(
  test: Pick<TestEngine, 'address'>,
  method: string,
  path: string,
  body?: Readable | object,
): Promise<IncomingMessage> {
  const answered = Promise.withResolvers<IncomingMessage>();
  const streamed = body !== undefined && 'pipe' in body;
  const call = request({
    socketPath: test.address.socketPath,
    method,
    path: `/v1.41${path}`,
    headers: { 'content-type': streamed ? 'application/x-tar' : 'application/json' },
  });
  call.once('response', answered.resolve).once('error', answered.reject);
  if (streamed) await pipeline(body, call);
  else call.end(body === undefined ? undefined : JSON.stringify(body));
  const answer = await answered.promise;
  if ((answer.statusCode ?? 500) < 400) return answer;
  throw new Error(`${method} ${path}: ${answer.statusCode} ${(await buffer(answer)).toString()}`);
}

/** The answer as JSON; null when it has no body. */
export async function rawJson<T>(
  test: Pick<TestEngine, 'address'>,
  method: string,
  path: string,
  body?: Readable | object,
): Promise<T | null> {
  const text = (await buffer(await rawCall(test, method, path, body))).toString();
  return text.trim() === '' ? null : (JSON.parse(text) as T);
}
