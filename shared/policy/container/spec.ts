/** The one place where sandbox options become an engine's create document, for the engine and for copies of it (POL-5, RUN-4). Pure. */
import type { LiveLimits, SandboxMount, SandboxOptions } from '../../domain/sandbox.ts';
import { labelParts } from '../kernel/selinux.ts';
import type { ContainerDocument, HostDocument, LiveDocument } from './document.ts';

/** What a container is made from, beyond its options. */
export interface ContainerRequest {
  readonly name: string;
  readonly image: string;
  /** PID 1's argument vector. */
  readonly command: readonly string[];
  readonly options: SandboxOptions;
  /** The seccomp profile as JSON text. */
  readonly seccompProfile: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly openStdin?: boolean;
}

/** What the engine at hand wants, beyond the options. */
export interface SpecTarget {
  readonly kind: 'docker' | 'podman';
  /** Podman reads the profile from this path on its own machine; Docker takes the text. */
  readonly seccompPath?: string | undefined;
  /** The disk that rate limits apply to, e.g. `/dev/sda`; without it they cannot be asked for. */
  readonly ioDevice?: string | null | undefined;
}

/** Podman wants a process ulimit of its own; it counts every process of the uid, so it only must not be in the way. */
const PODMAN_NPROC = 16_384;
const MEMLOCK = 64 * 1024;

/** Microseconds. Short periods mean short stalls; the kernel's smallest quota of 1 ms needs the longer one below 2 %. */
export function cpuLimit(percent: number): { CpuPeriod: number; CpuQuota: number } {
  const period = percent < 2 ? 100_000 : 50_000;
  return { CpuPeriod: period, CpuQuota: Math.max(1000, Math.round((percent * period) / 100)) };
}

/** The part of the document that a live container can be updated with. */
export function liveLimits(limits: LiveLimits): LiveDocument {
  return { Memory: limits.memory, MemorySwap: limits.memory, ...cpuLimit(limits.cpu), PidsLimit: limits.pids };
}

function ulimits(options: SandboxOptions, kind: SpecTarget['kind']): { Name: string; Soft: number; Hard: number }[] {
  const fixed = (Name: string, value: number): { Name: string; Soft: number; Hard: number } => ({
    Name,
    Soft: value,
    Hard: value,
  });
  return [
    fixed('core', 0),
    { Name: 'cpu', Soft: options.cpuSeconds, Hard: options.cpuSeconds + 1 },
    fixed('fsize', options.fileSize),
    fixed('memlock', MEMLOCK),
    fixed('msgqueue', 0),
    fixed('nofile', options.openFiles),
    ...(kind === 'podman' ? [fixed('nproc', PODMAN_NPROC)] : []),
  ];
}

function scratch(options: SandboxOptions, kind: SpecTarget['kind']): string {
  const common = `rw,nosuid,nodev,exec,size=${options.scratchBytes}`;
  // Podman knows neither owner nor inode limit of a tmpfs; the script and PID 1 are the only users there.
  if (kind === 'podman') return `${common},mode=1777,notmpcopyup`;
  const [uid = '1000', gid = uid] = options.scriptUser.split(':');
  return `${common},mode=0700,uid=${uid},gid=${gid},nr_inodes=${options.scratchInodes}`;
}

/**
 * Podman mounts memory of any size on these places of a read-only container, over the links that lead into the scratch,
 * unless somebody else did: it must at least have the scratch's size.
 */
function temporary(options: SandboxOptions, kind: SpecTarget['kind']): Record<string, string> {
  if (kind === 'docker') return {};
  return { '/tmp': scratch(options, kind), '/var/tmp': scratch(options, kind) };
}

/** Hidden in every container: what Docker and Podman hide by themselves, which a list of one's own replaces in Docker. */
const HIDDEN = [
  '/proc/acpi',
  '/proc/asound',
  '/proc/interrupts',
  '/proc/kcore',
  '/proc/keys',
  '/proc/latency_stats',
  '/proc/sched_debug',
  '/proc/scsi',
  '/proc/timer_list',
  '/proc/timer_stats',
  '/sys/devices/virtual/powercap',
  '/sys/firmware',
];

function masks(
  { blockedPaths }: SandboxOptions,
  kind: SpecTarget['kind'],
): { host: Pick<HostDocument, 'MaskedPaths'>; options: string[] } {
  if (blockedPaths.length === 0) return { host: {}, options: [] };
  return kind === 'docker'
    ? { host: { MaskedPaths: [...HIDDEN, ...blockedPaths] }, options: [] }
    : { host: {}, options: [`mask=${blockedPaths.join(':')}`] };
}

/** A tmpfs of the script's, or one that the warden fills and the script cannot change (`copy`). */
function inMemory(mount: SandboxMount, options: SandboxOptions, kind: SpecTarget['kind']): string {
  const copied = mount.type === 'copy';
  const common = `${mount.readOnly && !copied ? 'ro' : 'rw'},nosuid,nodev,exec,size=${mount.bytes}`;
  if (kind === 'podman') return `${common},mode=1777,notmpcopyup`;
  const [uid = '', gid = uid] = (copied ? options.wardenUser : options.scriptUser).split(':');
  return `${common},mode=0755,uid=${uid},gid=${gid},nr_inodes=${options.scratchInodes}`;
}

