/** The engine as core sees it: our own types only (ENG-2). Adapters translate every failure to an AppError. */
import type { Readable, Writable } from 'node:stream';
import type { SandboxOptions, LiveLimits } from '#shared/domain/sandbox.ts';

export interface EngineVersion {
  readonly kind: 'docker' | 'podman';
  readonly version: string;
  readonly apiVersion: string;
  readonly os: string;
  readonly arch: string;
}

/** What the engine says of itself; what it really does is probed (see capabilities). */
export interface EngineFacts {
  readonly cgroup: 'v1' | 'v2';
  readonly rootless: boolean;
  readonly securityOptions: readonly string[];
  readonly ociRuntimes: readonly string[];
  readonly defaultRuntime: string;
  readonly cpus: number;
  /** Bytes. */
  readonly memoryTotal: number;
  readonly storageDriver: string;
  readonly hostname: string;
  readonly warnings: readonly string[];
}

export interface ImageInfo {
  /** Content id, `sha256:…`. */
  readonly id: string;
  readonly tags: readonly string[];
  /** Bytes. */
  readonly size: number;
  /** Epoch milliseconds. */
  readonly created: number;
  readonly labels: Readonly<Record<string, string>>;
  /** Digests under which registries know it, `sha256:…`. */
  readonly digests: readonly string[];
  /** The environment that it sets; empty in a list of images. */
  readonly env: Readonly<Record<string, string>>;
  /** Instructions that a build on it would carry out; empty in a list of images. */
  readonly onBuild: readonly string[];
  /** Folders for which an engine makes a volume; empty in a list of images. */
  readonly volumes: readonly string[];
}

export interface VolumeInfo {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly driver: string;
  /** Options of its driver; with some, a volume is a folder of the engine's machine. */
  readonly options: Readonly<Record<string, string>>;
}

export interface ContainerInfo {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly state: 'created' | 'running' | 'paused' | 'exited' | 'dead' | 'removing' | 'unknown';
  readonly labels: Readonly<Record<string, string>>;
  /** Epoch milliseconds. */
  readonly created: number;
}

export interface ContainerDetail extends ContainerInfo {
  /** Pid of PID 1 as the engine's host sees it; 0 when not running. */
  readonly pid: number;
  readonly exitCode: number | null;
  /** The engine's own flag; it misses and invents real cases, see findings. */
  readonly oomKilled: boolean;
  /** Epoch milliseconds, null when it has not finished. */
  readonly finishedAt: number | null;
  /** The engine's raw inspect document, for tests and the details tab. */
  readonly raw: unknown;
}

/** Create a container from compiled options; `command` is PID 1's argument vector. */
export interface CreateContainer {
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly options: SandboxOptions;
  /** The seccomp profile as JSON text; the adapter hands it over in the form that its engine wants. */
  readonly seccompProfile: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** Keep PID 1's stdin open for `attach`. */
  readonly openStdin?: boolean;
}

/** The sidecar that owns a run's network namespace; its agent talks over `attach`. */
export interface CreateGateway {
  readonly name: string;
  readonly image: string;
  /** Id of a network of ours. */
  readonly network: string;
  readonly seccompProfile: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly publish: readonly { readonly host: number; readonly sandbox: number; readonly protocol: 'tcp' | 'udp' }[];
}

export interface CreateNetwork {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Range of its IPv6 addresses; null for IPv4 only. */
  readonly ipv6: string | null;
}

export interface NetworkInfo {
  readonly id: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Epoch milliseconds. */
  readonly created: number;
  /** Addresses of the engine's machine on it. */
  readonly hostAddresses: readonly string[];
  /** Its address ranges: those of other sandboxes. */
  readonly ranges: readonly string[];
  /** Its containers have IPv6 addresses too. */
  readonly ipv6: boolean;
}

/** Both ends of a process' standard streams. Not reading them blocks the process: that is the back-pressure. */
export interface Streams {
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** Ends at once with a TTY, where stdout carries both. */
  readonly stderr: Readable;
  /** Resolves when the engine has ended the stream; rejects when the connection broke. */
  readonly done: Promise<void>;
  /** Lets go of the connection; the process goes on. Drain before a kill, never destroy before it. */
  destroy(): void;
}

