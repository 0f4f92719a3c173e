/** The drafts: one per policy that was opened. They stay while other views are shown and are gone with the page. */
import { create } from 'zustand';
import type { OwnPolicy, PolicyContext } from '#shared/contract/policies.ts';
import type { EffectivePolicy } from '#shared/domain/policy.ts';
import type { AppErrorData } from '#shared/lib/app-error.ts';
import type { Client } from '../../../rpc/client.ts';
import { toErrorData } from '../../../rpc/errors.ts';
import { takePolicy, usePolicies } from '../../../state/policies.ts';
import { flushed, isBroken, isUnsaved, onDisk, openDraft, savedAs, withEdit, withText, type Draft } from './draft.ts';
import type { Edit } from './edit.ts';
import { meaningOf, type Meaning } from './meaning.ts';

interface Opened {
  readonly draft: Draft;
  readonly meaning: Meaning;
}

interface DraftsState {
  readonly opened: Readonly<Record<string, Opened>>;
  /** Why a policy could not be opened or saved, by name. */
  readonly errors: Readonly<Record<string, AppErrorData>>;
}

export const useDrafts = create<DraftsState>(() => ({ opened: {}, errors: {} }));

/** Milliseconds that the form rests before its changes reach the text. */
const REST_MS = 120;
const timers = new Map<string, ReturnType<typeof setTimeout>>();

const withoutKey = <T>(record: Readonly<Record<string, T>>, key: string): Record<string, T> => {
  const left = { ...record };
  delete left[key];
  return left;
};

function put(draft: Draft, context: PolicyContext | null): void {
  if (context === null) return;
  useDrafts.setState(({ opened }) => {
    const last = opened[draft.name];
    const meaning =
      last?.draft.document === draft.document ? last.meaning : meaningOf(draft.document, context, last?.meaning);
    return { opened: { ...opened, [draft.name]: { draft, meaning } } };
  });
}

/** What an opened policy comes to; undefined while no text of it was ever readable. */
export function shownDraft(opened: Opened | undefined): EffectivePolicy | undefined {
  return opened?.draft.readable === true ? opened.meaning.effective : undefined;
}

export function draftOf(name: string): Draft | null {
  return useDrafts.getState().opened[name]?.draft ?? null;
}

/** Changes a draft with one of the pure steps of `draft.ts`; its meaning follows at once. */
export function change(name: string, step: (draft: Draft, now: number) => Draft): void {
  const draft = draftOf(name);
  if (draft === null) return;
  const next = step(draft, Date.now());
  if (next !== draft) put(next, usePolicies.getState().context);
}

/** A change by the form: shown at once, in the text when the form rests. */
export function edit(name: string, ...edits: readonly Edit[]): void {
  change(name, (draft) => edits.reduce(withEdit, draft));
  clearTimeout(timers.get(name));
  timers.set(
    name,
    setTimeout(() => change(name, flushed), REST_MS),
  );
}

export function type(name: string, text: string): void {
  change(name, (draft, now) => withText(flushed(draft, now), text, now));
}

function failed(name: string, thrown: unknown): void {
  useDrafts.setState(({ errors }) => ({ errors: { ...errors, [name]: toErrorData(thrown) } }));
}

export function dismissError(name: string): void {
  useDrafts.setState(({ errors }) => ({ errors: withoutKey(errors, name) }));
}

const opening = new Map<string, Promise<Draft | null>>();

/** The draft of a policy, read from its file when there is none yet; null when that failed. */
export function open(client: Client, name: string): Promise<Draft | null> {
  const there = draftOf(name);
  if (there !== null) return Promise.resolve(there);
  const asked = opening.get(name);
  if (asked) return asked;
  const asking = client.policies
    .get({ name })
    .then(
      ({ policy, text }) => {
        dismissError(name);
        put(openDraft(policy, text), usePolicies.getState().context);
        return draftOf(name);
      },
      (thrown: unknown) => {
        failed(name, thrown);
        return null;
      },
    )
    .finally(() => opening.delete(name));
  opening.set(name, asking);
  return asking;
}

/** Forgets a draft with what is unsaved in it. */
export function close(name: string): void {
  clearTimeout(timers.get(name));
  useDrafts.setState(({ opened, errors }) => ({
    opened: withoutKey(opened, name),
    errors: withoutKey(errors, name),
  }));
}

/** Writes the file. True when it is written; else the error is kept, or the file's own change is shown. */
export async function save(client: Client, name: string): Promise<boolean> {
  change(name, flushed);
  const draft = draftOf(name);
  if (draft === null || draft.saving || isBroken(draft) || draft.disk !== null) return false;
  if (!isUnsaved(draft)) return true;
  change(name, (now) => ({ ...now, saving: true }));
  try {
    const { policy } = await client.policies.save({ name, text: draft.text, revision: draft.revision });
    change(name, (now) => savedAs(now, policy, draft.text));
    takePolicy(policy);
    dismissError(name);
    return true;
  } catch (thrown) {
    change(name, (now) => ({ ...now, saving: false }));
    await reread(client, name);
    if (draftOf(name)?.disk === null) failed(name, thrown);
    return false;
  }
}

/** The file was removed: what is unsaved is kept, and asked about. */
function gone(name: string): void {
  const draft = draftOf(name);
  if (draft !== null && !isUnsaved(draft)) close(name);
  else change(name, (now) => onDisk(now, null, null));
}

/** Looks at the file again and takes over, or shows, what changed there. */
export async function reread(client: Client, name: string): Promise<void> {
  try {
    const { policy, text } = await client.policies.get({ name });
    change(name, (draft) => (draft.saving ? draft : onDisk(draft, policy.revision, text)));
  } catch (thrown) {
    if (usePolicies.getState().policies?.some((policy) => policy.name === name) === false) gone(name);
    else failed(name, thrown);
  }
}

function renewMeanings(context: PolicyContext): void {
  useDrafts.setState(({ opened }) => ({
    opened: Object.fromEntries(
      Object.entries(opened).map(([name, { draft, meaning }]) => [
        name,
        { draft, meaning: meaningOf(draft.document, context, meaning) },
      ]),
    ),
  }));
}

function lookAgain(client: Client, policies: readonly OwnPolicy[]): void {
  const revisions = new Map(policies.map((policy) => [policy.name, policy.revision]));
  for (const { draft } of Object.values(useDrafts.getState().opened))
    if (revisions.get(draft.name) !== draft.revision && !draft.saving) void reread(client, draft.name);
}

/** Keeps drafts in step with files and settings until `signal` aborts; what happened before is made up for. */
export function keepInStep(client: Client, signal: AbortSignal): void {
  let last = usePolicies.getState();
  if (last.context !== null) renewMeanings(last.context);
  if (last.policies !== null) lookAgain(client, last.policies);
  const stop = usePolicies.subscribe((state) => {
    const before = last;
    last = state;
    if (state.context !== before.context && state.context !== null) renewMeanings(state.context);
    if (state.policies !== before.policies && state.policies !== null) lookAgain(client, state.policies);
  });
  signal.addEventListener('abort', stop);
}
