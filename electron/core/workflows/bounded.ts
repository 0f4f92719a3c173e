/** Work of an expression within a time: its data is a script's, its text a file's (WF-1). */
import { createContext, Script } from 'node:vm';
import type { Bounded } from '#shared/workflow/expression.ts';

/** Milliseconds that one expression may take. */
const TIME_MS = 250;

const CONTEXT = createContext({ work: (): void => {} });
const CALL = new Script('work()');

/** Runs `work` and throws when it takes longer than an expression may. No power is taken from it: only the time is bounded. */
export const bounded: Bounded = (work) => {
  const found: { value?: ReturnType<typeof work>; thrown?: { readonly failure: unknown } } = {};
  CONTEXT['work'] = (): void => {
    try {
      found.value = work();
    } catch (failure) {
      found.thrown = { failure };
    }
  };
  try {
    // The watchdog of this call ends whatever runs inside of it, also a regular expression.
    CALL.runInContext(CONTEXT, { timeout: TIME_MS });
  } catch {
    throw new Error(`It took longer than ${TIME_MS} ms.`);
  }
  if (found.thrown !== undefined) throw found.thrown.failure;
  return found.value as ReturnType<typeof work>;
};
