/** What happens to a workflow whatever its runs do, without an engine (WF-1). */
import type { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, it } from 'vitest';
import type { WorkflowLaunch } from '#shared/contract/workflows.ts';
import type { WorkflowDetail, WorkflowSummary } from '#shared/domain/workflow.ts';
import type { AuditEntry } from '#shared/audit/record.ts';
import { recordedWorkflows } from '../audit/rules.ts';
import type { AuditLog } from '../audit/audit.ts';
import type { WorkflowsMessage } from '../core.ts';
import { Planner } from '../runs/planner.ts';
import { openInMemory } from '../storage/database.ts';
import { silentLog } from '../storage/log.ts';
import { createWorkflows, type Workflows } from './index.ts';
import { WorkflowStore } from './store.ts';
import { fakeRuns, type FakeRuns } from './testing/fake-runs.ts';

const settings = { defaultPolicy: 'untrusted', perRuntime: {}, values: {}, ceilings: {} };
const planner = new Planner({
  mounts: { problem: async () => null },
  policy: async () => null,
  project: () => null,
  settings: () => settings,
  capabilities: () => null,
  image: async () => ({ reference: 'image', present: true }),
});

const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});

interface Flow {
  readonly fake: FakeRuns;
  readonly workflows: Workflows;
  readonly told: WorkflowSummary[];
  /** Stops that were passed on to another process. */
  readonly elsewhere: string[];
  readonly database: DatabaseSync;
  start(text: string, more?: Partial<WorkflowLaunch>): Promise<string>;
  ended(id: string): Promise<WorkflowDetail>;
}

function flow({ approved = false } = {}): Flow {
  const fake = fakeRuns();
  const told: WorkflowSummary[] = [];
  const elsewhere: string[] = [];
  const database = openInMemory();
  let count = 0;
  const workflows = createWorkflows({
    planner,
    runs: fake.runs,
    files: fake.files,
    memory: { isApproved: () => approved },
    store: new WorkflowStore(database),
    owner: 'me',
    ownerAlive: () => true,
    newId: () => `W${String((count += 1)).padStart(4, '0')}`,
    now: () => Date.now(),
    stopElsewhere: async (id) => void elsewhere.push(id),
    told: (summary) => told.push(summary),
    log: silentLog,
  });
  open.push(() => {
    workflows.dispose();
    database.close();
  });
  return {
    fake,
    workflows,
    told,
    elsewhere,
    database,
    start: async (text, more = {}) => (await workflows.start({ name: 'flow.yaml', text, ...more })).id,
    async ended(id) {
      let last = workflows.get(id);
      for await (const detail of workflows.watch(id)) last = detail;
      return last;
    },
  };
}

const steps = (...lines: string[]): string =>
  `workflows:\n  w:\n    steps:\n${lines.map((line) => `      - { ${line} }\n`).join('')}`;
const states = (detail: WorkflowDetail): string[] => detail.steps.map(({ id, state }) => `${id} ${state}`);

