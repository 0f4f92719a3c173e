import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { hijackedStreams } from './streams.ts';

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

/** A unix socket pair: the engine's end and ours. */
async function pair(): Promise<{ theirs: Socket; ours: Socket }> {
  const folder = mkdtempSync(join(tmpdir(), 'bg-pair-'));
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true });
  await new Promise<void>((resolve) => server.listen(join(folder, 's'), resolve));
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
  const ours = connect(join(folder, 's'));
  const theirs = await accepted;
  theirs.on('error', () => {});
  cleanups.push(() => {
    ours.destroy();
    theirs.destroy();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return { theirs, ours };
}

function frame(kind: number, data: Uint8Array): Buffer {
  const head = Buffer.alloc(8);
  head[0] = kind;
  head.writeUInt32BE(data.length, 4);
  return Buffer.concat([head, data]);
}

it('delivers all output of a process that ended without taking its input (RUN-4)', async () => {
  const { theirs, ours } = await pair();
  const streams = hijackedStreams(ours, false);
  streams.stdin.write(Buffer.alloc(8_000_000));
  // Nobody reads yet: the output waits in the socket while the engine closes and the write fails.
  theirs.write(frame(1, Buffer.alloc(150_000)));
  theirs.end();
  await new Promise((resolve) => setTimeout(resolve, 50));
  theirs.destroy();
  await new Promise((resolve) => setTimeout(resolve, 50));
  let length = 0;
  streams.stderr.resume();
  for await (const chunk of streams.stdout) length += (chunk as Buffer).length;
  expect(length).toBe(150_000);
  await streams.done;
});

it('stops reading the connection while one of its streams is full (RUN-5)', async () => {
  const { theirs, ours } = await pair();
  const streams = hijackedStreams(ours, false);
  let taken = 0;
  const feed = (): void => {
    while (theirs.write(frame(1, Buffer.alloc(65_536)), () => taken++) && taken < 1000);
  };
  theirs.on('drain', feed);
  feed();
  await expect.poll(() => ours.isPaused()).toBe(true);
  expect(streams.stdout.readableLength).toBeLessThan(512 * 1024);
  const before = streams.stdout.readableLength;
  streams.stdout.read();
  streams.stdout.resume();
  await expect.poll(() => ours.bytesRead).toBeGreaterThan(before + 1_000_000);
});

it('rejects when the connection breaks inside a frame, and resolves at an orderly end (ENG-5)', async () => {
  const broken = await pair();
  const streams = hijackedStreams(broken.ours, false);
  broken.theirs.end(frame(1, Buffer.from('hello')).subarray(0, 10));
  await expect(streams.done).rejects.toMatchObject({ code: 'engine-unreachable' });
  expect(streams.stdout.destroyed).toBe(true);

  const orderly = await pair();
  const whole = hijackedStreams(orderly.ours, false);
  orderly.theirs.end(Buffer.concat([frame(1, Buffer.from('out')), frame(2, Buffer.from('err'))]));
  await whole.done;
  expect(String(whole.stdout.read())).toBe('out');
  expect(String(whole.stderr.read())).toBe('err');
});

it('passes a terminal through as it is, with an empty stderr (UX-2)', async () => {
  const { theirs, ours } = await pair();
  const streams = hijackedStreams(ours, true);
  theirs.end('\u0001\u0000 raw');
  let text = '';
  for await (const chunk of streams.stdout) text += String(chunk);
  expect(text).toBe('\u0001\u0000 raw');
  for await (const chunk of streams.stderr) expect(chunk).toBeUndefined();
});

it('tells the engine the end of input and goes on reading (RUN-4)', async () => {
  const { theirs, ours } = await pair();
  const streams = hijackedStreams(ours, false);
  theirs.on('end', () => theirs.end(frame(1, Buffer.from('seen'))));
  theirs.resume();
  streams.stdin.end('last words');
  let text = '';
  for await (const chunk of streams.stdout) text += String(chunk);
  expect(text).toBe('seen');
});
