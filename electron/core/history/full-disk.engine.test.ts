/** A data folder on a disk that is full while a script runs. */
import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { imageEngine, type ImageEngine } from '../runs/testing/image-engine.ts';
import { createHarness, type Harness } from '../runs/testing/harness.ts';
import { findDamage } from '../storage/health/damage.ts';

let docker: ImageEngine;
let harness: Harness;
let disk: string;

beforeAll(async () => {
  docker = await imageEngine();
  const warm = await createHarness(docker.engine, docker.capabilities);
  await warm.run('bash', 'true');
  await warm.dispose();
}, 600_000);
afterAll(async () => {
  await docker?.dispose();
});
beforeEach(async () => {
  disk = mkdtempSync(join(tmpdir(), 'bellglass-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m,mode=700', 'bellglass-test', disk]);
  mkdirSync(join(disk, 'home'));
  harness = await createHarness(docker.engine, docker.capabilities, join(disk, 'home'));
});
afterEach(async () => {
  await harness?.dispose();
  execFileSync('umount', [disk]);
  rmSync(disk, { recursive: true });
});

/** Takes every byte that is left; returns how to give them back. */
function fillDisk(): () => void {
  const path = join(disk, 'ballast');
  const file = openSync(path, 'w');
  for (const size of [65_536, 4096, 1])
    for (;;)
      try {
        if (writeSync(file, Buffer.alloc(size)) === 0) break;
      } catch (failure) {
        if ((failure as NodeJS.ErrnoException).code === 'ENOSPC') break;
        throw failure;
      }
  closeSync(file);
  return () => rmSync(path);
}

// Mounting a small disk takes root, on Linux.
it.skipIf(process.getuid?.() !== 0)(
  'lets a run go on to its true end when the disk is full, says so, and writes it down when there is room again (RUN-12, RUN-5)',
  { timeout: 120_000 },
  async () => {
    const id = await harness.start(
      'bash',
      'echo begin; read -r _; for i in {1..4000}; do echo "line $i of a long output that no full disk can keep"; done; echo "the end" >&2; exit 7',
      { stdin: undefined },
    );
    await harness.printed(id, 'begin');
    const giveBack = fillDisk();
    await harness.runs.stdin(id, 'go\n', true);
    const { detail, output } = await harness.finished(id);
    expect(detail.summary.verdict).toMatchObject({ outcome: 'failed', exitCode: 7 });
    expect(output).toContain('begin');
    expect(output).not.toContain('the end');
    expect(detail.output.lines).toBe(4002);
    const gap: string[] = [];
    for await (const message of harness.runs.output(id, 0)) {
      if (message.type === 'open') harness.runs.ack(message.viewer, Number.MAX_SAFE_INTEGER);
      if (message.type === 'gap') gap.push(message.why);
    }
    expect(gap).toEqual([expect.stringContaining('The disk refused it')]);
    await harness.runs.settled(id);
    expect((await harness.runs.get(id)).events).toContainEqual(
      expect.objectContaining({ type: 'note', message: expect.stringContaining('The history could not be written') }),
    );

    const second = await harness.run('bash', 'echo small');
    expect(second.detail.summary.verdict).toMatchObject({ outcome: 'succeeded' });
    giveBack();
    const third = await harness.run('bash', 'echo third');
    expect(third.output).toBe('third\n');
    await harness.runs.settled(third.id);
    const database = new DatabaseSync(join(disk, 'home', 'bellglass.db'), { readOnly: true });
    expect(findDamage(database)).toBeNull();
    const written = database.prepare('SELECT id, outcome, exit_code AS code FROM history ORDER BY seq').all();
    expect(written.map((row) => ({ ...row }))).toEqual(
      expect.arrayContaining([
        { id, outcome: 'failed', code: 7 },
        { id: second.id, outcome: 'succeeded', code: 0 },
        { id: third.id, outcome: 'succeeded', code: 0 },
      ]),
    );
    database.close();
    expect((await harness.runs.get(id)).events.length).toBeGreaterThan(0);
  },
);
