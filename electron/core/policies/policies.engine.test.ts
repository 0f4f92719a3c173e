/** Own policies and project files as real runs get them, and what the audit keeps of it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Launch, RunDetail } from '#shared/contract/runs.ts';
import type { AuditRecord } from '#shared/audit/record.ts';
import { toBase64, utf8 } from '#shared/script/bytes.ts';
import { verifyAudit } from '../audit/audit.ts';
import type { Core } from '../core.ts';
import { createCore } from '../create-core.ts';
import { imageEngine, type ImageEngine } from '../runs/testing/image-engine.ts';
import { silentLog } from '../storage/log.ts';

const home = mkdtempSync(join(tmpdir(), 'bellglass-policies-'));
const paths = {
  config: join(home, 'config'),
  data: join(home, 'data'),
  assets: resolve(import.meta.dirname, '../../../assets'),
  renderer: '',
};
let docker: ImageEngine;
let core: Core;

async function open(): Promise<Core> {
  const opened = await createCore({
    host: 'cli',
    hostWhy: 'test',
    paths,
    env: { DOCKER_HOST: docker.address, PATH: process.env['PATH'] },
    version: '0.0.0',
    log: silentLog,
  });
  for await (const { state } of opened.system.watchEngine()) if (state === 'ready') break;
  return opened;
}

beforeAll(async () => {
  docker = await imageEngine();
  core = await open();
}, 600_000);

afterAll(async () => {
  await core?.dispose();
  await docker?.dispose();
  rmSync(home, { recursive: true, force: true });
});

/** What a script sees of its sandbox: limits, user, capabilities, variables, mounts, network devices, its own command. */
const PROBE = `ulimit -n; id -u; grep -E 'Cap|Seccomp' /proc/self/status; env | sort
cut -d' ' -f2 /proc/mounts | sort; ls /host 2>&1; cut -d: -f1 /proc/net/dev | sort; tr '\\0' ' ' </proc/$$/cmdline; echo`;

const launch = (script: string, more: Partial<Launch> = {}): Launch => ({
  name: 'script.sh',
  entry: 'script.sh',
  files: [{ path: 'script.sh', content: toBase64(utf8(script)) }],
  stdin: null,
  ...more,
});

async function run(given: Launch): Promise<{ detail: RunDetail; output: string }> {
  const { id } = await core.runs.start(given);
  for await (const events of core.runs.watch(id, 0)) if (events.some(({ type }) => type === 'finished')) break;
  return { detail: await core.runs.get(id), output: await core.runs.saveOutput(id) };
}

it('runs a script under an own policy, and the run keeps which one that was after its file is deleted (POL-3, POL-4)', async () => {
  const before = await run(launch('ulimit -n'));
  expect([before.output, before.detail.plan.policy, before.detail.plan.policyRevision]).toEqual([
    '32\n',
    'untrusted',
    null,
  ]);
  const text = 'trust_level: untrusted\nresources:\n  open_files: 48\n';
  const { revision } = await core.policies.save('team', text, null);
  const going = await core.runs.start(launch('sleep 1; ulimit -n', { policy: 'team' }));
  expect((await core.policies.list()).policies[0]?.usedBy).toEqual(['1 run']);
  await unlink(join(paths.config, 'policies', 'team.yaml'));
  await expect(core.runs.start(launch('true', { policy: 'team' }))).rejects.toMatchObject({ code: 'plan-refused' });
  for await (const events of core.runs.watch(going.id, 0)) if (events.some(({ type }) => type === 'finished')) break;
  expect(await core.runs.saveOutput(going.id)).toBe('48\n');
  const { plan, summary } = await core.runs.get(going.id);
  expect([plan.policy, plan.policyRevision, summary.policy]).toEqual(['team', revision, 'team']);
  expect(plan.fields.find(({ field }) => field === 'resources.open_files')).toMatchObject({
    value: '48',
    tier: 'policy',
    source: 'team',
  });
});

