/** Workflows on a real engine: data passes, what needs nothing overlaps, what failed is run again (WF-1). */
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { toBase64, utf8 } from '#shared/script/bytes.ts';
import type { WorkflowDetail } from '#shared/domain/workflow.ts';
import { parseFilter } from '#shared/history/filter.ts';
import { imageEngine, type ImageEngine } from '../runs/testing/image-engine.ts';
import { createWorld, type World } from './testing/world.ts';

let docker: ImageEngine;
let world: World;

beforeAll(async () => {
  docker = await imageEngine();
  world = await createWorld(docker);
}, 600_000);

afterAll(async () => {
  await world?.dispose();
  await docker?.dispose();
});

const states = ({ steps }: WorkflowDetail): Record<string, string> =>
  Object.fromEntries(steps.map(({ id, state }) => [id, state]));

async function outputOf(detail: WorkflowDetail, step: string): Promise<string> {
  const run = detail.steps.find(({ id }) => id === step)?.runs[0] ?? '';
  return await world.harness.runs.saveOutput(run);
}

const PASSES = `workflows:
  prices:
    variables: { currency: EUR }
    trust_level: limited
    steps:
      - id: fetch
        runtime: python
        input: { since: "\${{ input.since }}", note: "from \${{ variables.currency }}" }
        secrets: [API_TOKEN]
        run: |
          import os
          import bellglass
          given = bellglass.input()
          assert len(os.environ["API_TOKEN"]) == 40
          bellglass.set_variable("total", 42)
          bellglass.set_condition(True)
          bellglass.output({"items": [1, 2, 3], "since": given["since"], "note": given["note"]})
      - id: chart
        runtime: node
        script: chart.js
        input: "\${{ steps.fetch.output }}"
        env: { TOTAL: "\${{ variables.total + 1 }}" }
        condition: steps.fetch.condition && size(steps.fetch.output.items) > 2
`;

const CHART = `const bellglass = require('bellglass');
const given = bellglass.input();
console.log(JSON.stringify({ given, total: process.env.TOTAL, seen: bellglass.get_variable('total'), secret: process.env.API_TOKEN ?? null }));
bellglass.output(given.items.length);
`;

/** Everything that is written in a folder, as one text. */
function written(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('');
}

it('passes output, variables and condition from a Python step to a Node step (WF-1, RUN-9)', async () => {
  const secret = randomBytes(20).toString('hex');
  const detail = await world.run(PASSES, {
    trust: 'limited',
    input: { since: '2024-01-01' },
    secrets: { API_TOKEN: secret },
    files: [{ path: 'chart.js', content: toBase64(utf8(CHART)) }],
  });
  expect(detail.steps).toMatchObject([
    { id: 'fetch', state: 'succeeded', why: '' },
    { id: 'chart', state: 'succeeded', why: '' },
  ]);
  expect(JSON.parse(await outputOf(detail, 'chart'))).toEqual({
    given: { items: [1, 2, 3], since: '2024-01-01', note: 'from EUR' },
    total: '43',
    seen: 42,
    secret: null,
  });
  expect(detail.summary).toMatchObject({ state: 'finished', outcome: 'succeeded', workflow: 'prices' });
  expect(detail.variables).toEqual({ currency: 'EUR', total: 42 });
  expect(JSON.stringify(detail)).not.toContain(secret);
  expect(written(world.harness.folder)).not.toContain(secret);
  const found = (filter: string): string[] =>
    world.history
      .page({ filter: parseFilter(filter), limit: 10 }, Date.now())
      .map(({ workflow }) => workflow?.step ?? '');
  expect(found('workflow:PRICES')).toEqual(['chart', 'fetch']);
  expect(found(`workflow:${detail.summary.id}`)).toEqual(['chart', 'fetch']);
  expect(found('workflow:other')).toEqual([]);
  world.history.remove(detail.steps[0]?.runs[0] ?? '');
  expect(found('workflow:prices')).toEqual(['chart']);
});

it('does what the first example of its documentation says (WF-1, DOC-1)', async () => {
  const text = readFileSync(join(import.meta.dirname, '../../../docs/workflows.md'), 'utf8');
  const example = /```yaml\n([\s\S]*?)```/.exec(text)?.[1] ?? '';
  const detail = await world.run(example);
  expect(states(detail)).toEqual({ make: 'succeeded', sum: 'succeeded' });
  expect(await outputOf(detail, 'sum')).toBe('7.5 EUR at the corner\n');
});

const OVERLAP = `workflows:
  both:
    steps:
      - { id: left, needs: [], run: sleep 1.5 }
      - { id: right, run: sleep 1.5 }
      - { id: last, needs: [left, right], run: echo last }
`;

