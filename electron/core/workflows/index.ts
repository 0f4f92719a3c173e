/** Workflows: what the contract promises of them (WF-1). */
import { AppError } from '#shared/lib/app-error.ts';
import type { WorkflowsApi } from '../core.ts';
import { planWorkflow, type WorkflowPlanDeps } from './plan.ts';

/** Plans now; starting follows. */
export function createWorkflows(deps: WorkflowPlanDeps): WorkflowsApi {
  const none = (): AppError =>
    new AppError({ code: 'input-invalid', message: 'There is no such workflow.', next: 'Choose one from the list.' });
  return {
    plan: async (launch) => (await planWorkflow(deps, launch)).plan,
    start: async () => {
      throw none();
    },
    list: () => [],
    get() {
      throw none();
    },
    // eslint-disable-next-line require-yield
    async *watch() {
      throw none();
    },
    async *watchList() {
      yield { type: 'all', workflows: [] };
    },
    stop: async () => {
      throw none();
    },
    retry: async () => {
      throw none();
    },
    remove: async () => {
      throw none();
    },
  };
}
