/** Which waiting sandboxes serve which runs (RUN-11). Pure but for the hash. */
import { createHash } from 'node:crypto';
import type { NetworkPlan } from '#shared/domain/network.ts';
import type { LiveLimits, SandboxOptions } from '#shared/domain/sandbox.ts';
import type { Booted } from '../boot.ts';

/** What a run needs of a sandbox, before it is known where that comes from. */
export interface SandboxWish {
  /** As people call it. */
  readonly reference: string;
  /** The image's content id: a rebuilt image is another one. */
  readonly imageId: string;
  readonly options: SandboxOptions;
  /** JSON text, removed calls taken out. */
  readonly seccompProfile: string;
  readonly network: NetworkPlan['mode'];
  readonly tty: boolean;
  /** The policy's own word on warm sandboxes. */
  readonly warm: boolean;
  /** The interpreter that is to be started beforehand; null: its process waits, the interpreter does not run yet. */
  readonly booted: Booted | null;
  /** `image.pull: always`: what the image is may change with each run. */
  readonly fetched: boolean;
}

/** Why no waiting sandbox can serve this run, in one sentence; null when one could. */
export function coldBecause({ options, network, tty, warm, fetched }: SandboxWish): string | null {
  if (!warm) return 'The policy says `run.warm: false`.';
  if (tty) return 'A terminal is made with its sandbox.';
  if (network !== 'none' || options.network !== 'none') return 'Its network is made with its sandbox.';
  if (options.mounts.length > 0) return 'Mounts cannot be added to a sandbox that waits.';
  if (fetched) return 'The policy fetches the image for each run.';
  return null;
}

/** What an update call can change, and what the payload says, may differ between the runs that one waiting sandbox could serve. */
type Fixed = Omit<SandboxOptions, keyof LiveLimits | 'access' | 'workingDir'>;

function fixed({
  memory: _memory,
  cpu: _cpu,
  pids: _pids,
  access: _access,
  workingDir: _workingDir,
  ...rest
}: SandboxOptions): Fixed {
  return rest;
}

/** Profiles are long and few: each is hashed once. */
const digests = new Map<string, string>();
const DIGESTS_MOST = 64;

function digestOf(profile: string): string {
  const known = digests.get(profile);
  if (known !== undefined) return known;
  if (digests.size >= DIGESTS_MOST) digests.clear();
  const digest = createHash('sha256').update(profile).digest('hex');
  digests.set(profile, digest);
  return digest;
}

/** The same key: the same container but for its live limits. Whatever is added to the options is part of it by itself. */
export function poolKey({ imageId, options, seccompProfile, booted }: SandboxWish): string {
  const sorted = Object.entries(fixed(options)).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([imageId, sorted, digestOf(seccompProfile), booted]))
    .digest('hex');
}
