/** "Would this be allowed?", answered by the rules that are enforced (POL-9). Pure. */
import type { Capabilities } from '../../domain/engine.ts';
import type { FieldPath, Tier } from '../../domain/policy.ts';
import type { Runtime } from '../../domain/run.ts';

/** How the profile of this policy and runtime answers one system call. */
export type CallVerdict = 'allowed' | 'arguments' | 'refused';

/** What the policy alone does not say. */
export interface WhyContext {
  readonly runtime: Runtime;
  /** From the seccomp profile that the sandbox gets, own rules left out; null when it is not at hand. */
  readonly calls: ((name: string) => CallVerdict) | null;
  /** Null while no engine is connected. */
  readonly capabilities: Capabilities | null;
}

export interface Answer {
  readonly allowed: boolean | 'depends';
  /** One sentence: yes or no, and why. */
  readonly sentence: string;
  /** The field that decided; null when it is the same at every level and cannot be changed. */
  readonly field: FieldPath | null;
  /** `resources.memory: 64 MiB (untrusted)`, or what is fixed. */
  readonly rule: string;
  /** Where the deciding value came from; null for what is fixed. */
  readonly tier: Tier | null;
  readonly name: string;
}
