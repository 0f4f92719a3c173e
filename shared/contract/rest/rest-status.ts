/** Which HTTP status says what over REST: the one table, used by the server, its document and its client (HOST-3). */
import type { ErrorCode } from '../../lib/app-error.ts';

/** Status of an error of the closed taxonomy. */
export const ERROR_STATUS: Readonly<Record<ErrorCode, number>> = {
  'input-invalid': 400,
  'policy-invalid': 422,
  'plan-refused': 422,
  'image-unsupported': 422,
  // The token itself is answered by `noToken`: what is left is that it may not do this.
  auth: 403,
  'engine-unreachable': 503,
  'engine-unsupported': 503,
  'network-unavailable': 503,
  'image-pull': 502,
  'image-build': 502,
  'container-create': 502,
  'container-start': 502,
  storage: 500,
  internal: 500,
};

interface Refusal {
  readonly status: number;
  readonly code: ErrorCode;
  /** For the document. */
  readonly meaning: string;
}

/** What is refused by HTTP's own means, before any core is asked. */
export const REFUSALS = {
  noToken: { status: 401, code: 'auth', meaning: 'No token, or not one of ours.' },
  foreign: { status: 403, code: 'auth', meaning: 'Another host name or origin than our own.' },
  notFound: { status: 404, code: 'input-invalid', meaning: 'No such run or workflow of this token, or no such file.' },
  method: { status: 405, code: 'input-invalid', meaning: 'This address takes another method; see `Allow`.' },
  reused: { status: 409, code: 'input-invalid', meaning: 'The `id` was used before with another request.' },
  tooLarge: { status: 413, code: 'input-invalid', meaning: 'The body is too large.' },
  notJson: { status: 415, code: 'input-invalid', meaning: 'The body is not `application/json`, or it is compressed.' },
  quota: { status: 429, code: 'plan-refused', meaning: 'The quota of the token is used up; see `Retry-After`.' },
  busy: { status: 503, code: 'internal', meaning: 'Too many large requests at once; see `Retry-After`.' },
} as const satisfies Readonly<Record<string, Refusal>>;
export type RefusalKind = keyof typeof REFUSALS;

/** Every status that says no, with the codes that it comes with. */
export function statusTable(): { status: number; codes: ErrorCode[]; meanings: string[] }[] {
  const rows = new Map<number, { codes: Set<ErrorCode>; meanings: string[] }>();
  const row = (status: number): { codes: Set<ErrorCode>; meanings: string[] } => {
    const there = rows.get(status) ?? { codes: new Set(), meanings: [] };
    rows.set(status, there);
    return there;
  };
  for (const { status, code, meaning } of Object.values(REFUSALS)) {
    row(status).codes.add(code);
    row(status).meanings.push(meaning);
  }
  for (const [code, status] of Object.entries(ERROR_STATUS)) row(status).codes.add(code as ErrorCode);
  return [...rows]
    .toSorted(([a], [b]) => a - b)
    .map(([status, { codes, meanings }]) => ({ status, codes: [...codes], meanings }));
}
