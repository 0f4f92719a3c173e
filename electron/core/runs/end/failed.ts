/** Runs whose script never came to its end. Pure. */
import type { Verdict } from '#shared/domain/run.ts';
import { verdict, type EndFacts } from '#shared/domain/progress/verdict.ts';
import type { AppError } from '#shared/lib/app-error.ts';

/** The engine went away while the script ran, and this is why. */
export function lostDuring(message: string): EndFacts['failure'] {
  return { kind: 'engine-lost', message, next: 'Run it again when the engine is back; its output so far is kept.' };
}

/** `gone`: why the engine is, null when it is there. */
export function failedVerdict(error: AppError, { stopped, gone }: { stopped: boolean; gone: string | null }): Verdict {
  const failure: EndFacts['failure'] =
    gone === null
      ? {
          kind: 'engine-error',
          message: error.why ? `${error.message} ${error.why}` : error.message,
          next: error.next ?? 'Run `bellglass doctor`.',
        }
      : { kind: 'engine-lost', message: gone, next: 'Run it again when the engine is back.' };
  return verdict({
    stopped,
    breach: null,
    failure: stopped ? null : failure,
    exitCode: null,
    signal: undefined,
    oomKills: 0,
    sandboxEnded: true,
    memoryLimit: 0,
    wallLimit: 0,
    // No line of the policy ended it.
    rule: () => '',
  });
}
