/** One change that a form makes to a policy, and the document after it. Pure. */
import type { PolicyDocument } from '#shared/domain/policy-document.ts';
import type { FieldPath, ListChange, ListChanges, ListPath, PartialPolicy, TrustLevel } from '#shared/domain/policy.ts';
import { anyField, isListPath } from '#shared/policy/fields.ts';
import { changeList, composeChanges } from '#shared/policy/merge/overlay.ts';

export type Edit =
  | { readonly to: 'value'; readonly field: FieldPath; readonly value: unknown }
  | { readonly to: 'change'; readonly field: ListPath; readonly change: ListChange }
  | { readonly to: 'level-default'; readonly field: FieldPath }
  | { readonly to: 'level'; readonly level: TrustLevel | null }
  | { readonly to: 'description'; readonly description: string };

/** What edits are told apart by in the history, and which later one replaces an earlier one. */
export function editKey(edit: Edit): string {
  return edit.to === 'level' || edit.to === 'description' ? edit.to : edit.field;
}

function without<T extends PartialPolicy | ListChanges>(record: T, field: FieldPath): T {
  const left: Partial<Record<FieldPath, unknown>> = { ...record };
  delete left[field];
  return left as T;
}

/** The document after the edit; the one given stays as it is. */
export function edited(document: PolicyDocument, edit: Edit): PolicyDocument {
  switch (edit.to) {
    case 'level':
      return { ...document, level: edit.level };
    case 'description':
      return { ...document, description: edit.description };
    case 'level-default':
      return {
        ...document,
        values: without(document.values, edit.field),
        changes: without(document.changes, edit.field),
      };
    case 'value':
      return {
        ...document,
        values: { ...document.values, [edit.field]: edit.value },
        changes: without(document.changes, edit.field),
      };
    case 'change':
      return {
        ...document,
        values: without(document.values, edit.field),
        changes: { ...document.changes, [edit.field]: edit.change },
      };
  }
}

/** True when the document itself says something about the field. */
export function isSet({ values, changes }: PolicyDocument, field: FieldPath): boolean {
  return Object.hasOwn(values, field) || Object.hasOwn(changes, field);
}

/** A list's change that makes `wanted` of `below`. */
export function changeTo(below: readonly string[], wanted: readonly string[]): ListChange {
  return {
    add: wanted.filter((entry) => !below.includes(entry)),
    remove: below.filter((entry) => !wanted.includes(entry)),
  };
}

/**
 * Edits that bring a suggestion of a finding into a document: dotted path → text as `--set` takes it.
 * Throws AppError `policy-invalid` for a text that is not a value of its field.
 */
export function editsOf(set: Readonly<Record<string, string>>, document: PolicyDocument): Edit[] {
  return Object.entries(set).map(([path, text]): Edit => {
    const [, list = '', verb = ''] = /^(.+)\.(add|remove)$/u.exec(path) ?? [];
    if (!isListPath(list)) {
      const field = path as FieldPath;
      return { to: 'value', field, value: anyField(field).kind.parse(text) };
    }
    const entries = anyField(list).kind.parse(text) as readonly string[];
    const change: ListChange = verb === 'add' ? { add: entries, remove: [] } : { add: [], remove: entries };
    const own = document.values[list];
    if (own !== undefined && own !== null) return { to: 'value', field: list, value: changeList(own, change) };
    return {
      to: 'change',
      field: list,
      change: composeChanges(document.changes[list] ?? { add: [], remove: [] }, change),
    };
  });
}
