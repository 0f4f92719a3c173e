/** What one reading of a sandbox's counters says, whatever the source: totals since its start, not rates. */
export interface Counters {
  /** Epoch or monotonic milliseconds of the reading; only differences matter. */
  readonly at: number;
  /** Bytes charged to the cgroup, less page cache that the kernel can drop at will (inactive file pages). */
  readonly memory: number;
  /** Milliseconds of CPU time. */
  readonly cpuTime: number;
  readonly periods?: number;
  readonly throttled?: number;
  /** Tasks, the warden included. */
  readonly processes: number;
  /** How often a fork was refused. */
  readonly forksRefused?: number;
  /** How many processes were killed for memory. */
  readonly oomKills?: number;
  readonly diskRead?: number;
  readonly diskWrite?: number;
}

/** Texts of the cgroup files that a reader could read, by file name; a missing file is absent. */
export type CgroupFiles = Readonly<Record<string, string>>;

/** Value after `key` in a flat keyed file (`key value` per line or per `;`); undefined when it is not there. */
function keyed(text: string | undefined, key: string): number | undefined {
  if (text === undefined) return undefined;
  const at = text.startsWith(`${key} `) ? 0 : Math.max(text.indexOf(`\n${key} `), text.indexOf(`;${key} `)) + 1;
  if (at === 0 && !text.startsWith(`${key} `)) return undefined;
  const value = Number.parseInt(text.slice(at + key.length + 1), 10);
  return Number.isNaN(value) ? undefined : value;
}

function whole(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number.parseInt(text, 10);
  return Number.isNaN(value) ? undefined : value;
}

/** Sum over devices in cgroup v1's `MAJ:MIN Read N` lines. */
function sumV1(text: string | undefined, operation: 'Read' | 'Write'): number | undefined {
  if (text === undefined) return undefined;
  let sum = 0;
  for (const match of text.matchAll(/\d+:\d+ (Read|Write) (\d+)/g)) if (match[1] === operation) sum += Number(match[2]);
  return sum;
}

/** Sum over devices in cgroup v2's `MAJ:MIN rbytes=N wbytes=N` lines. */
function sumV2(text: string | undefined, key: 'rbytes' | 'wbytes'): number | undefined {
  if (text === undefined) return undefined;
  let sum = 0;
  for (const match of text.matchAll(new RegExp(`\\b${key}=(\\d+)`, 'g'))) sum += Number(match[1]);
  return sum;
}

/**
 * Counters from cgroup files of either version (kernel documentation: cgroup-v1/memory, cgroup-v2).
 * Null when the files that matter (memory, CPU, tasks) are missing: the sandbox has ended.
 */
export function parseCounters(files: CgroupFiles, at: number): Counters | null {
  return 'memory.current' in files ? parseV2(files, at) : parseV1(files, at);
}

function parseV1(files: CgroupFiles, at: number): Counters | null {
  const usage = whole(files['memory.usage_in_bytes']);
  const nanoseconds = whole(files['cpuacct.usage']);
  const processes = whole(files['pids.current']);
  if (usage === undefined || nanoseconds === undefined || processes === undefined) return null;
  const droppable =
    keyed(files['memory.stat'], 'total_inactive_file') ?? keyed(files['memory.stat'], 'inactive_file') ?? 0;
  return {
    at,
    memory: Math.max(0, usage - droppable),
    cpuTime: nanoseconds / 1e6,
    periods: keyed(files['cpu.stat'], 'nr_periods'),
    throttled: keyed(files['cpu.stat'], 'nr_throttled'),
    processes,
    forksRefused: keyed(files['pids.events'], 'max'),
    oomKills: keyed(files['memory.oom_control'], 'oom_kill'),
    diskRead: sumV1(files['blkio.throttle.io_service_bytes'], 'Read'),
    diskWrite: sumV1(files['blkio.throttle.io_service_bytes'], 'Write'),
  };
}

function parseV2(files: CgroupFiles, at: number): Counters | null {
  const usage = whole(files['memory.current']);
  const microseconds = keyed(files['cpu.stat'], 'usage_usec');
  const processes = whole(files['pids.current']);
  if (usage === undefined || microseconds === undefined || processes === undefined) return null;
  return {
    at,
    memory: Math.max(0, usage - (keyed(files['memory.stat'], 'inactive_file') ?? 0)),
    cpuTime: microseconds / 1000,
    periods: keyed(files['cpu.stat'], 'nr_periods'),
    throttled: keyed(files['cpu.stat'], 'nr_throttled'),
    processes,
    forksRefused: keyed(files['pids.events'], 'max'),
    oomKills: keyed(files['memory.events'], 'oom_kill'),
    diskRead: sumV2(files['io.stat'], 'rbytes'),
    diskWrite: sumV2(files['io.stat'], 'wbytes'),
  };
}
