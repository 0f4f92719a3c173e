/** Data in and out of real sandboxes (RUN-9). */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Launch } from '#shared/contract/runs.ts';
import type { Runtime } from '#shared/domain/run.ts';
import { imageEngine, type ImageEngine } from '../runs/testing/image-engine.ts';
import { createHarness, type Harness } from '../runs/testing/harness.ts';
import { paths, takenFrom, type TakenRun } from './testing/taken.ts';

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

const taken = (runtime: Runtime, script: string, more?: Partial<Launch>): Promise<TakenRun> =>
  takenFrom(harness, runtime, script, more);

describe('data at fixed paths, without the helper (RUN-9)', () => {
  it('gives input, variables and event as files, and takes files out with their folders and modes', async () => {
    const run = await taken(
      'bash',
      `cat "$BELLGLASS_DATA_DIR"/{input,variables,event}.json; echo; echo "$BELLGLASS_RUN_ID"
       cd "$BELLGLASS_OUTPUT_DIR"; mkdir -p a/b empty; printf hello > a/b/c.txt; printf x > tool; chmod +x tool
       echo '{"n": [1, null]}' > output.json; echo '{"v": "w"}' > variables.json; echo '{"result": false}' > condition.json`,
      { input: { list: [1, 'ü', null] }, variables: { a: 1, b: { c: true } }, eventMetadata: 'push' },
    );
    expect(run.output).toBe(`{"list":[1,"ü",null]}{"a":1,"b":{"c":true}}"push"\n${run.id}\n`);
    const { data } = run;
    expect(data.problem).toBeNull();
    expect(data.left).toEqual([]);
    expect(paths(data)).toEqual([
      'a',
      'a/b',
      'a/b/c.txt',
      'condition.json',
      'empty',
      'output.json',
      'tool',
      'variables.json',
    ]);
    expect(data.files.find(({ path }) => path === 'tool')).toMatchObject({ size: 1, executable: true });
    expect(run.content('a/b/c.txt')).toBe('hello');
    expect(data.output).toEqual({ state: 'given', value: { n: [1, null] } });
    expect(data.variables).toEqual({ state: 'given', value: { v: 'w' } });
    expect(data.condition).toEqual({ state: 'given', value: false });
    expect(run.detail.timings.extract).toBeGreaterThan(0);
  });

  it('gives nothing when nothing is given, and keeps no folder for a run without files', async () => {
    const run = await taken('bash', 'ls -A data output');
    expect(run.output).toBe('data:\n\noutput:\n');
    expect(run.data).toMatchObject({ files: [], left: [], problem: null, output: { state: 'absent' } });
    await expect.poll(() => existsSync(join(harness.folder, 'runs', run.id))).toBe(false);
  });

  it('takes out what a killed script left, and deletes it with the run', async () => {
    const run = await taken('bash', 'echo half > output/part; echo "{" > output/output.json; sleep 60', {
      set: { 'resources.wall_time': '1s' },
    });
    expect(run.detail.summary.verdict?.outcome).toBe('timed-out');
    expect(run.content('part')).toBe('half\n');
    expect(run.data.output).toEqual({
      state: 'invalid',
      problem: 'output.json cannot be read. It is no valid JSON: it ends too early.',
    });
    expect(readdirSync(join(harness.folder, 'runs', run.id, 'files'))).toHaveLength(2);
    await expect.poll(() => harness.runs.isLive(run.id), { timeout: 30_000 }).toBe(false);
    await harness.runs.remove(run.id);
    expect(existsSync(join(harness.folder, 'runs', run.id))).toBe(false);
  });
});

