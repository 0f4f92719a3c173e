/**
 * Which process of a sandbox has a socket, from this machine's /proc: only for an engine on our own kernel, and only while the
 * socket is open (NET-3). A hint for a reader, no ground for a decision: programs choose their names themselves.
 */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { UID } from '#shared/domain/labels.ts';
import type { NetworkEvent } from '#shared/domain/network.ts';
import type { Engine } from '../engine/port.ts';

export type Owner = NonNullable<NetworkEvent['process']>;

/** The far end, as the script's own socket names it. */
export interface FarEnd {
  readonly protocol: 'tcp' | 'udp';
  /** IPv4; null for any. */
  readonly address: string | null;
  readonly port: number;
  /** Whoever it is waits for our answer right now, so a process that is alone is the one. */
  readonly waits: boolean;
}

/** A script with more of either costs more to look through than the answer is worth. */
const PROCESSES_MAX = 64;
const DESCRIPTORS_MAX = 512;
/** Looks a second; a flood is not looked through one by one. */
const LOOKS_MAX = 100;

/** `0100007F` is 127.0.0.1; of the 32 digits of an IPv6 address the last 8 carry a mapped IPv4 one. */
function addressOf(hex: string): string | null {
  const mapped = /^(?:0{16}FFFF0000)?([0-9A-F]{8})$/.exec(hex);
  const digits = mapped?.[1]?.match(/../g);
  return digits
    ? digits
        .toReversed()
        .map((byte) => Number.parseInt(byte, 16))
        .join('.')
    : null;
}

/** Inodes of the sockets in a table of /proc/PID/net whose far end this is; the gateway's own are left out. Pure. */
export function socketsTo(table: string, { address, port }: Pick<FarEnd, 'address' | 'port'>): string[] {
  return table.split('\n').flatMap((line) => {
    const [, , remote = '', , , , , uid, , inode] = line.trim().split(/\s+/);
    const [host = '', ending = ''] = remote.split(':');
    const fits =
      Number.parseInt(ending, 16) === port &&
      Number(uid) !== UID.gateway &&
      inode !== '0' &&
      (address === null || addressOf(host) === address);
    return fits && inode !== undefined ? [inode] : [];
  });
}

function attempt<T>(get: () => T, otherwise: T): T {
  try {
    return get();
  } catch {
    return otherwise;
  }
}

/** The list of everything in the sandbox. */
function processList(sandboxPid: number): string {
  const cgroup = readFileSync(`/proc/${sandboxPid}/cgroup`, 'latin1');
  const line = cgroup.split('\n').find((one) => /^\d+:(pids|):/.test(one)) ?? '';
  const [, controller = '', path = ''] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
  return `/sys/fs/cgroup/${controller === '' ? '' : `${controller}/`}${path}/cgroup.procs`;
}

/** As the sandbox itself sees it. */
function describe(pid: number): Owner | null {
  const status = attempt(() => readFileSync(`/proc/${pid}/status`, 'latin1'), '');
  const inside = /^NSpid:.*\s(\d+)$/m.exec(status)?.[1];
  const name = /^Name:\t(.*)$/m.exec(status)?.[1]?.replace(/[^\x20-\x7e]/g, '?');
  return inside === undefined || name === undefined ? null : { pid: Number(inside), name };
}

/** Another machine's pid may be somebody else's here: only the container's id in its cgroup shows that it is the same. */
async function pidHere(engine: Pick<Engine, 'container'>, id: string): Promise<number | null> {
  const pid = (await engine.container(id))?.pid ?? 0;
  return pid > 0 && attempt(() => readFileSync(`/proc/${pid}/cgroup`, 'latin1'), '').includes(id) ? pid : null;
}

export class SocketOwners {
  readonly #gatewayPid: number;
  readonly #sandboxPid: number;
  readonly #now: () => number;
  #processList: string | null = null;
  #since = Number.NEGATIVE_INFINITY;
  #looks = 0;

  /** Null when their processes are not to be seen here. Rejects when the engine does not answer. */
  static async of(
    engine: Pick<Engine, 'container'>,
    gateway: string,
    sandbox: string,
    now: () => number,
  ): Promise<SocketOwners | null> {
    const pids = await Promise.all([pidHere(engine, gateway), pidHere(engine, sandbox)]);
    return pids[0] === null || pids[1] === null ? null : new SocketOwners(pids[0], pids[1], now);
  }

  /** Pids of the PID 1 of both containers as this machine sees them; `now` is monotonic milliseconds. */
  constructor(gatewayPid: number, sandboxPid: number, now: () => number) {
    this.#gatewayPid = gatewayPid;
    this.#sandboxPid = sandboxPid;
    this.#now = now;
  }

  /** Null when no process has such a socket, when several have, or when it would take too long to know. */
  find(end: FarEnd): Owner | null {
    if (!this.#mayLook()) return null;
    return attempt(() => this.#find(end), null);
  }

  #mayLook(): boolean {
    const now = this.#now();
    if (now - this.#since > 1000) [this.#since, this.#looks] = [now, 0];
    return ++this.#looks <= LOOKS_MAX;
  }

  /** All but PID 1, which never opens a socket. */
  #processes(): number[] {
    this.#processList ??= processList(this.#sandboxPid);
    const pids = readFileSync(this.#processList, 'latin1').trim().split('\n').map(Number);
    return pids.filter((pid) => pid !== this.#sandboxPid);
  }

  #find(end: FarEnd): Owner | null {
    const pids = this.#processes();
    if (end.waits && pids.length === 1) return describe(pids[0]!);
    if (pids.length > PROCESSES_MAX) return null;
    const tables = [end.protocol, `${end.protocol}6`].map((name) => `/proc/${this.#gatewayPid}/net/${name}`);
    const wanted = new Set(
      tables
        .flatMap((path) =>
          socketsTo(
            attempt(() => readFileSync(path, 'latin1'), ''),
            end,
          ),
        )
        .map((inode) => `socket:[${inode}]`),
    );
    if (wanted.size === 0) return null;
    let left = DESCRIPTORS_MAX;
    const owners = pids.filter((pid) => {
      const open = attempt(() => readdirSync(`/proc/${pid}/fd`), []);
      left -= open.length;
      return left >= 0 && open.some((one) => wanted.has(attempt(() => readlinkSync(`/proc/${pid}/fd/${one}`), '')));
    });
    // A socket may be shared with a child; then nobody can say which of them it was.
    return left < 0 || owners.length !== 1 ? null : describe(owners[0]!);
  }
}
