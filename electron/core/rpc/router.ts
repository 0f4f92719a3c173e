/** The contract over a core: validates both ways, forwards, and shapes streams for viewers. Decides nothing. */
import { implement } from '@orpc/server';
import { contract } from '#shared/contract/index.ts';
import type { Launch } from '#shared/contract/runs.ts';
import type { RunEvent } from '#shared/domain/run.ts';
import type { WorkflowChange, WorkflowDetail } from '#shared/domain/workflow.ts';
import { toBase64 } from '#shared/script/bytes.ts';
import { changesOf } from '#shared/workflow/changes.ts';
import type { Core, ListMessage, PoliciesMessage, WorkflowsMessage } from '../core.ts';
import { coalesce, guarded } from './streams.ts';

/** A file that the host was started with, in the form that `takeOpened` hands over. */
export type Opened = Pick<Launch, 'name' | 'entry' | 'files' | 'project' | 'folder'>;

/** What a host adds to the core. */
export interface HostSide {
  /** Hands over what was opened, once; null when there is nothing. */
  takeOpened(): Promise<Opened | null>;
}

const LIST_MS = 100;
const EVENTS_MS = 16;

/** Keeps the last message about each thing; a whole list replaces everything before it. */
function mergeBy<M extends { readonly type: string }>(messages: readonly M[], keyOf: (message: M) => string): M[] {
  const start = messages.findLastIndex((message) => message.type === 'all');
  const all = messages.slice(Math.max(start, 0), start + 1);
  const later = new Map<string, M>();
  for (const message of messages.slice(start + 1)) {
    const key = keyOf(message);
    later.delete(key);
    later.set(key, message);
  }
  return [...all, ...later.values()];
}

/** Keeps the last message of each run; a whole list replaces everything before it. */
export function mergeList(messages: readonly ListMessage[]): ListMessage[] {
  return mergeBy(messages, (message) =>
    message.type === 'changed' || message.type === 'older'
      ? message.run.id
      : message.type === 'removed'
        ? message.id
        : '',
  );
}

/** Keeps the last message of each policy and of the context. */
function mergePolicies(messages: readonly PoliciesMessage[]): PoliciesMessage[] {
  return mergeBy(messages, (message) =>
    message.type === 'changed' ? message.policy.name : message.type === 'removed' ? message.name : '',
  );
}

/** Keeps the last message of each workflow. */
function mergeWorkflows(messages: readonly WorkflowsMessage[]): WorkflowsMessage[] {
  return mergeBy(messages, (message) =>
    message.type === 'changed' ? message.workflow.id : message.type === 'removed' ? message.id : '',
  );
}

/** Tells the whole state once, and then what changed. */
async function* changesOnly(
  details: AsyncIterable<WorkflowDetail>,
): AsyncGenerator<{ type: 'all'; detail: WorkflowDetail } | { type: 'changed'; change: WorkflowChange }> {
  let told: WorkflowDetail | null = null;
  for await (const detail of details) {
    yield told === null ? { type: 'all', detail } : { type: 'changed', change: changesOf(told, detail) };
    told = detail;
  }
}

function mergeEvents(batches: readonly RunEvent[][]): RunEvent[][] {
  const events = batches.flat();
  return events.length > 0 ? [events] : [];
}

