/** What a workflow's steps would run under, and what its file may not have before it is approved (WF-1, POL-3). */
import { describe, expect, it } from 'vitest';
import type { WorkflowLaunch } from '#shared/contract/workflows.ts';
import type { PolicyDocument } from '#shared/domain/policy-document.ts';
import { toBase64, utf8 } from '#shared/script/bytes.ts';
import { choose } from '#shared/policy/merge/choose.ts';
import { Planner } from '../runs/planner.ts';
import { mustStart, planWorkflow, type PlannedWorkflow } from './plan.ts';

const OWN: Readonly<Record<string, PolicyDocument>> = {
  fetcher: {
    name: 'fetcher',
    level: 'limited',
    description: '',
    values: { 'network.mode': 'restricted', 'network.allow': ['api.example'] },
    changes: {},
  },
  tight: {
    name: 'tight',
    level: 'untrusted',
    description: '',
    values: { 'resources.memory': 32 * 1024 ** 2 },
    changes: {},
  },
};

const settings = { defaultPolicy: 'untrusted', perRuntime: {}, values: {}, ceilings: {} };
const planner = new Planner({
  mounts: { problem: async () => null },
  policy: async (launch, runtime, own) => {
    const { policy } = choose(launch, runtime, own);
    const document = policy === null ? undefined : OWN[policy];
    return document === undefined ? null : { document, revision: 'r', warning: null };
  },
  project: () => null,
  settings: () => settings,
  capabilities: () => null,
  image: async () => ({ reference: 'image', present: true }),
});

async function plan(text: string, more: Partial<WorkflowLaunch> = {}, approved = false): Promise<PlannedWorkflow> {
  const deps = { planner, memory: { isApproved: () => approved } };
  return await planWorkflow(deps, { name: 'flow.yaml', text, folder: '/home/somebody/flow', ...more });
}

const LOOSE = `workflows:
  w:
    resources: { mem_limit: 1Gi, processes: 3 }
    steps:
      - { id: a, run: echo, timeout: 10 min }
      - { id: b, run: echo, resources: { memory: 40 MiB } }
`;

describe('a workflow file', () => {
  it('only tightens until it is approved: what loosens is held back, and shown (POL-3)', async () => {
    const { plan: found } = await plan(LOOSE);
    expect(found.file).toMatchObject({ path: '/home/somebody/flow/flow.yaml', approved: false });
    expect(found.file?.heldBack).toEqual([
      { step: 'a', field: 'resources.memory', label: 'Memory', asked: '1 GiB', kept: '64 MiB' },
      { step: 'a', field: 'resources.wall_time', label: 'Wall time', asked: '10 min', kept: '1 min' },
      { step: 'b', field: 'resources.memory', label: 'Memory', asked: '1 GiB', kept: '64 MiB' },
    ]);
    expect(found.steps.map(({ changed }) => changed.map(({ field, value, source }) => [field, value, source]))).toEqual(
      [
        [['resources.processes', '3', 'w']],
        [
          ['resources.memory', '40 MiB', 'b'],
          ['resources.processes', '3', 'w'],
        ],
      ],
    );
    expect(found.warnings[0]).toContain('held back');
  });

  it('counts as it is once it is approved, each value with the tier that it came from (POL-3)', async () => {
    const { plan: found } = await plan(LOOSE, {}, true);
    expect(found.file).toMatchObject({ approved: true, heldBack: [] });
    expect(found.steps[0]?.changed).toEqual([
      { field: 'resources.memory', label: 'Memory', value: '1 GiB', source: 'w' },
      { field: 'resources.wall_time', label: 'Wall time', value: '10 min', source: 'a' },
      { field: 'resources.processes', label: 'Processes', value: '3', source: 'w' },
    ]);
    expect(found.steps[1]?.changed[0]).toMatchObject({ value: '40 MiB', source: 'b' });
  });

  const named = (what: string): string => `workflows:\n  w:\n    steps:\n      - { id: a, run: echo, ${what} }\n`;

  it.each([
    ['trust_level: system', 'trust_level', 'Trust level', 'system'],
    ['policy: system', 'policy', 'Policy', 'system'],
    ['policy: limited', 'policy', 'Policy', 'limited'],
    ['policy: fetcher', 'policy', 'Policy', 'fetcher'],
  ])('cannot choose %s by itself (POL-3)', async (what, field, label, asked) => {
    const held = await plan(named(what));
    expect(held.plan.file?.heldBack).toEqual([{ step: 'a', field, label, asked, kept: 'untrusted' }]);
    expect(held.plan.steps[0]?.policy).toBe('untrusted');
    const approved = await plan(named(what), {}, true);
    expect(approved.plan.file?.heldBack).toEqual([]);
    expect(approved.plan.steps[0]?.policy).toBe(asked);
  });

  it('may choose a policy that grants no more than the base (POL-3)', async () => {
    expect((await plan(named('policy: tight'))).plan).toMatchObject({
      file: { heldBack: [] },
      steps: [{ policy: 'tight' }],
    });
    const under = await plan(named('trust_level: untrusted'), { trust: 'system' });
    expect(under.plan).toMatchObject({ file: { heldBack: [] }, steps: [{ policy: 'untrusted' }] });
  });

  it('never passes what the person named at the start, approved or not (POL-3)', async () => {
    for (const approved of [false, true]) {
      const { plan: found } = await plan(named('trust_level: system'), { trust: 'limited' }, approved);
      expect(found.steps[0]?.policy).toBe('limited');
      expect(found.file?.heldBack).toMatchObject([{ field: 'trust_level', asked: 'system', kept: 'limited' }]);
    }
  });

  it('puts this run above everything that the file says (POL-3)', async () => {
    const { plan: found } = await plan(LOOSE, { set: { 'resources.memory': '48 MiB' } }, true);
    expect(found.steps.map(({ changed }) => changed.find(({ field }) => field === 'resources.memory'))).toEqual([
      { field: 'resources.memory', label: 'Memory', value: '48 MiB', source: 'this run' },
      { field: 'resources.memory', label: 'Memory', value: '48 MiB', source: 'this run' },
    ]);
  });

  it('starts no step in another image than it wants: an unapproved one is refused (POL-3, IMG-2)', async () => {
    const text = named('image: "golang:1.22"');
    const held = await plan(text);
    expect(held.plan.steps[0]).toMatchObject({
      image: null,
      refusal: expect.stringContaining('golang:1.22') as string,
    });
    expect(() => mustStart(held, { name: 'flow.yaml', text })).toThrow('Step a would be refused');
    expect((await plan(text, {}, true)).plan.steps[0]).toMatchObject({ image: 'golang:1.22', refusal: null });
  });

  it('runs what it says under the limits of its base: commands are no power (WF-1)', async () => {
    const { plan: found } = await plan(
      'workflows:\n  w:\n    steps:\n      - { id: a, command: [-c, echo], entrypoint: bash, working_dir: /workspace/in }\n',
    );
    expect(found.file?.heldBack).toEqual([]);
    expect(found.steps[0]?.changed.map(({ field, source }) => [field, source])).toEqual([
      ['run.entrypoint', 'a'],
      ['run.command', 'a'],
      ['run.working_dir', 'a'],
    ]);
  });
});

