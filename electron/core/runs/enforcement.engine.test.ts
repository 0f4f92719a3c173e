/**
 * What the field table claims of an engine, held against real sandboxes: each limit is first seen not to be in the way,
 * then tried to be passed (ENG-3). A field with neither a probe nor a reason fails here.
 */
import { chmodSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FieldPath } from '#shared/domain/policy.ts';
import { anyField, FIELD_PATHS } from '#shared/policy/fields.ts';
import { CLAIMS, DISK_TARGET, type Claim, type Probe } from './testing/claims.ts';
import { createHarness, type Finished, type Harness } from './testing/harness.ts';
import { imageEngine, type ImageEngine } from './testing/image-engine.ts';

const ROOT = resolve(import.meta.dirname, '../../..');

let docker: ImageEngine;
let harness: Harness;
/** On the engine's own disk, which the rates are for. */
let folder: string;

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(ROOT, '.cache', 'disk-')));
  chmodSync(folder, 0o777);
  docker = await imageEngine();
  harness = await createHarness(docker.engine, docker.capabilities, mkdtempSync(join(tmpdir(), 'bellglass-run-')), [
    folder,
  ]);
}, 600_000);

afterAll(async () => {
  await harness?.dispose();
  await docker?.dispose();
  rmSync(folder, { recursive: true, force: true });
});

function of<K extends Claim['kind']>(kind: K): [FieldPath, Extract<Claim, { kind: K }>][] {
  return FIELD_PATHS.flatMap((path) => {
    const claim: Claim | undefined = CLAIMS[path];
    return claim?.kind === kind ? [[path, claim as Extract<Claim, { kind: K }>]] : [];
  });
}

async function tried(field: FieldPath, claim: Probe, value: string): Promise<Finished> {
  const { launch = {}, runtime, script, set = {} } = claim;
  const mount = `bind:${folder}:${DISK_TARGET}:rw`;
  const disk: Record<string, string> = script.includes(DISK_TARGET) ? { 'files.mounts': mount } : {};
  return await harness.run(runtime, script, { ...launch, set: { ...set, ...disk, [field]: value } });
}

it('has a probe, another test or a reason for each field, and each of these tests is there (ENG-3)', () => {
  expect(Object.keys(CLAIMS).toSorted()).toEqual(FIELD_PATHS.toSorted());
  for (const [path, { files }] of of('elsewhere')) {
    for (const file of files) expect(existsSync(join(ROOT, file)), `${path}: ${file}`).toBe(true);
    const words = path.replace(/^resources\.on_breach\./, '');
    const told = files.some((file) => readFileSync(join(ROOT, file), 'utf8').includes(words));
    expect(told, `${path} in ${files.join(', ')}`).toBe(true);
  }
});

describe('what a policy allows works, and what it does not is stopped', () => {
  it.each(of('probe'))('%s does what this engine claims (ENG-3)', async (field, claim) => {
    const { kind, enforcement } = anyField(field);
    const loose = await tried(field, claim, claim.loose);
    expect(claim.works(loose), `${claim.loose}: ${loose.output} ${loose.detail.summary.verdict?.reason}`).toBe(true);
    const tight = await tried(field, claim, claim.tight);
    const { state, why } = enforcement(docker.capabilities, kind.parse(claim.tight));
    const shown = `${claim.tight}: ${tight.output} ${tight.detail.summary.verdict?.reason}`;
    if (state !== 'not-here') expect(claim.holds(tight), shown).toBe(true);
    else expect(claim.holds(tight), `${field} holds although the table says it does not`).toBe(false);
    if (state !== 'enforced') expect(why).toMatch(claim.gap ?? /^$/);
  });

  it.each(of('refused'))('%s is refused where this engine has nothing of it (ENG-3)', async (field, claim) => {
    const { kind, enforcement } = anyField(field);
    const { state, why } = enforcement(docker.capabilities, kind.parse(claim.value));
    expect(state, 'this engine has it: a probe of what it does is missing here').toBe('not-here');
    expect(why).toMatch(claim.gap);
    expect((await harness.run('bash', claim.script)).output).toMatch(claim.without);
    await expect(harness.run('bash', 'echo never', { set: { [field]: claim.value } })).rejects.toThrow('asks for');
  });
});

