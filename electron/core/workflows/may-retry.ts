/** Whether a step of a workflow that is over can run again (WF-1, RUN-13). */
import { AppError } from '#shared/lib/app-error.ts';
import { ancestorsOf } from '#shared/workflow/graph.ts';
import { retryProblem } from '#shared/workflow/machine.ts';
import type { ReadWorkflow } from '#shared/workflow/read.ts';
import { positionOf, stepsOf } from './position.ts';
import type { StepResult } from './result.ts';
import type { KeptWorkflow } from './store.ts';

export interface RetryAsked {
  readonly found: KeptWorkflow;
  readonly workflow: ReadWorkflow;
  readonly step: string;
  readonly secrets: Readonly<Record<string, string>>;
  readonly results: ReadonlyMap<string, StepResult>;
}

function refusal(message: string, why: string, next: string): AppError {
  return new AppError({ code: 'input-invalid', message, why, next });
}

/** Throws AppError `input-invalid` with what stands in the way. */
export function mustRetry({ found, workflow, step, secrets, results }: RetryAsked): void {
  const why = 'A step runs again with what the steps before it gave back.';
  if (found.summary.state !== 'finished')
    throw refusal('The workflow still goes on.', why, 'Wait for its end, or stop it.');
  const all = stepsOf(workflow);
  const problem = retryProblem(all, positionOf(found), step);
  if (problem !== null) throw refusal(problem, why, 'Choose a step whose earlier ones have succeeded.');
  const again = workflow.steps.filter((one) => one.id === step || ancestorsOf(all, one.id).includes(step));
  const ids = new Set(again.map((one) => one.id));
  const ran = new Set(found.steps.filter(({ outcome }) => outcome !== null).map(({ id }) => id));
  const gone = again.flatMap(({ refers }) => refers).find((id) => !ids.has(id) && ran.has(id) && !results.has(id));
  if (gone !== undefined)
    throw refusal(
      `What step ${gone} gave back is not kept any more.`,
      'Results of workflows that are over are kept as long as output is.',
      `Run ${gone} again.`,
    );
  const absent = [...new Set(again.flatMap((one) => one.secrets))].filter((name) => !Object.hasOwn(secrets, name));
  if (absent.length > 0)
    throw refusal(
      `The step needs ${absent.length === 1 ? 'the secret' : 'the secrets'} ${absent.slice(0, 12).join(', ')}.`,
      'Secrets are given at each start and kept nowhere.',
      'Give them again.',
    );
}
