/** A workflow that is being prepared: the file as it stands in the editor, and what its steps are given. */
import type { WorkflowLaunch } from '#shared/contract/workflows.ts';
import type { TrustLevel } from '#shared/domain/policy.ts';
import type { WorkflowPlan } from '#shared/domain/workflow.ts';
import { givenOf, nameProblems, newPair, type Pair } from '../../../show/given/data.ts';

/** A file with workflows, and what came with it. */
export interface FlowSource {
  /** What the person calls it. */
  readonly name: string;
  readonly text: string;
  /** Scripts that steps may name. */
  readonly files: NonNullable<WorkflowLaunch['files']>;
  /** Text of every file with workflows that came along, by name; absent when it is the only one. */
  readonly flows?: ReadonlyMap<string, string>;
  readonly project?: WorkflowLaunch['project'];
  /** Folder of the file on the core's machine. */
  readonly folder?: string;
}

export interface FlowDraft extends FlowSource {
  /** The text as it was opened. */
  readonly opened: string;
  /** Undefined: the only one of the file. */
  readonly workflow: string | undefined;
  /** Base of steps that name none themselves; undefined: as the settings say. */
  readonly trust: TrustLevel | undefined;
  readonly policy: string | undefined;
  /** Dotted field path → text with a unit, for every step; from the command line or an earlier start. */
  readonly set: Readonly<Record<string, string>>;
  readonly input: string;
  readonly variables: readonly Pair[];
  readonly env: readonly Pair[];
  /** By the name that the file asks for. */
  readonly secrets: Readonly<Record<string, string>>;
}

export function draftOf(source: FlowSource): FlowDraft {
  return {
    ...source,
    opened: source.text,
    workflow: undefined,
    trust: undefined,
    policy: undefined,
    set: {},
    input: '',
    variables: [],
    env: [],
    secrets: {},
  };
}

/** Everything that an earlier start was given, as a draft; its secrets are typed again. */
export function draftAgain(launch: WorkflowLaunch): FlowDraft {
  const { name, text, files, folder, project, workflow, trust, policy, set = {}, input, variables, env } = launch;
  return {
    ...draftOf({
      name,
      text,
      files: files ?? [],
      ...(folder === undefined ? {} : { folder }),
      ...(project === undefined ? {} : { project }),
    }),
    workflow,
    trust,
    policy,
    set,
    input: input === undefined ? '' : JSON.stringify(input, null, 2),
    variables: Object.entries(variables ?? {}).map(([of, value]) => newPair(of, JSON.stringify(value))),
    env: Object.entries(env ?? {}).map(([of, value]) => newPair(of, value)),
  };
}

/** What the draft asks for; null while its data cannot be read. */
export function launchOf(draft: FlowDraft): WorkflowLaunch | null {
  const { input, variables, data } = givenOf(draft.input, draft.variables);
  if (input || variables.size > 0 || nameProblems(draft.env).size > 0) return null;
  const env = Object.fromEntries(draft.env.filter(({ name }) => name !== '').map(({ name, value }) => [name, value]));
  const secrets = Object.fromEntries(Object.entries(draft.secrets).filter(([, value]) => value !== ''));
  return {
    name: draft.name,
    text: draft.text,
    files: [...draft.files],
    env,
    secrets,
    ...(draft.workflow === undefined ? {} : { workflow: draft.workflow }),
    ...(draft.folder === undefined ? {} : { folder: draft.folder }),
    ...(draft.project ? { project: draft.project } : {}),
    ...(draft.trust ? { trust: draft.trust } : {}),
    ...(draft.policy === undefined ? {} : { policy: draft.policy }),
    ...(Object.keys(draft.set).length === 0 ? {} : { set: { ...draft.set } }),
    ...data,
  };
}

/** Names of secrets that have no value yet. */
export const missingSecrets = (plan: WorkflowPlan, { secrets }: Pick<FlowDraft, 'secrets'>): readonly string[] =>
  plan.secrets.filter((name) => !Object.hasOwn(secrets, name) || secrets[name] === '');

/** Why it cannot start, in one short sentence; null when it can. */
export function standsInTheWay(plan: WorkflowPlan, draft: Pick<FlowDraft, 'secrets'>): string | null {
  const refused = plan.steps.filter(({ refusal }) => refusal !== null).length;
  const missing = missingSecrets(plan, draft);
  if (plan.problems.length > 0)
    return plan.problems.length === 1 ? 'The file has a mistake.' : `The file has ${plan.problems.length} mistakes.`;
  if (plan.workflow === null)
    return plan.names.length > 1 ? 'Choose which workflow to run.' : 'The file has no workflow.';
  if (refused > 0) return refused === 1 ? 'One step would be refused.' : `${refused} steps would be refused.`;
  if (missing.length > 0)
    return missing.length === 1 ? `The secret ${missing[0]} is missing.` : `${missing.length} secrets are missing.`;
  return null;
}
