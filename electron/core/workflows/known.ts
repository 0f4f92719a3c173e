/** What is known when a step begins: values that were given, and what earlier steps gave back (WF-1). */
import type { WorkflowLaunch } from '#shared/contract/workflows.ts';
import type { Json, RunData } from '#shared/domain/exchange.ts';
import type { Scope } from '#shared/workflow/expression.ts';
import { ancestorsOf } from '#shared/workflow/graph.ts';
import type { ReadWorkflow } from '#shared/workflow/read.ts';
import { factsOf, RESULTS_LIMIT, resultOf, type StepResult } from './result.ts';

export class Known {
  readonly #workflow: ReadWorkflow;
  readonly #launch: Pick<WorkflowLaunch, 'input' | 'variables'>;
  readonly #results: Map<string, StepResult>;
  /** Steps that some other one refers to: their output is kept. */
  readonly #wanted: ReadonlySet<string>;

  constructor(
    workflow: ReadWorkflow,
    launch: Pick<WorkflowLaunch, 'input' | 'variables'>,
    results: ReadonlyMap<string, StepResult>,
  ) {
    this.#workflow = workflow;
    this.#launch = launch;
    this.#results = new Map(results);
    this.#wanted = new Set(workflow.steps.flatMap(({ refers }) => refers));
  }

  /** Keeps what a step gave back; `problem` is one sentence when something of it cannot be used. */
  add(id: string, data: RunData | null, exitCode: number | null): ReturnType<typeof resultOf> {
    let room = RESULTS_LIMIT;
    for (const { bytes } of this.#results.values()) room -= bytes;
    const found = resultOf(data, exitCode, this.#wanted.has(id), room);
    this.#results.set(id, found.result);
    return found;
  }

  forget(id: string): void {
    this.#results.delete(id);
  }

  /** Given at start or in the file, then what these steps have set, in the order of the file. */
  variables(ids: readonly string[] = this.#workflow.graph.ids): Record<string, Json> {
    const variables = new Map<string, Json>(Object.entries(this.#workflow.variables));
    const add = (all: Readonly<Record<string, Json>> | undefined): void => {
      for (const [name, value] of Object.entries(all ?? {})) variables.set(name, value);
    };
    add(this.#launch.variables as Record<string, Json> | undefined);
    for (const id of ids) add(this.#results.get(id)?.variables);
    return Object.fromEntries(variables);
  }

  /** What expressions of a step can name; `stateOf` how a step ended. */
  scope(id: string, stateOf: (step: string) => string): Scope {
    // An expression can only name what it refers to.
    const named = this.#workflow.steps.find((step) => step.id === id)?.refers ?? [];
    return {
      steps: Object.fromEntries(named.map((one) => [one, factsOf(stateOf(one), this.#results.get(one))])),
      variables: this.variables(ancestorsOf(this.#workflow.graph, id)),
      input: (this.#launch.input ?? null) as Json,
    };
  }
}
