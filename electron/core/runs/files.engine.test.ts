/** What a script sees of files, and what it is refused, tried on a real engine (POL-1, POL-8, SEC-5). */
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  chmodSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHarness, type Finished, type Harness } from './testing/harness.ts';
import { imageEngine, type ImageEngine } from './testing/image-engine.ts';

let docker: ImageEngine;
let harness: Harness;
let allowed: string;

beforeAll(async () => {
  allowed = realpathSync(mkdtempSync(join(tmpdir(), 'bellglass-mount-')));
  chmodSync(allowed, 0o755);
  mkdirSync(join(allowed, 'data'));
  mkdirSync(join(allowed, 'out'));
  chmodSync(join(allowed, 'out'), 0o777);
  writeFileSync(join(allowed, 'data', 'seen.txt'), 'seen\n');
  docker = await imageEngine();
  harness = await createHarness(docker.engine, docker.capabilities, undefined, [allowed]);
}, 600_000);

afterAll(async () => {
  await harness?.dispose();
  await docker?.dispose();
  rmSync(allowed, { recursive: true, force: true });
});

const canaries = (run: Finished) => run.detail.violations.filter(({ kind }) => kind === 'canary');
const outcome = (run: Finished) => run.detail.summary.verdict?.outcome;

describe('decoys', () => {
  it('tells of a decoy that is opened, moved or deleted, once each, and lets the script see them (SEC-5)', async () => {
    const run = await harness.run(
      'bash',
      'ls -lA ~/ ~/.ssh; cat ~/.aws/credentials ~/.aws/credentials; mv ~/.env x; rm ~/.git-credentials; echo end',
    );
    expect(run.output).toMatch(/-rw------- 1 script script .* id_ed25519/);
    expect(run.output).toMatch(/drwx------ .* \.aws/);
    expect(run.output).toMatch(/aws_access_key_id = AKIA[A-Z2-7]{16}/);
    expect(canaries(run)).toMatchObject([{ count: 3, rule: 'security.canaries: true (untrusted)' }]);
    expect(canaries(run)[0]?.message).toContain('opened ~/.aws/credentials, moved ~/.env, deleted ~/.git-credentials');
    expect(outcome(run)).toBe('succeeded');
  });

  it('is silent when nobody touches one, also when the home folder is listed and written to (SEC-5)', async () => {
    const run = await harness.run(
      'bash',
      'ls -laR ~/ > /dev/null; stat ~/.ssh/id_ed25519 > /dev/null; echo x > ~/own; cat ~/own',
    );
    expect(run.output).toBe('x\n');
    expect(canaries(run)).toEqual([]);
  });

  it('tells also when the script ends at once, kills itself or takes the file away behind it (SEC-5)', async () => {
    const scripts = [
      'exec 3< ~/.env',
      'exec 3< ~/.env; kill -9 $$',
      'ln ~/.env y; rm ~/.env; exec 3< y; rm y; kill -9 -1',
    ];
    for (const script of scripts) {
      const run = await harness.run('bash', script);
      expect(canaries(run).map(({ count }) => count)).toEqual([1]);
    }
  });

  it('has none when the policy wants none, and other ones in each run (SEC-5)', async () => {
    const off = await harness.run('bash', 'ls -A ~/', { set: { 'security.canaries': 'false' } });
    expect(off.output).toBe('');
    const keys = await Promise.all([1, 2].map(async () => (await harness.run('bash', 'cat ~/.env')).output));
    expect(keys[0]).not.toBe(keys[1]);
  });
});
