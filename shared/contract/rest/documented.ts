/** What only the OpenAPI document says of a route: the token, the answers that say no, headers. */
import { statusTable } from './rest-status.ts';

const PROBLEM = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };
const RETRY = { 'Retry-After': { description: 'Seconds.', schema: { type: 'integer' as const } } };
const ALLOW = { Allow: { description: 'Methods.', schema: { type: 'string' as const } } };
const CHALLENGE = { 'WWW-Authenticate': { description: 'Bearer.', schema: { type: 'string' as const } } };
const EXTRA: Readonly<Record<number, object>> = { 401: CHALLENGE, 405: ALLOW, 429: RETRY, 503: RETRY };

/** Descriptions of answers that say no, from the table. */
function refusals(...statuses: number[]): Record<string, object> {
  const rows = statusTable().filter(({ status }) => statuses.includes(status));
  return Object.fromEntries(
    rows.map(({ status, codes, meanings }) => [
      String(status),
      {
        description: [...meanings, `Codes: ${codes.join(', ')}.`].join(' '),
        content: PROBLEM,
        ...(EXTRA[status] !== undefined && { headers: EXTRA[status] }),
      },
    ]),
  );
}

interface Documented {
  readonly responses?: Record<string, object>;
  readonly [key: string]: unknown;
}

/** Adds what only the document says: the token, the answers that say no, and `more`. */
export function documented(statuses: readonly number[], more: Record<string, object> = {}, open = false) {
  return (operation: object): object => {
    const { responses, ...rest } = operation as Documented;
    const own = Object.fromEntries(
      Object.entries(responses ?? {}).map(([status, response]) => [status, { ...response, ...more[status] }]),
    );
    return {
      ...rest,
      security: open ? [] : [{ token: [] }],
      responses: { ...more, ...own, ...refusals(...(open ? [] : [401]), 403, 405, 500, ...statuses) },
    };
  };
}

/** An answer that is no JSON. */
export const text = (mediaType: string, description: string): Record<string, object> => ({
  '200': { description, content: { [mediaType]: { schema: { type: 'string' } } } },
});

/** For answers that say where to look again. */
export const LOCATION = { headers: { Location: { description: 'Path of the status.', schema: { type: 'string' } } } };
