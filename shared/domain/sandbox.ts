/** What a sandbox is created from: engine-neutral, complete, and the only product of the policy compiler (POL-5). */
import type { NetworkPlan } from './network.ts';
import type { Enforcement, SeccompProfile } from './policy.ts';
import type { Runtime } from './run.ts';

/** A folder inside a sandbox that is not the scratch. Sources were resolved and checked against the allowlist. */
export interface SandboxMount {
  /** `copy`: a bind whose engine does not share our file system; the content is put in before the start. */
  readonly type: 'bind' | 'volume' | 'tmpfs' | 'copy';
  /** As the policy says it, then (once resolved, see `electron/core/sandbox/mounts`) the real path on this machine, or the volume's name; empty for a tmpfs. */
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
  /** Bytes that it may hold, where it is in memory (`tmpfs`, `copy`); 0 otherwise. */
  readonly bytes: number;
}

/** Landlock rules that the waiter sets before it becomes the script (POL-8); an empty list allows what the image allows. */
export interface PathAccess {
  readonly read: readonly string[];
  readonly write: readonly string[];
  readonly execute: readonly string[];
}

/** Limits that can be changed on a live container. */
export interface LiveLimits {
  /** Bytes; swap is never beyond it. */
  readonly memory: number;
  /** Percent of one core. */
  readonly cpu: number;
  /** Tasks, plumbing included. */
  readonly pids: number;
}

export interface SandboxOptions extends LiveLimits {
  readonly runtime: Runtime;
  /** `uid:gid` of PID 1. */
  readonly wardenUser: string;
  /** `uid:gid` of the script. */
  readonly scriptUser: string;
  readonly seccomp: SeccompProfile;
  readonly capabilities: readonly string[];
  /** `none`: loopback only; else the network namespace of this gateway's container. */
  readonly network: 'none' | { readonly gateway: string };
  /** Bytes of the tmpfs at /workspace (holds /tmp and the home folder). */
  readonly scratchBytes: number;
  readonly scratchInodes: number;
  /** Bytes of /dev/shm; scratchBytes + shmBytes is the policy's scratch. */
  readonly shmBytes: number;
  readonly openFiles: number;
  /** Largest file the script may write, bytes. */
  readonly fileSize: number;
  /** Second line behind the watched CPU time, seconds, per process. */
  readonly cpuSeconds: number;
  readonly diskRead: number | null;
  readonly diskWrite: number | null;
  readonly ociRuntime: string | null;
  readonly mounts: readonly SandboxMount[];
  /** Paths of the container that are masked. */
  readonly blockedPaths: readonly string[];
  /** Null: no path rules. */
  readonly access: PathAccess | null;
  /** Names of system calls taken from the profile. */
  readonly seccompRemoved: readonly string[];
  /** `host`: ids are not mapped although the engine would. */
  readonly userNamespace: 'engine' | 'host';
  /** Null: what the engine gives by itself. */
  readonly apparmor: string | null;
  readonly selinux: string | null;
  /** Decoy keys in the home folder, watched by the warden. */
  readonly canaries: boolean;
  readonly workingDir: string;
}

export interface Compiled {
  readonly options: SandboxOptions;
  /** What the gateway is made from; the options name it once it is there. */
  readonly network: NetworkPlan;
  /** Every field that this engine enforces less than fully. */
  readonly gaps: readonly Enforcement[];
}
