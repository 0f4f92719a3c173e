/** What limits add to the risk. */
import type { EffectivePolicy, FieldPath } from '../../../domain/policy.ts';
import { MIB, showDuration } from '../../../lib/units.ts';
import { anyField } from '../../fields.ts';
import { cpuMost } from '../cpu.ts';
import { doublings, type Part } from './part.ts';

const HOUR = 3_600_000;
const AN_HOUR_OF_CPU = 15;
const CPU_MOST = 24;

type Scale = readonly [field: FieldPath, from: number, each: number, most: number];

/** From the limits of `untrusted` on. */
const SCALES: readonly Scale[] = [
  ['resources.memory', 64 * MIB, 0.6, 8],
  ['resources.wall_time', 60_000, 0.5, 6],
  ['resources.processes', 5, 0.5, 6],
  ['resources.open_files', 32, 0.3, 3],
  ['resources.disk_read', 10 * MIB, 0.3, 2],
  ['resources.disk_write', 5 * MIB, 0.3, 3],
  ['resources.scratch', 50 * MIB, 0.3, 4],
  ['resources.output', 10 * MIB, 0.3, 4],
  ['quota.runs', 10, 0.5, 4],
];

export function resourceRisk(policy: EffectivePolicy): Part[] {
  const cpu = cpuMost(policy);
  return [
    {
      group: 'resources',
      field: 'resources.cpu_time',
      points: Math.min(CPU_MOST, AN_HOUR_OF_CPU * (cpu / HOUR) ** 0.6),
      why: cpu === Infinity ? 'No limit ends the use of the processor.' : `Up to ${showDuration(cpu)} of CPU time.`,
    },
    ...SCALES.map(([field, from, each, most]): Part => {
      const value = policy.fields[field].value as number | null;
      const { label, kind } = anyField(field);
      return {
        group: 'resources',
        field,
        points: value === null ? most : doublings(value, from, each, most),
        why: `${label}: ${kind.format(value)}.`,
      };
    }),
  ];
}
