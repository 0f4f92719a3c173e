/** Two policies compared in plain words: what the second grants, takes away and merely changes (POL-6). Pure. */
import type { EffectivePolicy, FieldPath } from '../../domain/policy.ts';
import { effective } from '../merge/effective.ts';
import { anyField, FIELD_PATHS } from '../fields.ts';
import { amounts } from './amounts.ts';
import { networkGrants } from './network-grants.ts';
import { powerGrants } from './power-grants.ts';
import type { FieldChange, PolicyDiff, Sentence } from './sentence.ts';

/** What `after` grants that `before` does not; each field is spoken of at most once. */
function grantsOf(before: EffectivePolicy, after: EffectivePolicy): Sentence[] {
  return [...networkGrants(before, after), ...amounts(before, after), ...powerGrants(before, after)];
}

function shown(policy: EffectivePolicy, path: FieldPath): string {
  return anyField(path).kind.format(policy.fields[path].value);
}

/** `a` to `b`. Every field that differs is in `changes` once, and in at least one of the three lists of sentences. */
export function diffPolicies(a: EffectivePolicy, b: EffectivePolicy): PolicyDiff {
  const differing = FIELD_PATHS.filter((path) => shown(a, path) !== shown(b, path));
  const [grants, takes] = [grantsOf(a, b), grantsOf(b, a)];
  const [granted, taken] = [grants, takes].map((sentences) => new Set(sentences.flatMap(({ fields }) => fields)));
  const changes = differing.map((field): FieldChange => {
    const [more, less] = [granted?.has(field) === true, taken?.has(field) === true];
    const direction = more ? (less ? 'both' : 'grants') : less ? 'takes' : 'neither';
    return { field, label: anyField(field).label, from: shown(a, field), to: shown(b, field), direction };
  });
  const neither = changes
    .filter(({ direction }) => direction === 'neither')
    .map(({ field, label, from, to }): Sentence => ({ text: `${label}: ${to} instead of ${from}`, fields: [field] }));
  return { changes, grants, takes, neither };
}

/** What a policy grants beyond its level, one phrase each; the last one is always `nothing else`. */
export function grantsBeyond(policy: EffectivePolicy): string[] {
  const level = effective({ level: policy.level, name: policy.level, tiers: [], ceilings: {} });
  return [...grantsOf(level, policy).map(({ text }) => text), 'nothing else'];
}
