/** Everything that the packet filter saw, and how many bytes passed (NET-3). */
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FromGateway } from '../../shared/domain/gateway.ts';
import { run } from './commands.ts';
import { COUNTED, NO_COUNTS, readCounts, type Counts } from './filter.ts';
import { Flows, readFlow } from './flows.ts';
import type { Names } from './names.ts';
import { readLogged, type LoggedPacket } from './packet-log.ts';
import { openLog } from './packets/log-socket.ts';
import { inherited } from './packets/socket.ts';
import { LOG_GROUP, SNAPLEN, TABLE } from './places.ts';

/** Attempts that are alike become one message within this time, ms. */
const TOGETHER_MS = 20;
const TRAFFIC_MS = 250;
const FLOWS_MS = 500;
const PASSED_MAX = 16_384;
/** The log is read to its end when nothing came for so long, ms. */
const QUIET_MS = 100;
const LAST_MS = 1500;

/** From the table of UDP sockets: what the one at 127.0.0.53:53 had no room for. */
export function lookupsDropped(table: string): number {
  return Number(/^\s*\d+: 3500007F:0035 .*\s(\d+)\s*$/m.exec(table)?.[1] ?? 0);
}

/** A connection as the script sees it. */
interface Ends {
  readonly from: number;
  readonly address: string;
  readonly port: number;
}

const FAMILIES = ['ipv4', 'ipv6'] as const;

export interface WatchDeps {
  readonly names: Names;
  /** Connections that the agent carries itself. */
  readonly relayed: () => number;
  /** The real address behind a name's stand-in that the kernel carries. */
  readonly behind: (address: string, port: number | null) => string | null;
  readonly onOver: (connection: Ends) => void;
  readonly send: (message: FromGateway) => void;
}

export class Watch {
  readonly #names: Names;
  readonly #relayed: WatchDeps['relayed'];
  readonly #behind: WatchDeps['behind'];
  readonly #onOver: WatchDeps['onOver'];
  readonly #send: WatchDeps['send'];
  readonly #waiting = new Map<string, { packet: LoggedPacket; name: string | null; count: number }>();
  readonly #flows = new Flows();
  /** Connections that the filter let pass; the agent's own are not among them. */
  readonly #passed = new Map<string, { name: string | null; to: string | null; at: number }>();
  #direct = false;
  /** What the log told, to hold against the filter's own counters. */
  readonly #logged = { ...NO_COUNTS };
  #lastCounts = NO_COUNTS;
  #compared = '';
  #loggedAt = 0;
  /** Calls that core was asked about, by the script's port and the far end; the question's number tells who it was. */
  readonly #asked = new Map<string, number>();
  #pending = false;
  #working = false;
  /** Something went out over IPv6. */
  #six = false;
  #said = '';
  #unasked = 0;
  /** Lookups that the kernel dropped before the agent read them. */
  #overrun = 0;

  constructor({ names, relayed, behind, onOver, send }: WatchDeps) {
    this.#names = names;
    this.#relayed = relayed;
    this.#behind = behind;
    this.#onOver = onOver;
    this.#send = send;
  }

  /** A lookup was refused without asking core. */
  unasked(): void {
    this.#unasked++;
  }

  /** The filter's events arrive. */
  get working(): boolean {
    return this.#working;
  }

  begin(): void {
    this.#working = this.#log();
    setInterval(() => void this.#traffic(), TRAFFIC_MS).unref();
    setInterval(() => {
      void this.#look(false);
      void this.#compare();
      void this.#lookups();
    }, FLOWS_MS).unref();
  }

  /** Tells everything that is held back, connections that are still open included. */
  async settle(): Promise<void> {
    await this.#look(true);
    const counts = await this.counts();
    const behind = (): boolean => COUNTED.some((verdict) => this.#logged[verdict] < counts[verdict]);
    const begun = performance.now();
    while (behind() && performance.now() - Math.max(begun, this.#loggedAt) < QUIET_MS) {
      if (performance.now() - begun > LAST_MS) break;
      await sleep(10);
    }
    this.#flush();
    this.#lost(counts);
    await this.#lookups();
  }

  /** Tells of lookups that nobody answered for, whether they were read or not. */
  async #lookups(): Promise<void> {
    const dropped = lookupsDropped(await readFile('/proc/net/udp', 'utf8').catch(() => ''));
    const count = this.#unasked + Math.max(0, dropped - this.#overrun);
    this.#unasked = 0;
    this.#overrun = Math.max(dropped, this.#overrun);
    if (count > 0) this.#send({ type: 'unasked', count });
  }

  #log(): boolean {
    const sockets = inherited(process.env);
    if (sockets === null) return false;
    try {
      openLog(sockets.log, LOG_GROUP, SNAPLEN, (bytes) => {
        const packet = readLogged(bytes);
        if (packet) this.#packet(packet);
      });
      return true;
    } catch {
      return false;
    }
  }

  #packet(packet: LoggedPacket): void {
    this.#logged[packet.verdict]++;
    this.#loggedAt = performance.now();
    if (packet.verdict === 'allowed') this.#granted(packet);
    const name = this.#names.behind(packet.address);
    const { verdict, protocol, from, address, port } = packet;
    const ends = `${protocol} ${from} ${address} ${port}`;
    const asked = this.#asked.get(ends);
    if (asked !== undefined) {
      this.#asked.delete(ends);
      return this.#report(packet, name, 1, asked);
    }
    // The first is told at once, while its process can be found.
    if (!this.#pending) {
      this.#pending = true;
      setTimeout(() => this.#flush(), TOGETHER_MS);
      return this.#report(packet, name, 1);
    }
    const key = `${verdict} ${address} ${port} ${protocol} ${name}`;
    const known = this.#waiting.get(key);
    if (known) known.count++;
    else this.#waiting.set(key, { packet, name, count: 1 });
  }

  #flush(): void {
    this.#pending = false;
    for (const { packet, name, count } of this.#waiting.values()) this.#report(packet, name, count);
    this.#waiting.clear();
  }

  #report(packet: LoggedPacket, name: string | null, count: number, asked: number | null = null): void {
    const { verdict, address, port, protocol } = packet;
    const to = verdict === 'allowed' ? this.#behind(address, port) : null;
    this.#send({ type: 'packets', verdict, address, to, port, protocol, name, count, asked });
  }

