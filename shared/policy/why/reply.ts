/** What an answer consists of, and how answers are put together (POL-9). */
import type { Capabilities } from '../../domain/engine.ts';
import type { EffectivePolicy, FieldPath, Tier } from '../../domain/policy.ts';
import type { Runtime } from '../../domain/run.ts';
import { ruleText } from '../say/summary.ts';

/** What the policy alone does not say. */
export interface WhyContext {
  readonly runtime: Runtime;
  /** Null while no engine is connected. */
  readonly capabilities: Capabilities | null;
  /** Addresses of the engine's machine, where they are known. */
  readonly hosts?: readonly string[];
}

export interface Answer {
  readonly allowed: boolean | 'depends';
  /** One sentence: yes, no or what it depends on, and why. */
  readonly sentence: string;
  /** The field that decided; null when it is the same at every level and cannot be changed. */
  readonly field: FieldPath | null;
  /** `resources.memory: 64 MiB (untrusted)`, or what is fixed. */
  readonly rule: string;
  /** Where the deciding value came from; null for what is fixed. */
  readonly tier: Tier | null;
  readonly name: string;
}

/** Decided by a field; `rule` stands for the whole value where one line of it decided. */
export function byField(
  policy: EffectivePolicy,
  field: FieldPath,
  allowed: Answer['allowed'],
  sentence: string,
  rule?: string,
): Answer {
  const { tier, name } = policy.fields[field];
  return {
    allowed,
    sentence,
    field,
    rule: rule === undefined ? ruleText(policy, field) : `${rule} (${name})`,
    tier,
    name,
  };
}

/** Decided by what every sandbox is. */
export function fixed(allowed: Answer['allowed'], sentence: string, what: string): Answer {
  return { allowed, sentence, field: null, rule: `fixed: ${what}`, tier: null, name: 'every level' };
}
