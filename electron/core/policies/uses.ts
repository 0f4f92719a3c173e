/** What would lose a policy: settings that name it, and runs that are not over (POL-4). Pure. */
import type { RunSummary } from '#shared/domain/run.ts';
import type { PlanSettings } from '#shared/policy/plan/plan.ts';

/** Name → settings keys, then `1 run`. Levels are among the names. */
export function usesOf(
  { defaultPolicy, perRuntime }: Pick<PlanSettings, 'defaultPolicy' | 'perRuntime'>,
  runs: readonly Pick<RunSummary, 'policy' | 'state'>[],
): ReadonlyMap<string, string[]> {
  const uses = new Map<string, string[]>();
  const add = (name: string, use: string): void => {
    uses.set(name, [...(uses.get(name) ?? []), use]);
  };
  add(defaultPolicy, 'default_policy');
  for (const [runtime, name] of Object.entries(perRuntime)) add(name, `runtime_policy.${runtime}`);
  const going = new Map<string, number>();
  for (const { policy, state } of runs) if (state !== 'finished') going.set(policy, (going.get(policy) ?? 0) + 1);
  for (const [name, count] of going) add(name, `${count} run${count === 1 ? '' : 's'}`);
  return uses;
}
