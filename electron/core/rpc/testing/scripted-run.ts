/** One scripted run: plays a state machine, samples at 10 Hz and output, without any engine. */
import type { Launch, OutputMessage, RunDetail } from '#shared/contract/runs.ts';
import type {
  Outcome,
  Peaks,
  RunEvent,
  RunState,
  RunSummary,
  Sample,
  Timings,
  Verdict,
  Violation,
} from '#shared/domain/run.ts';
import { Broadcast, wait } from './broadcast.ts';
import { scriptedData } from './scripted-files.ts';
import { networkStoryOf, ScriptedNetwork } from './scripted-network.ts';
import { hostsOf, LEVELS, levelOf, modeOf, runtimeOf, scriptedPlan } from './scripted-plan.ts';

/** How a scripted run goes; chosen by a word in its name. */
export type Story = 'tidy' | 'bomb' | 'flood' | 'miner' | 'slow' | 'input' | 'fail' | 'forks';

const MiB = 1024 ** 2;
const WINDOW = 256 * 1024;

export function storyOf(name: string): Story {
  const stories: [RegExp, Story][] = [
    [/memory|bomb\.py|bomb$/i, 'bomb'],
    [/fork/i, 'forks'],
    [/flood|log/i, 'flood'],
    [/miner|cpu/i, 'miner'],
    [/slow|long/i, 'slow'],
    [/input|ask/i, 'input'],
    [/fail|phones|reads/i, 'fail'],
  ];
  return stories.find(([pattern]) => pattern.test(name))?.[1] ?? 'tidy';
}

const ENDINGS: Readonly<Record<Story, [Outcome, number | null, string, string | null]>> = {
  tidy: ['succeeded', 0, 'It ended by itself.', null],
  slow: ['timed-out', null, 'It ran longer than 1 min.', 'resources.wall_time: 60 s (untrusted)'],
  bomb: ['out-of-memory', 137, 'It needed more than 64 MiB.', 'resources.memory: 64 MiB (untrusted)'],
  flood: ['succeeded', 0, 'It ended by itself; output beyond 10 MiB was dropped.', null],
  miner: ['timed-out', null, 'It used 30 s of CPU time.', 'resources.cpu_time: 30 s (untrusted)'],
  input: ['succeeded', 0, 'It ended by itself.', null],
  fail: ['failed', 1, 'It ended with exit code 1.', null],
  forks: ['failed', 2, 'It ended with exit code 2 after the sixth process was refused.', null],
};

export class ScriptedRun {
  readonly summary: RunSummary;
  readonly #launch: Launch;
  readonly #story: Story;
  readonly #events: RunEvent[] = [];
  readonly #changes = new Broadcast<RunEvent[]>();
  readonly #grown = new Broadcast<number>();
  readonly #onChange: (summary: RunSummary) => void;
  readonly #viewers = new Map<string, { acknowledged: number; wake: () => void }>();
  readonly #network: ScriptedNetwork | null;
  #output = '';
  #dropped = 0;
  #lastAt = 0;
  #answer: string | null = null;
  #stopped = false;