  /** Core was asked about this call, and it may go out: the log tells what became of it. */
  expect({ from, address, port }: Ends, question: number): void {
    this.#asked.set(`tcp ${from} ${address} ${port}`, question);
    if (this.#asked.size > PASSED_MAX) this.#asked.delete(this.#asked.keys().next().value!);
  }

  /** Says nothing of the end of this connection. */
  forget({ from, address, port }: Ends): void {
    this.#passed.delete(`tcp ${from} ${address} ${port}`);
  }

  #granted({ protocol, from, address, port }: LoggedPacket): void {
    this.#direct = true;
    this.#six ||= address.includes(':');
    const begun = { name: this.#names.behind(address), to: this.#behind(address, port), at: performance.now() };
    this.#passed.set(`${protocol} ${from} ${address} ${port}`, begun);
    if (this.#passed.size > PASSED_MAX) this.#passed.delete(this.#passed.keys().next().value!);
  }

  async #look(end: boolean): Promise<void> {
    if (!this.#direct && this.#flows.live === 0) return;
    this.#direct = false;
    const text = (
      await Promise.all(
        FAMILIES.slice(0, this.#six ? 2 : 1).map((family) => run('conntrack', ['-L', '-f', family]).catch(() => '')),
      )
    ).join('\n');
    const table = text
      .split('\n')
      .flatMap((line) => readFlow(line) ?? [])
      .filter(({ key }) => this.#passed.has(key));
    const now = performance.now();
    for (const { key, address, port, protocol, in: received, out } of this.#flows.look(table, end)) {
      const { name = null, to = null, at = now } = this.#passed.get(key) ?? {};
      if (protocol === 'tcp') this.#onOver({ from: Number(key.split(' ')[1]), address, port });
      const duration = Math.round(now - at);
      this.#send({ type: 'flow', name, address: to ?? address, port, protocol, in: received, out, duration });
    }
  }

  /** The filter's own counters. */
  async counts(): Promise<Counts> {
    return readCounts(await run('nft', ['list', 'counters', 'table', 'inet', TABLE]).catch(() => ''));
  }

  /** Only what was counted before the last look can be late no more, and only when the log is read to its end. */
  async #compare(): Promise<void> {
    const seen = JSON.stringify(this.#logged);
    if (seen === this.#compared) return;
    this.#compared = seen;
    const before = this.#lastCounts;
    this.#lastCounts = await this.counts();
    if (performance.now() - this.#loggedAt > QUIET_MS) this.#lost(before);
  }

  /** Tells of packets that the log lost. */
  #lost(counts: Counts): void {
    for (const verdict of COUNTED) {
      const lost = counts[verdict] - this.#logged[verdict];
      if (lost <= 0) continue;
      this.#logged[verdict] += lost;
      this.#send({ type: 'packets', verdict, address: '', port: null, protocol: 'other', name: null, count: lost });
    }
  }

  async #traffic(): Promise<void> {
    const table = await readFile('/proc/net/dev', 'utf8').catch(() => '');
    const numbers = /^\s*eth0:\s*(.*)$/m.exec(table)?.[1]?.trim().split(/\s+/).map(Number);
    const counts = { in: numbers?.[0] ?? 0, out: numbers?.[8] ?? 0, connections: this.#relayed() + this.#flows.live };
    const text = JSON.stringify(counts);
    if (text === this.#said) return;
    this.#said = text;
    this.#send({ type: 'traffic', ...counts });
  }
}
