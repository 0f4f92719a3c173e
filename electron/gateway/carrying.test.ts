import { expect, it } from 'vitest';
import { Carrying } from './carrying.ts';
import { Names } from './names.ts';
import { SEEN } from './packets/marks.ts';
import type { Target } from './packets/messages.ts';
import { readSegment, writeSegment } from './packets/segment.ts';

/** A call of port 80 of the first name's stand-in. */
function call(from: number, port = 80): Buffer {
  const bare = Buffer.alloc(40);
  bare[0] = 0x45;
  bare.writeUInt16BE(40, 2);
  bare[9] = 6;
  Buffer.from([10, 0, 0, 2, 198, 18, 0, 1]).copy(bare, 12);
  bare.writeUInt16BE(from, 20);
  bare.writeUInt16BE(port, 22);
  bare[32] = 0x50;
  bare[33] = 2;
  return writeSegment(readSegment(bare)!, { sequence: 7 });
}

function carry(answers: (readonly string[])[]) {
  const targets: Target[] = [];
  const questions: number[] = [];
  const names = new Names();
  names.addressFor('good.test');
  const carrying = new Carrying({
    queue: {
      target: async (target) => void targets.push(target),
      body: () => {},
      end: () => {},
      forget: () => {},
    },
    names,
    open: async (_name, _port, onAsked) => {
      onAsked(questions.length);
      questions.push(questions.length);
      return { addresses: answers[Math.min(questions.length, answers.length) - 1] ?? [], ttl: 30 };
    },
    listed: (port) => port === 80,
    alone: (change) => change(),
    report: () => {},
    told: () => {},
    expect: () => {},
  });
  const called = async (from: number, port?: number): Promise<number | undefined> =>
    (await carrying.inspector.look({ outgoing: true, packet: call(from, port), large: false, stale: false }))?.mark;
  return { carrying, called, targets, questions };
}

it('aims at the address that core allows before the call goes out (NET-2)', async () => {
  const { carrying, called, targets } = carry([['198.51.100.10']]);
  expect(await called(1)).toBe(SEEN.called);
  expect(targets).toEqual([{ address: '198.18.0.1', port: 80, to: '198.51.100.10' }]);
  expect(carrying.targets()).toEqual(targets);
  expect(carrying.behind('198.18.0.1', 80)).toBe('198.51.100.10');
  expect(carrying.behind('198.18.0.1', 22)).toBeNull();
});

it('refuses what core refuses, and ports that no rule lists without asking (NET-2)', async () => {
  const { called, questions } = carry([[]]);
  expect(await called(1)).toBe(SEEN.refused);
  expect(await called(1, 22)).toBe(SEEN.denied);
  expect(questions).toHaveLength(1);
});

it('asks core again once the rules have changed (NET-4)', async () => {
  const { carrying, called, questions } = carry([['198.51.100.10'], []]);
  await called(1);
  carrying.stale();
  expect(await called(2)).toBe(SEEN.refused);
  expect(questions).toHaveLength(2);
});

it('goes on to the next address of a name when the first does not answer (NET-2)', async () => {
  const { called, targets } = carry([['198.51.100.99', '198.51.100.10']]);
  await called(1);
  await called(2);
  expect(targets.map(({ to }) => to)).toEqual(['198.51.100.99']);
  await called(1);
  expect(targets.map(({ to }) => to)).toEqual(['198.51.100.99', '198.51.100.10']);
});