  constructor(id: string, launch: Launch, onChange: (summary: RunSummary) => void) {
    const level = levelOf(launch);
    this.#launch = launch;
    this.#story = storyOf(launch.name);
    this.#onChange = onChange;
    this.summary = {
      id,
      name: launch.name,
      runtime: runtimeOf(launch),
      level,
      policy: launch.policy ?? level,
      overrides: Object.keys(launch.set ?? {}).length,
      state: 'queued',
      createdAt: Date.now(),
      startedAt: null,
      finishedAt: null,
      memoryLimit: LEVELS[level].memory,
      wallLimit: LEVELS[level].wall,
      peakMemory: 0,
      sparkline: [],
      violations: 0,
      violationKinds: [],
      pinned: false,
      tags: [],
      note: '',
      workflow: null,
      verdict: null,
    };
    const mode = modeOf(launch);
    this.#network =
      mode === 'none'
        ? null
        : new ScriptedNetwork({
            story: networkStoryOf(launch.name),
            mode,
            allow: hostsOf(launch),
            tell: (event) => {
              this.#event({ ...event, type: 'network', at: this.#now() });
              if (event.verdict === 'allowed') return;
              const place = event.name ?? event.address ?? 'other hosts';
              this.#violate('network', `Refused ${place}: ${event.why}`, event.rule, event.count);
            },
            close: () =>
              this.#event({
                type: 'note',
                at: this.#now(),
                message: 'The gateway ended. The network of this run is closed.',
                network: { closed: true },
              }),
          });
  }

  /** Plays to the end; a `speed` of 0 plays at once, for history. */
  async play(speed = 1): Promise<void> {
    const pause = (ms: number): Promise<unknown> => (speed === 0 ? Promise.resolve() : wait(ms / speed));
    for (const state of ['preparing', 'starting', 'running'] as const) {
      this.#state(state);
      await pause(state === 'running' ? 0 : 150);
    }
    this.summary.startedAt = Date.now();
    const ticks = { tidy: 80, bomb: 40, flood: 60, miner: 300, slow: 600, input: 3000, fail: 20, forks: 60 }[
      this.#story
    ];
    for (let tick = 0; tick < ticks && !this.#stopped; tick += 1) {
      await pause(100);
      if (this.summary.state === 'paused') tick -= 1;
      else this.#tick(tick, ticks);
      if (this.#story === 'input' && this.#answer !== null) {
        this.#print(`Hello ${this.#answer.trim()}\n`);
        break;
      }
    }
    this.#finish();
  }

  pause(paused: boolean): void {
    if (this.summary.state === (paused ? 'running' : 'paused')) this.#state(paused ? 'paused' : 'running');
  }

  allow(rule: string, save: boolean): { policy: string | null } {
    this.#network?.allow(rule);
    this.#event({
      type: 'note',
      at: Date.now(),
      message: `Allowed for this run: ${rule}.`,
      network: { allowed: rule },
    });
    return { policy: save ? this.summary.policy : null };
  }

  stop(): void {
    this.#stopped = true;
  }

  answer(text: string): void {
    this.#answer = text;
  }

  get text(): string {
    return this.#output;
  }

  detail(): RunDetail {
    const samples = this.#events.flatMap((event) => (event.type === 'sample' ? [event.sample] : []));
    const violations = this.#events.flatMap((event) => (event.type === 'violation' ? [event.violation] : []));
    return {
      summary: this.summary,
      plan: scriptedPlan(this.#launch),
      timings: this.#timings(),
      peaks: this.#peaks(),
      violations,
      samples,
      events: this.#events.filter((event) => event.type !== 'sample'),
      sampling: { everyMs: 100, why: '' },
      output: { kept: this.#output.length, dropped: this.#dropped, lines: this.#output.split('\n').length - 1 },
      script: atob(this.#launch.files[0]?.content ?? ''),
      args: this.#launch.args ?? [],
      container: { id: 'c0ffee'.repeat(10), engine: 'Docker 20.10.24', image: `bellglass/${this.summary.runtime}:1` },
      data: this.summary.state === 'finished' ? scriptedData(this.summary.name) : null,
    };
  }

  async *watch(after: number | undefined, signal?: AbortSignal): AsyncGenerator<RunEvent[], void, undefined> {
    const missed = this.#events.filter((event) => after !== undefined && event.at > after);
    if (missed.length > 0) yield missed;
    if (this.summary.state !== 'finished') yield* this.#changes.listen(signal);
  }

  async *output(viewer: string, from: number, signal?: AbortSignal): AsyncGenerator<OutputMessage, void, undefined> {
    const state = { acknowledged: from, wake: (): void => undefined };
    this.#viewers.set(viewer, state);
    signal?.addEventListener('abort', () => state.wake());
    yield { type: 'open', viewer, from };
    try {
      for (let at = from; ;) {
        if (signal?.aborted) return;
        const room = Math.min(at + 32 * 1024, state.acknowledged + WINDOW);
        const text = this.#output.slice(at, room);
        if (text !== '') {
          at += text.length;
          const stream = text.includes('Traceback') ? 'stderr' : 'stdout';
          yield { type: 'chunk', chunk: { seq: at, stream, at: Date.now(), text } };
        } else if (this.summary.state === 'finished' && at >= this.#output.length) {
          if (this.#dropped > 0) yield { type: 'gap', bytes: this.#dropped, why: 'The policy keeps 10 MiB of output.' };
          yield { type: 'end', kept: this.#output.length, dropped: this.#dropped };
          return;
        } else {
          await Promise.race([
            new Promise<void>((resolve) => (state.wake = resolve)),
            this.#grown.listen(signal).next(),
          ]);
        }
      }
    } finally {
      this.#viewers.delete(viewer);
    }
  }

  ack(viewer: string, seq: number): void {
    const state = this.#viewers.get(viewer);
    if (!state) return;
    state.acknowledged = seq;
    state.wake();
  }

  #event(event: RunEvent): void {
    this.#events.push(event);
    this.#changes.send([event]);
    this.#onChange(this.summary);
  }

  #state(state: RunState): void {
    this.summary.state = state;
    this.#event({ type: 'state', at: Date.now(), state });
  }

  #print(text: string): void {
    const room = Math.max(0, 10 * MiB - this.#output.length);
    this.#output += text.slice(0, room);
    this.#dropped += Math.max(0, text.length - room);
    this.#grown.send(this.#output.length);
  }

  #tick(tick: number, ticks: number): void {
    const { memoryLimit } = this.summary;
    const limits = LEVELS[this.summary.level];
    const wave = 0.5 + 0.3 * Math.sin(tick / 7);
    const share = this.#story === 'bomb' ? tick / ticks : 0.2 + 0.15 * wave;
    const busy = this.#story === 'miner' || this.#story === 'bomb' ? 1 : wave * 0.7;
    const sample: Sample = {
      at: (tick + 1) * 100,
      memory: Math.round(share * memoryLimit),
      cpu: limits.cpu * busy,
      cpuTime: tick * limits.cpu * busy,
      throttled: busy > 0.9 ? 0.31 : 0,
      processes: this.#story === 'forks' ? Math.min(limits.processes, 1 + tick) : 1 + (tick % 3),
      openFiles: 6 + (tick % 9),
      diskRead: 4e6 * wave,
      diskWrite: 1e6 * (1 - wave),
      scratch: Math.round(share * 20 * MiB),
      ...(this.#network ? { networkIn: this.#network.rates.in, networkOut: this.#network.rates.out } : {}),
    };
    this.summary.peakMemory = Math.max(this.summary.peakMemory, sample.memory);
    this.summary.sparkline = [...this.summary.sparkline, sample.memory].slice(-48);
    this.#event({ type: 'sample', at: Date.now(), sample });
    this.#network?.tick(tick);
    this.#speak(tick);
    if (this.#story === 'bomb' && tick === Math.round(ticks * 0.9)) {
      this.#event({ type: 'warning', at: Date.now(), kind: 'memory', message: 'Memory is at 90 % of 64 MiB.' });
    }
    if (this.#story === 'forks' && tick > 5 && tick % 10 === 0) {
      this.#violate('processes', 'It asked for a sixth process and was refused.', 'resources.processes: 5 (untrusted)');
    }
    if (this.#story === 'fail' && tick === 10) {
      this.#violate('network', 'It tried to leave this sandbox over the network.', 'network.mode: none (untrusted)');
    }
  }

  #speak(tick: number): void {
    if (this.#story === 'flood') this.#print('The quick brown fox jumps over the lazy dog. '.repeat(6000) + '\n');
    else if (this.#story === 'input' && tick === 2) this.#print('What is your name? ');
    else if (this.#story === 'fail' && tick === 12)
      this.#print('\u001b[31mTraceback\u001b[0m: network is unreachable\n');
    else if (tick % 4 === 0 && this.#story !== 'input')
      this.#print(`\u001b[36mstep ${tick / 4}\u001b[0m of the work\n`);
  }

  /** Strictly increasing, as the real record's. */
  #now(): number {
    this.#lastAt = Math.max(Date.now(), this.#lastAt + 0.001);
    return this.#lastAt;
  }

  #violate(kind: Violation['kind'], message: string, rule: string, times = 1): void {
    this.summary.violations += times;
    const violation = { at: Date.now(), kind, message, rule, count: this.summary.violations };
    this.#event({ type: 'violation', at: Date.now(), violation });
  }

  #timings(): Timings {
    const { startedAt, finishedAt, createdAt } = this.summary;
    if (startedAt === null) return {};
    const end = finishedAt ?? Date.now();
    return {
      queued: 2,
      prepare: 11,
      create: 231,
      inject: 9,
      firstByte: 268,
      script: end - startedAt,
      total: end - createdAt,
    };
  }

  #peaks(): Peaks {
    const samples = this.#events.flatMap((event) => (event.type === 'sample' ? [event.sample] : []));
    const most = (pick: (sample: Sample) => number): number => samples.reduce((peak, s) => Math.max(peak, pick(s)), 0);
    return {
      memory: most((sample) => sample.memory),
      cpu: most((sample) => sample.cpu),
      cpuTime: most((sample) => sample.cpuTime),
      processes: most((sample) => sample.processes),
      openFiles: most((sample) => sample.openFiles ?? 0),
      scratch: most((sample) => sample.scratch ?? 0),
      output: this.#output.length + this.#dropped,
    };
  }

  #finish(): void {
    this.#state('finishing');
    const [outcome, exitCode, reason, rule] = this.#stopped
      ? (['cancelled', null, 'You stopped it.', null] as const)
      : ENDINGS[this.#story];
    const suggestion = rule?.startsWith('resources.memory')
      ? [{ label: 'Use 128 MiB', set: { 'resources.memory': '128 MiB' } }]
      : [];
    const verdict: Verdict = {
      outcome,
      exitCode,
      reason,
      rule,
      next: rule ? 'Raise this limit if you trust the script, or look at what it did.' : '',
      suggestions: suggestion,
    };
    this.summary.finishedAt = Date.now();
    this.summary.verdict = verdict;
    this.summary.state = 'finished';
    this.#event({ type: 'state', at: Date.now(), state: 'finished' });
    this.#event({ type: 'finished', at: Date.now(), verdict, timings: this.#timings(), peaks: this.#peaks() });
    this.#grown.send(this.#output.length);
  }
}
