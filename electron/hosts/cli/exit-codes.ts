/** Exit codes of the CLI (spec, RUN). A script can return the same numbers: `--json` is authoritative. */
import type { ErrorCode } from '#shared/lib/app-error.ts';
import type { Verdict } from '#shared/domain/run.ts';

export const EXIT = {
  ok: 0,
  /** A command that ran and found something wrong. */
  notOk: 1,
  usage: 2,
  limitExceeded: 123,
  timedOut: 124,
  broken: 125,
  refused: 126,
  cancelled: 130,
  outOfMemory: 137,
} as const;

const REFUSALS: ReadonlySet<ErrorCode> = new Set(['plan-refused', 'policy-invalid', 'input-invalid']);

/** The exit code of an error: 126 when a person's request was refused, else 125. */
export function exitOfError(code: ErrorCode): number {
  return REFUSALS.has(code) ? EXIT.refused : EXIT.broken;
}

/** The exit code of a finished run. */
export function exitOfVerdict({ outcome, exitCode }: Pick<Verdict, 'outcome' | 'exitCode'>): number {
  switch (outcome) {
    case 'succeeded':
      return exitCode ?? EXIT.ok;
    case 'failed':
      return exitCode ?? EXIT.notOk;
    case 'timed-out':
      return EXIT.timedOut;
    case 'out-of-memory':
      return EXIT.outOfMemory;
    case 'limit-exceeded':
      return EXIT.limitExceeded;
    case 'cancelled':
      return EXIT.cancelled;
    case 'engine-lost':
    case 'engine-error':
      return EXIT.broken;
  }
}