function mounted({ mounts }: SandboxOptions): Pick<HostDocument, 'Mounts'> {
  const all = mounts.filter(({ type }) => type === 'bind' || type === 'volume');
  if (all.length === 0) return {};
  return {
    Mounts: all.map(({ type, source, target, readOnly }) => ({
      Type: type,
      Source: source,
      Target: target,
      ReadOnly: readOnly,
      // What else is mounted below stays out, for being read-only would not reach it. Podman ignores this: such folders are refused before.
      ...(type === 'bind'
        ? { BindOptions: { Propagation: 'rprivate', NonRecursive: true } }
        : { VolumeOptions: { NoCopy: true } }),
    })),
  };
}

function throttles(options: SandboxOptions, device: string | null | undefined): Partial<HostDocument> {
  if (!device) return {};
  const rate = (bytes: number | null): { Path: string; Rate: number }[] =>
    bytes === null ? [] : [{ Path: device, Rate: bytes }];
  return { BlkioDeviceReadBps: rate(options.diskRead), BlkioDeviceWriteBps: rate(options.diskWrite) };
}

/** What `become` needs to be the script's user with the granted capabilities; it keeps none of these. */
const TO_BECOME = ['CHOWN', 'SETGID', 'SETPCAP', 'SETUID'];

function capabilities({ capabilities: granted }: SandboxOptions): string[] {
  return granted.length === 0 ? [] : [...new Set([...granted, ...TO_BECOME])];
}

/** Names for the kernel's security modules; without them the engine takes its own. */
function modules({ apparmor, selinux }: SandboxOptions): string[] {
  return [
    ...(apparmor === null ? [] : [`apparmor=${apparmor}`]),
    ...(selinux === null ? [] : labelParts(selinux).map((part) => `label=${part}`)),
  ];
}

/** Everything the engine is told when it creates a sandbox. */
export function containerDocument(create: ContainerRequest, target: SpecTarget): ContainerDocument {
  const { options } = create;
  const seccomp = target.kind === 'podman' ? target.seccompPath : create.seccompProfile;
  if (!seccomp) throw new Error('a sandbox is never created without a seccomp profile');
  const joined = options.network === 'none' ? null : options.network;
  const hidden = masks(options, target.kind);
  const host: HostDocument = {
    ...liveLimits(options),
    ...(target.kind === 'docker' ? { MemorySwappiness: 0 } : {}),
    ...throttles(options, target.ioDevice),
    Ulimits: ulimits(options, target.kind),
    ReadonlyRootfs: true,
    Privileged: false,
    CapDrop: ['ALL'],
    CapAdd: capabilities(options),
    SecurityOpt: ['no-new-privileges', `seccomp=${seccomp}`, ...modules(options), ...hidden.options],
    ...(options.userNamespace === 'host' ? { UsernsMode: 'host' } : {}),
    NetworkMode: joined ? `container:${joined.gateway}` : 'none',
    IpcMode: 'private',
    PidMode: '',
    UTSMode: '',
    CgroupnsMode: 'private',
    // A sandbox that joins a gateway takes its resolver and its host name with its network.
    ...(joined ? {} : { Dns: ['127.0.0.1'], DnsSearch: ['.'], DnsOptions: [] }),
    Tmpfs: {
      '/workspace': scratch(options, target.kind),
      ...temporary(options, target.kind),
      ...Object.fromEntries(
        options.mounts
          .filter(({ type }) => type === 'tmpfs' || type === 'copy')
          .map((mount) => [mount.target, inMemory(mount, options, target.kind)]),
      ),
    },
    ...mounted(options),
    ...hidden.host,
    ShmSize: options.shmBytes,
    LogConfig: { Type: 'none', Config: {} },
    AutoRemove: false,
    Init: false,
    RestartPolicy: { Name: 'no' },
    ...(options.ociRuntime ? { Runtime: options.ociRuntime } : {}),
  };
  return {
    name: create.name,
    Image: create.image,
    // The image's own entry point never runs: PID 1 is exactly `command`.
    Entrypoint: [create.command[0] ?? ''],
    Cmd: create.command.slice(1),
    // Only with granted capabilities: PID 1 becomes the warden by itself then.
    User: options.capabilities.length > 0 ? '0:0' : options.wardenUser,
    // PID 1 cannot enter the script's folder; the script's own start says where it works.
    WorkingDir: '/',
    ...(joined ? {} : { Hostname: 'sandbox' }),
    // Docker makes a namespace for `none` by starting itself again in a hook; told that there is no networking at all it
    // leaves the namespace to the OCI runtime, which makes a private one with loopback only: 87 against 180 ms to a started container.
    ...(target.kind === 'docker' ? { NetworkDisabled: joined === null } : {}),
    Env: Object.entries(create.env ?? {}).map(([name, value]) => `${name}=${value}`),
    Labels: { ...create.labels },
    Tty: false,
    OpenStdin: create.openStdin ?? false,
    StdinOnce: create.openStdin ?? false,
    AttachStdin: create.openStdin ?? false,
    AttachStdout: true,
    AttachStderr: true,
    HostConfig: host,
  };
}
