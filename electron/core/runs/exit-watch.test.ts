/** Who is waited for when a script ends: never somebody who has nothing to say. No timer of this file ever fires by itself. */
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { ExecState } from '../engine/port.ts';
import type { ScriptProcess } from '../sandbox/sandbox.ts';
import { WardenLink } from '../sandbox/warden-link.ts';
import { ExitWatch } from './exit-watch.ts';

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => vi.useRealTimers());

const RUNNING: ExecState = { running: true, exitCode: null, pid: 7 };
const ENDED: ExecState = { running: false, exitCode: 3, pid: 7 };

function rig(watched: boolean) {
  const streams = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() };
  const warden = new WardenLink({ ...streams, done: new Promise(() => {}), destroy: () => {} });
  const engine = { state: RUNNING, asked: 0 };
  const inspect = async (): Promise<ExecState> => {
    engine.asked++;
    return engine.state;
  };
  const over = Promise.withResolvers<void>();
  const watch = new ExitWatch();
  watch.listen(warden, watched);
  const script = { inspect } as unknown as ScriptProcess;
  return {
    engine,
    endStreams: () => over.resolve(),
    /** Resolves when the link has read it. */
    say: async (line: string) => {
      const heard = new Promise((resolve) => streams.stdout.once('data', resolve));
      streams.stdout.write(`${line}\n`);
      await heard;
    },
    ended: watch.wait(script, over.promise),
  };
}

it('takes the warden’s word without asking the engine, also when the streams have ended first (RUN-2)', async () => {
  const { engine, endStreams, say, ended } = rig(true);
  endStreams();
  await say('exit 7 9');
  expect(await ended).toEqual({ exit: { pid: 7, code: null, signal: 9 }, state: null });
  expect(engine.asked).toBe(0);
});

it('asks at once when the warden says that its kernel tells no exit status, though a daemon holds the streams (RUN-2)', async () => {
  const { engine, say, ended } = rig(true);
  engine.state = ENDED;
  await say('unwatchable 7 kernel tells no exit status');
  expect(await ended).toEqual({ exit: undefined, state: ENDED });
});

it('waits for no warden that never held the script (RUN-2)', async () => {
  const { engine, endStreams, ended } = rig(false);
  engine.state = ENDED;
  endStreams();
  expect(await ended).toEqual({ exit: undefined, state: ENDED });
});

it('asks the engine when the warden stays silent after the streams have ended (RUN-2)', async () => {
  const { engine, endStreams, ended } = rig(true);
  engine.state = ENDED;
  endStreams();
  await vi.advanceTimersByTimeAsync(1000);
  expect(await ended).toEqual({ exit: undefined, state: ENDED });
});

it('asks rarely while a script goes on that has closed its streams (RUN-2)', async () => {
  const { engine, endStreams, say, ended } = rig(true);
  endStreams();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(engine.asked).toBeGreaterThan(0);
  expect(engine.asked).toBeLessThan(10);
  await say('exit 7 256');
  expect(await ended).toEqual({ exit: { pid: 7, code: 1, signal: null }, state: null });
});