export interface ExecOptions {
  readonly command: readonly string[];
  /** `uid:gid`. */
  readonly user: string;
  readonly workingDir?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly tty?: boolean;
  /** False: stdin is closed from the start. */
  readonly stdin?: boolean;
}

export interface ExecState {
  readonly running: boolean;
  /** Final once `running` is false. 128 + signal when killed. */
  readonly exitCode: number | null;
  /** Pid as the engine's host sees it; 0 when it is not told. */
  readonly pid: number;
}

export interface Exec extends Streams {
  readonly id: string;
  inspect(): Promise<ExecState>;
  /** TTY only. */
  resize(columns: number, rows: number): Promise<void>;
}

/** The engine's own statistics, for engines whose cgroup files we cannot read. Counters, not rates. */
export interface EngineStats {
  /** Epoch milliseconds of the reading. */
  readonly at: number;
  readonly memory: number;
  /** Milliseconds. */
  readonly cpuTime: number;
  readonly throttledPeriods: number;
  readonly periods: number;
  readonly processes: number;
  readonly diskRead: number;
  readonly diskWrite: number;
}

export interface BuildImage {
  /** A tar of the build context; the Dockerfile is `Dockerfile` in it. */
  readonly context: Readable;
  readonly tag: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly args?: Readonly<Record<string, string>>;
  /** Build steps use the engine host's network (needed where the default bridge has no way out). */
  readonly hostNetwork?: boolean;
  readonly onLine?: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** Events of containers that carry our labels. */
export interface EngineEvent {
  readonly type: 'start' | 'die' | 'oom' | 'destroy' | 'exec-die';
  readonly containerId: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

export interface Engine {
  readonly address: string;
  /** Rejects with `engine-unreachable` when nobody answers within the timeout. */
  ping(timeoutMs?: number): Promise<void>;
  version(): Promise<EngineVersion>;
  facts(): Promise<EngineFacts>;

  images(labels: Readonly<Record<string, string>>): Promise<ImageInfo[]>;
  /** Null when there is no such image. */
  image(reference: string): Promise<ImageInfo | null>;
  buildImage(build: BuildImage): Promise<ImageInfo>;
  /** A root file system tar becomes an image. */
  importImage(tar: Readable, tag: string, labels: Readonly<Record<string, string>>): Promise<ImageInfo>;
  pullImage(reference: string, onLine?: (line: string) => void, signal?: AbortSignal): Promise<ImageInfo>;
  removeImage(reference: string): Promise<void>;

  /** Null when there is no such volume. */
  volume(name: string): Promise<VolumeInfo | null>;
  /** An empty volume on the engine's own disk. */
  createVolume(name: string, labels: Readonly<Record<string, string>>): Promise<void>;
  removeVolume(name: string): Promise<void>;

  createContainer(create: CreateContainer): Promise<string>;
  createGateway(create: CreateGateway): Promise<string>;
  /** A bridge on which containers do not reach each other. Rejects with `network-unavailable`. */
  createNetwork(create: CreateNetwork): Promise<NetworkInfo>;
  networks(labels: Readonly<Record<string, string>>): Promise<NetworkInfo[]>;
  /** False while something uses it; true also when it is gone already. */
  removeNetwork(id: string): Promise<boolean>;
  startContainer(id: string): Promise<void>;
  /** Null when it is gone. */
  container(id: string): Promise<ContainerDetail | null>;
  containers(labels: Readonly<Record<string, string>>): Promise<ContainerInfo[]>;
  /** PID 1's streams; call between create and start to lose nothing. */
  attach(id: string): Promise<Streams>;
  exec(id: string, options: ExecOptions): Promise<Exec>;
  updateLimits(id: string, limits: LiveLimits): Promise<void>;
  pause(id: string): Promise<void>;
  unpause(id: string): Promise<void>;
  kill(id: string, signal: string): Promise<void>;
  /** Kills and removes; resolves when it is gone, also when it already was. */
  removeContainer(id: string): Promise<void>;
  stats(id: string): Promise<EngineStats>;
  /** Calls back until the signal aborts; resolves then, rejects when the stream breaks. */
  events(
    labels: Readonly<Record<string, string>>,
    onEvent: (event: EngineEvent) => void,
    signal: AbortSignal,
  ): Promise<void>;
  dispose(): Promise<void>;
}
