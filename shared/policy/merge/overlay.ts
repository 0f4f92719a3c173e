/** Laying one tier over another before any level is known: lists that are added to and taken from compose (POL-3). Pure. */
import type { FieldPath, ListChange, ListChanges, PartialPolicy } from '../../domain/policy.ts';

/** What a document or tier says: values that replace, and changes of lists. A path is in one of them at most. */
export interface Layer {
  readonly values: PartialPolicy;
  readonly changes: ListChanges;
}

/** The list after a change: entries of `remove` go, entries of `add` that are not there yet come last. */
export function changeList(list: readonly string[], change: ListChange): readonly string[] {
  const kept = list.filter((entry) => !change.remove.includes(entry));
  return [...kept, ...change.add.filter((entry, at) => !kept.includes(entry) && change.add.indexOf(entry) === at)];
}

/** One change that does what `first` and then `second` do. */
export function composeChanges(first: ListChange, second: ListChange): ListChange {
  return {
    remove: [...new Set([...first.remove, ...second.remove])],
    add: [...new Set([...first.add.filter((entry) => !second.remove.includes(entry)), ...second.add])],
  };
}

/** `upper` over `lower` as one layer; associative, and `effective` of both tiers equals `effective` of the result as one. */
export function overlay(lower: Layer, upper: Layer): Layer {
  const values: Partial<Record<FieldPath, unknown>> = { ...lower.values };
  const changes: Partial<Record<FieldPath, ListChange>> = { ...lower.changes };
  for (const [path, value] of Object.entries(upper.values) as [FieldPath, unknown][]) {
    values[path] = value;
    delete changes[path];
  }
  for (const [path, change] of Object.entries(upper.changes) as [FieldPath, ListChange][]) {
    const below = values[path];
    const earlier = changes[path];
    if (below !== undefined) values[path] = changeList(below as readonly string[], change);
    else changes[path] = earlier === undefined ? change : composeChanges(earlier, change);
  }
  return { values: values as PartialPolicy, changes };
}
