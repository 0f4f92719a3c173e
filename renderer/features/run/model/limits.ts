/** The numbers behind a plan's words: what charts draw as limits. */
import type { Plan, PlanField } from '#shared/contract/runs.ts';
import { parseBytes, parseCount, parseCpu, parseDuration, parseRate } from '#shared/lib/units.ts';

export interface Limits {
  readonly memory: number | null;
  readonly cpu: number | null;
  readonly cpuTime: number | null;
  readonly wallTime: number | null;
  readonly processes: number | null;
  readonly openFiles: number | null;
  readonly diskRead: number | null;
  readonly diskWrite: number | null;
  readonly scratch: number | null;
  readonly output: number | null;
  readonly download: number | null;
  readonly upload: number | null;
  readonly network: 'none' | 'restricted' | 'full';
  readonly tty: boolean;
}

/** Reads one value as its unit says; null when it is unlimited, absent or not a plain amount. */
function read(fields: ReadonlyMap<string, PlanField>, path: string, parse: (text: string) => number): number | null {
  const text = fields.get(path)?.value;
  if (text === undefined) return null;
  try {
    return parse(text);
  } catch {
    return null;
  }
}

/** Base units: bytes, milliseconds, percent of one core, bytes per second. */
export function limitsOf(plan: Pick<Plan, 'fields'>): Limits {
  const fields = new Map(plan.fields.map((field) => [field.field, field]));
  const network = fields.get('network.mode')?.value;
  return {
    memory: read(fields, 'resources.memory', parseBytes),
    cpu: read(fields, 'resources.cpu', parseCpu),
    cpuTime: read(fields, 'resources.cpu_time', parseDuration),
    wallTime: read(fields, 'resources.wall_time', parseDuration),
    processes: read(fields, 'resources.processes', parseCount),
    openFiles: read(fields, 'resources.open_files', parseCount),
    diskRead: read(fields, 'resources.disk_read', parseRate),
    diskWrite: read(fields, 'resources.disk_write', parseRate),
    scratch: read(fields, 'resources.scratch', parseBytes),
    output: read(fields, 'resources.output', parseBytes),
    download: read(fields, 'network.download', parseRate),
    upload: read(fields, 'network.upload', parseRate),
    network: network === 'restricted' || network === 'full' ? network : 'none',
    tty: /^(true|yes|on)$/i.test(fields.get('run.tty')?.value ?? ''),
  };
}
