/** Everything that the packet filter saw, and how many bytes passed (NET-3). */
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { FromGateway } from '../../shared/domain/gateway.ts';
import type { Names } from './names.ts';
import { PacketLog, readFlow, type LoggedPacket } from './packet-log.ts';
import { LOG_GROUP } from './places.ts';

/** Attempts that are alike become one message within this time, ms. */
const TOGETHER_MS = 20;
const TRAFFIC_MS = 250;
const BEGIN_MS = 2000;
const BEGUN_MAX = 4096;

export class Watch {
  readonly #names: Names;
  readonly #relayed: () => number;
  readonly #send: (message: FromGateway) => void;
  readonly #waiting = new Map<string, { packet: LoggedPacket; count: number }>();
  readonly #began = new Map<string, number>();
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
    const [logged] = await Promise.all([this.#log(), this.#flows()]);
    this.#working = logged;
    setInterval(() => void this.#traffic(), TRAFFIC_MS).unref();
  }

  /** Resolves when tcpdump listens. If it ends later nobody would see what is refused: then everything closes. */
  #log(): Promise<boolean> {
    const child = spawn('tcpdump', ['-i', `nflog:${LOG_GROUP}`, '-U', '--immediate-mode', '-w', '-'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
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

  async #flows(): Promise<void> {
    const child = spawn('conntrack', ['-E', '-e', 'DESTROY', '-b', '4194304'], { stdio: ['ignore', 'pipe', 'ignore'] });
    child.on('error', () => {});
    createInterface({ input: child.stdout }).on('line', (line) => {
      const flow = readFlow(line);
      if (!flow || flow.address.startsWith('127.') || this.#names.relayed(flow.address) !== null) return;
      const key = `${flow.address} ${flow.port} ${flow.protocol}`;
      const began = this.#began.get(key);
      if (began === undefined) return;
      const duration = Math.round(performance.now() - began);
      this.#send({ type: 'flow', ...flow, name: this.#names.behind(flow.address), duration });
    });
  }

  #packet(packet: LoggedPacket): void {
    const key = `${packet.verdict} ${packet.address} ${packet.port} ${packet.protocol}`;
    if (packet.verdict === 'allowed') {
      const own = `${packet.address} ${packet.port} ${packet.protocol}`;
      this.#began.delete(own);
      this.#began.set(own, performance.now());
      if (this.#began.size > BEGUN_MAX) this.#began.delete(this.#began.keys().next().value!);
    }
    const known = this.#waiting.get(key);
    if (known) known.count++;
    else this.#waiting.set(key, { packet, count: 1 });
    if (this.#pending) return;
    this.#pending = true;
    setTimeout(() => this.#flush(), TOGETHER_MS);
  }

  #flush(): void {
    this.#pending = false;
    for (const { packet, count } of this.#waiting.values())
      this.#send({ type: 'packets', ...packet, name: this.#names.behind(packet.address), count });
    this.#waiting.clear();
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
