import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Core } from '#core/core.ts';
import type { WorkflowLaunch } from '#shared/contract/workflows.ts';
import type { WorkflowDetail, WorkflowStep } from '#shared/domain/workflow.ts';
import { cli, scriptedWorld } from '../../testing/scripted-world.ts';

const FLOW = `workflows:
  w:
    steps:
      - { id: make, run: echo }
      - { id: use, script: use.py, runtime: python }
      - { id: last, run: echo }
`;

let home: string;
let file: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'bellglass-flow-'));
  file = join(home, 'flow.yaml');
  await writeFile(file, FLOW);
  await writeFile(join(home, 'use.py'), 'print("used")\n');
});
afterEach(() => rm(home, { recursive: true }));

const step = (id: string, change: Partial<WorkflowStep> = {}): WorkflowStep => ({
  id,
  title: id,
  needs: [],
  rank: 0,
  state: 'waiting',
  why: '',
  runs: [],
  outcome: null,
  startedAt: null,
  endedAt: null,
  ...change,
});

const MADE = step('make', { state: 'succeeded', runs: ['r1'], outcome: 'succeeded', startedAt: 1, endedAt: 1001 });
const USING = step('use', { state: 'running', runs: ['r2'], startedAt: 1001 });
const USED = step('use', { ...USING, state: 'failed', outcome: 'failed', why: 'It broke.', endedAt: 3001 });
const LAST = step('last', { state: 'not-reached', why: 'Step use before it failed.', needs: ['use'] });

interface Story {
  launched?: WorkflowLaunch[];
  stopped?: string[];
  retried?: unknown[];
  /** It goes on until it is stopped. */
  endless?: boolean;
}

/** A core whose one workflow goes as told: `make` succeeds, `use` fails with exit code 7, `last` is not reached. */
function tells(story: Story = {}): (core: Core) => void {
  return ({ runs, files, workflows }) => {
    const end = Promise.withResolvers<void>();
    const detail = (steps: WorkflowStep[], outcome: WorkflowDetail['summary']['outcome'] = null): WorkflowDetail => ({
      summary: {
        id: 'flow-1',
        file: 'flow.yaml',
        workflow: 'w',
        state: outcome === null ? 'running' : 'finished',
        outcome,
        startedAt: 1,
        endedAt: outcome === null ? null : 3001,
        counts: { waiting: 0, running: 0, succeeded: 1, failed: 1, skipped: 0, 'not-reached': 1, cancelled: 0 },
      },
      plan: {} as WorkflowDetail['plan'],
      steps,
      text: FLOW,
      variables: { n: 1 },
    });
    const begun = detail([step('make'), step('use'), step('last')]);
    const failed = detail([MADE, USED, LAST], 'failed');
    workflows.start = async (launch) => {
      story.launched?.push(launch);
      return { id: 'flow-1' };
    };
    workflows.get = () => (story.retried === undefined ? begun : failed);
    workflows.retry = async (...given) => void story.retried?.push(given);
    workflows.stop = async (id) => {
      story.stopped?.push(id);
      end.resolve();
    };
    workflows.watch = async function* () {
      yield begun;
      yield detail([MADE, USING, step('last')]);
      if (story.endless) {
        await end.promise;
        yield detail(
          [MADE, step('use', { ...USED, state: 'cancelled' }), step('last', { state: 'cancelled' })],
          'cancelled',
        );
      } else
        yield story.retried === undefined
          ? failed
          : detail([MADE, { ...USED, runs: ['r3', 'r2'], startedAt: 5000, endedAt: 6000 }, LAST], 'failed');
    };
    runs.output = async function* (id) {
      yield { type: 'open', viewer: id, from: 0 };
      const text = { r1: 'one\ntwo', r2: 'bad\n', r3: 'again\n' }[id] ?? '';
      yield { type: 'chunk', chunk: { seq: 1, stream: id === 'r1' ? 'stdout' : 'stderr', at: 1, text } };
      yield { type: 'end', kept: 3, dropped: 0 };
    };
    const get = runs.get.bind(runs);
    runs.get = async (id) => {
      const found = await get(
        (await runs.start({ name: 'a.py', entry: 'a.py', files: [{ path: 'a.py', content: btoa('1') }] })).id,
      );
      const verdict = {
        outcome: 'failed',
        exitCode: 7,
        reason: 'It broke.',
        rule: null,
        next: '',
        suggestions: [],
      } as const;
      return { ...found, summary: { ...found.summary, id, verdict: { ...verdict, suggestions: [] } } };
    };
    files.results = async () => null;
  };
}

it('tells each step as it goes, and ends with the first failed step’s exit code (WF-1)', async () => {
  const world = scriptedWorld(home, tells());
  const { code, stdout, stderr } = await cli(world, 'run', file);
  expect(code).toBe(7);
  expect(stdout).toBe('make | one\nmake | two\n');
  expect(stderr.split('\n')).toEqual([
    'bellglass: w · 3 steps in order · untrusted',
    'bellglass: make: running',
    'bellglass: make: succeeded · 1.0 s',
    'bellglass: use: running',
    'use | bad',
    'bellglass: use: failed · 2.0 s · It broke.',
    'bellglass: last: not-reached · Step use before it failed.',
    'bellglass: w failed · 1 succeeded, 1 failed, 1 not-reached · 3.0 s',
    'bellglass: To run a step and what needs it again: bellglass workflow retry flow-1 use',
    '',
  ]);
  expect(world.disposed()).toBe(1);
});

