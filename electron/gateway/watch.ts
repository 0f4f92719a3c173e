/** Everything that the packet filter saw, and how many bytes passed (NET-3). */
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import type { FromGateway } from '../../shared/domain/gateway.ts';
import { run } from './commands.ts';
import { COUNTED, NO_COUNTS, readCounts, type Counts } from './filter.ts';
import { Flows, readFlow } from './flows.ts';
import type { Names } from './names.ts';
import { PacketLog, type LoggedPacket } from './packet-log.ts';
import { LOG_GROUP, TABLE } from './places.ts';

/** Attempts that are alike become one message within this time, ms. */
const TOGETHER_MS = 20;
const TRAFFIC_MS = 250;
const FLOWS_MS = 500;
const BEGIN_MS = 2000;
/** A burst waits here while this process is busy, KiB. */
const BUFFER_KIB = 8192;
const PASSED_MAX = 16_384;

export class Watch {
  readonly #names: Names;
  readonly #relayed: () => number;
  readonly #send: (message: FromGateway) => void;
  readonly #waiting = new Map<string, { packet: LoggedPacket; name: string | null; count: number }>();
  readonly #flows = new Flows();
  /** Connections that the filter let pass; the agent's own are not among them. */
  readonly #passed = new Map<string, { name: string | null; at: number }>();
  #direct = false;
  /** What the log told, to hold against the filter's own counters. */
  readonly #logged = { ...NO_COUNTS };
  #lastCounts = NO_COUNTS;
  #compared = '';
  #pending = false;
  #working = false;
  #said = '';

  constructor(names: Names, relayed: () => number, send: (message: FromGateway) => void) {
    this.#names = names;
    this.#relayed = relayed;
    this.#send = send;
  }

  /** The filter's events arrive. */
  get working(): boolean {
    return this.#working;
  }

  async begin(): Promise<void> {
    this.#working = await this.#log();
    setInterval(() => void this.#traffic(), TRAFFIC_MS).unref();
    setInterval(() => {
      void this.#look(false);
      void this.#compare(false);
    }, FLOWS_MS).unref();
  }

  /** Tells everything that is held back, connections that are still open included. */
  async settle(): Promise<void> {
    await this.#look(true);
    this.#flush();
    await this.#compare(true);
  }

  /** Resolves when tcpdump listens. If it ends later nobody would see what is refused: then everything closes. */
  #log(): Promise<boolean> {
    const child = spawn(
      'tcpdump',
      ['-i', `nflog:${LOG_GROUP}`, '-U', '--immediate-mode', '-B', String(BUFFER_KIB), '-w', '-'],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    const log = new PacketLog((packet) => this.#packet(packet));
    child.stdout.on('data', (chunk: Buffer) => log.add(chunk));
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), BEGIN_MS);
      const ended = (): void => {
        resolve(false);
        if (this.#working) process.exit(1);
      };
      child.on('error', ended);
      child.on('exit', ended);
      child.stderr.on('data', (chunk: Buffer) => {
        if (!chunk.toString().includes('listening')) return;
        clearTimeout(timer);
        resolve(true);
      });
    });
  }

  #packet(packet: LoggedPacket): void {
    this.#logged[packet.verdict]++;
    if (packet.verdict === 'allowed') this.#granted(packet);
    const name = this.#names.behind(packet.address);
    const key = `${packet.verdict} ${packet.address} ${packet.port} ${packet.protocol} ${name}`;
    const known = this.#waiting.get(key);
    if (known) known.count++;
    else this.#waiting.set(key, { packet, name, count: 1 });
    if (this.#pending) return;
    this.#pending = true;
    setTimeout(() => this.#flush(), TOGETHER_MS);
  }

  #flush(): void {
    this.#pending = false;
    for (const { packet, name, count } of this.#waiting.values()) this.#report(packet, name, count);
    this.#waiting.clear();
  }

  #report({ verdict, address, port, protocol }: LoggedPacket, name: string | null, count: number): void {
    this.#send({ type: 'packets', verdict, address, port, protocol, name, count });
  }

  #granted({ protocol, from, address, port }: LoggedPacket): void {
    this.#direct = true;
    const begun = { name: this.#names.behind(address), at: performance.now() };
    this.#passed.set(`${protocol} ${from} ${address} ${port}`, begun);
    if (this.#passed.size > PASSED_MAX) this.#passed.delete(this.#passed.keys().next().value!);
  }

  async #look(end: boolean): Promise<void> {
    if (!this.#direct && this.#flows.live === 0) return;
    this.#direct = false;
    const text = await run('conntrack', ['-L']).catch(() => '');
    const table = text
      .split('\n')
      .flatMap((line) => readFlow(line) ?? [])
      .filter(({ key }) => this.#passed.has(key));
    const now = performance.now();
    for (const { key, address, port, protocol, in: received, out } of this.#flows.look(table, end)) {
      const { name = null, at = now } = this.#passed.get(key) ?? {};
      const duration = Math.round(now - at);
      this.#send({ type: 'flow', name, address, port, protocol, in: received, out, duration });
    }
  }

  /** The filter's own counters. */
  async counts(): Promise<Counts> {
    return readCounts(await run('nft', ['list', 'counters', 'table', 'inet', TABLE]).catch(() => ''));
  }

  /** Tells of packets that the log lost. Only what was counted before the last look can be late no more, unless this is the end. */
  async #compare(end: boolean): Promise<void> {
    const seen = JSON.stringify(this.#logged);
    if (!end && seen === this.#compared) return;
    this.#compared = seen;
    const before = this.#lastCounts;
    this.#lastCounts = await this.counts();
    const certain = end ? this.#lastCounts : before;
    for (const verdict of COUNTED) {
      const lost = certain[verdict] - this.#logged[verdict];
      if (lost <= 0) continue;
      this.#logged[verdict] += lost;
      this.#send({ type: 'packets', verdict, address: '', port: null, protocol: 'other', name: null, count: lost });
    }
  }

  async #traffic(): Promise<void> {
    const table = await readFile('/proc/net/dev', 'utf8').catch(() => '');
    const numbers = /^\s*eth0:\s*(.*)$/m.exec(table)?.[1]?.trim().split(/\s+/).map(Number);
    const counts = { in: numbers?.[0] ?? 0, out: numbers?.[8] ?? 0, connections: this.#relayed() };
    const text = JSON.stringify(counts);
    if (text === this.#said) return;
    this.#said = text;
    this.#send({ type: 'traffic', ...counts });
  }
}
