/** Writing answers: JSON, problems (RFC 9457), and nothing of an unknown error but that it was one. */
import type { ServerResponse } from 'node:http';
import { AppError, type AppErrorData } from '#shared/lib/app-error.ts';
import { ERROR_STATUS, REFUSALS, type RefusalKind } from '#shared/contract/rest/rest-status.ts';
import type { RestProblem } from '#shared/contract/rest/rest.ts';
import type { Log } from '#core/storage/log.ts';

export type Headers = Readonly<Record<string, string>>;

/** A request that is refused, as it is answered. */
export class RestError extends Error {
  readonly problem: RestProblem;
  readonly headers: Headers;

  constructor(status: number, data: AppErrorData, headers: Headers = {}) {
    super(data.message);
    const { code, message, why, next } = data;
    this.problem = {
      type: 'about:blank',
      title: message,
      status,
      code,
      ...(why && { why }),
      ...(next && { next }),
    };
    this.headers = headers;
  }
}

/** A refusal by HTTP's own means. */
export function refusal(kind: RefusalKind, message: string, why = '', next = '', headers: Headers = {}): RestError {
  const { status, code } = REFUSALS[kind];
  return new RestError(status, { code, message, why, next }, headers);
}

/** An input that cannot be read (400). */
export function badInput(message: string, why = '', next = 'See `/openapi.json` for what is taken.'): RestError {
  return new RestError(ERROR_STATUS['input-invalid'], { code: 'input-invalid', message, why, next });
}

/** Anything thrown as an answer; what is not ours is logged here and crosses without its text. */
export function toRestError(thrown: unknown, log: Log): RestError {
  if (thrown instanceof RestError) return thrown;
  if (thrown instanceof AppError && thrown.code !== 'internal') {
    const status = ERROR_STATUS[thrown.code];
    return new RestError(status, thrown.toData(), status === 503 ? { 'Retry-After': '5' } : {});
  }
  log.error('a request failed with an unknown error', {
    error: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown),
  });
  return new RestError(ERROR_STATUS.internal, {
    code: 'internal',
    message: 'Bellglass met an error that it does not know.',
    why: 'The text of it is in the app log only, because it may name files of this computer.',
    next: 'Try again; if it happens twice, send the output of `bellglass doctor --bundle`.',
  });
}

/** One whole answer. */
export function answer(
  response: ServerResponse,
  status: number,
  type: string,
  body: string,
  headers: Headers = {},
): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  response
    .writeHead(status, {
      'Content-Type': type,
      'Content-Length': Buffer.byteLength(body),
      'Cache-Control': 'no-store',
      ...headers,
    })
    .end(body);
}

export function answerJson(response: ServerResponse, status: number, body: unknown, headers?: Headers): void {
  answer(response, status, 'application/json; charset=utf-8', JSON.stringify(body), headers);
}

export function answerProblem(response: ServerResponse, { problem, headers }: RestError): void {
  answer(response, problem.status, 'application/problem+json; charset=utf-8', JSON.stringify(problem), headers);
}