it('prints one object per line, `workflow` last (WF-1, HOST-4)', async () => {
  const { code, json } = await cli(scriptedWorld(home, tells()), 'run', '--json', file);
  expect(code).toBe(7);
  expect(json().map(({ type, step: id, state }) => [type, id, state].filter(Boolean).join(' '))).toEqual([
    'planned',
    'began',
    'step make running',
    'output make',
    'step make succeeded',
    'step use running',
    'output use',
    'step use failed',
    'step last not-reached',
    'workflow',
  ]);
  expect(json().at(-1)).toMatchObject({
    workflowId: 'flow-1',
    outcome: 'failed',
    steps: [{ id: 'make', runs: ['r1'] }, { id: 'use' }, { id: 'last', state: 'not-reached' }],
    variables: { n: 1 },
  });
});

it('hands over what was chosen, with the scripts that steps name (WF-1)', async () => {
  const launched: WorkflowLaunch[] = [];
  const given = [
    '--workflow',
    'w',
    '--trust',
    'limited',
    '--set',
    'resources.memory=64MiB',
    '--var',
    'n=1',
    '--input',
    '[1]',
    '--secret',
    'FROM_ENV',
    '--env',
    'A=b',
  ];
  await cli(scriptedWorld(home, tells({ launched })), 'run', ...given, file);
  expect(launched).toMatchObject([
    {
      name: 'flow.yaml',
      text: FLOW,
      folder: home,
      workflow: 'w',
      trust: 'limited',
      set: { 'resources.memory': '64MiB' },
      variables: { n: 1 },
      input: [1],
      secrets: { FROM_ENV: 'value from here' },
      env: { A: 'b' },
      files: [{ path: 'use.py', content: btoa('print("used")\n') }],
    },
  ]);
});

it('stops the workflow at the first signal: exit code 130 (WF-1)', async () => {
  const stopped: string[] = [];
  const world = scriptedWorld(home, tells({ stopped, endless: true }));
  world.stderr.on('data', (text: Buffer) => text.toString().includes('use: running') && world.signal('SIGINT'));
  const { code } = await cli(world, 'run', file);
  expect(code).toBe(130);
  expect(stopped).toEqual(['flow-1']);
});

it('tells only what a retry runs again (WF-1, RUN-13)', async () => {
  const retried: unknown[] = [];
  const { code, stdout, stderr } = await cli(
    scriptedWorld(home, tells({ retried })),
    'workflow',
    'retry',
    'FLOW-1',
    'use',
    '--secret',
    'FROM_ENV',
  );
  expect(retried).toEqual([['flow-1', 'use', { FROM_ENV: 'value from here' }]]);
  expect(code).toBe(7);
  expect(stdout).toBe('');
  expect(stderr).toContain('use | again\n');
  expect(stderr).not.toContain('make');
});

it.each([
  [['--stdin', '-'], 'A workflow takes no `--stdin`.'],
  [['--tty'], 'A workflow takes no `--tty`.'],
  [['--', 'a'], 'A workflow takes no arguments.'],
])('refuses %j, which belongs to one script (WF-1)', async (options, message) => {
  const { code, stderr } = await cli(scriptedWorld(home, tells()), 'run', file, ...options);
  expect(code).toBe(2);
  expect(stderr).toContain(message);
});

it('checks a file and points at its mistakes: exit code 1 (WF-1)', async () => {
  const good = await cli(scriptedWorld(home), 'workflow', 'check', file);
  expect(good).toMatchObject({ code: 0 });
  expect(good.stdout).toContain('make · untrusted');
  await writeFile(file, FLOW.replace('id: last, run', 'id: last, rum'));
  const bad = await cli(scriptedWorld(home), 'workflow', 'check', file);
  expect(bad.code).toBe(1);
  expect(bad.stdout).toContain('flow.yaml:6:21: A step has no `rum`. Did you mean `run`?');
  const json = await cli(scriptedWorld(home), 'workflow', 'check', '--json', file);
  expect(json.code).toBe(1);
  expect(json.json()[0]).toMatchObject({ ok: false, problems: [{ line: 6 }, { line: 6 }] });
});

it('carries no file from outside of the folder into a sandbox (WF-1)', async () => {
  const outside = await mkdtemp(join(tmpdir(), 'bellglass-secret-'));
  await writeFile(join(outside, 'key.py'), 'a secret key');
  await rm(join(home, 'use.py'));
  await symlink(join(outside, 'key.py'), join(home, 'use.py'));
  const launched: WorkflowLaunch[] = [];
  const { code, stderr } = await cli(scriptedWorld(home, tells({ launched })), 'run', file);
  await rm(outside, { recursive: true });
  expect(code).toBe(126);
  expect(stderr).toContain('use.py leads out of the folder of the workflow.');
  expect(launched).toEqual([]);
});
