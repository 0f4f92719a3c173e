/** The warden's own end of a run, for when nobody of us is there to end it. */
import type { EffectivePolicy } from '#shared/domain/policy.ts';
import { GRACE_MS } from '../end/end-sandbox.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';

/** The warden ends the sandbox this many seconds after we should have. */
const DEADLINE_MARGIN = 15;

/** `elapsed`: wall time that the script has used, ms. A policy whose wall time only warns sets none, and takes away any that was there. */
export function setDeadline(sandbox: Sandbox, { fields }: EffectivePolicy, elapsed: number): void {
  const left = (fields['resources.wall_time'].value - elapsed + GRACE_MS) / 1000 + DEADLINE_MARGIN;
  sandbox.warden.deadline(fields['resources.on_breach.wall_time'].value === 'warn' ? 0 : left);
}
