/** Workflows of a scripted core: files are read for real, nothing is run. */
import { AppError } from '#shared/lib/app-error.ts';
import { readWorkflows } from '#shared/workflow/read.ts';
import type { WorkflowsApi } from '../../core.ts';

function none(): AppError {
  return new AppError({
    code: 'input-invalid',
    message: 'There is no such workflow.',
    next: 'Choose one from the list.',
  });
}

export function scriptedWorkflows(): WorkflowsApi {
  return {
    async plan({ name, text, workflow: wanted }) {
      const { workflows, problems } = readWorkflows(name, text);
      const [only] = workflows.values();
      const found = wanted === undefined ? (workflows.size === 1 ? only : undefined) : workflows.get(wanted);
      return {
        names: [...workflows.keys()],
        workflow: found?.name ?? null,
        description: found?.description ?? '',
        order: found?.graph.order ?? 'list',
        steps: (found?.steps ?? []).map((step) => ({
          id: step.id,
          title: step.title,
          needs: [...(found?.graph.needs.get(step.id) ?? [])],
          rank: found?.graph.rank.get(step.id) ?? 0,
          runtime: step.runtime,
          image: null,
          script: step.run ?? step.script ?? '',
          line: step.line,
          condition: step.condition,
          secrets: [...step.secrets],
          policy: 'untrusted',
          summary: 'No network · 64 MiB · ¼ core · 1 min · files read-only',
          changed: [],
          findings: [],
          refusal: null,
        })),
        file: { path: name, hash: '0'.repeat(64), approved: false, heldBack: [] },
        problems,
        warnings: [],
        secrets: [],
      };
    },
    start: async () => {
      throw none();
    },
    list: () => [],
    get() {
      throw none();
    },
    launch() {
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