describe('what stands in the way of a start', () => {
  const start = async (text: string, more: Partial<WorkflowLaunch> = {}): Promise<unknown> => {
    const given = { name: 'flow.yaml', text, ...more };
    const planned = await plan(text, more);
    try {
      return mustStart(planned, given).name;
    } catch (failure) {
      return (failure as { toData(): unknown }).toData();
    }
  };

  it('is a script that is not there (WF-1)', async () => {
    const text = 'workflows:\n  w:\n    steps:\n      - { id: a, runtime: node, script: lib/a.js }\n';
    expect(await start(text)).toMatchObject({
      code: 'input-invalid',
      message: 'flow.yaml:4:9: Step `a` runs lib/a.js, which is not beside the workflow file.',
    });
    expect(await start(text, { trust: 'limited', files: [{ path: 'lib/a.js', content: toBase64(utf8('1')) }] })).toBe(
      'w',
    );
  });

  const TWO = 'workflows:\n  a: { steps: [{ run: echo }] }\n  b: { steps: [{ run: echo }] }\n';
  it('is a choice among several that was not made, or not among them (WF-1)', async () => {
    expect(await start(TWO)).toMatchObject({ code: 'input-invalid', next: 'Choose one of a, b.' });
    expect(await start(TWO, { workflow: 'c' })).toMatchObject({ code: 'input-invalid' });
    expect(await start(TWO, { workflow: 'b' })).toBe('b');
    expect((await plan(TWO)).plan).toMatchObject({ names: ['a', 'b'], workflow: null, steps: [], problems: [] });
  });

  it('is a secret that was not given; its value is nowhere in the plan (RUN-4)', async () => {
    const text = 'workflows:\n  w:\n    steps:\n      - { id: a, run: echo, secrets: [TOKEN, OTHER] }\n';
    expect(await start(text, { secrets: { TOKEN: 'hush' } })).toMatchObject({
      code: 'input-invalid',
      message: 'The workflow needs the secret OTHER.',
    });
    const given = await plan(text, { secrets: { TOKEN: 'hush', OTHER: 'hush' } });
    expect(given.plan.secrets).toEqual(['TOKEN', 'OTHER']);
    expect(JSON.stringify(given.plan)).not.toContain('hush');
  });

  it('is the first of its mistakes, with how many there are (WF-1)', async () => {
    expect(
      await start('workflows:\n  w:\n    steps:\n      - { id: a }\n      - { id: b, rum: echo }\n'),
    ).toMatchObject({
      code: 'input-invalid',
      message: 'flow.yaml:4:9: Step `a` runs nothing.',
      why: 'The file has 3 mistakes; this is the first.',
    });
  });

  it('is a policy that a step cannot run under (WF-1)', async () => {
    const text = 'workflows:\n  w:\n    steps:\n      - { id: a, run: echo }\n';
    expect(await start(text, { set: { 'security.capabilities': 'NET_RAW' } })).toMatchObject({
      code: 'plan-refused',
      message: expect.stringContaining('Step a would be refused: Capabilities (NET_RAW) are refused') as string,
    });
    expect(await start(text)).toBe('w');
    const bad = 'workflows:\n  w:\n    steps:\n      - { id: a, run: echo, env: { "A B": c } }\n';
    expect(await start(bad)).toMatchObject({ code: 'plan-refused' });
  });
});
