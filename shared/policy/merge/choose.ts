/** Which policy a run is under: what the launch names, else what the settings name (POL-3, HOST-6). Pure. */
import type { Launch } from '../../contract/runs.ts';
import type { TrustLevel } from '../../domain/policy.ts';
import type { Runtime } from '../../domain/run.ts';
import type { PlanSettings } from '../plan/plan.ts';
import { isLevel } from './resolve.ts';

export interface Chosen {
  /** Name of an own policy; null for a bare level. */
  readonly policy: string | null;
  /** Where the name stands, for an error: `this run`, `default_policy`, `runtime_policy.node`. */
  readonly from: string;
  /** The level that the run asks for itself. */
  readonly trust: TrustLevel | undefined;
  /** The level when neither run, policy nor project names one. */
  readonly fallback: TrustLevel;
}

/** A level named by the run stands for itself: the settings' own policy is for runs that name neither. */
export function choose(
  launch: Pick<Launch, 'policy' | 'trust'>,
  runtime: Runtime,
  settings: Pick<PlanSettings, 'defaultPolicy' | 'perRuntime'>,
): Chosen {
  const { [runtime]: forRuntime } = settings.perRuntime;
  const fallback = [forRuntime, settings.defaultPolicy].find((name) => name !== undefined && isLevel(name));
  const level = fallback !== undefined && isLevel(fallback) ? fallback : 'untrusted';
  if (launch.policy !== undefined) {
    const named = isLevel(launch.policy) ? launch.policy : undefined;
    const policy = named === undefined ? launch.policy : null;
    return { policy, from: 'this run', trust: launch.trust ?? named, fallback: level };
  }
  if (launch.trust !== undefined) return { policy: null, from: 'this run', trust: launch.trust, fallback: level };
  const from = forRuntime === undefined ? 'default_policy' : `runtime_policy.${runtime}`;
  const name = forRuntime ?? settings.defaultPolicy;
  return { policy: isLevel(name) ? null : name, from, trust: undefined, fallback: level };
}