const SAME: Readonly<Record<'python' | 'node' | 'bash', string>> = {
  python: `
import bellglass as b
print(b.input(), b.get_variable('none'), sep='|')
b.set_variable('seen', b.get_variable('given'))
b.set_variable('text', 'a "b" ü')
b.set_variable('given', [1])
b.output({'again': b.get_variable('given'), 'n': None})
b.set_condition(True)
b.event('step', {'n': 1})
b.event('bare')
`,
  node: `
const b = require('bellglass');
console.log([b.input(), b.get_variable('none')].join('|'));
b.set_variable('seen', b.get_variable('given'));
b.set_variable('text', 'a "b" ü');
b.set_variable('given', [1]);
b.output({ again: b.get_variable('given'), n: null });
b.set_condition(true);
b.event('step', { n: 1 });
b.event('bare');
`,
  bash: `
printf '%s|' "$(bellglass input)"; echo "$(bellglass get_variable none)"
bellglass set_variable seen "$(bellglass get_variable given)"
bellglass set_variable --text text 'a "b" ü'
bellglass set_variable given '[1]'
bellglass output "{\\"again\\": $(bellglass get_variable given), \\"n\\": null}"
bellglass set_condition true
bellglass event step '{"n": 1}'
bellglass event bare
`,
};

describe('the helper (RUN-9)', () => {
  it.each(['python', 'node', 'bash'] as const)('means the same in %s', async (runtime) => {
    const run = await taken(runtime, SAME[runtime], {
      // Node.js alone needs more process slots than `untrusted` has.
      trust: runtime === 'node' ? 'limited' : 'untrusted',
      variables: { given: { deep: [1, 2.5, 'x'] } },
    });
    expect(run.output.trim()).toBe({ python: 'None|None', node: '|', bash: '|' }[runtime]);
    const { output, variables, condition, files, events } = run.data;
    expect({ output, variables, condition, events }).toEqual({
      output: { state: 'given', value: { again: [1], n: null } },
      variables: { state: 'given', value: { seen: { deep: [1, 2.5, 'x'] }, text: 'a "b" ü', given: [1] } },
      condition: { state: 'given', value: true },
      events: { told: 2, lost: 0 },
    });
    expect(files.map(({ path }) => path)).toEqual(['condition.json', 'events.jsonl', 'output.json', 'variables.json']);
    expect(run.detail.events.filter(({ type }) => type === 'event')).toMatchObject([
      { name: 'step', data: { n: 1 } },
      { name: 'bare', data: null },
    ]);
  });
});

describe('events of a script (RUN-9)', () => {
  it('are told while it runs, in order and each once', async () => {
    const id = await harness.start(
      'python',
      `
import bellglass, time
for at in range(5):
    bellglass.event('step', {'at': at, 'text': 'ü'})
    time.sleep(0.15)
print('done', flush=True)
time.sleep(1.5)
bellglass.event('last')
`,
    );
    await harness.printed(id, 'done');
    const early = (await harness.runs.get(id)).events.filter(({ type }) => type === 'event');
    expect(early.length).toBeGreaterThanOrEqual(4);
    await harness.finished(id);
    await harness.runs.settled(id);
    const { events, data } = await harness.runs.get(id);
    const told = events.filter((event) => event.type === 'event');
    expect(told.map(({ name }) => name)).toEqual(['step', 'step', 'step', 'step', 'step', 'last']);
    expect(told[4]).toMatchObject({ data: { at: 4, text: 'ü' } });
    expect(data?.events).toEqual({ told: 6, lost: 0 });
  });

  it.each([
    ['a pipe', 'mkfifo output/events.jsonl'],
    ['a link', 'ln -s /etc/passwd output/events.jsonl'],
    ['a folder', 'mkdir output/events.jsonl'],
    ['one endless line', 'head -c 300000 /dev/zero | tr "\\0" x > output/events.jsonl'],
  ])('do no harm when their file is %s', async (_what, script) => {
    const run = await taken('bash', `${script}; sleep 0.4; echo went on`);
    expect(run.output).toContain('went on');
    expect(run.detail.summary.verdict?.outcome).toBe('succeeded');
    expect(run.data.events.told).toBe(0);
  });
});
