/** How much of the processor a policy lets one run use. */
import type { EffectivePolicy } from '../../domain/policy.ts';

/** Milliseconds of CPU time; Infinity when neither wall time nor CPU time ends the run. */
export function cpuMost({ fields }: EffectivePolicy): number {
  const ends = (path: 'resources.on_breach.wall_time' | 'resources.on_breach.cpu_time') =>
    fields[path].value !== 'warn';
  const byWall = ends('resources.on_breach.wall_time')
    ? (fields['resources.wall_time'].value * fields['resources.cpu'].value) / 100
    : Infinity;
  const byCpu = ends('resources.on_breach.cpu_time') ? fields['resources.cpu_time'].value : Infinity;
  return Math.min(byWall, byCpu);
}