/** When the script of a step began and when its run was over, epoch milliseconds. */
async function at(detail: WorkflowDetail, step: string): Promise<{ began: number; ended: number }> {
  const run = detail.steps.find(({ id }) => id === step)?.runs[0] ?? '';
  const { events } = await world.harness.runs.get(run);
  const state = (wanted: string): number =>
    events.find((event) => event.type === 'state' && event.state === wanted)?.at ?? Number.NaN;
  return { began: state('running'), ended: state('finished') };
}

it('runs what needs nothing side by side, and what needs both afterwards (WF-1)', async () => {
  const detail = await world.run(OVERLAP);
  expect(states(detail)).toEqual({ left: 'succeeded', right: 'succeeded', last: 'succeeded' });
  const [left, right, last] = [await at(detail, 'left'), await at(detail, 'right'), await at(detail, 'last')];
  expect(left.began).toBeLessThan(right.ended);
  expect(right.began).toBeLessThan(left.ended);
  expect(last.began).toBeGreaterThanOrEqual(Math.max(left.ended, right.ended));
});

it('counts a quota of the file over the steps of one workflow (WF-1, RUN-8)', async () => {
  const detail = await world.run(OVERLAP.replace('    steps:', '    quota: { runs: 1 }\n    steps:'));
  expect(states(detail)).toEqual({ left: 'succeeded', right: 'succeeded', last: 'succeeded' });
  const [left, right] = [await at(detail, 'left'), await at(detail, 'right')];
  expect(left.ended <= right.began || right.ended <= left.began).toBe(true);
});

const RETRY = (broken: boolean): string => `workflows:
  again:
    steps:
      - id: make
        run: |
          echo made
          bellglass output '{"n": 7}'
      - id: use
        input: "\${{ steps.make.output.n }}"
        run: |
          bellglass input
          ${broken ? '[ "$PASS" = yes ] || exit 3' : 'true'}
        secrets: [PASS]
      - { id: after, needs: [use], run: echo after }
      - { id: beside, needs: [make], run: echo beside }
      - { id: lenient, needs: [make], continue_on_error: true, run: exit 1 }
      - { id: behind, needs: [lenient], run: echo behind }
      - { id: never, needs: [make], condition: steps.make.output.n > 7, run: echo never }
      - { id: past, needs: [never], run: echo past }
`;

it('ends a failed step without what needs it, and runs it again with the results of before (WF-1, RUN-13)', async () => {
  const id = await world.start(RETRY(true), { secrets: { PASS: 'no' } });
  const failed = await world.ended(id);
  expect(states(failed)).toEqual({
    make: 'succeeded',
    use: 'failed',
    after: 'not-reached',
    beside: 'succeeded',
    lenient: 'failed',
    behind: 'succeeded',
    never: 'skipped',
    past: 'succeeded',
  });
  expect(failed.summary.outcome).toBe('failed');
  expect(failed.steps.find((step) => step.id === 'after')?.why).toBe('Step use before it failed.');
  await expect(world.workflows.retry(id, 'after', {})).rejects.toMatchObject({ code: 'input-invalid' });
  await expect(world.workflows.retry(id, 'use', {})).rejects.toMatchObject({
    code: 'input-invalid',
    message: 'The step needs the secret PASS.',
  });
  await world.workflows.retry(id, 'use', { PASS: 'yes' });
  const again = await world.ended(id);
  expect(again.summary.outcome).toBe('succeeded');
  expect(states(again)).toMatchObject({ use: 'succeeded', after: 'succeeded' });
  expect(again.steps.map((step) => step.runs.length)).toEqual([1, 2, 1, 1, 1, 1, 0, 1]);
  expect(await outputOf(again, 'use')).toBe('7\n');
  expect(world.told.filter((summary) => summary.id === id).map(({ outcome }) => outcome)).toEqual([
    'failed',
    'succeeded',
  ]);
});

const LONG = `workflows:
  long:
    steps:
      - { id: one, needs: [], run: sleep 50 }
      - { id: two, run: sleep 50 }
      - { id: last, needs: [one, two], run: echo last }
`;

it('stops what runs, starts nothing more, and leaves nothing (WF-1, RUN-10)', async () => {
  const id = await world.start(LONG);
  const { steps } = world.workflows.get(id);
  expect(steps.map(({ state }) => state)).toEqual(['running', 'running', 'waiting']);
  await expect.poll(() => world.workflows.get(id).steps[0]?.runs.length).toBe(1);
  await world.workflows.stop(id);
  const detail = world.workflows.get(id);
  expect(states(detail)).toEqual({ one: 'cancelled', two: 'cancelled', last: 'cancelled' });
  expect(detail.summary.outcome).toBe('cancelled');
  await expect.poll(() => world.harness.left()).toEqual([]);
  await expect(world.workflows.stop(id)).resolves.toBeUndefined();
});

