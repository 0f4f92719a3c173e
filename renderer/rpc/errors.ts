/** Errors as the renderer shows them: always the contract's form, whatever was thrown. */
import { ORPCError } from '@orpc/client';
import { AppError } from '#shared/lib/app-error.ts';
import type { AppErrorData } from '#shared/lib/app-error.ts';

/** A call or stream that ended because the connection to Bellglass did; the connection comes back by itself. */
export class ConnectionLost extends AppError {
  constructor() {
    super({
      code: 'internal',
      message: 'The connection to Bellglass was lost.',
      why: 'Bellglass was closed, or this page was put to sleep.',
      next: 'Wait a moment: it connects again by itself.',
    });
  }
}

/** The connection was refused for good, e.g. because the page has no token. */
export class ConnectionRefused extends AppError {
  constructor(why: string) {
    super({
      code: 'auth',
      message: 'Bellglass does not know this page.',
      why,
      next: 'Open the address that Bellglass printed when it started.',
    });
  }
}

/** What to show of anything that a call or stream threw. */
export function toErrorData(thrown: unknown): AppErrorData {
  if (thrown instanceof AppError) return thrown.toData();
  if (thrown instanceof ORPCError && thrown.code === 'BELLGLASS') return thrown.data as AppErrorData;
  return {
    code: 'internal',
    message: 'Bellglass met an error that it does not know.',
    why: thrown instanceof Error ? thrown.message : String(thrown),
    next: 'Try again; if it happens twice, send the output of `bellglass doctor --bundle`.',
  };
}
