/** What of an error may cross to a viewer: our own sentences, never a stack, never an unknown error's text. */
import { ORPCError } from '@orpc/client';
import { ValidationError } from '@orpc/contract';
import { AppError } from '#shared/lib/app-error.ts';
import type { AppErrorData } from '#shared/lib/app-error.ts';
import type { Log } from '../storage/log.ts';

/** The typed error of the contract. */
export type WireError = ORPCError<'BELLGLASS', AppErrorData>;

function wire(data: AppErrorData): WireError {
  return new ORPCError('BELLGLASS', { defined: true, status: 400, message: data.message, data });
}

/** Where in a value an issue is, as code would write it. */
export function place(path: readonly unknown[] | undefined): string {
  const keys = (path ?? []).map((part) => {
    const key = typeof part === 'object' && part !== null && 'key' in part ? part.key : part;
    return typeof key === 'number' ? `[${key}]` : `.${String(key)}`;
  });
  return keys.join('').replace(/^\./, '') || 'the request';
}

function inputInvalid(cause: unknown): AppErrorData {
  const issue = cause instanceof ValidationError ? cause.issues[0] : undefined;
  return {
    code: 'input-invalid',
    message: 'Bellglass got a request that it cannot read.',
    why: issue ? `${place(issue.path)}: ${issue.message}.` : 'Its form is not the one that this version expects.',
    next: 'Reload the page, so that both sides have the same version.',
  };
}

const INTERNAL: AppErrorData = {
  code: 'internal',
  message: 'Bellglass met an error that it does not know.',
  why: 'The text of it is in the app log only, because it may name files of this computer.',
  next: 'Try again; if it happens twice, send the output of `bellglass doctor --bundle`.',
};

/**
 * Turns anything thrown into the contract's typed error.
 * Unknown errors are logged in full here and cross as `internal` without their text.
 */
export function toWireError(thrown: unknown, log: Log): WireError {
  if (thrown instanceof AppError) {
    const { details, ...rest } = thrown.toData();
    return wire(thrown.code === 'internal' ? rest : { ...rest, details });
  }
  if (thrown instanceof ORPCError) {
    if (thrown.code === 'BELLGLASS' && thrown.defined) return thrown as WireError;
    if (thrown.code === 'BAD_REQUEST') return wire(inputInvalid(thrown.cause));
  }
  const cause = thrown instanceof ORPCError ? thrown.cause : undefined;
  const issues = cause instanceof ValidationError ? cause.issues.slice(0, 5) : undefined;
  log.error('a call failed with an unknown error', {
    error: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown),
    ...(issues && { issues: issues.map((issue) => `${place(issue.path)}: ${issue.message}`) }),
  });
  return wire(INTERNAL);
}
