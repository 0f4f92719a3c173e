/** Reads a sandbox's cgroup files on this host with held descriptors: the cheap way, for an engine on our kernel. */
import { closeSync, openSync, readFileSync, readSync, readdirSync, statfsSync } from 'node:fs';
import type { Disposable } from '#shared/lib/lifecycle.ts';
import { parseCounters, type CgroupFiles, type Counters } from './counters.ts';

const V1_FILES: Readonly<Record<string, readonly string[]>> = {
  memory: ['memory.usage_in_bytes', 'memory.stat', 'memory.oom_control'],
  cpuacct: ['cpuacct.usage'],
  cpu: ['cpu.stat'],
  pids: ['pids.current', 'pids.events'],
  blkio: ['blkio.throttle.io_service_bytes'],
};
const V2_FILES = [
  'memory.current',
  'memory.stat',
  'memory.events',
  'cpu.stat',
  'pids.current',
  'pids.events',
  'io.stat',
];

/** Facts that are read more rarely than the counters. */
export interface SlowFacts {
  /** Largest number of open files of any one of the script's processes. */
  readonly openFiles?: number;
  /** Bytes used in the scratch. */
  readonly scratch?: number;
  /** Packets for which the sandbox had no route: attempts to reach a network that is not there. */
  readonly noRoute?: number;
}

export interface CounterReader extends Disposable {
  /** Null once the sandbox has ended. */
  read(at: number): Counters | null;
  readSlow(): SlowFacts;
  /** Bytes used in the scratch: one cheap call, so that a full one is seen however short. */
  readScratch(): number | undefined;
}

/** Folder of each file under /sys/fs/cgroup for a process, from its /proc/PID/cgroup. Pure; both versions and the hybrid. */
export function cgroupPaths(procCgroup: string, root = '/sys/fs/cgroup'): Map<string, string> {
  const paths = new Map<string, string>();
  for (const line of procCgroup.split('\n')) {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (controllers === undefined || path === undefined) continue;
    for (const controller of controllers.split(',')) {
      for (const file of V1_FILES[controller] ?? []) paths.set(file, `${root}/${controller}${path}/${file}`);
    }
    if (controllers === '' && !paths.has('memory.usage_in_bytes'))
      for (const file of V2_FILES) paths.set(file, `${root}${path}/${file}`);
  }
  if (paths.has('memory.usage_in_bytes')) for (const file of V2_FILES) if (!isV1(file)) paths.delete(file);
  return paths;
}

function isV1(file: string): boolean {
  return Object.values(V1_FILES).some((files) => files.includes(file));
}

/**
 * Opens the files of the cgroup in which `pid` (as the host sees it) runs.
 * Null when they cannot be read here: another kernel, no permission, or the process has ended.
 */
export function openHostReader(pid: number): CounterReader | null {
  const descriptors = new Map<string, number>();
  try {
    for (const [file, path] of cgroupPaths(readFileSync(`/proc/${pid}/cgroup`, 'utf8'))) {
      try {
        descriptors.set(file, openSync(path, 'r'));
      } catch {
        continue;
      }
    }
  } catch {
    return null;
  }
  const buffer = Buffer.alloc(16 * 1024);
  const read = (at: number): Counters | null => {
    const files: Record<string, string> = {};
    try {
      for (const [file, descriptor] of descriptors) {
        files[file] = buffer.toString('latin1', 0, readSync(descriptor, buffer, 0, buffer.length, 0));
      }
    } catch {
      return null;
    }
    return parseCounters(files satisfies CgroupFiles, at);
  };
  const dispose = (): void => {
    for (const descriptor of descriptors.values()) closeSync(descriptor);
    descriptors.clear();
  };
  if (descriptors.size === 0 || read(0) === null) {
    dispose();
    return null;
  }
  return { read, readSlow: () => readSlowFacts(pid), readScratch: () => attempt(() => usedScratch(pid)), dispose };
}

function attempt<T>(get: () => T): T | undefined {
  try {
    return get();
  } catch {
    return undefined;
  }
}

/** Best effort: each fact is absent where this process may not look. */
function readSlowFacts(wardenPid: number): SlowFacts {
  return {
    openFiles: attempt(() => mostOpenFiles(wardenPid)),
    noRoute: attempt(() =>
      noRoutePackets(
        readFileSync(`/proc/${wardenPid}/net/snmp`, 'utf8'),
        readFileSync(`/proc/${wardenPid}/net/snmp6`, 'utf8'),
      ),
    ),
  };
}

function usedScratch(wardenPid: number): number {
  const usage = statfsSync(`/proc/${wardenPid}/root/workspace`);
  return (usage.blocks - usage.bfree) * usage.bsize;
}

function mostOpenFiles(wardenPid: number): number {
  const line =
    readFileSync(`/proc/${wardenPid}/cgroup`, 'utf8')
      .split('\n')
      .find((one) => /^\d+:(pids|):/.test(one)) ?? '';
  const [, controller, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
  const pids = readFileSync(`/sys/fs/cgroup/${controller ? `${controller}/` : ''}${path}/cgroup.procs`, 'utf8')
    .trim()
    .split('\n')
    .map(Number);
  let most = 0;
  for (const pid of pids)
    if (pid !== wardenPid) most = Math.max(most, attempt(() => readdirSync(`/proc/${pid}/fd`).length) ?? 0);
  return most;
}

/** Sum of OutNoRoutes (RFC 4293 ipSystemStatsOutNoRoutes) over IPv4 and IPv6. */
export function noRoutePackets(snmp: string, snmp6: string): number {
  const rows = snmp.split('\n').filter((line) => line.startsWith('Ip:'));
  const column = rows[0]?.split(' ').indexOf('OutNoRoutes') ?? -1;
  const v4 = column < 0 ? 0 : Number(rows[1]?.split(' ')[column] ?? 0);
  const v6 = Number(/^Ip6OutNoRoutes\s+(\d+)/m.exec(snmp6)?.[1] ?? 0);
  return v4 + v6;
}
