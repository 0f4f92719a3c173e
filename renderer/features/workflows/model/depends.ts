/** What follows from what in a workflow. Pure. */

interface Needing {
  readonly id: string;
  readonly needs: readonly string[];
}

/** A step and everything that depends on it, in the order of the steps: what a retry from it runs again. */
export function againFrom<T extends Needing>(steps: readonly T[], id: string): readonly T[] {
  const needed = new Map<string, T[]>();
  for (const step of steps)
    for (const need of step.needs) {
      const of = needed.get(need);
      if (of) of.push(step);
      else needed.set(need, [step]);
    }
  const found = new Set([id]);
  for (const at of found) for (const { id: next } of needed.get(at) ?? []) found.add(next);
  return steps.filter((step) => found.has(step.id));
}
