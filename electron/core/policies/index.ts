/** Own policies: what the contract promises of them, and what a plan asks for. */
import { join } from 'node:path';
import type { OwnPolicy, PolicyContext } from '#shared/contract/policies.ts';
import type { Launch } from '#shared/contract/runs.ts';
import type { Capabilities } from '#shared/domain/engine.ts';
import type { Runtime, RunSummary } from '#shared/domain/run.ts';
import { AppError } from '#shared/lib/app-error.ts';
import type { PlanInput, PlanSettings } from '#shared/policy/plan/plan.ts';
import type { PoliciesApi, PoliciesMessage } from '../core.ts';
import { News } from '../runs/news.ts';
import type { SettingsStore } from '../settings/index.ts';
import type { Log } from '../storage/log.ts';
import { EXTENSION, look, readContent } from './files.ts';
import { PolicyFolder, type PolicyEntry } from './folder.ts';
import type { PolicyMemory } from './memory.ts';
import { watchOutside, type ToldOutside } from './outside.ts';
import { checkApproval, readProject } from './project.ts';
import { selectPolicy, type SelectedPolicy } from './select.ts';
import { usesOf } from './uses.ts';
import { watchChanges } from './watch.ts';
import { createPolicyWriter, problemError } from './write.ts';

const WATCH_EVERY_MS = 50;

export interface PoliciesDeps {
  /** `paths.config`. */
  readonly config: string;
  readonly memory: PolicyMemory;
  readonly settings: SettingsStore;
  readonly capabilities: () => Capabilities | null;
  readonly runs: () => readonly RunSummary[];
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly changedOutside?: ToldOutside;
  readonly log: Log;
}

export interface Policies {
  readonly api: PoliciesApi;
  /** See {@link selectPolicy}. */
  readonly select: (launch: Launch, runtime: Runtime, plan: PlanSettings) => Promise<SelectedPolicy | null>;
  /** See {@link readProject}. */
  readonly project: (launch: Launch) => PlanInput['project'];
  /** Keeps looking for changes from now on; without it files are looked at when they are asked for. */
  readonly watch: () => void;
  /** Something that the context or `usedBy` tells of may have changed. */
  readonly changed: () => void;
  dispose(): Promise<void>;
}

export function createPolicies(deps: PoliciesDeps): Policies {
  const { memory, settings, capabilities, runs, now, log } = deps;
  const folder = new PolicyFolder({ folder: join(deps.config, 'policies'), memory, now, log });
  const writer = createPolicyWriter(folder);
  const outside = watchOutside(folder, (name, revision) => deps.changedOutside?.(name, revision));
  const news = new News<PoliciesMessage>();
  let watching: { dispose(): Promise<void> } | null = null;
  let uses = '';

  const context = (): PolicyContext => {
    const { plan, mountFolders } = settings.current();
    return {
      values: plan.values,
      ceilings: plan.ceilings,
      defaultPolicy: plan.defaultPolicy,
      perRuntime: { ...plan.perRuntime },
      mountFolders: [...mountFolders],
      capabilities: capabilities(),
      folder: folder.folder,
    };
  };
  const present = (entries: readonly PolicyEntry[]): OwnPolicy[] => {
    const openedAt = memory.openedAt();
    const usedBy = usesOf(settings.current().plan, runs());
    return entries.map(({ name, path, revision, document, problems, modifiedAt }) => ({
      name,
      path,
      revision,
      document,
      problems: [...problems],
      modifiedAt,
      openedAt: openedAt.get(name) ?? null,
      usedBy: usedBy.get(name) ?? [],
    }));
  };
  const one = (entry: PolicyEntry): OwnPolicy => present([entry])[0] as OwnPolicy;
  const publish = (entry: PolicyEntry): void =>
    news.publish(`policy ${entry.name}`, { type: 'changed', policy: one(entry) });

  const find = async (name: string): Promise<PolicyEntry> => {
    await folder.ready();
    const entry = await folder.find(name);
    if (entry !== null) return entry;
    throw new AppError({
      code: 'input-invalid',
      message: `There is no policy ${JSON.stringify(name.slice(0, 80))}.`,
      why: `No file of that name is in ${folder.folder}.`,
      next: 'Choose one from the list.',
    });
  };

  folder.onChange((change) => {
    if (change.type === 'changed') publish(change.entry);
    else news.publish(`policy ${change.name}`, change);
  });

  const api: PoliciesApi = {
    async list() {
      await (watching === null ? folder.scan() : folder.ready());
      return { policies: present(folder.entries()), context: context() };
    },
    async *watch(signal) {
      start();
      await folder.ready();
      const batches = news.subscribe(WATCH_EVERY_MS, signal);
      const first = batches.next();
      try {
        yield { type: 'all', policies: present(folder.entries()), context: context() };
        for (let batch = await first; !batch.done; batch = await batches.next()) yield* batch.value;
      } finally {
        await batches.return(undefined);
      }
    },
    async get(name) {
      const entry = await find(name);
      const found = await look(folder.folder, `${name}${EXTENSION}`);
      const content = found?.target ? await readContent(entry.path, found.target) : (found?.problem ?? null);
      if (content === null) return { policy: one(await find(name)), text: '' };
      if (!('text' in content)) throw problemError([content]);
      return { policy: one(entry), text: content.text };
    },
    async opened(name) {
      const entry = await find(name);
      memory.opened(name, now());
      publish(entry);
    },
    async save(name, text, revision) {
      await folder.ready();
      const entry = await outside.ours([name], () => writer.save(name, text, revision));
      memory.opened(name, now());
      return one(entry);
    },
    async rename(name, to, revision) {
      await find(name);
      return one(await outside.ours([name, to], () => writer.rename(name, to, revision)));
    },
    async remove(name, revision) {
      await find(name);
      await outside.ours([name], () => writer.remove(name, revision));
    },
    approvals: () => memory.approvals(),
    async approveProject(path, hash) {
      checkApproval(path, hash);
      memory.approve({ path, hash, at: now() });
    },
    async revokeProject(path) {
      if (memory.revoke(path)) return;
      throw new AppError({
        code: 'input-invalid',
        message: 'This project file is not approved.',
        why: 'There is no approval for its path.',
        next: 'Nothing is left to do.',
      });
    },
  };

  function start(): void {
    watching ??= watchChanges(folder.folder, {
      async some(files) {
        for (const file of files) if (file.endsWith(EXTENSION)) await folder.refresh(file.slice(0, -EXTENSION.length));
      },
      all: () => folder.scan(),
    });
  }

  /** Policies whose uses changed are told anew. */
  function tellUses(): void {
    const now = usesOf(settings.current().plan, runs());
    const text = JSON.stringify([...now]);
    if (text === uses) return;
    uses = text;
    for (const policy of present(folder.entries())) news.publish(`policy ${policy.name}`, { type: 'changed', policy });
  }

  const stopSettings = settings.onChange(() => changed());
  function changed(): void {
    if (watching === null) return;
    tellUses();
    news.publish('context', { type: 'context', context: context() });
  }

  return {
    api,
    select: (launch, runtime, plan) => selectPolicy(folder, plan, launch, runtime),
    project: (launch) => readProject(launch, memory),
    watch: start,
    changed,
    async dispose() {
      stopSettings();
      await watching?.dispose();
    },
  };
}
