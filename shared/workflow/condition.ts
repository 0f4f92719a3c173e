/** Whether a step runs at all (WF-1). Pure. */
import { showShort } from '../script/display.ts';
import { evaluate, readExpression, type Bounded, type Scope } from './expression.ts';

/** Null when the condition holds, or there is none; else how the step ends, and why. Never throws. */
export function judge(
  condition: string | null,
  scope: () => Scope,
  bounded: Bounded,
): { readonly as: 'skipped' | 'failed'; readonly why: string } | null {
  if (condition === null) return null;
  const expression = readExpression(condition);
  if ('problem' in expression) return { as: 'failed', why: expression.problem };
  const found = evaluate(expression, scope(), bounded);
  if ('problem' in found) return { as: 'failed', why: `Its condition: ${found.problem}` };
  if (found.value === true) return null;
  if (found.value === false) return { as: 'skipped', why: 'Its condition was false.' };
  const shown = showShort(JSON.stringify(found.value), 60);
  return { as: 'failed', why: `Its condition came to ${shown}, which is neither true nor false.` };
}