it('stops a workflow that is only just starting (WF-1)', async () => {
  const id = await world.start(LONG);
  await world.workflows.stop(id);
  expect(states(world.workflows.get(id))).toEqual({ one: 'cancelled', two: 'cancelled', last: 'cancelled' });
  await expect.poll(() => world.harness.left()).toEqual([]);
  expect(world.harness.runs.list().filter(({ state }) => state !== 'finished')).toEqual([]);
});

it.each([
  ['steps.make.output.n', 'Its condition came to 7, which is neither true nor false.'],
  [
    'steps.make.output.missing',
    'Its condition: `steps.make.output.missing` could not be worked out. No such key: missing.',
  ],
  [
    'steps.make.output.text.matches("(a+)+$")',
    'Its condition: `steps.make.output.text.matches("(a+)+$")` could not be worked out. It took longer than 250 ms.',
  ],
])('fails a step whose condition is %s with a plain sentence (WF-1)', async (condition, why) => {
  const detail = await world.run(`workflows:
  w:
    steps:
      - id: make
        run: |
          bellglass output '{"n": 7, "text": "${'a'.repeat(40)}b"}'
      - { id: use, condition: '${condition}', run: echo no }
`);
  expect(detail.steps[1]).toMatchObject({ state: 'failed', why, runs: [] });
});

it('ends with its step when the engine goes away half-way, and says so (WF-1, ENG-5)', async () => {
  const id = await world.start(LONG);
  await expect
    .poll(
      () =>
        Promise.all(
          world.workflows
            .get(id)
            .steps.slice(0, 2)
            .map(async ({ runs }) =>
              runs[0] === undefined ? '' : (await world.harness.runs.get(runs[0])).summary.state,
            ),
        ),
      { timeout: 20_000 },
    )
    .toEqual(['running', 'running']);
  world.harness.runs.engineLost('The engine is gone.');
  const detail = await world.ended(id);
  expect(states(detail)).toEqual({ one: 'failed', two: 'failed', last: 'not-reached' });
  expect(detail.steps[0]).toMatchObject({
    outcome: 'engine-lost',
    why: expect.stringContaining('The engine is gone.') as string,
  });
  expect(detail.summary.outcome).toBe('failed');
  // As the core does when it is back.
  await world.harness.runs.sweep(docker.engine, true);
});

it('lets its steps wait for each other where other runs would be refused (WF-1, RUN-8)', async () => {
  const { knobs } = world.harness;
  const before = { ...knobs };
  Object.assign(knobs, { limit: 1, whenFull: 'refuse' });
  try {
    const detail = await world.run(OVERLAP.replaceAll('sleep 1.5', 'true'));
    expect(states(detail)).toEqual({ left: 'succeeded', right: 'succeeded', last: 'succeeded' });
  } finally {
    Object.assign(knobs, before);
  }
});

it('keeps a workflow that goes on, and forgets one that is over; its runs stay (WF-1)', async () => {
  const id = await world.start(LONG);
  await expect(world.workflows.remove(id)).rejects.toMatchObject({ code: 'input-invalid' });
  await world.workflows.stop(id);
  const runs = world.workflows.get(id).steps.flatMap((step) => step.runs);
  expect(world.workflows.list(undefined, 1)).toMatchObject([{ id }]);
  await world.workflows.remove(id);
  expect(() => world.workflows.get(id)).toThrow('There is no workflow');
  expect(world.workflows.list(undefined, 500).map((summary) => summary.id)).not.toContain(id);
  for (const run of runs) expect((await world.harness.runs.get(run)).summary.workflow?.id).toBe(id);
});

const FILES = (size: number): string => `workflows:
  files:
    steps:
      - id: make
        run: |
          mkdir -p /workspace/output/sub
          printf one > /workspace/output/a.txt
          printf '#!/bin/sh\\necho two' > /workspace/output/sub/b.sh
          chmod +x /workspace/output/sub/b.sh
          ln -s /etc/passwd /workspace/output/link
          bellglass output 1
          head -c ${size} /dev/zero > /workspace/output/big
      - id: use
        files_from: [make]
        run: |
          cd /workspace/input/make
          find . -type f | sort | tr '\\n' ' '
          cat a.txt
          ./sub/b.sh
`;

it('gives a step the files of an earlier one, and no more than it can carry (WF-1, RUN-9)', async () => {
  const detail = await world.run(FILES(10));
  expect(states(detail)).toEqual({ make: 'succeeded', use: 'succeeded' });
  expect(await outputOf(detail, 'use')).toBe('./a.txt ./big ./sub/b.sh onetwo\n');
  const large = await world.run(FILES(17 * 1024 ** 2));
  expect(large.steps[1]).toMatchObject({
    state: 'failed',
    runs: [],
    why: 'The files of make are more than a step can be given. They are sent into the memory of its sandbox: at most 16 MiB and 2000 files.',
  });
});
