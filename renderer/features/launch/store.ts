/** The launch that is being prepared: one draft and its plan. */
import { create } from 'zustand';
import type { Launch, Plan } from '#shared/contract/runs.ts';
import type { TrustLevel } from '#shared/domain/policy.ts';
import type { Runtime } from '#shared/domain/run.ts';
import type { Client } from '../../rpc/client.ts';
import { givenOf, isMissing, nameProblems, type Pair } from '../../show/given/data.ts';
import { keepInStep, NOTHING_PLANNED, startAsPlanned, type Planned } from '../../state/planned.ts';
import type { Source } from './read-files.ts';
import { splitWords } from './words.ts';

export interface Draft extends Source {
  /** Undefined: as detected. */
  readonly runtime: Runtime | undefined;
  /** Undefined: as the settings say. */
  readonly trust: TrustLevel | undefined;
  /** Name of an own policy; with `trust` too, that level is its base for this run. */
  readonly policy: string | undefined;
  readonly set: Readonly<Record<string, string>>;
  readonly args: string;
  readonly env: readonly Pair[];
  readonly secrets: readonly Pair[];
  /** `open`: from the terminal while it runs; `closed`: none; `text`: what is typed here. */
  readonly stdin: 'open' | 'closed' | 'text';
  readonly stdinText: string;
  readonly tty: boolean;
  /** The sandbox stays afterwards, sealed. */
  readonly keep: boolean;
  /** JSON for the script; blank: none. */
  readonly input: string;
  /** Values are JSON. */
  readonly variables: readonly Pair[];
  /** What set an earlier run off, when this is the same again. */
  readonly eventMetadata?: unknown;
  /** Folder on the core's machine that an earlier run was read from. */
  readonly folder?: string | undefined;
}

export const useLaunch = create<Planned<Draft, Plan, Launch>>(() => NOTHING_PLANNED);

let nextPolicy: string | null = null;

/** The next script that is opened is tried under this policy; null: as usual. */
export function tryNext(policy: string | null): void {
  nextPolicy = policy;
}

/** Takes what {@link tryNext} has left. */
export function takeTryNext(): string | null {
  const policy = nextPolicy;
  nextPolicy = null;
  return policy;
}

/** A first draft of what was opened; `over` presets what a sample or an earlier run says. */
export function openDraft(source: Source, over: Partial<Draft> = {}): void {
  const draft: Draft = {
    ...source,
    runtime: undefined,
    trust: undefined,
    policy: undefined,
    set: {},
    args: '',
    env: [],
    secrets: [],
    stdin: 'open',
    stdinText: '',
    tty: false,
    keep: false,
    input: '',
    variables: [],
    ...over,
    ...(nextPolicy === null ? {} : { policy: nextPolicy, trust: undefined }),
  };
  nextPolicy = null;
  useLaunch.setState({ ...NOTHING_PLANNED, draft });
}

/** Changes the draft; its plan is out of date from here until the next one came. */
export function editDraft(change: Partial<Draft>): void {
  useLaunch.setState(({ draft }) => (draft ? { draft: { ...draft, ...change } } : {}));
}

/** Sets fields as `--set` does; null takes a field back to its level. */
export function setFields(changes: Readonly<Record<string, string | null>>): void {
  const { draft } = useLaunch.getState();
  if (!draft) return;
  const set = Object.fromEntries(
    Object.entries({ ...draft.set, ...changes }).filter((entry): entry is [string, string] => entry[1] !== null),
  );
  editDraft({ set });
}

export const dropDraft = (): void => useLaunch.setState(NOTHING_PLANNED);

const record = (pairs: readonly Pair[]): Record<string, string> =>
  Object.fromEntries(pairs.filter(({ name }) => name !== '').map(({ name, value }) => [name, value]));

/** What is given to the script cannot be read as it is typed, or not all of it would arrive. */
export function givenWrong({ args, env, secrets, input, variables }: Draft): boolean {
  const given = givenOf(input, variables);
  return (
    given.input !== null ||
    given.variables.size > 0 ||
    splitWords(args).error !== null ||
    nameProblems(env).size > 0 ||
    nameProblems(secrets).size > 0
  );
}

/** The launch that a draft stands for; null while the file to run is not chosen, what is given has a mistake or a secret is missing. */
export function launchOf(draft: Draft): Launch | null {
  return draft.secrets.some(isMissing) ? null : plannable(draft);
}

/** The same with missing secrets left empty: what it would be allowed can be told without them. */
function plannable(draft: Draft): Launch | null {
  if (draft.entry === null || givenWrong(draft)) return null;
  const given = givenOf(draft.input, draft.variables);
  const stdin = draft.stdin === 'text' ? { stdin: draft.stdinText } : draft.stdin === 'closed' ? { stdin: null } : {};
  return {
    name: draft.name,
    files: draft.files,
    entry: draft.entry,
    set: draft.set,
    args: [...splitWords(draft.args).words],
    env: record(draft.env),
    secrets: record(draft.secrets),
    tty: draft.tty,
    ...(draft.keep ? { keep: true } : {}),
    ...(draft.project ? { project: draft.project } : {}),
    ...(draft.runtime ? { runtime: draft.runtime } : {}),
    ...(draft.trust ? { trust: draft.trust } : {}),
    ...(draft.policy ? { policy: draft.policy } : {}),
    ...(draft.eventMetadata === undefined ? {} : { eventMetadata: draft.eventMetadata }),
    ...(draft.folder === undefined ? {} : { folder: draft.folder }),
    ...stdin,
    ...given.data,
  };
}

/** Keeps the plan in step with the draft until `signal` aborts. */
export function keepPlanned(client: Client, signal: AbortSignal): void {
  const make = (draft: Draft): Promise<{ plan: Plan; planned: Launch | null }> | null => {
    const launch = plannable(draft);
    return launch && client.runs.plan(launch, { signal }).then((plan) => ({ plan, planned: launchOf(draft) }));
  };
  keepInStep(useLaunch, make, signal);
}

/** Starts exactly what the plan on screen was made for. @returns the run's id, null when it was refused. */
export const startPlanned = (client: Client): Promise<string | null> =>
  startAsPlanned(
    useLaunch,
    (plan) => plan.refusal === null,
    (planned) => client.runs.start(planned),
  );