/** The router that every transport serves. */
export function createRouter(core: Core, host: HostSide) {
  const os = implement(contract);
  const { alerts, audit, files, history, policies, runs, system, workflows } = core;
  return os.router({
    alerts: {
      list: os.alerts.list.handler(() => alerts.list()),
      watch: os.alerts.watch.handler(({ signal }) => guarded(alerts.watch(signal), signal)),
      markRead: os.alerts.markRead.handler(({ input }) => {
        alerts.markRead(input.ids);
        return {};
      }),
      clear: os.alerts.clear.handler(() => {
        alerts.clear();
        return {};
      }),
    },
    audit: {
      page: os.audit.page.handler(({ input }) => audit.page(input.filter, input.before, input.limit)),
      watch: os.audit.watch.handler(({ signal }) => guarded(audit.watch(signal), signal)),
      check: os.audit.check.handler(({ signal }) => guarded(audit.check(), signal)),
      exportRecords: os.audit.exportRecords.handler(({ input, signal }) =>
        guarded(audit.exportRecords(input.filter, input.form), signal),
      ),
    },
    policies: {
      list: os.policies.list.handler(() => policies.list()),
      watch: os.policies.watch.handler(({ signal }) =>
        coalesce(guarded(policies.watch(signal), signal), LIST_MS, mergePolicies),
      ),
      get: os.policies.get.handler(({ input }) => policies.get(input.name)),
      opened: os.policies.opened.handler(async ({ input }) => {
        await policies.opened(input.name);
        return {};
      }),
      save: os.policies.save.handler(async ({ input }) => ({
        policy: await policies.save(input.name, input.text, input.revision),
      })),
      rename: os.policies.rename.handler(async ({ input }) => ({
        policy: await policies.rename(input.name, input.to, input.revision),
      })),
      remove: os.policies.remove.handler(async ({ input }) => {
        await policies.remove(input.name, input.revision);
        return {};
      }),
      approvals: os.policies.approvals.handler(() => policies.approvals()),
      approveProject: os.policies.approveProject.handler(async ({ input }) => {
        await policies.approveProject(input.path, input.hash);
        return {};
      }),
      revokeProject: os.policies.revokeProject.handler(async ({ input }) => {
        await policies.revokeProject(input.path);
        return {};
      }),
    },
    runs: {
      plan: os.runs.plan.handler(({ input }) => runs.plan(input)),
      levels: os.runs.levels.handler(({ input }) => runs.levels(input.runtime)),
      start: os.runs.start.handler(({ input }) => runs.start(input)),
      list: os.runs.list.handler(() => runs.list()),
      watchList: os.runs.watchList.handler(({ signal }) =>
        coalesce(guarded(runs.watchList(signal), signal), LIST_MS, mergeList),
      ),
      get: os.runs.get.handler(({ input }) => runs.get(input.id)),
      watch: os.runs.watch.handler(({ input, signal }) =>
        coalesce(guarded(runs.watch(input.id, input.after, signal), signal), EVENTS_MS, mergeEvents),
      ),
      output: os.runs.output.handler(({ input, signal }) =>
        guarded(runs.output(input.id, input.from ?? 0, signal), signal),
      ),
      ack: os.runs.ack.handler(({ input }) => {
        runs.ack(input.viewer, input.seq);
        return {};
      }),
      saveOutput: os.runs.saveOutput.handler(async ({ input }) => ({ text: await runs.saveOutput(input.id) })),
      stdin: os.runs.stdin.handler(async ({ input }) => {
        await runs.stdin(input.id, input.data, input.end ?? false);
        return {};
      }),
      resize: os.runs.resize.handler(async ({ input }) => {
        await runs.resize(input.id, input.columns, input.rows);
        return {};
      }),
      pause: os.runs.pause.handler(async ({ input }) => {
        await runs.pause(input.id);
        return {};
      }),
      resume: os.runs.resume.handler(async ({ input }) => {
        await runs.resume(input.id);
        return {};
      }),
      allow: os.runs.allow.handler(({ input }) => runs.allow(input.id, input.rule, input.save ?? false)),
      stop: os.runs.stop.handler(async ({ input }) => {
        await runs.stop(input.id);
        return {};
      }),
      stopAll: os.runs.stopAll.handler(async () => ({ stopped: await runs.stopAll() })),
      reorder: os.runs.reorder.handler(async ({ input }) => {
        await runs.reorder(input.id, input.before);
        return {};
      }),
      giveSecrets: os.runs.giveSecrets.handler(async ({ input }) => {
        await runs.giveSecrets(input.id, input.secrets);
        return {};
      }),
      remove: os.runs.remove.handler(async ({ input }) => {
        await runs.remove(input.id);
        return {};
      }),
    },
    files: {
      list: os.files.list.handler(async ({ input }) => ({ data: await files.list(input.run) })),
      read: os.files.read.handler(async ({ input }) => {
        const { bytes, size } = await files.read(input.run, input.path, input.from, input.length);
        return { content: toBase64(bytes), size };
      }),
      compare: os.files.compare.handler(async ({ input }) => ({ files: await files.compare(input.a, input.b) })),
      zip: os.files.zip.handler(({ input }) => files.zip(input.run)),
    },
    kept: {
      list: os.kept.list.handler(() => core.kept.list()),
      remove: os.kept.remove.handler(async ({ input }) => {
        await core.kept.remove(input.run);
        return {};
      }),
    },
    history: {
      page: os.history.page.handler(({ input }) => history.page(input.filter, input.before, input.limit)),
      count: os.history.count.handler(({ input }) => history.count(input.filter)),
      mark: os.history.mark.handler(({ input: { ids, ...marks } }) => ({ marked: history.mark(ids, marks) })),
      remove: os.history.remove.handler(async ({ input }) => ({ removed: await history.remove(input.ids) })),
      watchHealth: os.history.watchHealth.handler(({ signal }) => guarded(history.watchHealth(signal), signal)),
      startFresh: os.history.startFresh.handler(() => history.startFresh()),
      launch: os.history.launch.handler(({ input }) => history.launch(input.id)),
      filters: os.history.filters.handler(() => history.filters()),
      saveFilter: os.history.saveFilter.handler(({ input }) => {
        history.saveFilter(input);
        return {};
      }),
      removeFilter: os.history.removeFilter.handler(({ input }) => {
        history.removeFilter(input.name);
        return {};
      }),
      usage: os.history.usage.handler(({ input }) => history.usage(input.by, input.filter)),
      insights: os.history.insights.handler(({ input }) => history.insights(input)),
      exportRuns: os.history.exportRuns.handler(({ input }) => history.exportRuns(input.filter, input.form)),
    },
    workflows: {
      plan: os.workflows.plan.handler(({ input }) => workflows.plan(input)),
      start: os.workflows.start.handler(({ input }) => workflows.start(input)),
      list: os.workflows.list.handler(({ input }) => workflows.list(input.before, input.limit ?? 100)),
      get: os.workflows.get.handler(({ input }) => workflows.get(input.id)),
      watch: os.workflows.watch.handler(({ input, signal }) =>
        changesOnly(guarded(workflows.watch(input.id, signal), signal)),
      ),
      launch: os.workflows.launch.handler(({ input }) => workflows.launch(input.id)),
      watchList: os.workflows.watchList.handler(({ signal }) =>
        coalesce(guarded(workflows.watchList(signal), signal), LIST_MS, mergeWorkflows),
      ),
      stop: os.workflows.stop.handler(async ({ input }) => {
        await workflows.stop(input.id);
        return {};
      }),
      retry: os.workflows.retry.handler(async ({ input }) => {
        await workflows.retry(input.id, input.step, input.secrets ?? {});
        return {};
      }),
      remove: os.workflows.remove.handler(async ({ input }) => {
        await workflows.remove(input.id);
        return {};
      }),
    },
    system: {
      doctor: os.system.doctor.handler(() => system.doctor()),
      watchEngine: os.system.watchEngine.handler(({ signal }) => guarded(system.watchEngine(signal), signal)),
      retryEngine: os.system.retryEngine.handler(({ input }) => system.retryEngine(input)),
      images: os.system.images.handler(() => system.images()),
      buildImages: os.system.buildImages.handler(({ input, signal }) =>
        guarded(system.buildImages(input.runtimes, input.force ?? false, signal), signal),
      ),
      pool: os.system.pool.handler(() => system.pool()),
      samples: os.system.samples.handler(() => system.samples()),
      settings: os.system.settings.handler(() => system.settings()),
      setSetting: os.system.setSetting.handler(async ({ input }) => {
        await system.setSetting(input.key, input.value);
        return {};
      }),
      selfCheck: os.system.selfCheck.handler(({ signal }) => guarded(system.selfCheck(signal), signal)),
      takeOpened: os.system.takeOpened.handler(() => host.takeOpened()),
    },
  });
}

export type BellglassRouter = ReturnType<typeof createRouter>;
