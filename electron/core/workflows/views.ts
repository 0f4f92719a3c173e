/** What can be seen of workflows, those that go on here and all others (WF-1). */
import type { WorkflowDetail, WorkflowSummary } from '#shared/domain/workflow.ts';
import { AppError } from '#shared/lib/app-error.ts';
import { showShort } from '#shared/script/display.ts';
import { readWorkflows } from '#shared/workflow/read.ts';
import type { WorkflowsMessage } from '../core.ts';
import { News, pause } from '../runs/news.ts';
import type { LiveWorkflow } from './live.ts';
import { endedVariables } from './result.ts';
import type { KeptWorkflow, WorkflowStore } from './store.ts';

export interface WorkflowViewsDeps {
  readonly store: WorkflowStore;
  /** Those that go on in this process, by id. */
  readonly live: ReadonlyMap<string, LiveWorkflow>;
  readonly ownerAlive: (owner: string) => boolean;
}

const LIST_FIRST = 100;
const LIST_EVERY_MS = 100;
const WATCH_EVERY_MS = 100;
/** Steps from which on a workflow is told less often: its whole state is one message. */
const LARGE = 200;
const LARGE_EVERY_MS = 500;
/** How often one that goes on in another process is looked at. */
const ELSEWHERE_EVERY_MS = 500;

export class WorkflowViews {
  readonly #deps: WorkflowViewsDeps;
  readonly #news = new News<string>();

  constructor(deps: WorkflowViewsDeps) {
    this.#deps = deps;
  }

  /** Something of this workflow is new, or it is gone. */
  changed(id: string): void {
    this.#news.publish(id, id);
  }

  /** Throws AppError `input-invalid` for one that never was, or is removed. */
  require(id: string): KeptWorkflow & { readonly owner: string } {
    const found = this.#deps.store.get(id);
    if (found !== null) return found;
    throw new AppError({
      code: 'input-invalid',
      message: `There is no workflow ${showShort(id, 40)}.`,
      next: 'Choose one from the list of workflows.',
    });
  }

  get(id: string): WorkflowDetail {
    const going = this.#deps.live.get(id);
    if (going !== undefined) return going.detail();
    const { summary, plan, steps, launch } = this.require(id);
    const own = readWorkflows(launch.name, launch.text).workflows.get(summary.workflow)?.variables ?? {};
    const variables = endedVariables(own, launch.variables, steps, this.#deps.store.results(id));
    return { summary, plan, steps: [...steps], text: launch.text, variables };
  }

  list(before: string | undefined, limit: number): WorkflowSummary[] {
    return this.#deps.store.list(before, limit).map((one) => this.#deps.live.get(one.id)?.summary() ?? one);
  }

  async *watch(id: string, signal?: AbortSignal): AsyncGenerator<WorkflowDetail, void, undefined> {
    const { live, store } = this.#deps;
    if (!live.has(id)) {
      yield* this.#watchElsewhere(id, signal);
      return;
    }
    const { batches, end } = this.#listen(this.get(id).steps.length > LARGE ? LARGE_EVERY_MS : WATCH_EVERY_MS, signal);
    try {
      let next = batches.next();
      while (store.has(id)) {
        const detail = this.get(id);
        yield detail;
        if (detail.summary.state === 'finished') return;
        for (let about = false; !about; next = batches.next()) {
          const batch = await next;
          if (batch.done === true) return;
          about = batch.value.includes(id);
        }
      }
    } finally {
      end();
    }
  }

  async *watchList(signal?: AbortSignal): AsyncGenerator<WorkflowsMessage, void, undefined> {
    const { batches, end } = this.#listen(LIST_EVERY_MS, signal);
    try {
      const first = batches.next();
      yield { type: 'all', workflows: this.list(undefined, LIST_FIRST) };
      for (let batch = await first; batch.done !== true; batch = await batches.next())
        for (const id of batch.value) {
          const workflow = this.#deps.live.get(id)?.summary() ?? this.#deps.store.get(id)?.summary;
          yield workflow === undefined ? { type: 'removed', id } : { type: 'changed', workflow };
        }
    } finally {
      end();
    }
  }

  /** One that is over, or goes on in another process: what that one writes down is looked at again and again. */
  async *#watchElsewhere(id: string, signal?: AbortSignal): AsyncGenerator<WorkflowDetail, void, undefined> {
    const { store, ownerAlive } = this.#deps;
    let told = '';
    while (signal?.aborted !== true && (told === '' || store.has(id))) {
      const { owner, summary, steps } = this.require(id);
      const shown = JSON.stringify([summary, steps]);
      if (shown !== told) yield this.get(id);
      told = shown;
      if (summary.state === 'finished' || !ownerAlive(owner)) return;
      await pause(ELSEWHERE_EVERY_MS, signal);
    }
  }

  /** News until `end` is called, which also ends somebody's wait for the next. */
  #listen(everyMs: number, signal: AbortSignal | undefined) {
    const ending = new AbortController();
    const either = signal === undefined ? ending.signal : AbortSignal.any([signal, ending.signal]);
    return { batches: this.#news.subscribe(everyMs, either), end: () => ending.abort() };
  }
}
