import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MIB } from '../lib/units.ts';
import { effective } from './merge/effective.ts';
import { parseSet } from './merge/set.ts';
import { holdAgainstLimits, NOTHING_SAID, type Reading } from './limit-watch.ts';
import type { EffectivePolicy } from '../domain/policy.ts';

function policy(set: Record<string, string> = {}): EffectivePolicy {
  return effective({
    level: 'untrusted',
    name: 'untrusted',
    tiers: [{ tier: 'run', name: 'this run', ...parseSet(set) }],
    ceilings: {},
  });
}

function reading(more: Omit<Partial<Reading>, 'sample'> & { sample?: Partial<Reading['sample']> } = {}): Reading {
  return {
    wall: 0,
    output: 0,
    forksRefused: 0,
    childrenKilled: 0,
    scriptKilled: false,
    noRoute: 0,
    ...more,
    sample: { at: 0, memory: MIB, cpu: 0, cpuTime: 0, processes: 1, ...more.sample },
  };
}

describe('limits (RUN-7)', () => {
  it('says nothing below 90 %', () => {
    const result = holdAgainstLimits(policy(), reading(), NOTHING_SAID);
    expect(result).toMatchObject({ events: [], kill: null, pause: null });
  });

  it('warns once at 90 %', () => {
    const near = reading({ sample: { memory: 58 * MIB } });
    const first = holdAgainstLimits(policy(), near, NOTHING_SAID);
    expect(first.events).toEqual([
      expect.objectContaining({ type: 'warning', kind: 'memory', message: 'Memory reached 58 MiB of 64 MiB.' }),
    ]);
    expect(holdAgainstLimits(policy(), near, first.said).events).toEqual([]);
  });

  it('ends a run for wall time, CPU time and, when asked, output', () => {
    expect(holdAgainstLimits(policy(), reading({ wall: 60_001 }), NOTHING_SAID).kill).toEqual({
      kind: 'wall-time',
      field: 'resources.wall_time',
      limit: 60_000,
    });
    expect(holdAgainstLimits(policy(), reading({ sample: { cpuTime: 30_001 } }), NOTHING_SAID).kill?.kind).toBe(
      'cpu-time',
    );
    const flood = reading({ output: 11 * MIB });
    expect(holdAgainstLimits(policy(), flood, NOTHING_SAID)).toMatchObject({
      kill: null,
      events: expect.arrayContaining([expect.objectContaining({ type: 'violation', kind: 'output' })]),
    });
    expect(holdAgainstLimits(policy({ 'resources.on_breach.output': 'kill' }), flood, NOTHING_SAID).kill?.kind).toBe(
      'output',
    );
  });

  it('only warns when the policy says so', () => {
    const late = holdAgainstLimits(
      policy({ 'resources.on_breach.wall_time': 'warn' }),
      reading({ wall: 70_000 }),
      NOTHING_SAID,
    );
    expect(late.kill).toBeNull();
    expect(late.events.map((event) => event.type)).toEqual(['warning', 'violation']);
  });

  it.each([
    ['memory', { sample: { memory: 58 * MIB } }, '58 MiB of 64 MiB'],
    ['cpu_time', { sample: { cpuTime: 27_500 } }, '27.5 s of 30 s'],
    ['wall_time', { wall: 55_000 }, '55 s of 1 min'],
    ['scratch', { sample: { scratch: 46 * MIB } }, '46 MiB of 50 MiB'],
  ] as const)(
    'pauses at 90 % of %s and says what to do; not again at once after it went on (POL-2)',
    (name, near, words) => {
      const asked = policy({ [`resources.on_breach.${name}`]: 'pause' });
      const first = holdAgainstLimits(asked, reading(near), NOTHING_SAID);
      expect(first.kill).toBeNull();
      expect(first.pause?.message).toContain(words);
      expect(first.pause?.message).toMatch(/^Paused: .* Resume it .* or stop it\.$/);
      const again = holdAgainstLimits(asked, reading(near), first.said);
      expect([again.pause, again.kill]).toEqual([null, null]);
      const fallen = holdAgainstLimits(asked, reading({ sample: { scratch: 0 } }), again.said);
      expect(holdAgainstLimits(asked, reading(near), fallen.said).pause?.kind).toBe(first.pause?.kind);
      expect(holdAgainstLimits(policy(), reading(near), NOTHING_SAID).pause).toBeNull();
    },
  );

  it('ends a run that was paused for a clock and resumed when the limit itself is reached (POL-2)', () => {
    const asked = policy({ 'resources.on_breach.wall_time': 'pause' });
    const near = holdAgainstLimits(asked, reading({ wall: 55_000 }), NOTHING_SAID);
    expect(holdAgainstLimits(asked, reading({ wall: 60_001 }), near.said).kill?.kind).toBe('wall-time');
  });

  it('ends a run for open files and scratch when asked, and only then (POL-2)', () => {
    const full = reading({ sample: { openFiles: 32, scratch: 50 * MIB } });
    const kill = (set: Record<string, string>) => holdAgainstLimits(policy(set), full, NOTHING_SAID).kill?.kind ?? null;
    expect(kill({})).toBeNull();
    expect(kill({ 'resources.on_breach.open_files': 'kill' })).toBe('open-files');
    expect(kill({ 'resources.on_breach.scratch': 'kill' })).toBe('scratch');
    const below = reading({ sample: { openFiles: 31, scratch: 40 * MIB } });
    const both = policy({ 'resources.on_breach.open_files': 'kill', 'resources.on_breach.scratch': 'kill' });
    expect(holdAgainstLimits(both, below, NOTHING_SAID).kill).toBeNull();
  });

  it('counts refused processes, killed children and tries to reach a network', () => {
    const first = holdAgainstLimits(
      policy(),
      reading({ forksRefused: 2, childrenKilled: 1, noRoute: 3 }),
      NOTHING_SAID,
    );
    expect(first.events.map((event) => [event.kind, event.count])).toEqual([
      ['processes', 2],
      ['child-memory', 1],
      ['network', 3],
    ]);
    const more = holdAgainstLimits(policy(), reading({ forksRefused: 5, childrenKilled: 1, noRoute: 3 }), first.said);
    expect(more.events).toEqual([expect.objectContaining({ kind: 'processes', count: 5 })]);
  });

  it('never repeats a warning and never counts backwards, whatever is read', () => {
    const any = fc.record({
      memory: fc.nat(2 ** 27),
      wall: fc.nat(100_000),
      forks: fc.nat(20),
      oom: fc.nat(5),
      cpuTime: fc.nat(60_000),
    });
    fc.assert(
      fc.property(fc.array(any, { maxLength: 30 }), (readings) => {
        let said = NOTHING_SAID;
        const warned: string[] = [];
        const last: Record<string, number> = {};
        for (const one of readings) {
          const result = holdAgainstLimits(
            policy(),
            reading({
              wall: one.wall,
              forksRefused: one.forks,
              childrenKilled: one.oom,
              sample: { memory: one.memory, cpuTime: one.cpuTime },
            }),
            said,
          );
          said = result.said;
          for (const event of result.events) {
            if (event.type === 'warning') warned.push(event.kind);
            else {
              expect(event.count!).toBeGreaterThan(last[event.kind] ?? 0);
              last[event.kind] = event.count!;
            }
          }
        }
        expect(new Set(warned).size).toBe(warned.length);
      }),
    );
  });
});
