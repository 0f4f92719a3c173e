/** Talking to dockerode: its construction, its time limits and its errors, for every part of the adapter. */
import { inspect } from 'node:util';
import { Agent, request } from 'node:http';
import type { Socket } from 'node:net';
import Docker from 'dockerode';
import { AppError } from '#shared/lib/app-error.ts';
import type { EngineAddress } from './address.ts';
import { classify, toFailure, type Operation, type Subject } from './errors.ts';

/** Milliseconds an engine may take for an answer that needs no work, and for one that does. */
export const QUICK = 10_000;
export const SLOW = 60_000;

/** dockerode mixes DOCKER_HOST into what it is given; an address of ours must mean exactly that address. */
function plainDocker(address: EngineAddress, agent: Agent): Docker {
  const saved = process.env['DOCKER_HOST'];
  delete process.env['DOCKER_HOST'];
  try {
    // Its types do not know `agent`, which its modem hands to Node.
    const options: Docker.DockerOptions & { agent: Agent } = { socketPath: address.socketPath, agent };
    return new Docker(options);
  } finally {
    if (saved !== undefined) process.env['DOCKER_HOST'] = saved;
  }
}

/**
 * The modem prints every request for its debug log, whether that is on or not, with all that hangs on it: an agent with
 * ten open connections cost eight milliseconds a request. What it need not look into says its name instead.
 */
function opaque<T extends object>(value: T): T {
  return Object.defineProperty(value, inspect.custom, { value: () => value.constructor.name });
}

export class Client {
  readonly docker: Docker;
  readonly address: EngineAddress;
  readonly #agent = opaque(new Agent({ keepAlive: false }));
  readonly #closing = new AbortController();
  readonly #sockets = new Set<Socket>();

  constructor(address: EngineAddress) {
    this.address = address;
    this.docker = plainDocker(address, this.#agent);
  }

  /** Runs one request; every failure leaves as an AppError. Null as the limit: no limit (streams that live long). */
  async call<T>(
    operation: Operation,
    subject: Omit<Subject, 'address'>,
    limit: number | null,
    request: (docker: Docker, abortSignal: AbortSignal) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    const timeout = new AbortController();
    const timer = limit === null ? undefined : setTimeout(() => timeout.abort(), limit);
    const abort = opaque(AbortSignal.any([this.#closing.signal, timeout.signal, ...(signal ? [signal] : [])]));
    const aborted = Promise.withResolvers<never>();
    const onAbort = (): void => aborted.reject(new Error('aborted'));
    abort.addEventListener('abort', onAbort, { once: true });
    try {
      abort.throwIfAborted();
      // The race is for requests that dockerode cannot abort once their answer has begun.
      return await Promise.race([request(this.docker, abort), aborted.promise]);
    } catch (thrown) {
      // A fault of our own must not pass as one of the engine's.
      if (thrown instanceof AppError || thrown instanceof TypeError || thrown instanceof ReferenceError) throw thrown;
      if (signal?.aborted) throw signal.reason;
      const whole = { ...subject, address: this.address.url };
      if (timeout.signal.aborted) {
        throw classify(
          operation,
          { status: null, errno: 'ETIMEDOUT', text: `no answer within ${limit ?? 0} ms` },
          whole,
        );
      }
      if (this.#closing.signal.aborted) {
        throw classify(
          operation,
          { status: null, errno: 'ECLOSED', text: 'the connection was closed by Bellglass' },
          whole,
        );
      }
      throw classify(operation, toFailure(thrown), whole);
    } finally {
      clearTimeout(timer);
      abort.removeEventListener('abort', onAbort);
    }
  }

  /** A hijacked connection is ours until it closes; `dispose` destroys what is left. */
  track(socket: Socket): Socket {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    return socket;
  }

  dispose(): void {
    this.#closing.abort();
    for (const socket of this.#sockets) socket.destroy();
    this.#agent.destroy();
  }
}

/** A plain GET or POST for paths that dockerode has no method for. */
export async function raw(
  docker: Docker,
  method: 'GET' | 'POST',
  path: string,
  body: object,
  abortSignal: AbortSignal,
): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  docker.modem.dial(
    { path, method, abortSignal, options: body, statusCodes: { 200: true, 201: true, 204: true } },
    (problem: unknown, data: unknown) => (problem ? reject(problem) : resolve(data)),
  );
  return promise;
}

/** Opens a hijacked connection with an empty body: dockerode would send its options as one, which Podman takes for input. */
export async function hijack(address: EngineAddress, path: string, signal: AbortSignal): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const asked = request({
    socketPath: address.socketPath,
    method: 'POST',
    path,
    headers: { Connection: 'Upgrade', Upgrade: 'tcp' },
    signal,
  });
  asked.on('error', reject);
  asked.on('upgrade', (_answer, socket: Socket, head) => {
    if (head.length > 0) socket.unshift(head);
    resolve(socket);
  });
  asked.on('response', (answer) => {
    const chunks: Buffer[] = [];
    answer.on('data', (chunk: Buffer) => chunks.push(chunk));
    answer.on('end', () => {
      const message = Buffer.concat(chunks).toString();
      reject(Object.assign(new Error(message), { statusCode: answer.statusCode }));
    });
  });
  asked.end();
  return await promise;
}
