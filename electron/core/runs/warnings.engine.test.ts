/** The warning at 90 % of each limit: given near it and not far from it, to whoever watches the run (RUN-7, spec Words). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Launch } from '#shared/contract/runs.ts';
import type { RunEvent, Runtime, ViolationKind } from '#shared/domain/run.ts';
import { createHarness, type Harness } from './testing/harness.ts';
import { imageEngine, type ImageEngine } from './testing/image-engine.ts';

let docker: ImageEngine;
let harness: Harness;

beforeAll(async () => {
  docker = await imageEngine();
  harness = await createHarness(docker.engine, docker.capabilities);
}, 600_000);

afterAll(async () => {
  await harness?.dispose();
  await docker?.dispose();
});

interface Case {
  readonly kind: ViolationKind;
  readonly runtime: Runtime;
  readonly set: Launch['set'];
  /** The script that goes so far. */
  readonly script: (much: number) => string;
  readonly near: number;
  readonly far: number;
  readonly says: RegExp;
}

const MEMORY = `
import os, time
path = '/sys/fs/cgroup/memory.current'
path = path if os.path.exists(path) else '/sys/fs/cgroup/memory/memory.usage_in_bytes'
held = []
while int(open(path).read()) < MUCH << 20: held.append(bytearray(b'x') * (1 << 18))
time.sleep(0.5)`;

const CASES: readonly Case[] = [
  {
    kind: 'memory',
    runtime: 'python',
    set: { 'resources.memory': '64 MiB' },
    script: (much) => MEMORY.replace('MUCH', String(much)),
    near: 59,
    far: 40,
    says: /^Memory reached .* of 64 MiB\.$/,
  },
  {
    kind: 'cpu-time',
    runtime: 'python',
    set: { 'resources.cpu_time': '3 s', 'resources.cpu': '100 %' },
    script: (much) => `import time\nwhile time.process_time() < ${much}: pass\ntime.sleep(0.3)`,
    near: 2.75,
    far: 1.5,
    says: /^CPU time reached .* of 3 s\.$/,
  },
  {
    kind: 'wall-time',
    runtime: 'bash',
    set: { 'resources.wall_time': '10 s' },
    script: (much) => `sleep ${much}`,
    near: 9.3,
    far: 4,
    says: /^Time reached .* of 10 s\.$/,
  },
  {
    kind: 'processes',
    runtime: 'bash',
    set: { 'resources.processes': '20' },
    script: (much) => `for i in $(seq ${much}); do sleep 1 & done; wait`,
    near: 18,
    far: 9,
    says: /^Processes reached \d+ of 20\.$/,
  },
  {
    kind: 'open-files',
    runtime: 'python',
    set: { 'resources.open_files': '64' },
    script: (much) => `import time\nheld = [open('/dev/null') for _ in range(${much})]\ntime.sleep(2.5)`,
    near: 57,
    far: 30,
    says: /^Open files reached \d+ of 64\.$/,
  },
  {
    kind: 'scratch',
    runtime: 'bash',
    set: { 'resources.scratch': '16 MiB', 'resources.memory': '64 MiB' },
    script: (much) => `head -c ${much}00000 /dev/zero > big; sleep 1.5`,
    near: 154,
    far: 90,
    says: /^Scratch reached .* of 16 MiB\.$/,
  },
  {
    kind: 'output',
    runtime: 'bash',
    set: { 'resources.output': '1 MiB' },
    script: (much) => `head -c ${much}000 /dev/zero | tr '\\0' x; sleep 0.5`,
    near: 980,
    far: 700,
    says: /^Output reached .* of 1 MiB\.$/,
  },
];

const warnings = (events: readonly RunEvent[]) =>
  events.flatMap((event) => (event.type === 'warning' ? [{ kind: event.kind, message: event.message }] : []));

describe.each(CASES)('90 % of $kind', ({ kind, runtime, set, script, near, far, says }) => {
  it('is said once while the run goes on, and kept with it (RUN-7)', async () => {
    const run = await harness.run(runtime, script(near), { set, trust: 'limited' });
    expect(run.detail.summary.verdict?.outcome).toBe('succeeded');
    expect(warnings(run.events)).toEqual([{ kind, message: expect.stringMatching(says) }]);
    const at = run.events.findIndex((event) => event.type === 'warning');
    expect(at).toBeLessThan(run.events.findIndex((event) => event.type === 'finished'));
    expect(warnings(run.detail.events)).toEqual(warnings(run.events));
  });

  it('is not said far from it', async () => {
    const run = await harness.run(runtime, script(far), { set, trust: 'limited' });
    expect([run.detail.summary.verdict?.outcome, warnings(run.events)]).toEqual(['succeeded', []]);
  });
});
