/** REST over a whole core on a real engine: curl alone, the typed client, what a token may not do (HOST-3, AUD-4). */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createCore } from '#core/create-core.ts';
import type { Core } from '#core/core.ts';
import { imageEngine, type ImageEngine } from '#core/runs/testing/image-engine.ts';
import { silentLog } from '#core/storage/log.ts';
import type { RestStatus } from '#shared/contract/rest/rest.ts';
import { auditRecordSchema } from '#shared/audit/record.ts';
import { createRestClient, type RestClient } from './client.ts';
import { serveCore, type Served } from './testing/served.ts';

const home = mkdtempSync(join(tmpdir(), 'bellglass-rest-'));
let docker: ImageEngine;
let served: Served;
let client: RestClient;

const open = async (): Promise<Core> => {
  const core = await createCore({
    host: 'web',
    hostWhy: 'test',
    paths: {
      config: join(home, 'config'),
      data: join(home, 'data'),
      assets: resolve(import.meta.dirname, '../../../../assets'),
      renderer: '',
    },
    env: { DOCKER_HOST: docker.address, PATH: process.env['PATH'] },
    version: '0.0.0',
    log: silentLog,
  });
  for await (const status of core.system.watchEngine()) if (status.state === 'ready') break;
  return core;
};

beforeAll(async () => {
  docker = await imageEngine();
  served = await serveCore(await open());
  client = createRestClient({ url: served.url, token: served.token });
}, 600_000);

afterAll(async () => {
  await served?.dispose();
  await docker?.dispose();
  rmSync(home, { recursive: true, force: true });
});

async function curl(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('curl', ['-sS', ...args], { maxBuffer: 64 * 1024 * 1024 });
  return stdout;
}

