/** A policy while it is edited: its text is the truth, the form's changes reach it in pauses. Pure. */
import type { OwnPolicy } from '#shared/contract/policies.ts';
import type { AppErrorData } from '#shared/lib/app-error.ts';
import type { PolicyDocument, Problem } from '#shared/domain/policy-document.ts';
import { edited, editKey, type Edit } from './edit.ts';
import { NO_HISTORY, record, redo, undo, type History } from './history.ts';
import { editText, readText } from './text.ts';

export interface Draft {
  readonly name: string;
  /** Of the file that the edit began with; null when the file was removed meanwhile. */
  readonly revision: string | null;
  /** The file's text that the edit began with. */
  readonly saved: string;
  readonly text: string;
  /** What `text` says, or said when it was last readable, with `edits` on top. */
  readonly document: PolicyDocument;
  /** False while no text of it was ever readable: `document` then says nothing. */
  readonly readable: boolean;
  /** Of `text`. */
  readonly problems: readonly Problem[];
  /** In `document` and not in `text` yet. */
  readonly edits: readonly Edit[];
  readonly history: History;
  /** The file as it is now, when it changed while there was something unsaved; null text: it was removed. */
  readonly disk: { readonly text: string | null; readonly revision: string | null } | null;
  readonly saving: boolean;
  /** What the form asked for last and no policy may have; nothing of it is in the text. */
  readonly refused: AppErrorData | null;
}

/** The text cannot be read as a policy now; the form shows what it said last. */
export function isBroken(draft: Draft): boolean {
  return draft.problems.some(({ severity }) => severity === 'error');
}

export function isUnsaved(draft: Draft): boolean {
  return draft.edits.length > 0 || draft.text !== draft.saved;
}

function nothing(name: string): PolicyDocument {
  return { name, level: null, description: '', values: {}, changes: {} };
}

/** A draft of a file that was just read. */
export function openDraft(policy: OwnPolicy, text: string): Draft {
  const { document, problems } = readText(policy.name, text);
  return {
    name: policy.name,
    revision: policy.revision,
    saved: text,
    text,
    document: document ?? policy.document ?? nothing(policy.name),
    readable: document !== null || policy.document !== null,
    problems,
    edits: [],
    history: NO_HISTORY,
    disk: null,
    saving: false,
    refused: null,
  };
}

/** A change by the form: in the document at once, in the text with the next {@link flushed}. */
export function withEdit(draft: Draft, edit: Edit): Draft {
  if (isBroken(draft)) return draft;
  const key = editKey(edit);
  return {
    ...draft,
    document: edited(draft.document, edit),
    refused: null,
    edits: [...draft.edits.filter((one) => editKey(one) !== key), edit],
  };
}

/** Writes what the form changed into the text; comments, order and everything else in it stay. */
export function flushed(draft: Draft, now: number): Draft {
  if (draft.edits.length === 0) return draft;
  const { text, refused } = editText(draft.text, draft.edits);
  const kind = draft.edits.map(editKey).join(' ');
  if (refused !== null) return { ...showing(draft, text, record(draft.history, draft.text, kind, now)), refused };
  if (text === draft.text) return { ...draft, edits: [] };
  // What the text says and what the form showed are the same; the form's objects stay, so nothing is drawn anew.
  const { problems } = readText(draft.name, text);
  return { ...draft, text, edits: [], problems, history: record(draft.history, draft.text, kind, now) };
}

function showing(draft: Draft, text: string, history: History): Draft {
  const { document, problems } = readText(draft.name, text);
  const readable = draft.readable || document !== null;
  return {
    ...draft,
    text,
    edits: [],
    document: document ?? draft.document,
    readable,
    problems,
    history,
    refused: null,
  };
}

/** The text as a person typed it. */
export function withText(draft: Draft, text: string, now: number, kind = 'type'): Draft {
  if (text === draft.text) return draft;
  return showing(draft, text, record(draft.history, draft.text, kind, now));
}

/** One step back; the same draft when there is none. */
export function undone(draft: Draft, now: number): Draft {
  const settled = flushed(draft, now);
  const step = undo(settled.history, settled.text);
  return step === null ? settled : showing(settled, step.text, step.history);
}

/** One step forward again; the same draft when there is none. */
export function redone(draft: Draft): Draft {
  const step = draft.edits.length > 0 ? null : redo(draft.history, draft.text);
  return step === null ? draft : showing(draft, step.text, step.history);
}

/** Back to the file, as one step that can be undone. */
export function reverted(draft: Draft, now: number): Draft {
  return withText(flushed(draft, now), draft.saved, now, 'revert');
}

/** After the file was written with `text`. What was changed since then stays unsaved. */
export function savedAs(draft: Draft, policy: OwnPolicy, text: string): Draft {
  return { ...draft, name: policy.name, revision: policy.revision, saved: text, disk: null, saving: false };
}

/** The file changed on disk: taken over when nothing is unsaved, shown beside the draft otherwise. */
export function onDisk(draft: Draft, revision: string | null, text: string | null): Draft {
  if (revision === draft.revision && (revision !== null || text === null)) return draft;
  if (text === draft.text && draft.edits.length === 0) return { ...draft, revision, saved: text, disk: null };
  if (text !== null && text === draft.saved) return { ...draft, revision, disk: null };
  if (!isUnsaved(draft) && text !== null)
    return { ...showing(draft, text, NO_HISTORY), revision, saved: text, disk: null };
  return { ...draft, disk: { text, revision } };
}

/** Keeps the draft; saving it then writes over what is on disk. */
export function keepMine(draft: Draft): Draft {
  if (draft.disk === null) return draft;
  return { ...draft, revision: draft.disk.revision, saved: draft.disk.text ?? '', disk: null };
}

/** Takes what is on disk; the draft's own text is one undo away. */
export function takeTheirs(draft: Draft, now: number): Draft {
  if (draft.disk === null || draft.disk.text === null) return draft;
  const { text, revision } = draft.disk;
  return { ...withText(flushed(draft, now), text, now, 'disk'), revision, saved: text, disk: null };
}
