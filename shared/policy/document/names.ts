/** The keys of a policy file as a tree, from the field table (POL-4). Pure. */
import type { FieldPath } from '../../domain/policy.ts';
import { FIELD_PATHS } from '../fields.ts';

/** What stands beside the groups at the top of a file. */
export const HEAD = ['trust_level', 'description'] as const;
export type Head = (typeof HEAD)[number];

export type DocumentPath = Head | FieldPath;

/** Every path that a file may set, in the order in which we write it. */
export const DOCUMENT_PATHS: readonly DocumentPath[] = [...HEAD, ...FIELD_PATHS];

/** One group: its keys are fields or groups. */
export interface Names {
  readonly keys: ReadonlyMap<string, Names | DocumentPath>;
}

function grown(): Names {
  const root = { keys: new Map<string, Names | DocumentPath>() };
  for (const path of DOCUMENT_PATHS) {
    const parts = path.split('.');
    let at: { keys: Map<string, Names | DocumentPath> } = root;
    for (const part of parts.slice(0, -1)) {
      const below = at.keys.get(part);
      const next =
        typeof below === 'object' ? (below as typeof root) : { keys: new Map<string, Names | DocumentPath>() };
      at.keys.set(part, next);
      at = next;
    }
    at.keys.set(parts.at(-1)!, path);
  }
  return root;
}

export const NAMES: Names = grown();

/** Keys that anyone may use for notes of their own. */
export function isFree(key: string): boolean {
  return key.startsWith('x-');
}
