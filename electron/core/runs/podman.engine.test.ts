/** The same outcomes on a real Podman service (ENG-2). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hostFacts } from '../engine/capabilities/host.ts';
import { quickCapabilities } from '../engine/capabilities/quick.ts';
import { startTestPodman, whyNoTestEngine, type TestEngine } from '../engine/testing/index.ts';
import { loadRuntimeImages } from '../images/testing/load.ts';
import { createHarness, type Harness } from './testing/harness.ts';

const whyNot = whyNoTestEngine('podman');

describe.skipIf(whyNot !== null)(`runs on Podman${whyNot ? ` (skipped: ${whyNot})` : ''} (ENG-2)`, () => {
  let podman: TestEngine;
  let harness: Harness;

  beforeAll(async () => {
    podman = await startTestPodman();
    await loadRuntimeImages(podman, ['python', 'bash']);
    const { engine } = podman;
    const quick = quickCapabilities(await engine.version(), await engine.facts(), await hostFacts());
    harness = await createHarness(engine, { ...quick, local: true });
  }, 600_000);

  afterAll(async () => {
    await harness?.dispose();
    await podman?.dispose();
  });

  it('passes arguments, both streams, stdin and the exit code through', async () => {
    const run = await harness.run('bash', 'echo "$1"; cat; echo bad >&2; exit 3', { args: ['a b'], stdin: 'in\n' });
    expect(run.output).toContain('a b\nin\n');
    expect(run.output).toContain('bad\n');
    expect(run.detail.summary.verdict).toMatchObject({ outcome: 'failed', exitCode: 3 });
  });

  it('tells a killed script from a killed child and from a faked 137', async () => {
    const bomb = await harness.run('python', 'blocks = []\nwhile True: blocks.append(bytearray(1 << 20))');
    expect(bomb.detail.summary.verdict?.outcome).toBe('out-of-memory');
    const child = await harness.run('bash', `perl -e 'my @x; while (1) { push @x, "a" x 1000000 }'; echo "child $?"`);
    expect(child.output).toContain('child 137');
    expect(child.detail.summary.verdict?.outcome).toBe('succeeded');
    expect(child.detail.violations.map((one) => one.kind)).toEqual(['child-memory']);
    const fake = await harness.run('python', 'import sys; sys.exit(137)');
    expect(fake.detail.summary.verdict).toMatchObject({ outcome: 'failed', exitCode: 137 });
  });

  it('ends at the wall time, refuses processes, drops output', async () => {
    const wall = await harness.run('bash', 'trap "" TERM; while :; do sleep 0.1; done', {
      set: { 'resources.wall_time': '1 s' },
    });
    expect(wall.detail.summary.verdict?.outcome).toBe('timed-out');
    const forks = await harness.run('bash', 'for i in $(seq 12); do sleep 1 & done; wait');
    expect(forks.detail.violations.map((one) => one.kind)).toEqual(['processes']);
    const flood = await harness.run('bash', 'head -c 3000000 /dev/zero | tr "\\0" x', {
      set: { 'resources.output': '1 MiB' },
    });
    expect(flood.detail.output).toMatchObject({ kept: 1 << 20, dropped: 3_000_000 - (1 << 20) });
  });

  it('stops, pauses and resumes, and leaves nothing', async () => {
    const id = await harness.start('bash', 'echo on; sleep 60');
    await harness.printed(id, 'on');
    await harness.runs.pause(id);
    expect((await harness.runs.get(id)).summary.state).toBe('paused');
    await harness.runs.resume(id);
    await harness.runs.stop(id);
    expect((await harness.finished(id)).detail.summary.verdict?.outcome).toBe('cancelled');
    await expect.poll(() => harness.left(), { timeout: 20_000 }).toEqual([]);
  });

  it('gives exactly the listed capabilities and the asked user, and takes calls away (POL-1, SEC-2)', async () => {
    const script = `import os
for pid in ('self', 1): print([line.split()[1] for line in open(f'/proc/{pid}/status') if line.startswith(('Uid', 'Cap'))])
open('mine', 'w').close()
for act in (lambda: os.chown('mine', 5, 5), lambda: os.symlink('a', 'b'), lambda: os.setuid(0)):
    try: act(); print('done')
    except OSError as problem: print('refused', problem.errno)`;
    const set = { 'network.mode': 'none', 'security.capabilities': 'CHOWN', 'security.user': '59999999:54321' };
    const none = "'0000000000000000'";
    const one = "'0000000000000001'";
    const five = (value: string) => Array.from({ length: 5 }, () => value).join(', ');
    const run = await harness.run('python', script, { trust: 'system', set });
    expect(run.output).toBe(`['59999999', ${five(one)}]\n['64001', ${five(none)}]\ndone\ndone\nrefused 1\n`);
    const without = await harness.run('python', script, {
      trust: 'system',
      set: { ...set, 'security.capabilities': 'none', 'security.seccomp_rules': '-symlink, -symlinkat' },
    });
    expect(without.output).toBe(
      `['59999999', ${five(none)}]\n['64001', ${five(none)}]\nrefused 1\nrefused 1\nrefused 1\n`,
    );
    await expect(harness.run('python', script, { set: { 'security.oci_runtime': 'runc' } })).rejects.toThrow('runc');
  });

  it('gives temporary files no more room than the scratch has (POL-1)', async () => {
    const script =
      'head -c 30000000 /dev/zero > /tmp/big && echo fitted; rm /tmp/big; head -c 60000000 /dev/zero > /tmp/big || echo full';
    const run = await harness.run('bash', script, {
      set: { 'resources.scratch': '40 MiB', 'resources.memory': '256 MiB' },
    });
    expect(run.streams.stdout).toBe('fitted\nfull\n');
  });

  it('has no way out to a network', async () => {
    const run = await harness.run(
      'python',
      `import os, socket
print(sorted(os.listdir('/sys/class/net')))
try: socket.create_connection(('192.0.2.1', 80), 5); print('REACHED')
except OSError as problem: print('refused', problem.errno)`,
    );
    expect(run.output).toBe("['lo']\nrefused 101\n");
  });

  it('keeps a sandbox, frozen, where it is asked for (RUN-14)', async () => {
    const run = await harness.run('bash', 'echo inside > note.txt; (sleep 60 >/dev/null 2>&1 &)', { keep: true });
    await harness.runs.settled(run.id);
    const [kept] = await harness.kept.list();
    expect(kept?.run).toBe(run.id);
    const state = async () => (await podman.engine.container(kept!.container))?.state;
    expect(await state()).toBe('paused');
    const { files, problem } = await harness.kept.look(run.id);
    expect(problem).toBeNull();
    const { bytes } = await harness.kept.read(run.id, files, 'note.txt', 0, 100);
    expect(new TextDecoder().decode(bytes)).toBe('inside\n');
    expect(await state()).toBe('paused');
    await harness.kept.remove(run.id);
    expect(await podman.engine.container(kept!.container)).toBeNull();
  });
});
