/** Telling another process of the same person something about its runs, and asking it: one line of JSON each way (HOST-4, NET-4, RUN-8). */
import { chmodSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import * as z from 'zod';
import { poolStatusSchema, type PoolStatus } from '#shared/contract/pool.ts';
import { queuedRunSchema, type QueuedRunLine } from '#shared/contract/queue.ts';
import { LAUNCH_LIMITS } from '#shared/contract/runs.ts';
import { appErrorSchema } from '#shared/domain/engine.ts';
import { AppError, toAppError, type AppErrorData } from '#shared/lib/app-error.ts';
import type { Disposable } from '#shared/lib/lifecycle.ts';
import type { Log } from '../storage/log.ts';
import { knownAddresses, ownAddress } from './address.ts';

const requestSchema = z.strictObject({ run: z.string().max(100), rule: z.string().max(2000), save: z.boolean() });
export type AllowRequest = z.infer<typeof requestSchema>;
const askSchema = z.strictObject({ ask: z.enum(['pool', 'queue']) });
/** What can be done to a run that waits. */
const queueRequestSchema = z.strictObject({ queue: z.enum(['front', 'cancel']), run: z.string().max(100) });
export type QueueRequest = z.infer<typeof queueRequestSchema>;
const giveRequestSchema = z.strictObject({ run: z.string().max(100), secrets: z.record(z.string(), z.string()) });
/** Values for the secrets that a run waits for. They cross a socket that is only ours, and are kept nowhere. */
export type GiveRequest = z.infer<typeof giveRequestSchema>;
const stopRequestSchema = z.strictObject({ stopWorkflow: z.string().max(100) });
const anyRequestSchema = z.union([requestSchema, askSchema, queueRequestSchema, giveRequestSchema, stopRequestSchema]);
type Request = z.infer<typeof anyRequestSchema>;

const replySchema = z.union([
  z.object({ done: z.literal(true), policy: z.string().nullable() }),
  z.object({ unknown: z.literal(true) }),
  z.object({ pool: poolStatusSchema }),
  z.object({ queue: z.array(queuedRunSchema) }),
  z.object({ error: appErrorSchema }),
]);
type Reply = z.infer<typeof replySchema>;

/** Characters: a whole environment, each of its characters escaped. */
const LINE_MAX = 6 * LAUNCH_LIMITS.environment + 8192;
const PATIENCE_MS = 5000;

export interface ControlDeps {
  readonly dataFolder: string;
  readonly log: Log;
  readonly pool: () => PoolStatus;
  /** Who waits, next one first. */
  readonly queue: () => QueuedRunLine[];
  /** Throws AppError `input-invalid` for a run that does not wait. */
  readonly steer: (request: QueueRequest) => Promise<void>;
  /** Throws AppError `input-invalid` when they are not the ones that the run waits for. */
  readonly give: (request: GiveRequest) => Promise<void>;
  /** False for a workflow that does not go on here. Resolves when it has ended. */
  readonly stopWorkflow: (id: string) => Promise<boolean>;
  readonly knows: (run: string) => boolean;
  /** Resolves with the policy that it was added to, if it was. */
  readonly allow: (request: AllowRequest) => Promise<{ readonly policy: string | null }>;
}

async function replyTo(deps: ControlDeps, line: string): Promise<Reply> {
  try {
    const request = anyRequestSchema.parse(JSON.parse(line));
    if ('ask' in request) return request.ask === 'pool' ? { pool: deps.pool() } : { queue: deps.queue() };
    if ('stopWorkflow' in request)
      return (await deps.stopWorkflow(request.stopWorkflow)) ? { done: true, policy: null } : { unknown: true };
    if (!deps.knows(request.run)) return { unknown: true };
    if ('queue' in request) {
      await deps.steer(request);
      return { done: true, policy: null };
    }
    if ('secrets' in request) {
      await deps.give(request);
      return { done: true, policy: null };
    }
    return { done: true, ...(await deps.allow(request)) };
  } catch (failure) {
    return { error: toAppError(failure).toData() };
  }
}

/** Listens while this process has runs; one that cannot listen runs scripts all the same. */
export function serveControl(deps: ControlDeps): Disposable {
  const server = createServer((socket: Socket) => {
    socket.on('error', () => {});
    socket.setTimeout(PATIENCE_MS, () => socket.destroy());
    let seen = '';
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      seen += text;
      if (seen.length > LINE_MAX) return void socket.destroy();
      const end = seen.indexOf('\n');
      if (end < 0) return;
      socket.removeAllListeners('data');
      void replyTo(deps, seen.slice(0, end)).then((reply) => socket.end(`${JSON.stringify(reply)}\n`));
    });
  });
  server.on('error', (failure) => deps.log.warn('other processes cannot reach this one', { problem: String(failure) }));
  let address = '';
  try {
    address = ownAddress(deps.dataFolder, process.pid);
    if (process.platform !== 'win32') rmSync(address, { force: true });
    server.listen(address);
    // The folder lets nobody else in; the socket is bound by now.
    if (process.platform !== 'win32') chmodSync(address, 0o600);
    server.unref();
  } catch (failure) {
    deps.log.warn('other processes cannot reach this one', { problem: String(failure) });
  }
  return {
    dispose: () => {
      server.close();
      if (address !== '' && process.platform !== 'win32') rmSync(address, { force: true });
    },
  };
}

