/** Carries connections to allowed names, and to nothing but the name that was looked up (NET-2). */
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { FromGateway } from '../../shared/domain/gateway.ts';
import { readFirstBytes, refusedUnknown } from './first-bytes.ts';
import type { Names } from './names.ts';
import { readHead } from './packets/request-head.ts';
import { RELAY_PORT } from './places.ts';

const CONNECT_MS = 10_000;
/** The check needs the client's first bytes, which a client that waits for the server never sends; memory for such is bounded. */
const BACKLOG = 511;
const STATUS_BYTES = 12;
const HASTY = 'It went on before the host had switched protocols.';
/** Nothing was called for so long, ms: nothing waits any more. */
const QUIET_MS = 50;
const LAST_MS = 1500;

export interface RelayDeps {
  readonly names: Names;
  /** Addresses that core allows for this call; empty when it refuses. */
  readonly open: (name: string, port: number) => Promise<{ readonly addresses: readonly string[] }>;
  /** Lets the agent out to these addresses. */
  readonly pin: (addresses: readonly string[]) => Promise<void>;
  readonly report: (event: Extract<FromGateway, { type: 'closed' }>) => void;
}

/** One connection from call to end. */
class Carried {
  readonly #deps: RelayDeps;
  readonly #client: Socket;
  readonly #name: string;
  readonly #port: number;
  readonly #begun = performance.now();
  readonly #ended: () => void;
  #server: Socket | null = null;
  #address: string | null = null;
  #held: Buffer[] = [];
  #checked = false;
  /** What the host said so far to the wish for a WebSocket; null when there was none. */
  #answer: Buffer | null = null;
  #over = false;
  #in = 0;
  #out = 0;

