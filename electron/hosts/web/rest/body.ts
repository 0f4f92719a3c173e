/** Reading a request's body: its size is known to be allowed before anything of it is kept. */
import type { IncomingMessage } from 'node:http';
import { REST_LIMITS } from '#shared/contract/rest/rest.ts';
import { GIVEN_LIMITS } from '#shared/domain/exchange.ts';
import { depthOfValue } from '#shared/exchange/json.ts';
import { formatBytes } from '#shared/lib/units.ts';
import { badInput, refusal } from './answers.ts';

/** Nesting of a whole body: what it wraps around the deepest `input`. */
const DEPTH = GIVEN_LIMITS.depth + 2;

/** Bytes of all bodies that are held at one time. */
export class BodyBudget {
  #left: number;

  constructor(bytes: number = REST_LIMITS.bodies) {
    this.#left = bytes;
  }

  /** Returns how to give them back. Throws the refusal `busy` when there is no room. */
  take(bytes: number): () => void {
    if (bytes > this.#left)
      throw refusal(
        'busy',
        'Bellglass is reading too many large requests.',
        `All bodies together may have ${formatBytes(REST_LIMITS.bodies)}.`,
        'Try again in a moment, with fewer at one time.',
        { 'Retry-After': '1', Connection: 'close' },
      );
    this.#left -= bytes;
    let mine = bytes;
    return () => {
      this.#left += mine;
      mine = 0;
    };
  }
}

function tooLarge(): never {
  throw refusal(
    'tooLarge',
    `The request has more than ${formatBytes(REST_LIMITS.body)}.`,
    'Everything in it is sent into the memory of a sandbox.',
    'Leave out what the script does not need.',
    { Connection: 'close' },
  );
}

function checkHeaders({ headers }: IncomingMessage): number | null {
  const [type = '', ...parameters] = (headers['content-type'] ?? '')
    .split(';')
    .map((part) => part.trim().toLowerCase());
  const charset = parameters.find((part) => part.startsWith('charset='))?.slice('charset='.length);
  const encoding = headers['content-encoding'] ?? 'identity';
  if (type !== 'application/json' || !['utf-8', '"utf-8"', undefined].includes(charset) || encoding !== 'identity')
    throw refusal(
      'notJson',
      'The body must be JSON in UTF-8, not compressed.',
      'Its type or encoding is another one.',
      'Send `Content-Type: application/json`.',
      { Connection: 'close' },
    );
  const length = headers['content-length'] === undefined ? null : Number(headers['content-length']);
  if (length !== null && length > REST_LIMITS.body) tooLarge();
  return length;
}

async function readBytes(request: IncomingMessage, length: number | null, budget: BodyBudget): Promise<Buffer> {
  // A body without a length may have all that is allowed.
  const giveBack = budget.take(length ?? REST_LIMITS.body);
  try {
    const parts: Buffer[] = [];
    let read = 0;
    for await (const part of request as AsyncIterable<Buffer>) {
      read += part.length;
      if (read > REST_LIMITS.body) tooLarge();
      parts.push(part);
    }
    return Buffer.concat(parts);
  } finally {
    giveBack();
  }
}

/** The body as JSON. Throws a {@link refusal} for one that is too large, of another type, or no JSON. */
export async function readJson(request: IncomingMessage, budget: BodyBudget): Promise<unknown> {
  const bytes = await readBytes(request, checkHeaders(request), budget);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    // The parser's own words quote the body, which may hold a secret.
    throw badInput('The body is not valid JSON in UTF-8.', 'It was cut, or its quotation marks or commas are wrong.');
  }
  if (depthOfValue(value, DEPTH) > DEPTH)
    throw badInput('The body is nested too deeply.', `Data may have ${GIVEN_LIMITS.depth} levels.`, 'Make it flatter.');
  return value;
}
