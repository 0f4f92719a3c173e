/** The engine's create document, as far as a sandbox uses it: names and values are those of the Docker Engine API. */

export interface Ulimit {
  readonly Name: string;
  readonly Soft: number;
  readonly Hard: number;
}

export interface DeviceRate {
  readonly Path: string;
  /** Bytes a second. */
  readonly Rate: number;
}

export interface MountDocument {
  readonly Type: string;
  readonly Source: string;
  readonly Target: string;
  readonly ReadOnly: boolean;
  readonly BindOptions?: { readonly Propagation: string; readonly NonRecursive: boolean };
  readonly VolumeOptions?: { readonly NoCopy: boolean };
}

/** What a live container can be updated with. */
export interface LiveDocument {
  readonly Memory: number;
  readonly MemorySwap: number;
  readonly CpuPeriod: number;
  readonly CpuQuota: number;
  readonly PidsLimit: number;
}

export interface HostDocument extends LiveDocument {
  readonly MemorySwappiness?: number;
  readonly BlkioDeviceReadBps?: readonly DeviceRate[];
  readonly BlkioDeviceWriteBps?: readonly DeviceRate[];
  readonly Ulimits: readonly Ulimit[];
  readonly ReadonlyRootfs: boolean;
  readonly Privileged: boolean;
  readonly CapDrop: readonly string[];
  readonly CapAdd: readonly string[];
  readonly SecurityOpt: readonly string[];
  readonly UsernsMode?: string;
  readonly NetworkMode: string;
  readonly IpcMode: string;
  readonly PidMode: string;
  readonly UTSMode: string;
  readonly CgroupnsMode: string;
  readonly Dns?: readonly string[];
  readonly DnsSearch?: readonly string[];
  readonly DnsOptions?: readonly string[];
  readonly Tmpfs: Readonly<Record<string, string>>;
  readonly Mounts?: readonly MountDocument[];
  readonly MaskedPaths?: readonly string[];
  readonly ShmSize: number;
  readonly LogConfig: { readonly Type: string; readonly Config: Readonly<Record<string, string>> };
  readonly AutoRemove: boolean;
  readonly Init: boolean;
  readonly RestartPolicy: { readonly Name: string };
  readonly Runtime?: string;
}

export interface ContainerDocument {
  readonly name: string;
  readonly Image: string;
  readonly Entrypoint: readonly string[];
  readonly Cmd: readonly string[];
  readonly User: string;
  readonly WorkingDir: string;
  readonly Hostname?: string;
  readonly NetworkDisabled?: boolean;
  readonly Env: readonly string[];
  readonly Labels: Readonly<Record<string, string>>;
  readonly Tty: boolean;
  readonly OpenStdin: boolean;
  readonly StdinOnce: boolean;
  readonly AttachStdin: boolean;
  readonly AttachStdout: boolean;
  readonly AttachStderr: boolean;
  readonly HostConfig: HostDocument;
}