  constructor(deps: RelayDeps, client: Socket, name: string, port: number, ended: () => void) {
    this.#deps = deps;
    this.#client = client;
    this.#name = name;
    this.#port = port;
    this.#ended = ended;
    client.setNoDelay(true);
    client.on('error', () => this.#end(null, false));
    client.on('close', () => this.#end(null, false));
    void this.#run();
  }

  async #run(): Promise<void> {
    const { addresses } = await this.#deps.open(this.#name, this.#port);
    if (this.#over) return;
    if (addresses.length === 0) return this.#end(null, false);
    await this.#deps.pin(addresses);
    for (const address of addresses) {
      if (this.#over) return;
      const server = await this.#reach(address);
      if (server === null) continue;
      if (this.#over) return void server.destroy();
      this.#address = address;
      this.#carry(server);
      return;
    }
    this.#end('The host did not answer.', false);
  }

  #reach(address: string): Promise<Socket | null> {
    return new Promise((resolve) => {
      const server = connect({ host: address, port: this.#port, allowHalfOpen: true, noDelay: true });
      const failed = (): void => {
        server.destroy();
        resolve(null);
      };
      server.setTimeout(CONNECT_MS, failed);
      server.once('error', failed);
      server.once('connect', () => {
        server.setTimeout(0);
        server.off('error', failed);
        resolve(server);
      });
    });
  }

  #carry(server: Socket): void {
    this.#server = server;
    const client = this.#client;
    server.on('error', () => this.#end(null, false));
    server.on('close', () => this.#end(null, false));
    server.on('data', (chunk: Buffer) => {
      this.#in += chunk.length;
      this.#hostSaid(chunk);
      if (!client.write(chunk)) server.pause();
    });
    client.on('drain', () => server.resume());
    server.on('end', () => client.end());
    client.on('data', (chunk: Buffer) => this.#fromClient(chunk));
    server.on('drain', () => client.resume());
    client.on('end', () => {
      if (!this.#checked && this.#held.length > 0)
        this.#end('The connection ended before it said for which host it is.', true);
      else server.end();
    });
    client.resume();
  }

  #fromClient(chunk: Buffer): void {
    if (this.#answer !== null) return this.#end(HASTY, true);
    if (this.#checked) return this.#toServer(chunk);
    this.#held.push(chunk);
    const all = Buffer.concat(this.#held);
    const first = readFirstBytes(all);
    switch (first.kind) {
      case 'more':
        return;
      case 'bad':
        return this.#end(first.why, true);
      case 'tls':
        if (first.host === this.#name) return this.#pass(all);
        return this.#end(
          first.host === null ? 'The TLS hello names no host.' : `The TLS hello names ${first.host}.`,
          true,
        );
      case 'http': {
        const other = first.hosts.find((host) => host !== this.#name);
        if (first.hosts.length === 0) return this.#end('The request names no host.', true);
        if (other !== undefined) return this.#end(`The request is for ${other}.`, true);
        const head = readHead(all);
        if (head.kind === 'head' && head.body.kind === 'upgrade') {
          if (all.length > head.size) return this.#end(HASTY, true);
          this.#answer = Buffer.alloc(0);
          return this.#pass(all);
        }
        this.#pass(first.head);
        return first.rest.length > 0 ? this.#toServer(first.rest) : undefined;
      }
      case 'other': {
        const why = refusedUnknown(all, this.#port);
        return why === null ? this.#pass(all) : this.#end(why, true);
      }
    }
  }

  /** Only a host that switches protocols hears more. */
  #hostSaid(chunk: Buffer): void {
    if (this.#answer === null || this.#answer.length >= STATUS_BYTES) return;
    this.#answer = Buffer.concat([this.#answer, chunk]).subarray(0, STATUS_BYTES);
    if (/^HTTP\/1\.\d 101/.test(this.#answer.toString('latin1'))) this.#answer = null;
  }

  #pass(bytes: Buffer): void {
    this.#checked = true;
    this.#held = [];
    this.#toServer(bytes);
  }

  #toServer(bytes: Buffer): void {
    this.#out += bytes.length;
    if (this.#server && !this.#server.write(bytes)) this.#client.pause();
  }

  #end(why: string | null, refused: boolean): void {
    if (this.#over) return;
    this.#over = true;
    if (why === null) this.#client.destroySoon();
    else this.#client.resetAndDestroy();
    this.#server?.destroySoon();
    this.#deps.report({
      type: 'closed',
      name: this.#name,
      address: this.#address,
      port: this.#port,
      in: this.#in,
      out: this.#out,
      duration: Math.round((performance.now() - this.#begun) * 10) / 10,
      refused,
      why: why === null ? null : why.slice(0, 400),
    });
    this.#ended();
  }
}

export class Relay {
  readonly #deps: RelayDeps;
  #servers: Server[] = [];
  #ports: readonly number[] = [];
  #live = 0;
  #busyAt = Number.NEGATIVE_INFINITY;

  constructor(deps: RelayDeps) {
    this.#deps = deps;
  }

  get live(): number {
    return this.#live;
  }

  /** It was called at least once. */
  get used(): boolean {
    return this.#busyAt > 0;
  }

  /** Resolves when the calls that waited are carried and told of. */
  async settle(): Promise<void> {
    const begun = performance.now();
    while (performance.now() - Math.max(begun, this.#busyAt) < QUIET_MS || this.#live > 0) {
      if (performance.now() - begun > LAST_MS) return;
      await sleep(10);
    }
  }

  /** Listens for these ports, one after another from the relay's first port on; calls in progress go on. */
  async listen(ports: readonly number[]): Promise<void> {
    this.#ports = ports;
    for (let i = this.#servers.length; i < ports.length; i++) {
      const server = createServer({ pauseOnConnect: true, allowHalfOpen: true }, (client) => this.#called(client, i));
      this.#servers.push(server);
      await new Promise<void>((ready, failed) =>
        server.once('error', failed).listen({ port: RELAY_PORT + i, host: '0.0.0.0', backlog: BACKLOG }, ready),
      );
    }
  }

  #called(client: Socket, index: number): void {
    const address = client.localAddress ?? '';
    const name = this.#deps.names.relayed(address);
    const port = this.#ports[index];
    if (name === null || port === undefined) return void client.resetAndDestroy();
    this.#live++;
    this.#busyAt = performance.now();
    void new Carried(this.#deps, client, name, port, () => this.#live--);
  }
}
