/** Which calls are recorded, and under which name (AUD-1). Arguments, environments, inputs and values of settings never are. */
import { sha256 } from './file.ts';
import { recorded, type Rules } from './recorded.ts';
import type { AuditLog } from './audit.ts';
import type { WorkflowSummary } from '#shared/domain/workflow.ts';
import type { AuditEntry } from '#shared/audit/record.ts';
import type { KeptApi, PoliciesApi, RunsApi, SystemApi, TokensApi, WorkflowsApi } from '../core.ts';
import type { Engine } from '../engine/port.ts';

const ENGINE: Rules<Engine> = {
  buildImage: (made, { tag }) => ({ action: 'image.build', what: tag, ...(made && { image: made.id }) }),
  importImage: (made, _tar, tag) => ({ action: 'engine.import', what: tag, ...(made && { image: made.id }) }),
  pullImage: (made, reference) => ({ action: 'engine.pull', what: reference, ...(made && { image: made.id }) }),
  removeImage: (_, reference) => ({ action: 'engine.remove-image', what: reference }),
  createContainer: (id, { name, image }) => ({
    action: 'engine.create',
    what: id === undefined ? name : `${name} ${id}`,
    image,
  }),
  createGateway: (id, { name, image }) => ({
    action: 'engine.create',
    what: id === undefined ? name : `${name} ${id}`,
    image,
  }),
  createNetwork: (_, { name }) => ({ action: 'engine.create-network', what: name }),
  removeNetwork: (_, id) => ({ action: 'engine.remove-network', what: id }),
  startContainer: (_, id) => ({ action: 'engine.start', what: id }),
  exec: (_, id) => ({ action: 'engine.exec', what: id }),
  updateLimits: (_, id) => ({ action: 'engine.update', what: id }),
  pause: (_, id) => ({ action: 'engine.pause', what: id }),
  unpause: (_, id) => ({ action: 'engine.unpause', what: id }),
  kill: (_, id, signal) => ({ action: 'engine.kill', what: `${id} ${signal}` }),
  removeContainer: (_, id) => ({ action: 'engine.remove', what: id }),
};

const RUNS: Rules<RunsApi> = {
  // A run that began is told by the run itself, with what it runs under.
  start: (started, { name }, by) =>
    started === undefined ? { action: 'run.start', what: name, ...(by && { token: by.token }) } : null,
  allow: (_, id, rule) => ({ action: 'run.allow', what: `${id} ${rule}` }),
  stop: (_, id, by) => ({ action: 'run.stop', what: id, ...(by && { token: by.token }) }),
  stopAll: () => ({ action: 'run.stop', what: 'all' }),
  reorder: (_, id, before) => ({
    action: 'run.reorder',
    what: before === null ? `${id} behind all` : `${id} before ${before}`,
  }),
  giveSecrets: (_, id, secrets) => ({ action: 'run.secrets', what: `${id} ${Object.keys(secrets).join(', ')}` }),
  remove: (_, id) => ({ action: 'run.remove', what: id }),
};

const KEPT: Rules<KeptApi> = {
  look: (_, run) => ({ action: 'kept.look', what: run }),
  remove: (_, run) => ({ action: 'kept.remove', what: run }),
};

const SYSTEM: Rules<SystemApi> = {
  setSetting: (_, key, value) => ({ action: value === null ? 'setting.clear' : 'setting.set', what: key }),
};

const POLICIES: Rules<PoliciesApi> = {
  save: (_, name, text, revision) => ({
    action: revision === null ? 'policy.create' : 'policy.save',
    what: name,
    policy: sha256(text.toWellFormed()),
  }),
  rename: (saved, name, to) => ({
    action: 'policy.rename',
    what: `${name} → ${to}`,
    ...(saved && { policy: saved.revision }),
  }),
  remove: (_, name, revision) => ({ action: 'policy.remove', what: name, policy: revision }),
  approveProject: (_, path, hash) => ({ action: 'project.approve', what: path, policy: hash }),
  revokeProject: (_, path) => ({ action: 'project.revoke', what: path }),
};

const TOKENS: Rules<TokensApi> = {
  add: (_, name) => ({ action: 'token.add', what: name }),
  remove: (_, name) => ({ action: 'token.remove', what: name }),
};

const WORKFLOWS: Rules<WorkflowsApi> = {
  start: (started, { name, text, workflow }, by) => ({
    action: 'workflow.start',
    what: started === undefined ? `${name} ${workflow ?? ''}`.trim() : started.id,
    script: sha256(text.toWellFormed()),
    ...(by && { token: by.token }),
  }),
  stop: (_, id, by) => ({ action: 'workflow.stop', what: id, ...(by && { token: by.token }) }),
  retry: (_, id, step) => ({ action: 'workflow.retry', what: `${id} ${step}` }),
  remove: (_, id) => ({ action: 'workflow.remove', what: id }),
};

/** What became of a workflow. */
export function endOfWorkflow({ id, outcome }: WorkflowSummary): AuditEntry {
  return { action: 'workflow.finish', what: id, outcome: outcome ?? 'interrupted' };
}

export const recordedWorkflows = (workflows: WorkflowsApi, audit: AuditLog): WorkflowsApi =>
  recorded(workflows, audit, WORKFLOWS);
export const recordedTokens = (tokens: TokensApi, audit: AuditLog): TokensApi => recorded(tokens, audit, TOKENS);
export const recordedRuns = (runs: RunsApi, audit: AuditLog): RunsApi => recorded(runs, audit, RUNS);
export const recordedKept = (kept: KeptApi, audit: AuditLog): KeptApi => recorded(kept, audit, KEPT);
export const recordedSystem = (system: SystemApi, audit: AuditLog): SystemApi => recorded(system, audit, SYSTEM);
export const recordedPolicies = (policies: PoliciesApi, audit: AuditLog): PoliciesApi =>
  recorded(policies, audit, POLICIES);

/** One wrapper for each engine, so that an engine stays itself from call to call. */
export function engineRecorder(audit: AuditLog): (engine: Engine) => Engine {
  const known = new WeakMap<Engine, Engine>();
  return (engine) => {
    const there = known.get(engine);
    if (there !== undefined) return there;
    const made = recorded(engine, audit, ENGINE);
    known.set(engine, made);
    return made;
  };
}
