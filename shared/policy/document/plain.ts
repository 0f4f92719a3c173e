/** Documents and values as the plain data that a policy file writes (POL-4). Pure. */
import type { PolicyDocument } from '../../domain/policy-document.ts';
import type { FieldPath, ListChange, Mount } from '../../domain/policy.ts';
import { anyField, FIELD_PATHS } from '../fields.ts';
import { mountMap } from './mounts.ts';
import type { Plain } from './scalar.ts';

/** A value in base units as it is written: with unit, as list, as map. */
export function plainValue(path: FieldPath, value: unknown): Plain {
  const { kind } = anyField(path);
  if (path === 'files.mounts') return (value as readonly Mount[]).map((mount) => mountMap(mount));
  if (value === null) return kind.nullWord === 'unlimited' ? 'unlimited' : null;
  if (kind.name === 'list') return [...(value as readonly string[])];
  if (kind.name === 'map') return { ...(value as Readonly<Record<string, string>>) };
  if (kind.name === 'boolean') return value as boolean;
  if (kind.name === 'count') return value as number;
  return kind.format(value);
}

/** A change of a list as it is written; what it leaves empty is left out. */
export function plainChange({ add, remove }: ListChange): Plain {
  return {
    ...(add.length === 0 ? {} : { add: [...add] }),
    ...(remove.length === 0 ? {} : { remove: [...remove] }),
  };
}

interface Tree {
  [key: string]: Plain | Tree;
}

/** The whole document, nested, in the order of the field table. */
export function plainDocument({ level, description, values, changes }: Omit<PolicyDocument, 'name'>): Plain {
  const root: Tree = {};
  if (level !== null) root['trust_level'] = level;
  if (description !== '') root['description'] = description;
  const changed = changes as Readonly<Partial<Record<FieldPath, ListChange>>>;
  for (const path of FIELD_PATHS) {
    const change = changed[path];
    const value = values[path];
    if (value === undefined && change === undefined) continue;
    const parts = path.split('.');
    let at = root;
    for (const part of parts.slice(0, -1)) at = (at[part] ??= {}) as Tree;
    at[parts.at(-1)!] = change === undefined ? plainValue(path, value) : plainChange(change);
  }
  return root;
}
