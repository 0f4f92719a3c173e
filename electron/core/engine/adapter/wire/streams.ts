/** Turns a hijacked connection into the port's streams, with real back-pressure: an unread stream stops the socket. */
import type { Socket } from 'node:net';
import { Readable, Writable } from 'node:stream';
import { AppError } from '#shared/lib/app-error.ts';
import type { Streams } from '../../port.ts';
import { FrameReader } from './frames.ts';

const HIGH_WATER = 64 * 1024;

/** Node reports these when the engine closed first while input was still on its way: the stream has ended. */
const ENDED_EARLY = new Set(['ECONNRESET', 'EPIPE']);

function cutShort(cause: unknown): AppError {
  return new AppError(
    {
      code: 'engine-unreachable',
      message: 'The connection to the engine broke while the script was running.',
      why: 'The engine stopped or was restarted.',
      next: 'Start the engine again; Bellglass reconnects by itself.',
      details: cause instanceof Error ? cause.message : String(cause),
    },
    { cause },
  );
}

function quiet(): void {}

/**
 * Node closes a socket when a write fails, and output that is still waiting to be read would be lost with it.
 * A process that ends without taking its input is no failure: from then on writes are dropped and reading goes on to the end.
 */
function readToTheEnd(socket: Socket): void {
  const forgive = (callback: (error?: Error | null) => void) => (error?: NodeJS.ErrnoException | null) =>
    callback(ENDED_EARLY.has(error?.code ?? '') ? null : error);
  const write = socket._write.bind(socket);
  const writeMany = socket._writev?.bind(socket);
  const finish = socket._final.bind(socket);
  socket._write = (chunk, encoding, callback) => write(chunk, encoding, forgive(callback));
  if (writeMany) socket._writev = (chunks, callback) => writeMany(chunks, forgive(callback));
  socket._final = (callback) => finish(forgive(callback));
}

/**
 * Takes over the socket. With `tty` the bytes are passed as they come, else they are split into stdout and stderr.
 * One connection carries both: whoever leaves one of them unread stops the other too.
 */
export function hijackedStreams(socket: Socket, tty: boolean): Streams {
  const blocked = new Set<Readable>();
  let finished = false;
  const { promise: done, resolve, reject } = Promise.withResolvers<void>();
  done.catch(quiet);

  const output = (): Readable => {
    const stream: Readable = new Readable({
      highWaterMark: HIGH_WATER,
      read() {
        blocked.delete(stream);
        if (blocked.size === 0 && !finished) socket.resume();
      },
    });
    // Consumers that only wait for `done` must not bring the process down with an unheard error.
    stream.on('error', quiet);
    return stream;
  };
  const stdout = output();
  const stderr = output();
  const push = (target: Readable, chunk: Buffer): void => {
    if (target.destroyed || target.push(chunk)) return;
    blocked.add(target);
    socket.pause();
  };
  const frames = new FrameReader((stream, chunk) => push(stream === 2 ? stderr : stdout, chunk));

  const end = (): void => {
    if (finished) return;
    finished = true;
    stdout.push(null);
    stderr.push(null);
    resolve();
  };
  const fail = (cause: unknown): void => {
    if (finished) return;
    finished = true;
    const error = cutShort(cause);
    stdout.destroy(error);
    stderr.destroy(error);
    reject(error);
  };

  if (tty) stderr.push(null);
  socket.setTimeout(0);
  readToTheEnd(socket);
  socket.on('data', (chunk: Buffer) => {
    try {
      if (tty) push(stdout, chunk);
      else frames.add(chunk);
    } catch (problem) {
      fail(problem);
      socket.destroy();
    }
  });
  socket.on('end', () => (frames.midFrame ? fail(new Error('the stream ended inside a frame')) : end()));
  socket.on('error', (problem: NodeJS.ErrnoException) => {
    if (ENDED_EARLY.has(problem.code ?? '') && !frames.midFrame) end();
    else fail(problem);
  });
  socket.on('close', () => (frames.midFrame ? fail(new Error('the connection closed inside a frame')) : end()));

  const stdin = new Writable({
    highWaterMark: HIGH_WATER,
    write(chunk: Buffer, _encoding, callback) {
      if (socket.writable) socket.write(chunk, (problem) => callback(problem ?? null));
      else callback(new Error('the process no longer reads its input'));
    },
    final(callback) {
      if (socket.writable) socket.end(callback);
      else callback();
    },
  });
  stdin.on('error', quiet);
  socket.resume();

  return {
    stdin,
    stdout,
    stderr,
    done,
    destroy() {
      end();
      socket.destroy();
      stdout.destroy();
      stderr.destroy();
    },
  };
}