it('shows what buffered writes do where the table says that only direct ones are slowed (ENG-3)', async () => {
  const { state, why } = anyField('resources.disk_write').enforcement(docker.capabilities, 2 * 1024 * 1024);
  const script = `import time
start = time.monotonic()
with open('${DISK_TARGET}/buffered', 'wb') as file:
    for _ in range(6): file.write(bytes(1 << 20))
print('=' + str(round(6 * (1 << 20) / (time.monotonic() - start))))`;
  const run = await harness.run('python', script, {
    trust: 'limited',
    set: { 'resources.disk_write': '2 MiB/s', 'files.mounts': `bind:${folder}:${DISK_TARGET}:rw` },
  });
  const fast = Number(/=(\d+)/.exec(run.output)?.[1]) > 4 * 1024 * 1024;
  expect([state, fast]).toEqual(docker.capabilities.cgroup === 'v1' ? ['partly', true] : ['enforced', false]);
  if (fast) expect(why).toContain('buffered writes pass');
});

describe('each OCI runtime of the engine', () => {
  const STATUS = `import os
for pid in ('self', 1):
    kept = [line.split() for line in open(f'/proc/{pid}/status') if line.startswith(('Uid', 'Cap', 'NoNewPrivs'))]
    print(' '.join(entry for line in kept for entry in line))
try: os.setuid(0); print('ROOT')
except OSError as problem: print('refused', problem.errno)
open('/dev/stdout', 'w').write('direct\\n')`;

  it.each(['runc', 'crun'])(
    '%s is what security.oci_runtime starts, and gives exactly the listed capabilities (POL-1)',
    async (name) => {
      expect(docker.capabilities.ociRuntimes).toContain(name);
      const set = { 'network.mode': 'none', 'security.oci_runtime': name, 'security.capabilities': 'CHOWN,KILL' };
      const run = await harness.run('python', STATUS, { trust: 'system', set });
      const own = '0000000000000021';
      const none = '0'.repeat(16);
      const caps = (value: string) =>
        ['Inh', 'Prm', 'Eff', 'Bnd', 'Amb'].map((which) => `Cap${which}: ${value}`).join(' ');
      expect(run.output.split('\n')).toEqual([
        `Uid: 1000 1000 1000 1000 ${caps(own)} NoNewPrivs: 1`,
        `Uid: 64001 64001 64001 64001 ${caps(none)} NoNewPrivs: 1`,
        'refused 1',
        'direct',
        '',
      ]);
      const id = await harness.start('bash', 'echo on; trap "" TERM; sleep 60', { trust: 'system', set });
      await harness.printed(id, 'on');
      const inspected = await docker.engine.container((await harness.runs.get(id)).container!.id);
      expect(inspected?.raw).toMatchObject({ HostConfig: { Runtime: name } });
      await harness.runs.stop(id);
      expect((await harness.finished(id)).detail.summary.verdict?.outcome).toBe('cancelled');
    },
  );
});

describe('quotas of a policy', () => {
  it('lets so many runs start as quota.runs and quota.memory say, and the others say what they wait for (RUN-8)', async () => {
    const waitsFor = async (set: Record<string, string>): Promise<string | undefined> => {
      const first = await harness.start('bash', 'echo on; sleep 60', { set });
      const second = await harness.start('bash', 'echo second', { set });
      await harness.printed(first, 'on');
      const { state, waitsFor: what } = (await harness.runs.get(second)).summary;
      await harness.runs.stop(first);
      expect((await harness.finished(second)).output).toBe('second\n');
      return state === 'queued' ? what : undefined;
    };
    expect(await waitsFor({})).toBeUndefined();
    expect(await waitsFor({ 'quota.runs': '1' })).toBe('a run under untrusted to end: its quota is 1 at once');
    expect(await waitsFor({ 'quota.memory': '100 MiB' })).toContain('64 MiB of 100 MiB are taken');
    expect(await waitsFor({ 'quota.cpu': '40 %' })).toContain('25 % of 40 % are taken');
  });

  it('refuses instead of letting wait when queue.when_full says so, and leaves no trace of it (RUN-8)', async () => {
    harness.knobs.whenFull = 'refuse';
    try {
      const set = { 'quota.runs': '1' };
      // Under a level of its own: a run of another test may still be on its way out.
      const more = { trust: 'limited', set } as const;
      const first = await harness.start('bash', 'echo on; sleep 60', more);
      const before = harness.runs.list().length;
      await expect(harness.start('bash', 'echo never', more)).rejects.toMatchObject({
        code: 'plan-refused',
        message: expect.stringContaining('its quota is 1 at once'),
      });
      expect(harness.runs.list()).toHaveLength(before);
      await harness.runs.stop(first);
      await harness.finished(first);
    } finally {
      harness.knobs.whenFull = 'wait';
    }
  });
});
