import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Core } from '#core/core.ts';
import type { Launch, RunDetail } from '#shared/contract/runs.ts';
import type { GivenAgain } from '#shared/history/again.ts';
import { cli, scriptedWorld } from '../../testing/scripted-world.ts';

const GIVEN: GivenAgain = {
  launch: {
    name: 'job.py',
    entry: 'job.py',
    files: [{ path: 'job.py', content: 'cHJpbnQoMSkK', executable: false }],
    policy: 'bots',
    set: { 'resources.memory': '192 MiB' },
    args: ['--fast'],
    env: { MODE: 'dry' },
    stdin: 'given then',
    input: { a: 1 },
    variables: { n: 1, m: 2 },
    eventMetadata: { by: 'cron' },
  },
  secrets: ['FROM_ENV'],
  whole: true,
};

let home: string;
let launched: Launch[];
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'bellglass-rerun-'));
  launched = [];
});
afterEach(() => rm(home, { recursive: true }));

const world = (
  given: GivenAgain = GIVEN,
  workflow: RunDetail['summary']['workflow'] = null,
): ReturnType<typeof scriptedWorld> =>
  scriptedWorld(home, ({ runs, history, files }: Core) => {
    history.launch = async () => given;
    files.results = async () => null;
    runs.start = async (launch) => {
      launched.push(launch);
      return { id: 'run2' };
    };
    runs.get = async () => ({ events: [], timings: {}, summary: { workflow } }) as unknown as RunDetail;
    runs.watch = async function* () {
      const verdict = { outcome: 'succeeded', exitCode: 0, reason: '', rule: null, next: '', suggestions: [] } as const;
      const peaks = { memory: 1, cpu: 1, cpuTime: 1, processes: 1, output: 0 };
      yield [{ type: 'finished', at: 1, verdict: { ...verdict, suggestions: [] }, timings: {}, peaks }];
    };
    runs.output = async function* () {
      yield { type: 'end', kept: 0, dropped: 0 };
    };
  });

it('runs what a run was given again, with its secrets given anew (RUN-12)', async () => {
  const { code, stderr } = await cli(world(), 'rerun', 'RUN1', '--secret', 'FROM_ENV');
  expect(stderr).toContain('bellglass: job.py');
  expect(code).toBe(0);
  expect(launched).toEqual([{ ...GIVEN.launch, secrets: { FROM_ENV: 'value from here' } }]);
});

it('takes another level, and values beside those of then (RUN-12)', async () => {
  const change = ['--trust', 'limited', '--set', 'resources.cpu=50 %', '--env', 'A=b', '--var', 'n=5', '--input', '[]'];
  await cli(world({ ...GIVEN, secrets: [] }), 'rerun', 'run1', ...change);
  expect(launched[0]).toMatchObject({
    trust: 'limited',
    set: { 'resources.memory': '192 MiB', 'resources.cpu': '50 %' },
    env: { MODE: 'dry', A: 'b' },
    variables: { n: 5, m: 2 },
    input: [],
    args: ['--fast'],
    stdin: 'given then',
  });
  expect(launched[0]).not.toHaveProperty('policy');
});

it('asks for its secrets by name and runs nothing without them (RUN-4)', async () => {
  const { code, stderr } = await cli(world(), 'rerun', 'run1');
  expect(code).not.toBe(0);
  expect(stderr).toContain('This run had a secret: FROM_ENV.');
  expect(stderr).toContain('--secret FROM_ENV=…');
  expect(launched).toEqual([]);
});

it('says when only the script is still kept (RUN-12)', async () => {
  const { stderr } = await cli(world({ ...GIVEN, secrets: [], whole: false }), 'rerun', 'run1');
  expect(stderr).toContain('Only the script and the policy of this run are still kept');
  expect(launched).toHaveLength(1);
});

it('says of a step that it runs alone, and how to run it in its workflow (RUN-12, WF-1)', async () => {
  const step = { id: '01flow', workflow: 'nightly', step: 'load' };
  const { stderr } = await cli(world({ ...GIVEN, secrets: [] }, step), 'rerun', 'run1');
  expect(stderr).toContain('It was step load of the workflow nightly and runs alone here');
  expect(stderr).toContain('bellglass workflow retry 01flow load');
});

it('keeps the sandbox of a run that is run again, when asked to (RUN-14)', async () => {
  await cli(world({ ...GIVEN, secrets: [] }), 'rerun', 'run1', '--keep');
  expect(launched).toMatchObject([{ name: 'job.py', keep: true }]);
});
