/** The part of the REST contract whose answers are JSON: validated by it both ways, decided by {@link RestRuns} and {@link RestWorkflows}. */
import { ORPCError } from '@orpc/client';
import { ValidationError } from '@orpc/contract';
import { StandardOpenAPIHandler } from '@orpc/openapi/standard';
import { implement } from '@orpc/server';
import { rest } from '#shared/contract/rest/rest.ts';
import { AppError } from '#shared/lib/app-error.ts';
import { parseDuration } from '#shared/lib/units.ts';
import { place } from '#core/rpc/wire-error.ts';
import { badInput } from './answers.ts';
import type { Asker } from './keyed.ts';
import type { RestRuns } from './runs.ts';
import type { RestWorkflows } from './workflows.ts';

export interface RestContext {
  readonly asker: Asker;
  /** Says that nobody waits for the answer any longer. */
  readonly gone: AbortSignal;
}

/** A JSON answer. */
export interface JsonAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export interface JsonRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: () => Promise<unknown>;
}

/** How long to wait, in milliseconds; 0 not at all. */
function waitOf(text: string | undefined): number {
  if (text === undefined || text === 'false' || text === '0') return 0;
  if (text === '' || text === 'true' || text === '1') return Number.POSITIVE_INFINITY;
  try {
    return parseDuration(text);
  } catch (thrown) {
    const why = thrown instanceof AppError ? thrown.message : '';
    throw badInput('`wait` is no time.', why, 'Write `?wait`, or `?wait=10s`.');
  }
}

/** A timer takes no more. */
const LONGEST_MS = 2 ** 31 - 1;

function signalOf(gone: AbortSignal, wait: number): AbortSignal {
  return wait > LONGEST_MS ? gone : AbortSignal.any([gone, AbortSignal.timeout(wait)]);
}

interface Begun<S> {
  ended(id: string, signal: AbortSignal): Promise<void>;
  status(id: string): S | Promise<S>;
}

/** Waits if that was asked for. 200 tells an end, to whoever waited for it or may have asked before (`again`). */
async function answerBegun<S extends { readonly state: string }>(
  all: Begun<S>,
  id: string,
  { wait, gone, again, location }: { wait: number; gone: AbortSignal; again: boolean; location: string },
) {
  if (wait > 0) await all.ended(id, signalOf(gone, wait));
  const body = await all.status(id);
  const over = body.state === 'finished' && (wait > 0 || again);
  return { status: over ? (200 as const) : (202 as const), headers: { location }, body };
}

function unreadable(thrown: unknown): unknown {
  if (!(thrown instanceof ORPCError)) return thrown;
  if (thrown.code !== 'BAD_REQUEST') return thrown.cause ?? thrown;
  const issue = thrown.cause instanceof ValidationError ? thrown.cause.issues[0] : undefined;
  if (issue === undefined) return badInput('The request cannot be read.');
  const at = place(issue.path).replace(/^(?:body|query|params|headers)(?:\.|$)/, '');
  const where = at === '' ? '' : ` at \`${at.slice(0, 200)}\``;
  return badInput(`The request cannot be read${where}.`, `${issue.message.slice(0, 500)}.`);
}

/** Answers requests of the contract; throws what went wrong. */
export function createRestRouter(
  runs: RestRuns,
  workflows: RestWorkflows,
): (request: JsonRequest, context: RestContext) => Promise<JsonAnswer> {
  const { execute, status, cancel, startWorkflow, workflow, stopWorkflow } = rest;
  const os = implement({ execute, status, cancel, startWorkflow, workflow, stopWorkflow }).$context<RestContext>();
  const router = os.router({
    execute: os.execute.handler(async ({ input: { query, body }, context: { asker, gone } }) => {
      const wait = waitOf(query.wait);
      const id = await runs.begin(body, asker);
      return await answerBegun(runs, id, { wait, gone, again: body.id !== undefined, location: `/status/${id}` });
    }),
    status: os.status.handler(async ({ input: { params }, context: { asker } }) => {
      runs.owned(params.id, asker);
      return await runs.status(params.id);
    }),
    cancel: os.cancel.handler(async ({ input: { params }, context: { asker } }) => {
      runs.owned(params.id, asker);
      await runs.cancel(params.id, asker);
      return await runs.status(params.id);
    }),
    startWorkflow: os.startWorkflow.handler(async ({ input: { query, body }, context: { asker, gone } }) => {
      const wait = waitOf(query.wait);
      const id = await workflows.begin(body, asker);
      return await answerBegun(workflows, id, {
        wait,
        gone,
        again: body.id !== undefined,
        location: `/workflows/${id}`,
      });
    }),
    workflow: os.workflow.handler(({ input: { params }, context: { asker } }) => {
      workflows.owned(params.id, asker);
      return workflows.status(params.id);
    }),
    stopWorkflow: os.stopWorkflow.handler(async ({ input: { params }, context: { asker } }) => {
      workflows.owned(params.id, asker);
      await workflows.stop(params.id, asker);
      return workflows.status(params.id);
    }),
  });
  const failures = new WeakMap<object, unknown>();
  const handler = new StandardOpenAPIHandler(router, {
    interceptors: [
      async (options) => {
        try {
          return await options.next();
        } catch (thrown) {
          failures.set(options.context, unreadable(thrown));
          throw new ORPCError('INTERNAL_SERVER_ERROR');
        }
      },
    ],
  });
  return async ({ method, url, headers, body }, context) => {
    const result = await handler.handle(
      { method, url, headers: { ...headers }, body, signal: context.gone },
      { context },
    );
    if (failures.has(context)) throw failures.get(context);
    if (!result.matched) throw new Error('the contract has no such route');
    const { response } = result;
    return {
      status: response.status,
      headers: Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, String(value)])),
      body: response.body,
    };
  };
}
