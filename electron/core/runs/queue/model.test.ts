import * as fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { GIB, MIB } from '#shared/lib/units.ts';
import type { Group } from '#shared/queue/quotas.ts';
import { RunQueue, type QueuedRun } from './queue.ts';

type State = 'waiting' | 'going' | 'ended' | 'left';

interface Job {
  readonly project: string;
  readonly policy: string;
  readonly memory: number;
  readonly priority: QueuedRun['priority'];
}

const QUOTA = {
  policy: { runs: 3, memory: 3 * GIB, cpu: 300 },
  project: { runs: 2, memory: null, cpu: null },
} as const;

/** A queue with its clock, its engine and what is known of every run from outside. */
class World {
  now = 0;
  slots = 3;
  free = 4 * GIB;
  readonly state = new Map<string, State>();
  readonly jobs = new Map<string, Job>();
  readonly reasons = new Map<string, string>();
  /** What was wrong at a start, which the queue itself takes for the run's own failure. */
  readonly wrong: unknown[] = [];
  readonly ends = new Map<string, () => void>();
  readonly queue = new RunQueue({
    limit: () => this.slots,
    memory: () => ({ total: 8 * GIB, free: this.free - this.used() }),
    now: () => this.now,
    changed: () => {},
  });

  those(state: State): string[] {
    return [...this.state].filter(([, is]) => is === state).map(([id]) => id);
  }

  used(): number {
    return this.those('going').reduce((sum, id) => sum + this.jobs.get(id)!.memory, 0);
  }

  arrive(job: Job): void {
    const id = `run-${this.jobs.size}`;
    this.jobs.set(id, job);
    this.state.set(id, 'waiting');
    const groups: Group[] = [
      { kind: 'policy', key: job.policy, name: job.policy, ...QUOTA.policy },
      { kind: 'project', key: job.project, name: job.project, ...QUOTA.project },
    ];
    this.queue.add({
      id,
      project: job.project,
      groups,
      memory: job.memory,
      cpu: 100,
      priority: job.priority,
      used: () => job.memory,
      waits: (what) => this.reasons.set(id, what),
      begin: () => this.#begin(id, job).catch((failure: unknown) => void this.wrong.push(failure)),
    });
  }

  /** Whatever starts may start: this is where limits are kept or broken. */
  async #begin(id: string, job: Job): Promise<void> {
    expect(this.state.get(id), 'starts once, and only while it waits').toBe('waiting');
    const going = this.those('going').map((other) => this.jobs.get(other)!);
    expect(going.length, 'slots').toBeLessThan(this.slots);
    expect(job.memory, 'memory of the engine').toBeLessThanOrEqual(this.free - this.used());
    const policy = going.filter((other) => other.policy === job.policy);
    expect(policy.length, 'runs of the policy').toBeLessThan(QUOTA.policy.runs);
    expect(policy.reduce((sum, other) => sum + other.memory, job.memory)).toBeLessThanOrEqual(QUOTA.policy.memory);
    expect(going.filter((other) => other.project === job.project).length).toBeLessThan(QUOTA.project.runs);
    this.state.set(id, 'going');
    const over = Promise.withResolvers<void>();
    this.ends.set(id, over.resolve);
    await over.promise;
  }

  async finish(id: string): Promise<void> {
    this.state.set(id, 'ended');
    this.ends.get(id)!();
    await vi.advanceTimersByTimeAsync(0);
  }

  check(): void {
    if (this.wrong.length > 0) throw this.wrong[0];
    const waiting = this.those('waiting');
    expect(this.queue.running).toBe(this.those('going').length);
    expect(new Set(this.queue.order()), 'none is lost').toEqual(new Set(waiting));
    for (const id of waiting) expect(this.reasons.get(id), 'says what it waits for').toMatch(/./);
    if (this.queue.running === 0)
      for (const id of waiting) expect(this.reasons.get(id), 'only memory holds up an idle queue').toMatch(/memory/);
  }
}

