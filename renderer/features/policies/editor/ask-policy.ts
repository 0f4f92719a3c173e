/** Questions to a policy, as a person types them (POL-9). Pure. */
import type { Capabilities } from '#shared/domain/engine.ts';
import type { EffectivePolicy } from '#shared/domain/policy.ts';
import { answer } from '#shared/policy/why/answer.ts';
import { parseQuestion, QUESTION_EXAMPLES } from '#shared/policy/why/question.ts';
import type { Answer } from '#shared/policy/why/reply.ts';

export type WhyAnswer = Answer;

/** One good question of each kind. */
export const EXAMPLES: readonly string[] = Object.values(QUESTION_EXAMPLES);

/** Throws AppError `input-invalid` for a text that is no question. */
export function askPolicy(policy: EffectivePolicy, text: string, capabilities: Capabilities | null): WhyAnswer {
  const runtime = policy.fields['image.runtime'].value;
  return answer(parseQuestion(text), policy, {
    runtime: runtime === 'node' || runtime === 'bash' || runtime === 'polyglot' ? runtime : 'python',
    capabilities,
  });
}
