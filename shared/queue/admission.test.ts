import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GIB, MIB } from '../lib/units.ts';
import { admit, AGE_MS, PASS_MS, type Going, type Situation, type Waiting } from './admission.ts';
import { waitText } from './waits.ts';

const run = (id: string, more: Partial<Waiting> = {}): Waiting => ({
  id,
  policy: 'p',
  memory: 64 * MIB,
  priority: 'normal',
  since: 0,
  quota: { runs: 100, memory: null },
  ...more,
});

const at = (more: Partial<Situation>): Situation => ({
  now: 0,
  waiting: [],
  going: [],
  slots: 10,
  memory: { total: 8 * GIB, free: 4 * GIB },
  ...more,
});

const going = (id: string, more: Partial<Going> = {}): Going => ({
  id,
  policy: 'p',
  memory: 64 * MIB,
  used: 0,
  ...more,
});

describe('who starts', () => {
  it('starts the more important first and equals in order of arrival (quota.priority)', () => {
    const waiting = [run('a', { priority: 'low' }), run('b'), run('c', { priority: 'high' }), run('d')];
    expect(admit(at({ waiting })).start).toEqual(['c', 'b', 'd', 'a']);
    const first = admit(at({ waiting, slots: 1 }));
    expect(first.start).toEqual(['c']);
    expect(waitText(first.waits.get('a')!)).toBe('one of 1 running to end');
  });

  it('lets an old run pass a newer, more important one (quota.priority)', () => {
    const waiting = [run('old', { priority: 'low' }), run('new', { priority: 'high', since: 2 * AGE_MS + 1 })];
    expect(admit(at({ waiting, slots: 1, now: 2 * AGE_MS + 1 })).start).toEqual(['old']);
  });

  it('keeps quota.runs, and lets runs of other policies pass', () => {
    const waiting = [run('a', { quota: { runs: 1, memory: null } }), run('b', { policy: 'q' })];
    const { start, waits } = admit(at({ waiting, going: [going('x')] }));
    expect(start).toEqual(['b']);
    expect(waitText(waits.get('a')!)).toBe('a run under p to end: its quota is 1 at once');
  });

  it('keeps quota.memory, also for runs that would start at the same time', () => {
    const quota = { runs: 10, memory: 150 * MIB };
    const { start, waits } = admit(at({ waiting: [run('a', { quota }), run('b', { quota }), run('c', { quota })] }));
    expect(start).toEqual(['a', 'b']);
    expect(waitText(waits.get('c')!)).toBe('64 MiB of the memory quota of p: 128 MiB of 150 MiB are taken');
  });

  it('promises no memory that going runs may yet take', () => {
    const memory = { total: 8 * GIB, free: 2 * GIB };
    const waiting = [run('a', { memory: GIB })];
    expect(admit(at({ waiting, memory })).start).toEqual(['a']);
    const grown = admit(at({ waiting, memory, going: [going('x', { memory: 2 * GIB, used: 0.5 * GIB })] }));
    expect(waitText(grown.waits.get('a')!)).toMatch(/^1 GiB of memory on the engine: \d+ MiB can be promised now$/);
    const whole = admit(at({ waiting, memory, going: [going('x', { memory: 2 * GIB, used: 2 * GIB })] }));
    expect(whole.start).toEqual(['a']);
    expect(
      admit(at({ waiting, memory: { total: 8 * GIB, free: null }, going: [going('x', { memory: 6 * GIB })] })).start,
    ).toEqual([]);
    expect(admit(at({ waiting, memory: null, going: [going('x', { memory: 100 * GIB })] })).start).toEqual(['a']);
  });

  it('lets small runs pass a large one for a while, then keeps room for it', () => {
    const waiting = [run('large', { memory: 3 * GIB }), run('small', { since: 1 })];
    const memory = { total: 8 * GIB, free: 2 * GIB };
    expect(admit(at({ waiting, memory, now: PASS_MS - 1 })).start).toEqual(['small']);
    const later = admit(at({ waiting, memory, now: PASS_MS }));
    expect(later.start).toEqual([]);
    expect(waitText(later.waits.get('small')!)).toContain('3 GiB');
  });
});

