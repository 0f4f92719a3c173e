/** Workflows as REST sees them: begun once per key, only by whom they belong to, told in one shape (HOST-3, WF-1). */
import type { ParsedStartWorkflow, RestWorkflow } from '#shared/contract/rest/rest-workflows.ts';
import type { WorkflowLaunch } from '#shared/contract/workflows.ts';
import type { WorkflowDetail } from '#shared/domain/workflow.ts';
import type { Token } from '#shared/domain/token.ts';
import { WIDTH } from '#shared/workflow/machine.ts';
import { readWorkflows } from '#shared/workflow/read.ts';
import type { Core } from '#core/core.ts';
import { Keyed, type Asker } from './keyed.ts';
import { checkNames, filesOf, namedPolicy } from './launch.ts';
import type { Quotas, Wanted } from './quota.ts';
import { requireEngine } from './runs.ts';

/** Mistakes are told with their place in this file. */
const NAME = 'workflow.yaml';

function launchOf(request: ParsedStartWorkflow, token: Token): WorkflowLaunch {
  checkNames(request, token);
  const { workflow, input, variables, trust, set, env, secrets } = request;
  const policy = namedPolicy(request, token);
  return {
    name: NAME,
    text: request.file,
    files: filesOf(request.scripts ?? []),
    ...(policy !== undefined && { policy }),
    ...(workflow !== undefined && { workflow }),
    ...(input !== undefined && { input }),
    ...(variables !== undefined && { variables }),
    ...(trust !== undefined && { trust }),
    ...(set !== undefined && { set }),
    ...(env !== undefined && { env }),
    ...(secrets !== undefined && { secrets }),
  };
}

/** What it takes of a quota; of a file that cannot be read the core says why. */
function wantedBy({ text, workflow }: WorkflowLaunch): Wanted {
  const { workflows } = readWorkflows(NAME, text);
  const [only] = workflows.values();
  const found = workflow === undefined ? only : workflows.get(workflow);
  const steps = Math.max(1, found?.steps.length ?? 1);
  return { atOnce: found?.graph.order === 'list' ? 1 : Math.min(steps, WIDTH), runs: steps };
}

function statusOf({ summary, steps, plan, variables }: WorkflowDetail): RestWorkflow {
  const { id, workflow, state, outcome, startedAt, endedAt } = summary;
  const held = plan.file?.heldBack ?? [];
  return {
    id,
    workflow,
    state,
    success: outcome === null ? null : outcome === 'succeeded',
    outcome,
    steps: steps.map((step) => ({
      id: step.id,
      state: step.state,
      why: step.why,
      run: step.runs[0] ?? null,
      outcome: step.outcome,
    })),
    variables,
    warnings: [
      ...held.map(({ step, label, asked, kept }) => `${step}: ${label} ${asked} is not in force, it stays ${kept}.`),
      ...plan.warnings,
    ],
    duration: endedAt === null ? null : endedAt - startedAt,
  };
}

export class RestWorkflows {
  readonly #core: Core;
  readonly #quotas: Quotas;
  readonly #keyed: Keyed;

  /** `quotas`: those that the runs count for as well. */
  constructor(core: Core, quotas: Quotas) {
    this.#core = core;
    this.#quotas = quotas;
    this.#keyed = new Keyed('workflow', core.remote.workflows);
  }

  /** Begins a workflow, or finds the one of this key; resolves with its id. */
  async begin(request: ParsedStartWorkflow, asker: Asker): Promise<string> {
    return await this.#keyed.begin(request, asker, async (key) => {
      const { token } = asker;
      const launch = launchOf(request, token);
      requireEngine(this.#core);
      const over = this.#quotas.take(token, wantedBy(launch));
      try {
        const { id } = await this.#core.workflows.start(launch, { token: token.name, ceilings: token.ceilings });
        this.#core.remote.workflows.remember(id, token.name, key);
        void this.#end(id).finally(() => over());
        return id;
      } catch (failure) {
        over(true);
        throw failure;
      }
    });
  }

  /** Throws 404 for a workflow that is not this token's. */
  owned(id: string, asker: Asker): void {
    this.#keyed.owned(id, asker);
  }

  /** Resolves when every step has ended, or the signal says to wait no longer. */
  async ended(id: string, signal: AbortSignal): Promise<void> {
    await this.#end(id, signal);
  }

  status(id: string): RestWorkflow {
    return statusOf(this.#core.workflows.get(id));
  }

  async stop(id: string, { token }: Asker): Promise<void> {
    if (this.#core.workflows.get(id).summary.state === 'finished') return;
    await this.#core.workflows.stop(id, { token: token.name, ceilings: token.ceilings });
  }

  /** Never rejects. */
  async #end(id: string, signal?: AbortSignal): Promise<void> {
    try {
      const details = this.#core.workflows.watch(id, signal)[Symbol.asyncIterator]();
      for (let next = await details.next(); next.done !== true; next = await details.next());
    } catch {
      // One that cannot be watched is over or gone: its status says which.
    }
  }
}