type Step = fc.AsyncCommand<object, World>;
const pick = <T>(all: readonly T[], at: number): T | undefined => all[at % Math.max(1, all.length)];

function step(says: string, act: (world: World) => void | Promise<void>): Step {
  return {
    check: () => true,
    async run(_, world) {
      await act(world);
      world.check();
    },
    toString: () => says,
  };
}

const job = fc.record({
  project: fc.constantFrom('a', 'b', 'c'),
  policy: fc.constantFrom('p', 'q'),
  memory: fc.integer({ min: 16, max: 2500 }).map((mib) => mib * MIB),
  priority: fc.constantFrom('low' as const, 'normal' as const, 'high' as const),
});

const steps = [
  job.map((one) => step(`arrive ${JSON.stringify(one)}`, (world) => world.arrive(one))),
  job.map((one) => step(`arrive ${JSON.stringify(one)}`, (world) => world.arrive(one))),
  fc.nat(50).map((at) =>
    step(`finish ${at}`, async (world) => {
      const id = pick(world.those('going'), at);
      if (id !== undefined) await world.finish(id);
    }),
  ),
  fc.nat(50).map((at) =>
    step(`stop ${at}`, (world) => {
      const id = pick(world.those('waiting'), at);
      if (id === undefined) return;
      world.state.set(id, 'left');
      expect(world.queue.leave([id])).toEqual([id]);
    }),
  ),
  fc.tuple(fc.nat(50), fc.nat(50)).map(([at, before]) =>
    step(`move ${at} before ${before}`, (world) => {
      const order = world.queue.order();
      const [id, other] = [pick(order, at), pick(order, before)];
      if (id === undefined || other === undefined || id === other) return;
      const wanted = order
        .filter((one) => one !== id)
        .toSpliced(order.filter((one) => one !== id).indexOf(other), 0, id);
      expect(world.queue.move(id, other)).not.toBeNull();
      const rest = new Set(world.queue.order());
      const ahead = wanted.slice(0, wanted.indexOf(id) + 1).filter((one) => rest.has(one));
      expect(world.queue.order().slice(0, ahead.length), 'who is ahead of it is where it was').toEqual(ahead);
    }),
  ),
  fc.integer({ min: 0, max: 6 }).map((gib) =>
    step(`free ${gib} GiB`, (world) => {
      world.free = Math.max(gib * GIB, world.used());
    }),
  ),
  fc.integer({ min: 1, max: 6 }).map((slots) =>
    step(`limit ${slots}`, (world) => {
      world.slots = slots;
    }),
  ),
  fc.integer({ min: 1, max: 90_000 }).map((ms) =>
    step(`wait ${ms} ms`, async (world) => {
      world.now += ms;
      await vi.advanceTimersByTimeAsync(1000);
    }),
  ),
];

it('keeps every limit and loses no run, whatever comes in whatever order (RUN-8)', async () => {
  vi.useFakeTimers();
  try {
    await fc.assert(
      fc.asyncProperty(fc.commands(steps, { maxCommands: 120, size: 'max' }), async (commands) => {
        vi.clearAllTimers();
        const world = new World();
        await fc.asyncModelRun(() => ({ model: {}, real: world }), commands);
        world.slots = 4;
        world.free = 8 * GIB;
        for (let turn = 0; world.those('waiting').length + world.those('going').length > 0; turn += 1) {
          expect(turn, 'every run comes to its turn').toBeLessThan(200);
          world.now += 1000;
          await vi.advanceTimersByTimeAsync(1000);
          const [id] = world.those('going');
          if (id !== undefined) await world.finish(id);
          world.check();
        }
        expect(vi.getTimerCount(), 'an empty queue looks at nothing').toBe(0);
      }),
      { numRuns: 150 },
    );
  } finally {
    vi.useRealTimers();
  }
});
