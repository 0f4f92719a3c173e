/** What a sandbox is created from: engine-neutral, complete, and the only product of the policy compiler (POL-5). */
import type { Enforcement, SeccompProfile } from './policy.ts';
import type { Runtime } from './run.ts';

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
  readonly network: 'none';
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
  readonly workingDir: string;
}

export interface Compiled {
  readonly options: SandboxOptions;
  /** Every field that this engine enforces less than fully. */
  readonly gaps: readonly Enforcement[];
}