describe('stopping', () => {
  it('stops a run whose beginning was on its way, and begins no other (WF-1)', async () => {
    const { fake, workflows, start } = flow();
    const gate = Promise.withResolvers<void>();
    fake.gate = gate.promise;
    const id = await start(steps('id: a, run: echo', 'id: b, run: echo'));
    await expect.poll(() => fake.asked).toBe(1);
    const stopping = workflows.stop(id);
    expect(workflows.get(id).summary.state).toBe('running');
    gate.resolve();
    await stopping;
    expect(fake.all.map(({ step, stopped }) => [step, stopped])).toEqual([['a', true]]);
    expect(states(workflows.get(id))).toEqual(['a cancelled', 'b cancelled']);
    expect(workflows.get(id).summary.outcome).toBe('cancelled');
  });

  it('leaves nothing going, at whatever moment it comes (WF-1)', async () => {
    const text = steps(
      'id: a, needs: [], run: echo',
      'id: b, run: echo',
      'id: c, needs: [a], run: echo',
      'id: d, needs: [b, c], run: echo',
    );
    for (let moment = 0; moment < 30; moment += 1) {
      const { fake, workflows, start } = flow();
      fake.began = (run) => setImmediate(() => run.end('succeeded'));
      const id = await start(text);
      for (let turn = 0; turn < moment; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      await workflows.stop(id);
      const begun = fake.all.length;
      const detail = workflows.get(id);
      expect(detail.summary.state).toBe('finished');
      expect(fake.all.every(({ outcome }) => outcome !== null)).toBe(true);
      for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      expect(fake.all).toHaveLength(begun);
      expect(workflows.get(id)).toEqual(detail);
    }
  });
});

it('begins no step any more when everything is stopped (WF-1, RUN-7)', async () => {
  const { fake, workflows, start, ended } = flow();
  // More than are under way at once: those that wait for room must not come up.
  const many = Array.from({ length: 40 }, (_, at) => `id: s${at}, needs: [], run: echo`);
  const ids = [await start(steps(...many)), await start(steps('id: a, run: echo', 'id: b, run: echo'))];
  await expect.poll(() => fake.all.length).toBe(17);
  workflows.stopAll();
  for (const id of ids) expect((await ended(id)).summary.outcome).toBe('cancelled');
  expect(fake.all).toHaveLength(17);
  expect(fake.all.every(({ stopped }) => stopped)).toBe(true);
});

describe('a workflow', () => {
  it('is told while it goes on, to everybody who looks, and to the list (WF-1)', async () => {
    const { fake, workflows, start, ended, told } = flow();
    const list: WorkflowsMessage[] = [];
    const enough = new AbortController();
    const listening = (async () => {
      for await (const message of workflows.watchList(enough.signal)) {
        list.push(message);
        if (message.type === 'removed') enough.abort();
      }
    })();
    const id = await start(steps('id: a, run: echo'));
    const both = [ended(id), ended(id)];
    await expect.poll(() => fake.all.length).toBe(1);
    expect(states(workflows.get(id))).toEqual(['a running']);
    fake.all[0]?.end('succeeded', { variables: { state: 'given', value: { n: 1 } } });
    for (const detail of await Promise.all(both))
      expect(detail).toMatchObject({
        summary: { outcome: 'succeeded' },
        variables: { n: 1 },
        steps: [{ runs: ['run1'] }],
      });
    expect(told).toMatchObject([{ id, outcome: 'succeeded' }]);
    await workflows.remove(id);
    await listening;
    expect(list[0]).toEqual({ type: 'all', workflows: [] });
    expect(list.at(-1)).toEqual({ type: 'removed', id });
    expect(list.slice(1, -1).at(-1)).toMatchObject({
      type: 'changed',
      workflow: { id, state: 'finished', counts: { succeeded: 1 } },
    });
  });

  it('can be opened anew with what it was given, but its secrets and files that no step names (WF-1, RUN-4)', async () => {
    const { fake, workflows, start, ended } = flow();
    fake.began = (run) => run.end('succeeded');
    const file = (path: string) => ({ path, content: Buffer.from('echo').toString('base64') });
    const text = steps('id: a, script: a.sh, secrets: [ONE]');
    const id = await start(text, {
      files: [file('a.sh'), file('other.sh')],
      env: { LOG: 'debug' },
      variables: { n: 1 },
      trust: 'limited',
      secrets: { ONE: 'hush-one' },
    });
    const { name, ...given } = workflows.launch(id);
    expect(given).toEqual({
      text,
      files: [file('a.sh')],
      env: { LOG: 'debug' },
      variables: { n: 1 },
      trust: 'limited',
    });
    await ended(id);
    expect(workflows.launch(id)).toEqual({ name, ...given });
    expect(() => workflows.launch('none')).toThrow('There is no workflow none.');
  });

  it('of a token asks for no more than the token allows, whoever approved its file (HOST-3, POL-3)', async () => {
    const { fake, workflows, ended } = flow({ approved: true });
    fake.began = (run) => run.end('succeeded');
    const by = { token: 'ci', ceilings: {} };
    const text = steps('id: a, run: echo, trust_level: system', 'id: b, run: echo, resources: { memory: 1 GiB }');
    const launch = { name: 'flow.yaml', text, trust: 'limited' as const };
    const { id } = await workflows.start(launch, by);
    expect((await ended(id)).plan.file?.heldBack).toMatchObject([
      { step: 'a', field: 'trust_level', asked: 'system', kept: 'limited' },
      { step: 'b', field: 'resources.memory', asked: '1 GiB' },
    ]);
    expect(fake.all.map(({ launch: { trust }, by: who }) => [trust, who])).toEqual([
      ['limited', by],
      ['limited', by],
    ]);
    await expect(workflows.start({ ...launch, set: { 'resources.memory': '1 GiB' } }, by)).rejects.toMatchObject({
      code: 'plan-refused',
    });
    // The same file, approved, may do the second of them for the person who approved it.
    const own = (await workflows.start(launch)).id;
    expect((await ended(own)).plan.file?.heldBack.map(({ step }) => step)).toEqual(['a']);
    expect(fake.all.at(-1)?.by).toBeUndefined();
  });

  it('gives a step its own secrets only, and writes none down (RUN-4)', async () => {
    const { fake, start, ended, database } = flow();
    fake.began = (run) => run.end('succeeded');
    const text = steps('id: a, run: echo, secrets: [ONE]', 'id: b, run: echo');
    await ended(await start(text, { secrets: { ONE: 'hush-one', TWO: 'hush-two' } }));
    expect(fake.all.map(({ launch }) => launch.secrets ?? {})).toEqual([{ ONE: 'hush-one' }, {}]);
    const rows = database.prepare('SELECT summary, steps, marks, body FROM workflows').all();
    const packed = database.prepare('SELECT body FROM workflows').get() as { body: Uint8Array };
    const { gunzipSync } = await import('node:zlib');
    expect(JSON.stringify(rows) + gunzipSync(packed.body).toString()).not.toContain('hush');
  });

  it('gives variables to the steps after, not to those beside (WF-1)', async () => {
    const { fake, start, ended } = flow();
    fake.began = (run) =>
      run.end('succeeded', { variables: { state: 'given', value: { [run.step]: true, last: run.step } } });
    await ended(
      await start(
        steps(
          'id: a, needs: [], run: echo',
          'id: b, run: echo, variables: { own: 1 }',
          'id: c, needs: [a], run: echo',
          'id: d, needs: [c, b], run: echo',
        ),
        { variables: { given: 'yes', last: 'nobody' } },
      ),
    );
    const seen = Object.fromEntries(fake.all.map(({ step, launch }) => [step, launch.variables]));
    expect(seen).toEqual({
      a: { given: 'yes', last: 'nobody' },
      b: { given: 'yes', last: 'nobody', own: 1 },
      c: { given: 'yes', a: true, last: 'a' },
      d: { given: 'yes', a: true, b: true, c: true, last: 'c' },
    });
  });

  it('passes on what a run ended with, and the workflow’s own input where a step names none (WF-1)', async () => {
    const { fake, start, ended } = flow();
    fake.began = (run) => run.end('failed', { output: { state: 'given', value: [1] } });
    const detail = await ended(
      await start(
        steps(
          'id: a, run: echo, continue_on_error: true',
          'id: b, run: echo, input: "${{ [steps.a.state, steps.a.exit_code, steps.a.output] }}", continue_on_error: true',
        ),
        { input: { first: true } },
      ),
    );
    expect(fake.all.map(({ launch }) => launch.input)).toEqual([{ first: true }, ['failed', 1, [1]]]);
    expect(detail.summary.outcome).toBe('succeeded');
    expect(states(detail)).toEqual(['a failed', 'b failed']);
  });

  it('of a thousand steps comes to its end (WF-1)', async () => {
    const { fake, start, ended } = flow();
    fake.began = (run) => run.end('succeeded');
    const lines = Array.from({ length: 1000 }, (_, at) => `id: s${at}, run: echo, condition: "${at % 10 === 0}"`);
    const detail = await ended(await start(steps(...lines)));
    expect(detail.summary).toMatchObject({ outcome: 'succeeded', counts: { succeeded: 100, skipped: 900 } });
    expect(fake.all).toHaveLength(100);
  });

  it('refuses an input that no run could be given (RUN-9)', async () => {
    const { start } = flow();
    await expect(start(steps('id: a, run: echo'), { input: 'x'.repeat(11 * 1024 ** 2) })).rejects.toMatchObject({
      code: 'input-invalid',
    });
  });

  it('fails with its step when a run cannot begin, and says why (WF-1)', async () => {
    const { fake, start, ended } = flow();
    fake.gate = Promise.reject(new Error('nobody home'));
    fake.gate.catch(() => {});
    const detail = await ended(await start(steps('id: a, run: echo', 'id: b, run: echo')));
    expect(detail.steps).toMatchObject([
      { state: 'failed', why: expect.stringContaining('nobody home') as string },
      { state: 'not-reached' },
    ]);
  });

  it('leaves a line in the audit for its begin, stop, retry, end and removal (AUD-1)', async () => {
    const { fake, workflows } = flow();
    const entries: AuditEntry[] = [];
    const audit = { record: (entry: AuditEntry) => void entries.push(entry) } as unknown as AuditLog;
    const recorded = recordedWorkflows(workflows, audit);
    const { id } = await recorded.start({ name: 'flow.yaml', text: steps('id: a, run: echo') });
    await expect.poll(() => fake.all.length).toBe(1);
    await recorded.stop(id);
    await expect(recorded.retry(id, 'zzz', {})).rejects.toMatchObject({ code: 'input-invalid' });
    await recorded.remove(id);
    await expect(recorded.start({ name: 'bad.yaml', text: 'x' })).rejects.toMatchObject({ code: 'input-invalid' });
    expect(entries.map(({ action, what, outcome }) => [action, what, outcome])).toEqual([
      ['workflow.start', id, 'done'],
      ['workflow.stop', id, 'done'],
      ['workflow.retry', `${id} zzz`, 'refused: input-invalid'],
      ['workflow.remove', id, 'done'],
      ['workflow.start', 'bad.yaml', 'refused: input-invalid'],
    ]);
  });

  it('does not run a step again with results that are not kept any more (WF-1, RUN-13)', async () => {
    const { fake, workflows, start, ended } = flow();
    fake.began = (run) => run.end(run.step === 'a' ? 'succeeded' : 'failed', { output: { state: 'given', value: 1 } });
    const id = await start(steps('id: a, run: echo', 'id: b, run: echo, input: "${{ steps.a.output }}"'));
    await ended(id);
    await workflows.retry(id, 'b', {});
    await ended(id);
    expect(fake.all.map(({ step, launch }) => [step, launch.input])).toEqual([
      ['a', undefined],
      ['b', 1],
      ['b', 1],
    ]);
    workflows.retain(-1000);
    await expect(workflows.retry(id, 'b', {})).rejects.toMatchObject({
      code: 'input-invalid',
      message: 'What step a gave back is not kept any more.',
    });
    await workflows.retry(id, 'a', {});
    expect((await ended(id)).steps.map(({ runs }) => runs.length)).toEqual([2, 3]);
  });

  it('of another process is watched by what that one writes down, and stopped there (WF-1)', async () => {
    const { workflows, start, fake, database, elsewhere } = flow();
    const id = await start(steps('id: a, run: echo'));
    const other = createWorkflows({
      planner,
      runs: fake.runs,
      files: fake.files,
      memory: { isApproved: () => false },
      store: new WorkflowStore(database),
      owner: 'other',
      ownerAlive: () => true,
      newId: () => 'x',
      now: () => Date.now(),
      stopElsewhere: async (given) => void elsewhere.push(given),
      told: () => {},
      log: silentLog,
    });
    const seen: string[] = [];
    const watching = (async () => {
      for await (const { summary } of other.watch(id)) seen.push(summary.state);
    })();
    await other.stop(id);
    expect(elsewhere).toEqual([id]);
    await expect(other.retry(id, 'a', {})).rejects.toMatchObject({ message: 'The workflow still goes on.' });
    await expect.poll(() => fake.all.length).toBe(1);
    await workflows.stop(id);
    await watching;
    expect(seen.at(-1)).toBe('finished');
    other.dispose();
  });

  it('whose process ended right after its start is interrupted, with every step as not reached (WF-1, RUN-10)', async () => {
    const { workflows, start, fake, database, told } = flow();
    fake.gate = new Promise(() => {});
    const id = await start(steps('id: a, run: echo', 'id: b, run: echo'));
    const next = createWorkflows({
      planner,
      runs: fake.runs,
      files: fake.files,
      memory: { isApproved: () => false },
      store: new WorkflowStore(database),
      owner: 'next',
      ownerAlive: () => false,
      newId: () => 'x',
      now: () => Date.now(),
      stopElsewhere: () => Promise.reject(new Error('nobody')),
      told: (summary) => told.push(summary),
      log: silentLog,
    });
    expect(next.get(id).summary).toMatchObject({ state: 'finished', outcome: 'interrupted' });
    expect(next.get(id).steps.map(({ state }) => state)).toEqual(['not-reached', 'not-reached']);
    expect(told).toMatchObject([{ id, outcome: 'interrupted' }]);
    workflows.dispose();
  });
});
