import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LOOK } from './marks.ts';
import { destroySocket, queueRule, setTarget, verdict } from './messages.ts';
import { decodeAttributes, decodeMessages, encodeMessage, FLAGS } from './netlink.ts';

it('writes messages that it reads again (NET-2)', () => {
  const bytes = Buffer.concat([
    encodeMessage({
      type: 0x302,
      flags: FLAGS.request,
      family: 2,
      resource: 7,
      attributes: [[1, Buffer.from([9])]],
      sequence: 5,
    }),
    encodeMessage({
      type: 0x303,
      flags: 0,
      family: 0,
      resource: 0,
      attributes: [
        [2, 'abc'],
        [3, [[4, 'd']]],
      ],
    }),
  ]);
  const [one, two] = decodeMessages(bytes);
  expect(one).toMatchObject({ type: 0x302, sequence: 5 });
  expect(decodeAttributes(one!.body)).toEqual(new Map([[1, Buffer.from([9])]]));
  expect(decodeAttributes(two!.body).get(2)).toEqual(Buffer.from('abc\0'));
  expect(decodeAttributes(Buffer.concat([Buffer.alloc(4), decodeAttributes(two!.body).get(3)!])).get(4)).toEqual(
    Buffer.from('d\0'),
  );
});

it('puts a target in the place of one that is there, in one transaction (NET-2)', () => {
  const target = { address: '198.18.0.1', port: 443, to: '198.51.100.10' };
  const types = (bytes: Buffer): number[] => decodeMessages(bytes).map(({ type }) => type & 0xff);
  expect(types(setTarget(target, false, 1))).toEqual([0x10, 12, 0x11]);
  expect(types(setTarget(target, true, 1))).toEqual([0x10, 14, 12, 0x11]);
});

it('never tells the queue to pass what nobody looked at (NET-2)', () => {
  // Flag 1 of the rule lets packets pass when nobody reads.
  expect(queueRule('queue', 'out', LOOK, 1).includes(Buffer.from([6, 0, 3, 0, 0, 0]))).toBe(true);
  expect(queueRule('target', 'out', LOOK, 1).includes(Buffer.from([0x31, 0x0b, 1, 0, 0, 0, 0, 0]))).toBe(true);
  const [drop] = decodeMessages(verdict(3, null));
  expect(decodeAttributes(drop!.body).get(2)).toEqual(Buffer.from([0, 0, 0, 0, 0, 0, 0, 3]));
});

it('names both ends of a connection as its socket does (NET-2)', () => {
  const bytes = destroySocket({ source: '10.0.0.2', from: 40_000, address: '198.18.0.1', port: 80 });
  expect(bytes.readUInt32LE(0)).toBe(72);
  expect([bytes.readUInt16BE(24), bytes.readUInt16BE(26)]).toEqual([40_000, 80]);
  expect([bytes.subarray(28, 32).join('.'), bytes.subarray(44, 48).join('.')]).toEqual(['10.0.0.2', '198.18.0.1']);
});

it('reads whatever comes, or says that it is none (NET-2)', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
      decodeAttributes(Buffer.from(noise));
      try {
        decodeMessages(Buffer.from(noise));
      } catch (failure) {
        expect(failure).toBeInstanceOf(RangeError);
      }
    }),
    { numRuns: 500 },
  );
});