interface Job extends Waiting {
  readonly lasts: number;
}

const jobs = fc.array(
  fc.record({
    at: fc.nat(200_000),
    lasts: fc.integer({ min: 1, max: 20_000 }),
    policy: fc.constantFrom('p', 'q', 'r'),
    memory: fc.integer({ min: 1, max: 1500 }).map((mib) => mib * MIB),
    priority: fc.constantFrom('low' as const, 'normal' as const, 'high' as const),
    used: fc.nat(100),
  }),
  { minLength: 1, maxLength: 40 },
);
const world = fc.record({
  slots: fc.integer({ min: 1, max: 4 }),
  runs: fc.integer({ min: 1, max: 3 }),
  quota: fc.integer({ min: 1500, max: 3000 }).map((mib) => mib * MIB),
});

describe('over time, whatever arrives (RUN-8)', () => {
  it('never passes slots, quota.runs, quota.memory or the engine, says why each waits, and loses no run', () => {
    fc.assert(
      fc.property(jobs, world, (arrivals, { slots, runs, quota }) => {
        const total = 2.5 * GIB;
        const todo = arrivals
          .map((job, index): Job => ({ ...run(String(index)), ...job, since: job.at, quota: { runs, memory: quota } }))
          .toSorted((a, b) => a.since - b.since);
        let waiting: Job[] = [];
        let active: (Job & { until: number; used: number })[] = [];
        const done: string[] = [];
        for (let now = 0; done.length < todo.length; now += 1000) {
          expect(now, 'every run comes to its turn').toBeLessThan(200_000 + todo.length * (20_000 + 2000));
          done.push(...active.filter(({ until }) => until <= now).map(({ id }) => id));
          active = active.filter(({ until }) => until > now);
          waiting.push(...todo.filter(({ since }) => since <= now && since > now - 1000));
          const inUse = active.reduce((sum, job) => sum + job.used, 0);
          const { start, waits } = admit({
            now,
            waiting,
            going: active,
            slots,
            memory: { total, free: total - inUse },
          });
          expect(start.length + waits.size).toBe(waiting.length);
          for (const id of start) {
            const job = waiting.find((one) => one.id === id)!;
            active.push({ ...job, until: now + job.lasts, used: job.memory / 2 });
          }
          waiting = waiting.filter(({ id }) => !start.includes(id));
          expect(active.length).toBeLessThanOrEqual(slots);
          expect(active.reduce((sum, job) => sum + job.memory, 0)).toBeLessThanOrEqual(total);
          for (const policy of ['p', 'q', 'r']) {
            const same = active.filter((job) => job.policy === policy);
            expect(same.length).toBeLessThanOrEqual(runs);
            expect(same.reduce((sum, job) => sum + job.memory, 0)).toBeLessThanOrEqual(quota);
          }
          if (active.length === 0) expect(waiting).toEqual([]);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('lets a less important run start within bounded time under a flood of more important ones', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 500, max: 5000 }), (slots, lasts) => {
        let waiting = [run('low', { priority: 'low' })];
        let active: { id: string; policy: string; memory: number; used: number; until: number }[] = [];
        for (let now = 0, made = 0; now <= 2 * AGE_MS + 21 * (lasts + 1000); now += 500) {
          while (waiting.length < 20) waiting.push(run(`high-${made++}`, { priority: 'high', since: now }));
          active = active.filter(({ until }) => until > now);
          const { start } = admit(at({ now, waiting, going: active, slots }));
          if (start.includes('low')) return true;
          active.push(...start.map((id) => ({ id, policy: 'p', memory: 1, used: 1, until: now + lasts })));
          waiting = waiting.filter(({ id }) => !start.includes(id));
        }
        return false;
      }),
      { numRuns: 50 },
    );
  });
});
