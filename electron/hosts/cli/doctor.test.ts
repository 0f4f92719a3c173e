import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { cli, scriptedWorld } from './testing/scripted-world.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'bellglass-doctor-'));
});
afterEach(() => rm(home, { recursive: true }));

it('shows every engine looked at with its reason and fix, and what is enforced here (ENG-1, ENG-3)', async () => {
  const { code, stdout } = await cli(scriptedWorld(home), 'doctor');
  expect(code).toBe(0);
  expect(stdout).toContain('✓ Docker, its usual socket: Docker 20.10.24 answered in 4 ms.');
  expect(stdout).toContain('Fix: systemctl enable --now podman.socket');
  expect(stdout).toMatch(/ {2}not here {2}AppArmor: This kernel has no AppArmor\./);
});

it('prints the contract document with --json', async () => {
  const { code, json } = await cli(scriptedWorld(home), 'doctor', '--json');
  expect(code).toBe(0);
  expect(json()[0]).toMatchObject({ app: { version: '0.1.0' }, status: { state: 'ready' } });
});

it('ends with 1 when no engine answers, and says what to do (RUN-13)', async () => {
  const world = scriptedWorld(home);
  world.core.engine('none');
  const { code, stdout } = await cli(world, 'doctor');
  expect(code).toBe(1);
  expect(stdout).toContain('No container engine answers');
});

it('ends with 1 when a line of the self-check fails', async () => {
  const { code, stderr } = await cli(scriptedWorld(home), 'doctor', '--self-check');
  expect(code).toBe(1);
  expect(stderr).toContain('✓ Runs Python');
  expect(stderr).toContain('✗ Stops at the memory limit');
});

it('shows the bundle instead of sending it, without secrets (AUD-5)', async () => {
  await mkdir(join(home, 'data', 'logs'), { recursive: true });
  await writeFile(join(home, 'data', 'logs', 'web.log'), '{"message":"url","password":"hunter2"}\n');
  const { stdout, stderr } = await cli(scriptedWorld(home), 'doctor', '--bundle');
  const bundle = JSON.parse(stdout) as { logs: { web: string[] } };
  expect(bundle).toMatchObject({ doctor: {}, images: [{}, {}, {}, {}], settings: { port: '7717 (BELLGLASS_PORT)' } });
  expect(bundle.logs.web[0]).toContain('"message":"url"');
  expect(stdout).not.toContain('hunter2');
  expect(stderr).toContain('Nothing was sent.');
});