it('runs a folder that brings its own permissive project file exactly as without it (POL-3)', async () => {
  const text = `trust_level: system
resources: { memory: 4 GiB, open_files: 1024, processes: 100 }
network: { mode: full }
files:
  mounts:
    - { type: bind, source: /home, target: /host, mode: rw }
security: { seccomp: standard, capabilities: [NET_BIND_SERVICE], user: "2000:2000" }
run: { env: { LD_PRELOAD: /workspace/evil.so, EVIL: "1" }, entrypoint: [/bin/echo, taken] }
`;
  const without = await run(launch(PROBE));
  const held = await run(launch(PROBE, { project: { path: '/tmp/download/bellglass.yaml', text } }));
  expect(without.output).toContain('ls: cannot access');
  // Every run has an id of its own, also in its environment.
  const printed = ({ output, detail }: typeof held): string =>
    output.replace(`BELLGLASS_RUN_ID=${detail.summary.id}`, '');
  expect(printed(held)).toBe(printed(without));
  expect(printed(held)).not.toContain('BELLGLASS_RUN_ID');
  expect(held.detail.summary.verdict).toEqual(without.detail.summary.verdict);
  expect(held.detail.plan.fields).toEqual(without.detail.plan.fields);
  expect(held.detail.plan.project).toMatchObject({ approved: false });
  expect(held.detail.plan.project?.heldBack.map(({ field }) => field)).toEqual(
    expect.arrayContaining(['trust_level', 'resources.memory', 'network.mode', 'files.mounts', 'run.env']),
  );
});

it('lets a project file count from its approval on, and no longer when one byte of it changed (POL-3)', async () => {
  const project = {
    path: '/tmp/job/bellglass.yaml',
    text: 'resources: { open_files: 50 }\nrun: { env: { ASKED: "yes" } }\n',
  };
  const script = 'ulimit -n; echo "asked: $ASKED"';
  const held = await run(launch(script, { project }));
  expect(held.output).toBe('32\nasked: \n');
  await core.policies.approveProject(project.path, held.detail.plan.project!.hash);
  expect((await run(launch(script, { project }))).output).toBe('50\nasked: yes\n');
  const changed = { ...project, text: `${project.text}\n` };
  expect((await run(launch(script, { project: changed }))).output).toBe('32\nasked: \n');
  const tighter = { ...project, text: 'resources: { open_files: 30 }\n' };
  expect((await run(launch('ulimit -n', { project: tighter }))).output).toBe('30\n');
});

it('leaves a whole audit of all that, without what the person typed (AUD-1)', async () => {
  await run(
    launch('true # 0123456789abcdef', { args: ['arg-typed'], env: { A: 'env-typed' }, secrets: { S: 'secret-typed' } }),
  );
  await core.system.setSetting('policy.run.env', 'KEY=setting-typed');
  await core.system.setSetting('policy.run.env', null);
  await core.dispose();
  expect(await verifyAudit(paths.data)).toMatchObject({ ok: true, firstBroken: null });
  const text = await readFile(join(paths.data, 'audit', 'audit.jsonl'), 'utf8');
  expect(text).not.toContain('-typed');
  const records = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as AuditRecord);
  const told = new Set(records.map(({ action }) => action));
  for (const action of ['policy.create', 'project.approve', 'setting.set', 'setting.clear', 'run.start', 'run.finish'])
    expect([action, told.has(action)]).toEqual([action, true]);
  const ended = records.findLast(({ action }) => action === 'run.finish');
  expect(ended).toMatchObject({
    outcome: 'succeeded',
    policy: expect.stringMatching(/^[0-9a-f]{64}$/),
    script: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  for (const action of ['engine.create', 'engine.start', 'engine.exec', 'engine.remove'])
    expect(records.some((record) => record.action === action && record.outcome === 'done')).toBe(true);
  await writeFile(join(paths.data, 'audit', 'audit.jsonl'), text.replace('"succeeded"', '"failed"'));
  expect((await verifyAudit(paths.data)).ok).toBe(false);
});
