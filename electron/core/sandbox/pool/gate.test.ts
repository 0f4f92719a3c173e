import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Gate } from './gate.ts';

const never = new AbortController().signal;

describe('creating no more at once than cores (RUN-11)', () => {
  it('lets so many in, in the order of asking, whatever fails', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.record({ turns: fc.nat(5), fails: fc.boolean() }), { maxLength: 20 }),
        async (limit, works) => {
          const gate = new Gate(() => limit);
          let inside = 0;
          let most = 0;
          const order: number[] = [];
          const ends = await Promise.allSettled(
            works.map(({ turns, fails }, i) =>
              gate.through(async () => {
                order.push(i);
                most = Math.max(most, ++inside);
                for (let turn = 0; turn < turns; turn++) await Promise.resolve();
                inside--;
                if (fails) throw new Error('no');
              }, never),
            ),
          );
          expect(most).toBeLessThanOrEqual(limit);
          expect(order).toEqual(works.map((_, i) => i));
          expect(ends.map(({ status }) => status === 'rejected')).toEqual(works.map(({ fails }) => fails));
          expect(gate.idle).toBe(true);
        },
      ),
    );
  });

  it('lets go of one that is given up while it waits, and goes on with the next', async () => {
    const gate = new Gate(() => 1);
    const first = Promise.withResolvers<void>();
    const giveUp = new AbortController();
    const begun: string[] = [];
    const held = gate.through(() => first.promise, never);
    const left = gate.through(async () => void begun.push('left'), giveUp.signal);
    const next = gate.through(async () => void begun.push('next'), never);
    giveUp.abort(new Error('stopped'));
    await expect(left).rejects.toThrow('stopped');
    first.resolve();
    await Promise.all([held, next]);
    expect(begun).toEqual(['next']);
    await expect(gate.through(async () => 'never', giveUp.signal)).rejects.toThrow('stopped');
    expect(gate.idle).toBe(true);
  });

  it('holds nobody up behind some that never end', async () => {
    const gate = new Gate(() => 2, 5);
    const stuck = Promise.withResolvers<void>();
    const held = [1, 2].map(() => gate.through(() => stuck.promise, never));
    expect(await Promise.all([3, 4].map((i) => gate.through(async () => i, never)))).toEqual([3, 4]);
    stuck.resolve();
    await Promise.all(held);
    expect(gate.idle).toBe(true);
  });
});
