/** Pieces of an opened draft, so that a part of the form is drawn anew only when its own piece changed. */
import type { Finding } from '#shared/domain/finding.ts';
import type { EffectiveValue, FieldPath, ListChange } from '#shared/domain/policy.ts';
import { isBroken } from '../draft/draft.ts';
import { isSet } from '../draft/edit.ts';
import { useDrafts } from '../draft/store.ts';

const NO_FINDINGS: readonly Finding[] = [];

export interface FieldPiece {
  readonly now: EffectiveValue<unknown> | undefined;
  readonly below: EffectiveValue<unknown> | undefined;
  readonly change: ListChange | null;
  readonly set: boolean;
  readonly broken: boolean;
  readonly findings: readonly Finding[];
}

export function useFieldPiece(name: string, path: FieldPath): FieldPiece {
  const now = useDrafts(({ opened }) => opened[name]?.meaning.effective.fields[path]);
  const below = useDrafts(({ opened }) => opened[name]?.meaning.below.fields[path]);
  const change = useDrafts(({ opened }) => {
    const changes: Partial<Record<FieldPath, ListChange>> | undefined = opened[name]?.draft.document.changes;
    return changes?.[path] ?? null;
  });
  const set = useDrafts(({ opened }) => {
    const document = opened[name]?.draft.document;
    return document !== undefined && isSet(document, path);
  });
  const broken = useDrafts(({ opened }) => {
    const draft = opened[name]?.draft;
    return draft !== undefined && isBroken(draft);
  });
  const findings = useDrafts(({ opened }) => opened[name]?.meaning.byField.get(path) ?? NO_FINDINGS);
  return { now, below, change, set, broken, findings };
}
