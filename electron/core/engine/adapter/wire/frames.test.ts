import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FrameReader } from './frames.ts';

function frame(kind: number, data: Uint8Array): Buffer {
  const head = Buffer.alloc(8);
  head[0] = kind;
  head.writeUInt32BE(data.length, 4);
  return Buffer.concat([head, data]);
}

it('gives both streams back whole, however the bytes are cut (RUN-4)', () => {
  const frames = fc.array(fc.tuple(fc.constantFrom(1, 2), fc.uint8Array({ maxLength: 40 })), { maxLength: 12 });
  fc.assert(
    fc.property(frames, fc.array(fc.integer({ min: 1, max: 17 }), { minLength: 1 }), (sent, cuts) => {
      const wire = Buffer.concat(sent.map(([kind, data]) => frame(kind, data)));
      const got: Record<1 | 2, Buffer[]> = { 1: [], 2: [] };
      const reader = new FrameReader((stream, chunk) => got[stream].push(Buffer.from(chunk)));
      for (let at = 0, turn = 0; at < wire.length; turn++) {
        const length = cuts[turn % cuts.length] ?? 1;
        reader.add(wire.subarray(at, at + length));
        at += length;
      }
      for (const stream of [1, 2] as const) {
        const expected = Buffer.concat(sent.filter(([kind]) => kind === stream).map(([, data]) => data));
        expect(Buffer.concat(got[stream]).equals(expected)).toBe(true);
      }
      expect(reader.midFrame).toBe(false);
    }),
  );
});

it('passes a frame on before it is whole, and knows that the rest is owed (RUN-5)', () => {
  const got: string[] = [];
  const reader = new FrameReader((_stream, chunk) => got.push(chunk.toString()));
  reader.add(frame(1, Buffer.from('hello world')).subarray(0, 13));
  expect(got).toEqual(['hello']);
  expect(reader.midFrame).toBe(true);
});

it('refuses bytes that are no frame (ENG-7)', () => {
  expect(() => new FrameReader(() => {}).add(Buffer.from('OCI runtime failed'))).toThrow('unknown kind');
});