it('runs a script and gives its result to curl alone (HOST-3)', async () => {
  const auth = ['-H', `Authorization: Bearer ${served.token}`];
  const script = 'import json\nprint("sum", sum(json.load(open("data/input.json"))))\n';
  const body = JSON.stringify({ script, language: 'python', input: [1, 2, 39] });
  const json = ['-H', 'Content-Type: application/json', '-d', body];
  const result = JSON.parse(await curl(...auth, ...json, `${served.url}/execute?wait`)) as RestStatus;
  expect(result).toMatchObject({ success: true, outcome: 'succeeded', exitCode: 0, logs: 'sum 42\n', error: null });
  expect(result.duration).toBeGreaterThan(0);
  const head = await curl('-i', ...auth, ...json, `${served.url}/execute`);
  const [, location = ''] = /^location: (\S+)/im.exec(head) ?? [];
  expect(head).toMatch(/^HTTP\/1\.1 202 /);
  const id = location.replace('/status/', '');
  expect(await curl('-N', ...auth, `${served.url}/runs/${id}/output`)).toBe('sum 42\n');
  const events = await curl('-N', ...auth, `${served.url}/runs/${id}/events`);
  expect(events).toMatch(/^id: [\d.]+\nevent: state\ndata: \{/);
  expect(events).toMatch(/event: finished\ndata: .*"outcome":"succeeded"/);
  expect(JSON.parse(await curl(...auth, `${served.url}${location}`))).toMatchObject({ id, state: 'finished' });
});

it('gives a script its data, arguments, environment, secrets, files and stdin, and takes back what it left (RUN-4, RUN-9)', async () => {
  const script = `
import json, os, sys
data = {name: json.load(open(f"data/{name}.json")) for name in ("input", "variables", "event")}
assert open("extra/note.txt").read() == "näh", "file"
assert sys.stdin.read() == "from stdin", "stdin"
assert (sys.argv[1:], os.environ["A"], len(os.environ["S"])) == (["one"], "env", 7), "environment"
json.dump(data, open("output/output.json", "w"))
json.dump({"n": data["variables"]["n"] + 1}, open("output/variables.json", "w"))
json.dump({"result": True}, open("output/condition.json", "w"))
os.mkdir("output/deep"); open("output/deep/räkning.txt", "w").write("x" * 300000)
`;
  const status = await client.run({
    script,
    language: 'py',
    input: { a: [1, null] },
    variables: { n: 1 },
    eventMetadata: 'timer',
    args: ['one'],
    env: { A: 'env' },
    secrets: { S: 'hunter2' },
    files: [{ path: 'extra/note.txt', content: 'näh' }],
    stdin: 'from stdin',
  });
  expect(status).toMatchObject({
    logs: '',
    success: true,
    output: { input: { a: [1, null] }, variables: { n: 1 }, event: 'timer' },
    variables: { n: 2 },
    condition: true,
    problems: [],
  });
  expect(status.files).toContainEqual({ path: 'deep/räkning.txt', size: 300_000 });
  const file = await client.file(status.id, 'deep/räkning.txt');
  expect(Buffer.from(file).toString()).toBe('x'.repeat(300_000));
  for (const path of ['../../bellglass.db', '..%2f..%2fbellglass.db', '/etc/passwd', 'none', '0'])
    expect((await served.fetch(`/runs/${status.id}/files/${path}`)).status).toBe(404);
  const kept = readdirSync(join(home, 'data'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('');
  expect([kept.includes(status.id), kept.includes('hunter2')]).toEqual([true, false]);
});

it('says which limit ended a run, counts it, and holds the token to its policy (POL-1, AUD-4)', async () => {
  const loop = { script: 'while True: pass', language: 'python' };
  const late = await client.run({ ...loop, timeout: '700 ms' });
  expect(late).toMatchObject({ success: false, outcome: 'timed-out', exitCode: null });
  expect(late.error).toMatchObject({ rule: expect.stringContaining('resources.wall_time') as string });
  const refused = { problem: { status: 403, code: 'auth' } };
  await expect(client.run({ ...loop, timeout: '10 min' })).rejects.toMatchObject(refused);
  await expect(client.run({ ...loop, set: { 'network.mode': 'full' } })).rejects.toMatchObject(refused);
  await expect(client.run({ ...loop, trust: 'system' })).rejects.toMatchObject(refused);
  const lost = createRestClient({ url: served.url, token: await served.addToken('lost', { policy: 'gone' }) });
  await expect(lost.run(loop)).rejects.toMatchObject({
    problem: { status: 422, code: 'plan-refused', next: expect.any(String) as string },
  });
  const metrics = await client.metrics();
  expect(metrics).toMatch(/^bellglass_runs_total\{outcome="timed-out"\} 1$/m);
  expect(metrics).toMatch(/^bellglass_runs_active 0$/m);
  expect(metrics).toMatch(/^bellglass_run_start_seconds_count\{runtime="python"\} [1-9]/m);
  expect(metrics).toMatch(/^bellglass_used_to_limit_ratio_count\{resource="memory"\} [1-9]/m);
});

it('stops a run on request, and leaves one going whose caller went away', async () => {
  const sleeper = { script: 'echo begun; sleep 20', language: 'bash' };
  const gone = new AbortController();
  const waiting = client.run({ ...sleeper, id: 'sleeper' }, gone.signal);
  const { id } = await client.execute({ ...sleeper, id: 'sleeper' });
  await expect.poll(async () => (await client.status(id)).logs, { timeout: 30_000 }).toBe('begun\n');
  gone.abort();
  await expect(waiting).rejects.toThrow();
  expect(await client.status(id)).toMatchObject({ state: 'running' });
  await client.cancel(id);
  await expect.poll(async () => (await client.status(id)).outcome, { timeout: 30_000 }).toBe('cancelled');
});

it('finds the run of a key again after a restart, and shows it to no other token', async () => {
  const request = { id: 'order-7', script: 'echo once', language: 'bash', secrets: { KEY: 'swordfish' } };
  const [first, twin] = await Promise.all([client.run(request), client.run(request)]);
  expect([first?.logs, twin?.id]).toEqual(['once\n', first?.id]);
  const { token } = served;
  await served.dispose();
  served = await serveCore(await open(), { token });
  client = createRestClient({ url: served.url, token });
  const again = await served.execute(request);
  expect([again.status, again.headers.get('location')]).toEqual([200, `/status/${first?.id}`]);
  await expect(client.run({ ...request, secrets: { KEY: 'other' } })).rejects.toMatchObject({
    problem: { status: 409 },
  });
  const other = createRestClient({ url: served.url, token: await served.addToken('other') });
  const id = first?.id ?? '';
  for (const look of [() => other.status(id), () => other.cancel(id), () => other.file(id, 'a')])
    await expect(look()).rejects.toMatchObject({ problem: { status: 404 } });
  expect((await other.run(request)).id).not.toBe(first?.id);
  await served.core.runs.remove(first?.id ?? '');
  expect((await client.run(request)).id).not.toBe(first?.id);
});

it('runs a workflow for a token, under what the token allows, and shows its steps to nobody else (WF-1, HOST-3)', async () => {
  const file = `workflows:
  w:
    steps:
      - { id: make, runtime: python, run: 'import bellglass; bellglass.output([1, 2])' }
      - id: more
        resources: { memory: 512 MiB }
        input: \${{ steps.make.output }}
        secrets: [KEY]
        run: |
          cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max 2>/dev/null
          bellglass set_variable length "$(bellglass input | jq length)"
          echo "secret \${#KEY}"
`;
  const request = { id: 'flow-1', file, secrets: { KEY: 'swordfish' } };
  const done = await client.runWorkflow(request);
  expect(done).toMatchObject({ success: true, variables: { length: 2 }, steps: [{ id: 'make' }, { id: 'more' }] });
  // What the file asks beyond the policy of the token is not in force, and said.
  expect(done.warnings.join()).toContain('more: Memory 512 MiB is not in force, it stays 64 MiB.');
  const run = done.steps[1]?.run ?? '';
  expect(await client.status(run)).toMatchObject({ success: true, policy: 'untrusted' });
  expect((await client.status(run)).logs).toBe(`${64 * 1024 * 1024}\nsecret 9\n`);
  expect((await client.startWorkflow(request)).id).toBe(done.id);
  const other = createRestClient({ url: served.url, token: await served.addToken('other-flows') });
  for (const look of [() => other.workflow(done.id), () => other.stopWorkflow(done.id), () => other.status(run)])
    await expect(look()).rejects.toMatchObject({ problem: { status: 404 } });
  const refused = { problem: { status: 403, code: 'auth' } };
  await expect(client.runWorkflow({ file, trust: 'system', secrets: { KEY: 'x' } })).rejects.toMatchObject(refused);
  const set = { 'resources.memory': '1 GiB' };
  await expect(client.runWorkflow({ file, set, secrets: { KEY: 'x' } })).rejects.toMatchObject({
    problem: { code: 'plan-refused', title: expect.stringContaining('would be refused') as string },
  });
  const long = await client.startWorkflow({ file: 'workflows: { w: { steps: [{ id: a, run: sleep 50 }] } }' });
  await expect.poll(async () => (await client.workflow(long.id)).steps[0]?.run, { timeout: 30_000 }).toBeTruthy();
  expect(await client.stopWorkflow(long.id)).toMatchObject({ outcome: 'cancelled', success: false });
});

it('keeps the sandbox of a run that asks for it, and says so (RUN-14)', async () => {
  const status = await client.run({ script: 'echo left > note.txt', language: 'bash', keep: true });
  expect(status).toMatchObject({ success: true, kept: true });
  expect((await served.core.kept.list()).map(({ run }) => run)).toEqual([status.id]);
  await served.core.kept.remove(status.id);
  expect((await client.status(status.id)).kept).toBe(false);
});

it('tells the audit whose token began and stopped a run (AUD-1)', async () => {
  const text = readFileSync(join(home, 'data', 'audit', 'audit.jsonl'), 'utf8');
  const records = text
    .trimEnd()
    .split('\n')
    .map((line) => auditRecordSchema.parse(JSON.parse(line)));
  const of = (action: string) => records.filter((record) => record.action === action);
  expect(of('run.start').map(({ who }) => who.token)).toContain('ci');
  expect(of('run.stop')).toMatchObject([{ who: { token: 'ci', via: 'web' } }]);
  expect(of('workflow.start').map(({ who, outcome }) => [who.token, outcome])).toEqual([
    ['ci', 'done'],
    ['ci', 'refused: plan-refused'],
    ['ci', 'done'],
  ]);
  expect(of('workflow.stop')).toMatchObject([{ who: { token: 'ci' } }]);
  expect(text).not.toMatch(/hunter2|swordfish|bgt_/);
});

it('does what its page shows, example by example (DOC-1)', async () => {
  const page = readFileSync(resolve(import.meta.dirname, '../../../../docs/api.md'), 'utf8');
  const examples = new Map(
    [...page.matchAll(/<!-- example: (\w+) -->\n```sh\n([^]*?)```/g)].map(([, name, text]) => [name, text]),
  );
  const play = async (name: string): Promise<string> => {
    const env = { PATH: process.env['PATH'], URL: served.url, TOKEN: served.token };
    const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', examples.get(name) ?? 'false'], {
      env,
    });
    return stdout;
  };
  expect([...examples.keys()]).toEqual(['wait', 'data', 'follow', 'workflow', 'health']);
  expect(JSON.parse(await play('wait'))).toMatchObject({ success: true, logs: '42\n' });
  expect(JSON.parse(await play('data'))).toMatchObject({ success: true, output: [2, 4, 6], logs: 'hello you\n' });
  expect(JSON.parse(await play('workflow'))).toMatchObject({
    outcome: 'succeeded',
    variables: { currency: 'EUR', total: 21 },
  });
  const followed = await play('follow');
  expect(followed).toMatch(/^one\ntwo\nid: /);
  expect(followed).toContain('event: finished');
  expect(await play('health')).toMatch(/^\{"status":"ok"[^]*bellglass_runs_active[^]*"openapi":"3\.1/);
});

it('takes 1,000 requests at once into the queue, runs them within its limit, and stops them all', async () => {
  const token = await served.addToken('many', { quota: { runs: null, perMinute: null } });
  const many = createRestClient({ url: served.url, token });
  const begun = await Promise.all(
    Array.from({ length: 1000 }, () => many.execute({ script: 'sleep 30', language: 'bash' })),
  );
  expect(new Set(begun.map(({ id }) => id)).size).toBe(1000);
  const metrics = await many.metrics();
  const [, queued] = /^bellglass_runs_queued (\d+)$/m.exec(metrics) ?? [];
  expect(Number(queued)).toBeGreaterThanOrEqual(990);
  expect((await many.health()).status).toBe('ok');
  await served.core.runs.stopAll();
  const waiting = async (): Promise<boolean> => /^bellglass_runs_(?:queued|active) [1-9]/m.test(await many.metrics());
  await expect.poll(waiting, { timeout: 60_000 }).toBe(false);
  expect(await many.metrics()).toMatch(/^bellglass_runs_total\{outcome="cancelled"\} 1\d{3}$/m);
}, 240_000);
