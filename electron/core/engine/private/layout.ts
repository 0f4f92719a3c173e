/** Where the private engine keeps what. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';

export interface Layout {
  /** Stays: images, configuration, log. */
  readonly folder: string;
  /** Goes with the engine: what it keeps for a moment, and Podman forgets to remove. */
  readonly tmp: string;
  /** Goes with the engine: sockets, runtime state. */
  readonly run: string;
  readonly socket: string;
  readonly pidFile: string;
  readonly config: string;
  readonly log: string;
  readonly lock: string;
  readonly users: string;
}

/** A unix socket's path has at most 107 bytes, and the engine puts sockets of its own up to this deep below `run`. */
const SOCKET_LIMIT = 107;
const DEEPEST = '/exec/containerd/containerd-debug.sock';

/** Pure. A data folder that is too deep for sockets gets a short runtime folder instead. */
export function layoutOf(folder: string, runtimeFolder: string): Layout {
  const inside = join(folder, 'run');
  const fits = Buffer.byteLength(inside + DEEPEST) <= SOCKET_LIMIT;
  const name = createHash('sha256').update(folder).digest('hex').slice(0, 12);
  const run = fits ? inside : join(runtimeFolder, `bellglass-${name}`);
  return {
    folder,
    tmp: join(folder, 'tmp'),
    run,
    socket: join(run, 'engine.sock'),
    pidFile: join(run, 'engine.pid'),
    config: join(folder, 'engine.conf'),
    log: join(folder, 'engine.log'),
    lock: join(folder, 'start.lock'),
    users: join(folder, 'users'),
  };
}
