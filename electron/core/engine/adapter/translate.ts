/** The engine's documents in our own types. Pure. */
import type {
  ContainerDetail,
  ContainerInfo,
  EngineEvent,
  EngineFacts,
  EngineStats,
  EngineVersion,
  ImageInfo,
} from '../port.ts';

type Doc = Readonly<Record<string, unknown>>;

const doc = (value: unknown): Doc => (typeof value === 'object' && value !== null ? (value as Doc) : {});
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const number = (value: unknown): number => (typeof value === 'number' ? value : 0);
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const strings = (value: unknown): string[] => list(value).filter((item) => typeof item === 'string');
const labels = (value: unknown): Record<string, string> =>
  Object.fromEntries(Object.entries(doc(value)).map(([key, label]) => [key, text(label)]));

/** Engines write seconds, or an RFC 3339 text with nanoseconds. Null for "never". */
function instant(value: unknown): number | null {
  if (typeof value === 'number') return value * 1000;
  const parsed = Date.parse(text(value));
  return Number.isNaN(parsed) || parsed <= 0 ? null : parsed;
}

/** Podman adds a registry to names that have none; ours never carry one. */
export function plainTag(tag: string): string {
  return tag.replace(/^(localhost|docker\.io\/library)\//, '');
}

function imageId(id: string): string {
  return id === '' || id.startsWith('sha256:') ? id : `sha256:${id}`;
}

export function toVersion(value: unknown): EngineVersion {
  const version = doc(value);
  const podman = list(version['Components']).some((component) => text(doc(component)['Name']).startsWith('Podman'));
  return {
    kind: podman ? 'podman' : 'docker',
    version: text(version['Version']),
    apiVersion: text(version['ApiVersion']),
    os: text(version['Os']),
    arch: text(version['Arch']),
  };
}

export function toFacts(value: unknown): EngineFacts {
  const info = doc(value);
  const securityOptions = strings(info['SecurityOptions']);
  return {
    cgroup: text(info['CgroupVersion']) === '2' ? 'v2' : 'v1',
    rootless: securityOptions.some((option) => option.startsWith('name=rootless')),
    securityOptions,
    ociRuntimes: Object.keys(doc(info['Runtimes'])),
    defaultRuntime: text(info['DefaultRuntime']),
    cpus: number(info['NCPU']),
    memoryTotal: number(info['MemTotal']),
    storageDriver: text(info['Driver']),
    hostname: text(info['Name']),
    warnings: strings(info['Warnings']),
  };
}

export function toImage(value: unknown): ImageInfo {
  const image = doc(value);
  return {
    id: imageId(text(image['Id'])),
    tags: strings(image['RepoTags']).map(plainTag),
    size: number(image['Size']),
    created: instant(image['Created']) ?? 0,
    labels: labels(image['Labels'] ?? doc(image['Config'])['Labels']),
    digests: strings(image['RepoDigests']).flatMap((name) => /@(sha256:[\da-f]{64})$/.exec(name)?.[1] ?? []),
    env: Object.fromEntries(strings(doc(image['Config'])['Env']).map(pair)),
    onBuild: strings(doc(image['Config'])['OnBuild']),
    volumes: Object.keys(doc(doc(image['Config'])['Volumes'])),
  };
}

function pair(entry: string): [string, string] {
  const cut = entry.indexOf('=');
  return cut < 0 ? [entry, ''] : [entry.slice(0, cut), entry.slice(cut + 1)];
}

const STATES: Readonly<Record<string, ContainerInfo['state']>> = {
  created: 'created',
  configured: 'created',
  initialized: 'created',
  running: 'running',
  paused: 'paused',
  exited: 'exited',
  stopped: 'exited',
  stopping: 'running',
  dead: 'dead',
  removing: 'removing',
};

export function toContainer(value: unknown): ContainerInfo {
  const container = doc(value);
  return {
    id: text(container['Id']),
    name: (strings(container['Names'])[0] ?? '').replace(/^\//, ''),
    image: text(container['Image']),
    state: STATES[text(container['State'])] ?? 'unknown',
    labels: labels(container['Labels']),
    created: instant(container['Created']) ?? 0,
  };
}

export function toDetail(value: unknown): ContainerDetail {
  const container = doc(value);
  const state = doc(container['State']);
  const status = STATES[text(state['Status'])] ?? 'unknown';
  const over = status === 'exited' || status === 'dead';
  return {
    id: text(container['Id']),
    name: text(container['Name']).replace(/^\//, ''),
    image: text(doc(container['Config'])['Image']),
    state: status,
    labels: labels(doc(container['Config'])['Labels']),
    created: instant(container['Created']) ?? 0,
    pid: over ? 0 : number(state['Pid']),
    exitCode: over ? number(state['ExitCode']) : null,
    oomKilled: state['OOMKilled'] === true,
    finishedAt: over ? instant(state['FinishedAt']) : null,
    raw: value,
  };
}

export function toStats(value: unknown, now: number): EngineStats {
  const stats = doc(value);
  const cpu = doc(stats['cpu_stats']);
  const throttling = doc(cpu['throttling_data']);
  const disk = list(doc(stats['blkio_stats'])['io_service_bytes_recursive']).map(doc);
  const total = (operation: string): number =>
    disk
      .filter((row) => text(row['op']).toLowerCase() === operation)
      .reduce((sum, row) => sum + number(row['value']), 0);
  return {
    at: now,
    memory: number(doc(stats['memory_stats'])['usage']),
    cpuTime: number(doc(cpu['cpu_usage'])['total_usage']) / 1e6,
    throttledPeriods: number(throttling['throttled_periods']),
    periods: number(throttling['periods']),
    processes: number(doc(stats['pids_stats'])['current']),
    diskRead: total('read'),
    diskWrite: total('write'),
  };
}

const EVENTS: Readonly<Record<string, EngineEvent['type']>> = {
  start: 'start',
  die: 'die',
  died: 'die',
  oom: 'oom',
  destroy: 'destroy',
  remove: 'destroy',
  exec_die: 'exec-die',
  exec_died: 'exec-die',
};

/** Null for events that nobody here needs. */
export function toEvent(value: unknown): EngineEvent | null {
  const event = doc(value);
  const type = EVENTS[text(event['Action']) || text(event['status'])];
  const containerId = text(doc(event['Actor'])['ID']) || text(event['id']);
  if (!type || !containerId) return null;
  return { type, containerId, at: Math.round(number(event['timeNano']) / 1e6) || number(event['time']) * 1000 };
}

/** The engines' filter document for labels; an empty value asks for the label's presence. Podman refuses an empty list. */
export function labelFilter(wanted: Readonly<Record<string, string>>): { label?: string[] } {
  const label = Object.entries(wanted).map(([key, value]) => (value === '' ? key : `${key}=${value}`));
  return label.length === 0 ? {} : { label };
}
