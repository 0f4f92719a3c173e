/** What became different in a workflow that is watched, so that its plan and file travel once (WF-1). Pure. */
import type { WorkflowChange, WorkflowDetail } from '../domain/workflow.ts';

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** What has to be told to somebody who knows `before`; the steps of a workflow stay the same ones, in the same order. */
export function changesOf(before: WorkflowDetail, after: WorkflowDetail): WorkflowChange {
  return {
    summary: after.summary,
    steps: after.steps.filter((step, at) => !same(step, before.steps[at])),
    ...(same(before.variables, after.variables) ? {} : { variables: after.variables }),
  };
}

/** The detail after a change; a step that did not change stays the same object. */
export function withChanges(detail: WorkflowDetail, { summary, steps, variables }: WorkflowChange): WorkflowDetail {
  const changed = new Map(steps.map((step) => [step.id, step]));
  return {
    ...detail,
    summary,
    steps: steps.length === 0 ? detail.steps : detail.steps.map((step) => changed.get(step.id) ?? step),
    ...(variables === undefined ? {} : { variables }),
  };
}
