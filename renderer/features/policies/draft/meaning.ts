/** What a document comes to here: every value with its source, what is said about it, how risky it is. Pure. */
import type { PolicyContext } from '#shared/contract/policies.ts';
import type { Finding, Risk } from '#shared/domain/finding.ts';
import type { PolicyDocument } from '#shared/domain/policy-document.ts';
import {
  TRUST_LEVELS,
  type EffectivePolicy,
  type EffectiveValue,
  type FieldPath,
  type TrustLevel,
} from '#shared/domain/policy.ts';
import { grantsBeyond } from '#shared/policy/diff/diff.ts';
import { FIELD_PATHS } from '#shared/policy/fields.ts';
import { lint } from '#shared/policy/lint/lint.ts';
import { riskOf } from '#shared/policy/lint/risk.ts';
import { isLevel, resolve } from '#shared/policy/merge/resolve.ts';

export interface Meaning {
  readonly effective: EffectivePolicy;
  /** The same without the policy's own say: what a field goes back to. */
  readonly below: EffectivePolicy;
  readonly findings: readonly Finding[];
  readonly byField: ReadonlyMap<FieldPath, readonly Finding[]>;
  readonly risk: Risk;
  /** Phrases, the last one `nothing else`. */
  readonly grants: readonly string[];
}

const NOTHING = { values: {}, changes: {} };

/** The document of a level as it is. */
export const LEVEL_DOCUMENTS: Readonly<Record<TrustLevel, PolicyDocument>> = Object.fromEntries(
  TRUST_LEVELS.map((level) => [level, { name: level, level, description: '', ...NOTHING }]),
) as Record<TrustLevel, PolicyDocument>;

const known = new WeakMap<PolicyContext, WeakMap<PolicyDocument, EffectivePolicy>>();

/** The effective policy of a document under the present settings; the same object for the same pair. */
export function effectiveOf(document: PolicyDocument, context: PolicyContext): EffectivePolicy {
  const here = known.get(context) ?? new WeakMap<PolicyDocument, EffectivePolicy>();
  known.set(context, here);
  const found = here.get(document);
  if (found) return found;
  const made = resolve({
    values: context.values,
    ceilings: context.ceilings,
    fallback: isLevel(context.defaultPolicy) ? context.defaultPolicy : 'untrusted',
    project: null,
    policy: isLevel(document.name) ? null : document,
    trust: isLevel(document.name) ? document.name : undefined,
    run: NOTHING,
  });
  here.set(document, made);
  return made;
}

function equal(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  return typeof a === 'object' && typeof b === 'object' && JSON.stringify(a) === JSON.stringify(b);
}

/** `next` with the values of `last` that are the same, so that what shows them need not be drawn again. */
function reusing(last: EffectivePolicy | undefined, next: EffectivePolicy): EffectivePolicy {
  if (last === undefined) return next;
  const fields: Partial<Record<FieldPath, EffectiveValue<unknown>>> = {};
  for (const path of FIELD_PATHS) {
    const [before, after] = [last.fields[path], next.fields[path]];
    const same =
      before.tier === after.tier &&
      before.name === after.name &&
      equal(before.value, after.value) &&
      equal(before.clampedFrom, after.clampedFrom);
    fields[path] = same ? before : after;
  }
  return { ...next, fields: fields as EffectivePolicy['fields'] };
}

/** Everything at once; `last` is the meaning before, of which unchanged parts are kept. */
export function meaningOf(document: PolicyDocument, context: PolicyContext, last?: Meaning): Meaning {
  const effective = reusing(last?.effective, effectiveOf(document, context));
  const bare: PolicyDocument = { ...document, ...NOTHING };
  const sameBelow = last !== undefined && last.below.level === effective.level && last.effective.name === document.name;
  const below = sameBelow ? reusing(last.below, effectiveOf(bare, context)) : effectiveOf(bare, context);
  const findings = lint(effective);
  const byField = new Map<FieldPath, readonly Finding[]>();
  for (const [field, of] of Map.groupBy(findings, (finding) => finding.field)) {
    const before = last?.byField.get(field);
    byField.set(field, before !== undefined && equal(before, of) ? before : of);
  }
  return { effective, below, findings, byField, risk: riskOf(effective), grants: grantsBeyond(effective) };
}
