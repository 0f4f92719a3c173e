/** What somebody else than the person at this computer may ask of a run: bounded beside the settings (HOST-3). Pure. */
import {
  FIELD_NAME,
  type EffectivePolicy,
  type FieldPath,
  type ListPath,
  type PartialPolicy,
} from '../../domain/policy.ts';
import { AppError } from '../../lib/app-error.ts';
import { anyField } from '../fields.ts';
import { changeList, type Layer } from '../merge/overlay.ts';

/** Upper bounds of both; where both name a field, the tighter. */
export function tighterCeilings(a: PartialPolicy, b: PartialPolicy): PartialPolicy {
  const both: Partial<Record<FieldPath, unknown>> = { ...a };
  for (const [path, theirs] of Object.entries(b) as [FieldPath, unknown][]) {
    const ours = both[path];
    const { looser } = anyField(path).kind;
    if (ours === undefined || looser === null) both[path] = theirs;
    else if (!looser(theirs, ours)) both[path] = theirs;
    else if (Array.isArray(theirs)) both[path] = theirs.filter((entry) => !looser([entry], ours));
  }
  return both as PartialPolicy;
}

function granted(path: FieldPath, layer: Layer, base: EffectivePolicy): unknown {
  const change = layer.changes[path as ListPath];
  return change === undefined ? layer.values[path] : changeList(base.fields[path as ListPath].value, change);
}

/**
 * What is set may loosen only where there is a ceiling for it, and only up to that; `base` is the policy without it.
 * Throws AppError `auth` for the first value that goes further; a value without an order may not be changed at all.
 */
export function checkEntitled(layer: Layer, ceilings: PartialPolicy, base: EffectivePolicy): void {
  const paths = [...Object.keys(layer.values), ...Object.keys(layer.changes)].map((path) => FIELD_NAME.parse(path));
  for (const path of paths) {
    const { kind } = anyField(path);
    const asked = granted(path, layer, base);
    const now = base.fields[path].value;
    const ceiling = ceilings[path];
    const further = kind.looser === null ? kind.format(asked) !== kind.format(now) : kind.looser(asked, ceiling ?? now);
    if (!further || (kind.looser !== null && !kind.looser(asked, now))) continue;
    throw new AppError({
      code: 'auth',
      message: `This token may not set \`${path}\` to ${kind.format(asked).slice(0, 200)}.`,
      why:
        ceiling === undefined
          ? `Without a ceiling of its own for it, no request may go beyond the policy, which says ${kind.format(now).slice(0, 200)}.`
          : `Its ceiling is ${kind.format(ceiling).slice(0, 200)}.`,
      next: 'Ask for less, or have a ceiling added to the token in `tokens.yaml`.',
    });
  }
}