function ask(address: string, request: Request): Promise<Reply | null> {
  return new Promise((resolve) => {
    const socket = connect(address);
    socket.setTimeout(PATIENCE_MS, () => socket.destroy());
    socket.on('error', () => resolve(null));
    socket.on('close', () => resolve(null));
    const lines = createInterface({ input: socket });
    // It passes on that nobody listens: an app that was killed leaves its address behind.
    lines.on('error', () => {});
    lines.on('line', (line) => {
      const reply = replySchema.safeParse(JSON.parse(line));
      resolve(reply.success ? reply.data : null);
      socket.destroy();
    });
    socket.write(`${JSON.stringify(request)}\n`);
  });
}

/** What the running apps of this data folder have waiting, one answer each. */
export async function askPools(dataFolder: string): Promise<PoolStatus[]> {
  const replies = await Promise.all(knownAddresses(dataFolder).map((address) => ask(address, { ask: 'pool' })));
  return replies.flatMap((reply) => (reply !== null && 'pool' in reply ? [reply.pool] : []));
}

/** Who waits in the running apps of this data folder, next one first within each. */
export async function askQueues(dataFolder: string): Promise<QueuedRunLine[]> {
  const replies = await Promise.all(knownAddresses(dataFolder).map((address) => ask(address, { ask: 'queue' })));
  return replies.flatMap((reply) => (reply !== null && 'queue' in reply ? reply.queue : []));
}

/** Asks every process of this data folder; the one that has the run does it. Throws what it answered, or `input-invalid`. */
export async function tellRun(
  dataFolder: string,
  request: AllowRequest | QueueRequest | GiveRequest,
): Promise<{ readonly policy: string | null }> {
  const replies = await Promise.all(knownAddresses(dataFolder).map((address) => ask(address, request)));
  for (const reply of replies) {
    if (reply === null) continue;
    if ('error' in reply) throw new AppError(reply.error as AppErrorData);
    if ('done' in reply) return { policy: reply.policy };
  }
  throw new AppError({
    code: 'input-invalid',
    message: `No running app has a run ${request.run.slice(0, 40)} that is still going.`,
    next: 'Look at the list of runs for its id.',
  });
}

/** Stops a workflow in whichever process of this data folder it goes on. Throws what that one answered, or `input-invalid`. */
export async function stopWorkflowElsewhere(dataFolder: string, id: string): Promise<void> {
  const replies = await Promise.all(knownAddresses(dataFolder).map((address) => ask(address, { stopWorkflow: id })));
  for (const reply of replies) {
    if (reply === null) continue;
    if ('error' in reply) throw new AppError(reply.error as AppErrorData);
    if ('done' in reply) return;
  }
  throw new AppError({
    code: 'input-invalid',
    message: `No running app has a workflow ${id.slice(0, 40)} that still goes on.`,
    next: 'Look at `bellglass workflow list` for its id.',
  });
}
