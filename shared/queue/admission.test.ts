import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GIB, MIB } from '../lib/units.ts';
import { admit, inOrder, PASS_MS, type Going, type Situation, type Waiting } from './admission.ts';
import type { Group } from './quotas.ts';
import { AGE_MS, PATIENCE_MS } from './turns.ts';
import { waitText } from './waits.ts';

const group = (over: Partial<Group> = {}): Group => ({
  kind: 'policy',
  key: 'p',
  name: 'p',
  runs: null,
  memory: null,
  cpu: null,
  ...over,
});

const run = (id: string, more: Partial<Waiting> = {}): Waiting => ({
  id,
  project: 'here',
  groups: [group()],
  memory: 64 * MIB,
  cpu: 25,
  priority: 'normal',
  since: 0,
  ...more,
});

const at = (more: Partial<Situation>): Situation => ({
  now: 0,
  waiting: [],
  going: [],
  served: new Map(),
  slots: 10,
  memory: { total: 8 * GIB, free: 4 * GIB },
  ...more,
});

const going = (id: string, more: Partial<Going> = {}): Going => ({ ...run(id), used: 0, ...more });

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
    const now = 2 * AGE_MS + 1;
    expect(admit(at({ waiting, slots: 1, now })).start).toEqual(['old']);
    const apart = [
      run('old', { priority: 'low', project: 'a' }),
      { ...waiting[1]!, project: 'b', since: now + AGE_MS },
    ];
    expect(admit(at({ waiting: apart, slots: 1, now: now + AGE_MS })).start).toEqual(['old']);
  });

  it('keeps quota.runs, and lets runs of other policies pass', () => {
    const waiting = [run('a', { groups: [group({ runs: 1 })] }), run('b', { groups: [group({ key: 'q' })] })];
    const { start, waits } = admit(at({ waiting, going: [going('x')] }));
    expect(start).toEqual(['b']);
    expect(waitText(waits.get('a')!)).toBe('a run under p to end: its quota is 1 at once');
  });

  it('keeps quota.memory and quota.cpu, also for runs that would start at the same time', () => {
    const some = (groups: Group[]): Waiting[] => ['a', 'b', 'c'].map((id) => run(id, { groups }));
    const memory = admit(at({ waiting: some([group({ memory: 150 * MIB })]) }));
    expect(memory.start).toEqual(['a', 'b']);
    expect(waitText(memory.waits.get('c')!)).toBe('64 MiB of the memory quota of p: 128 MiB of 150 MiB are taken');
    const cpu = admit(at({ waiting: some([group({ cpu: 60 })]) }));
    expect(cpu.start).toEqual(['a', 'b']);
    expect(waitText(cpu.waits.get('c')!)).toBe('25 % of the CPU quota of p: 50 % of 60 % are taken');
  });

  it('counts over project and workflow as over the policy, and says which one holds a run up', () => {
    const ours = group({ kind: 'project', key: '/home/ann/app', name: 'app', runs: 1 });
    const flow = group({ kind: 'workflow', key: 'w1', name: 'nightly', runs: 1 });
    const waiting = [
      run('a', { groups: [group(), ours] }),
      run('b', { groups: [group(), { ...ours, key: '/other/app' }] }),
    ];
    const { start, waits } = admit(at({ waiting, going: [going('x', { groups: [group({ key: 'q' }), ours] })] }));
    expect(start).toEqual(['b']);
    expect(waitText(waits.get('a')!)).toBe('a run of the project app to end: its quota is 1 at once');
    const steps = [run('s1', { groups: [flow] }), run('s2', { groups: [flow] })];
    expect(waitText(admit(at({ waiting: steps })).waits.get('s2')!)).toContain('of the workflow nightly');
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

describe('turns', () => {
  const flood = (project: string, count: number): Waiting[] =>
    Array.from({ length: count }, (_, index) => run(`${project}${index}`, { project }));

  it('takes projects in turn, however many runs one of them has', () => {
    const waiting = [...flood('a', 100), run('b0', { project: 'b', since: 5 }), run('c0', { project: 'c', since: 6 })];
    expect(inOrder(at({ waiting, now: 6 })).slice(0, 4)).toEqual(['a0', 'b0', 'c0', 'a1']);
    expect(admit(at({ waiting, slots: 3, now: 6 })).start).toEqual(['a0', 'b0', 'c0']);
  });

  it('lets who has fewer going start first, and with one place whoever was served longest ago', () => {
    const waiting = [...flood('a', 9), ...flood('b', 9)];
    const busy = [1, 2, 3].map((index) => going(`g${index}`, { project: 'a' }));
    expect(admit(at({ waiting, going: busy, slots: 6 })).start).toEqual(['b0', 'b1', 'b2']);
    const served = new Map([['a', 900]]);
    expect(admit(at({ waiting, served, now: 1000, slots: 1 })).start).toEqual(['b0']);
    expect(admit(at({ waiting, served: new Map([...served, ['b', 950]]), now: 1000, slots: 1 })).start).toEqual(['a0']);
  });

  it('lets a project that has waited very long start although it has more going', () => {
    const waiting = [run('a0', { project: 'a' }), run('b0', { project: 'b', since: PATIENCE_MS })];
    const situation = { waiting, going: [going('x', { project: 'a' })], slots: 2 };
    expect(admit(at({ ...situation, now: PATIENCE_MS })).start).toEqual(['a0']);
  });

  it('starts what a person has put first before all others, within its quotas', () => {
    const held = group({ runs: 1 });
    const waiting = [run('a', { priority: 'high' }), run('b', { place: 1 }), run('c', { place: 0, groups: [held] })];
    expect(inOrder(at({ waiting }))).toEqual(['c', 'b', 'a']);
    expect(admit(at({ waiting, going: [going('x')], slots: 2 })).start).toEqual(['b']);
  });
});

interface Job extends Waiting {
  readonly lasts: number;
}

describe('over time, whatever arrives (RUN-8)', () => {
  const jobs = fc.array(
    fc.record({
      at: fc.nat(200_000),
      lasts: fc.integer({ min: 1, max: 20_000 }),
      policy: fc.constantFrom('p', 'q', 'r'),
      memory: fc.integer({ min: 1, max: 1500 }).map((mib) => mib * MIB),
      priority: fc.constantFrom('low' as const, 'normal' as const, 'high' as const),
      project: fc.constantFrom('a', 'b'),
    }),
    { minLength: 1, maxLength: 40 },
  );
  const world = fc.record({
    slots: fc.integer({ min: 1, max: 4 }),
    runs: fc.integer({ min: 1, max: 3 }),
    quota: fc.integer({ min: 1500, max: 3000 }).map((mib) => mib * MIB),
  });

  it('never passes slots, quota.runs, quota.memory or the engine, says why each waits, and loses no run', () => {
    fc.assert(
      fc.property(jobs, world, (arrivals, { slots, runs, quota }) => {
        const total = 2.5 * GIB;
        const todo = arrivals
          .map((job, index): Job => {
            const groups = [group({ key: job.policy, runs, memory: quota })];
            return { ...run(String(index)), ...job, since: job.at, groups };
          })
          .toSorted((a, b) => a.since - b.since);
        let waiting: Job[] = [];
        let active: (Job & { until: number; used: number })[] = [];
        const served = new Map<string, number>();
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
            served,
            slots,
            memory: { total, free: total - inUse },
          });
          expect(start.length + waits.size).toBe(waiting.length);
          for (const id of start) {
            const job = waiting.find((one) => one.id === id)!;
            served.set(job.project, now);
            active.push({ ...job, until: now + job.lasts, used: job.memory / 2 });
          }
          waiting = waiting.filter(({ id }) => !start.includes(id));
          expect(active.length).toBeLessThanOrEqual(slots);
          expect(active.reduce((sum, job) => sum + job.memory, 0)).toBeLessThanOrEqual(total);
          for (const policy of ['p', 'q', 'r']) {
            const same = active.filter(({ groups }) => groups[0]!.key === policy);
            expect(same.length).toBeLessThanOrEqual(runs);
            expect(same.reduce((sum, job) => sum + job.memory, 0)).toBeLessThanOrEqual(quota);
          }
          if (active.length === 0) expect(waiting).toEqual([]);
        }
      }),
      { numRuns: 150 },
    );
  });

  interface Flood {
    readonly mine: Waiting;
    readonly more: (made: number, now: number) => Waiting;
    readonly going?: readonly Going[];
    readonly slots: number;
    readonly lasts: number;
    readonly until: number;
  }

  /** Whether `mine` starts in time while there are always others waiting. */
  function startsIn({ mine, more, going: first = [], slots, lasts, until }: Flood): boolean {
    let waiting = [mine];
    let active = first.map((one) => ({ ...one, until: Number.POSITIVE_INFINITY }));
    const served = new Map<string, number>();
    for (let now = 0, made = 0; now <= until; now += 500) {
      while (waiting.length < 20) waiting.push(more(made++, now));
      active = active.filter((one) => one.until > now);
      const { start } = admit(at({ now, waiting, going: active, served, slots }));
      if (start.includes(mine.id)) return true;
      for (const one of waiting.filter((other) => start.includes(other.id))) {
        served.set(one.project, now);
        active.push({ ...one, used: 1, until: now + lasts });
      }
      waiting = waiting.filter((one) => !start.includes(one.id));
    }
    return false;
  }

  const lasting = fc.integer({ min: 500, max: 5000 });

  it('lets a less important run start within bounded time under a flood of more important ones', () => {
    const from = fc.constantFrom('here', 'elsewhere', null);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3 }), lasting, from, (slots, lasts, project) => {
        const more = (made: number, since: number): Waiting =>
          run(`high-${made}`, { priority: 'high', since, project: project ?? `project-${made}` });
        const until = 3 * AGE_MS + 21 * (lasts + 1000);
        return startsIn({ mine: run('low', { priority: 'low' }), more, slots, lasts, until });
      }),
      { numRuns: 60 },
    );
  });

  it('lets a project whose run never ends start another one under a flood of projects that have none', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 4 }), lasting, (slots, lasts) => {
        const more = (made: number, since: number): Waiting => run(`new-${made}`, { since, project: `new-${made}` });
        const mine = run('mine', { project: 'busy' });
        const first = [going('x', { project: 'busy' })];
        return startsIn({ mine, more, going: first, slots, lasts, until: PATIENCE_MS + 21 * (lasts + 1000) });
      }),
      { numRuns: 20 },
    );
  });

  it('shares the places: no project that waits has two runs fewer than one that was given a place', () => {
    const some = fc.record({ going: fc.nat(6), waiting: fc.nat(8) });
    fc.assert(
      fc.property(
        fc.array(some, { minLength: 2, maxLength: 6 }),
        fc.integer({ min: 1, max: 30 }),
        (projects, slots) => {
          const name = (at: number): string => `project-${at}`;
          const many = <T>(count: number, make: (at: number) => T): T[] =>
            Array.from({ length: count }, (_, index) => make(index));
          const before = projects.flatMap((one, p) =>
            many(one.going, (n) => going(`g${p}.${n}`, { project: name(p) })),
          );
          const waiting = projects.flatMap((one, p) =>
            many(one.waiting, (n) => run(`w${p}.${n}`, { project: name(p) })),
          );
          const { start } = admit(at({ waiting, going: before, slots, memory: null }));
          expect(start).toHaveLength(Math.max(0, Math.min(waiting.length, slots - before.length)));
          const given = projects.map((_, p) => start.filter((id) => id.startsWith(`w${p}.`)).length);
          for (const [a, one] of projects.entries())
            for (const [b, other] of projects.entries())
              if (given[a]! > 0 && given[b]! < other.waiting)
                expect(one.going + given[a]!).toBeLessThanOrEqual(other.going + given[b]! + 1);
        },
      ),
    );
  });
});
