import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Streams } from '../engine/port.ts';
import { GatewayLink, type Question } from './gateway-link.ts';

function line() {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const over = Promise.withResolvers<void>();
  const streams: Streams = { stdin, stdout, stderr, done: over.promise, destroy: () => {} };
  const link = new GatewayLink(streams);
  const lost: string[] = [];
  const questions: Question[] = [];
  link.serve({
    onQuestion: (question) => void questions.push(question),
    onReport: () => {},
    onLost: (why) => void lost.push(why),
  });
  const says = async (text: string): Promise<void> => {
    stdout.write(text);
    await vi.advanceTimersByTimeAsync(1);
  };
  return { link, lost, questions, says, over, sent: () => String(stdin.read() ?? '') };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('takes whole lines only, however they are cut (NET-3)', async () => {
  const { questions, says } = line();
  await says('{"type":"look');
  expect(questions).toEqual([]);
  await says('up","id":1,"name":"a.test","kind":"A"}\n{"type":"open","id":2,"name":"a.test","port":80,"told":false}\n');
  expect(questions.map(({ type }) => type)).toEqual(['lookup', 'open']);
});

it.each(['not json\n', '{"type":"unknown"}\n', '{"type":"open","id":"1"}\n', '[]\n', `${'x'.repeat(70_000)}\n`])(
  'lets go of an agent that says what is not in the form (NET-2)',
  async (text) => {
    const { link, lost, says } = line();
    await says(text);
    expect(lost).toHaveLength(1);
    expect(link.alive).toBe(false);
  },
);

it('counts an agent that is silent for five seconds as hung, and one that answers as well (NET-2)', async () => {
  const busy = line();
  for (let i = 0; i < 20; i++) {
    await vi.advanceTimersByTimeAsync(1000);
    await busy.says('{"type":"pong"}\n');
  }
  expect(busy.lost).toEqual([]);
  expect(busy.sent()).toContain('"ping"');
  await vi.advanceTimersByTimeAsync(6000);
  expect(busy.lost).toHaveLength(1);
});

it('gives an agent that has not begun yet more time, but not for ever (NET-2)', async () => {
  const { link, lost } = line();
  const up = link.up();
  up.catch(() => {});
  await vi.advanceTimersByTimeAsync(15_000);
  expect(lost).toEqual([]);
  await vi.advanceTimersByTimeAsync(10_000);
  await expect(up).rejects.toMatchObject({ code: 'network-unavailable' });
  expect(lost).toHaveLength(1);
});

it('fails what waits when the agent ends, and says so once (NET-2)', async () => {
  const { link, lost, over } = line();
  const up = link.up();
  up.catch(() => {});
  over.resolve();
  await vi.advanceTimersByTimeAsync(1);
  await expect(up).rejects.toMatchObject({ code: 'network-unavailable' });
  await vi.advanceTimersByTimeAsync(10_000);
  expect(lost).toHaveLength(1);
});

it('says nothing of an end that was asked for (NET-2)', async () => {
  const { link, lost, over } = line();
  link.close();
  over.resolve();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(lost).toEqual([]);
});
