/** Blocked paths, path rules and copied folders, tried on real engines: first without the rule, then with it (POL-8, ENG-6). */
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LABEL } from '#shared/domain/labels.ts';
import type { Capabilities } from '#shared/domain/engine.ts';
import { hostFacts } from '../engine/capabilities/host.ts';
import { probeCapabilities } from '../engine/capabilities/probe.ts';
import { quickCapabilities } from '../engine/capabilities/quick.ts';
import type { Engine } from '../engine/port.ts';
import { startTestPodman, whyNoTestEngine } from '../engine/testing/index.ts';
import { loadRuntimeImages } from '../images/testing/load.ts';
import { createHarness, type Harness } from './testing/harness.ts';
import { imageEngine } from './testing/image-engine.ts';

interface Started {
  readonly engine: Engine;
  readonly capabilities: Capabilities;
  dispose(): Promise<void>;
}

async function podman(): Promise<Started> {
  const test = await startTestPodman();
  await loadRuntimeImages(test, ['python', 'bash']);
  const { engine } = test;
  const quick = quickCapabilities(await engine.version(), await engine.facts(), await hostFacts());
  return { engine, capabilities: { ...quick, local: true, landlock: true }, dispose: () => test.dispose() };
}

const whyNot = whyNoTestEngine('podman');

describe.each([
  ['Docker', imageEngine, null],
  ['Podman', podman, whyNot],
] as const)('on %s', (name, start, skip) => {
  if (skip !== null) {
    it.skip(`SKIPPED: ${skip}`, () => {});
    return;
  }
  let started: Started;
  let harness: Harness;
  let apart: Harness;
  let allowed: string;

  beforeAll(async () => {
    allowed = realpathSync(mkdtempSync(join(tmpdir(), 'bellglass-paths-')));
    chmodSync(allowed, 0o755);
    mkdirSync(join(allowed, 'data', 'deep er'), { recursive: true });
    writeFileSync(join(allowed, 'data', 'deep er', 'a file.txt'), 'deep\n');
    writeFileSync(join(allowed, 'data', 'key.pem'), 'private\n');
    started = await start();
    harness = await createHarness(started.engine, started.capabilities, undefined, [allowed]);
    apart = await createHarness(started.engine, { ...started.capabilities, local: false }, undefined, [allowed]);
  }, 600_000);

  afterAll(async () => {
    await harness?.dispose();
    await apart?.dispose();
    await started?.dispose();
    rmSync(allowed, { recursive: true, force: true });
  });

  it('mounts a folder read-only and tells an exchanged one from it', async () => {
    const set = { 'files.mounts': `bind:${join(allowed, 'data')}:/data:ro` };
    const run = await harness.run('bash', 'cat "/data/deep er/a file.txt"; echo x > /data/x', { set });
    expect(run.output).toContain('deep\n');
    expect(run.output).toContain('Read-only file system');
    const wrong = await createHarness(started.engine, started.capabilities, undefined, [allowed], (open) => ({
      ...open,
      expected: open.expected.map((one) => ({ ...one, inode: one.inode + 1n })),
    }));
    try {
      const refused = await wrong.run('bash', 'cat /data/*', { set });
      expect(refused.output).toBe('');
      expect(refused.detail.summary.verdict).toMatchObject({
        outcome: 'engine-error',
        reason: expect.stringContaining('not the folder that was checked'),
      });
    } finally {
      await wrong.dispose();
    }
  });

  it('watches decoys', async () => {
    const run = await harness.run('bash', 'cat ~/.aws/credentials > /dev/null');
    expect(run.detail.violations.map(({ kind }) => kind)).toEqual(['canary']);
  });

  it('hides blocked files and folders, by link and with spaces too, and keeps hidden what the engine hides (POL-8)', async () => {
    const mount = `bind:${join(allowed, 'data')}:/data:ro`;
    const script =
      'for f in /etc/passwd /usr/share/bellglass/packages /proc/meminfo /data/key.pem "/data/deep er/a file.txt" /var/tmp /proc/timer_list; do echo "$f $(cat "$f" 2>/dev/null | wc -c)"; done; ls /etc/ssl | wc -l; ls -A "/data/deep er" | wc -l; cat /proc/self/root/etc/passwd | wc -c';
    const sizes = (output: string): number[] => [...output.matchAll(/(\d+)$/gm)].map((match) => Number(match[1]));
    const open = sizes((await harness.run('bash', script, { set: { 'files.mounts': mount } })).output);
    expect(open.slice(0, 5).every((size) => size > 0)).toBe(true);
    expect(open.slice(7).every((size) => size > 0)).toBe(true);
    const run = await harness.run('bash', script, {
      set: {
        'files.mounts': mount,
        'files.blocked_paths':
          '/etc/passwd, /usr/share/bellglass/, /proc/meminfo, /data/key.pem, /data/deep er, /etc/ssl, /not/there, /var/run/x',
      },
    });
    expect(run.detail.summary.verdict).toMatchObject({ outcome: 'succeeded' });
    expect(sizes(run.output)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  });

  it('keeps the limit of open files although mounts raise it while the sandbox starts (POL-1)', async () => {
    const script = 'ulimit -Sn; ulimit -Hn; ulimit -n 64 2> /dev/null || echo held';
    const set = {
      'files.blocked_paths': '/etc/passwd,/etc/group,/etc/ssl',
      'files.mounts': 'tmpfs::/a:rw,tmpfs::/b:rw',
    };
    expect((await harness.run('bash', script, { set })).output).toBe('32\n32\nheld\n');
  });

  it('hides what a blocked link leads to (POL-8)', async () => {
    const script = 'wc -c < /lib/os-release; wc -c < /usr/lib/os-release; wc -c < /etc/os-release';
    const open = (await harness.run('bash', script)).output;
    expect(open).toMatch(/^(\d\d+\n){3}$/);
    const set = { 'files.blocked_paths': '/etc/os-release' };
    expect((await harness.run('bash', script, { set })).output).toBe('0\n0\n0\n');
  });

  it('claims path rules because a probe saw them act (ENG-3)', async () => {
    const quick = { ...started.capabilities, landlock: false };
    const file = join(allowed, 'capabilities.json');
    const probed = await probeCapabilities(started.engine, quick, file);
    expect(probed.landlock).toBe(true);
    expect(probed.evidence['landlock']).toMatch(/^probed: a forbidden file was refused, ABI \d+$/);
  });

  it('lets read only what is listed and what a program needs (POL-8)', async () => {
    const script = `
import json, ssl
for path in ('/data/key.pem', '/etc/group', '/data', '/usr/bin/env', 'script.py'):
    try: print(path, len(open(path, 'rb').read(1)) if path != '/data' else __import__('os').listdir(path) and 'listed')
    except OSError as problem: print(path, problem.errno)
open('own', 'w').write('x'); print(open('own').read())`;
    const mount = { 'files.mounts': `bind:${join(allowed, 'data')}:/data:ro` };
    expect((await harness.run('python', script, { set: mount })).output).toBe(
      '/data/key.pem 1\n/etc/group 1\n/data listed\n/usr/bin/env 1\nscript.py 1\nx\n',
    );
    const run = await harness.run('python', script, { set: { ...mount, 'files.access.read': '/data/deep er' } });
    expect(run.output).toBe('/data/key.pem 13\n/etc/group 13\n/data 13\n/usr/bin/env 1\nscript.py 1\nx\n');
  });

  it('lets write only what is listed, made if it is a folder of the workspace (POL-8)', async () => {
    const script =
      'echo a > /workspace/output/deep/a; echo b > /workspace/b; echo c > /tmp/c; echo d > /dev/null; mv /workspace/script.sh /workspace/s; : > /workspace/script.sh; truncate -s 0 script.sh; rm script.sh; mkdir x; find /workspace/output /workspace/b /tmp -type f';
    const open = await harness.run('bash', script.replace('echo a', 'mkdir -p output/deep; echo a'));
    expect(open.output).toContain('/workspace/b\n');
    const run = await harness.run('bash', script, { set: { 'files.access.write': '/workspace/output/deep' } });
    expect(run.output.match(/Permission denied/g)).toHaveLength(7);
    expect(run.output.match(/^\/.*/gm)).toEqual(['/workspace/output/deep/a']);
  });

  it('lets start only what is listed, and says that this is not whole (POL-8)', async () => {
    const script =
      '/bin/cat /dev/null && echo cat; /bin/ls / > /dev/null && echo ls; echo "echo own" > own; chmod +x own; ./own';
    expect((await harness.run('bash', script)).output).toBe('cat\nls\nown\n');
    const run = await harness.run('bash', script, { set: { 'files.access.execute': '/usr/bin/cat' } });
    expect(run.streams.stdout).toBe('cat\n');
    expect(run.streams.stderr.match(/Permission denied/g)?.length).toBeGreaterThanOrEqual(2);
    const field = run.detail.plan.fields.find((one) => one.field === 'files.access.execute');
    expect(field?.enforcement).toBe('partly');
    const around = await harness.run('bash', '/lib64/ld-linux-x86-64.so.2 /bin/ls / > /dev/null && echo around', {
      set: { 'files.access.execute': '/usr/bin/cat' },
    });
    expect(around.output).toBe('around\n');
  });

  it('keeps ordinary moves between folders when only reading is ruled (POL-8)', async () => {
    const set = { 'files.access.read': '/data' };
    const run = await harness.run('bash', 'mkdir a; echo x > a/f; mv a/f f; ln f a/g; cat a/g', { set });
    expect(run.output).toBe('x\n');
  });

  it('copies a folder in, read-only, for an engine that does not share our files (ENG-6)', async () => {
    const folder = join(allowed, 'copied');
    mkdirSync(join(folder, 'sub'), { recursive: true });
    writeFileSync(join(folder, 'sub', 'tool'), '#!/bin/sh\necho tool\n', { mode: 0o755 });
    writeFileSync(join(folder, 'ümlaut'), 'u\n');
    writeFileSync(join(folder, 'blocked'), 'b\n');
    symlinkSync('sub/tool', join(folder, 'inner'));
    symlinkSync(join(allowed, 'data', 'key.pem'), join(folder, 'outer'));
    const set = { 'files.mounts': `bind:${folder}:/in:ro`, 'files.blocked_paths': '/in/blocked' };
    const run = await apart.run(
      'bash',
      '/in/sub/tool; /in/inner; cat /in/ümlaut; cat /in/outer; cat /in/blocked; echo x > /in/sub/tool; rm /in/ümlaut; mv /in/sub /in/t; chmod 777 /in/sub; ls /in',
      { set },
    );
    expect(run.streams.stdout).toBe('tool\ntool\nu\ninner\nouter\nsub\nümlaut\n');
    expect(run.output).not.toContain('private');
    expect(run.output).toContain('/in/outer: No such file');
    expect(run.output).toContain('/in/blocked: No such file');
    expect(run.output.match(/Permission denied|not permitted/g)).toHaveLength(4);
    const notes = run.events.flatMap((event) => (event.type === 'note' ? [event.message] : []));
    expect(notes).toContain(`${folder} was copied to /in, read-only: 2 files. The engine does not share our files.`);
    expect(run.detail.plan.fields.find((one) => one.field === 'files.mounts')).toMatchObject({ enforcement: 'partly' });
  });

  it('keeps a volume of its own from run to run for any uid, and nobody else’s (POL-2)', async () => {
    const volume = `test-${process.pid}`;
    const mount = (mode: string) => ({ 'files.mounts': `volume:${volume}:/keep:${mode}` });
    try {
      const [one, two] = await Promise.all([
        harness.run('bash', 'echo first > /keep/a; echo $?', { set: mount('rw') }),
        harness.run('bash', 'echo other > /keep/b; echo $?', { set: { ...mount('rw'), 'security.user': '2000:2000' } }),
      ]);
      expect([one.output, two.output]).toEqual(['0\n', '0\n']);
      const later = await harness.run('bash', 'exec 2>&1; cat /keep/a /keep/b; echo x > /keep/c; rm -f /keep/b', {
        set: mount('ro'),
      });
      expect(later.output).toContain('first\nother\n');
      expect(later.output.match(/Read-only file system/g)).toHaveLength(2);
      expect((await started.engine.volume(`bellglass-${volume}`))?.labels[LABEL.app]).toBe('1');
    } finally {
      await expect.poll(() => harness.left(), { timeout: 20_000 }).toEqual([]);
      await started.engine.removeVolume(`bellglass-${volume}`);
    }
    await started.engine.createVolume(`bellglass-${volume}`, {});
    try {
      const run = await harness.run('bash', 'ls /keep', { set: mount('ro') });
      expect(run.detail.summary.verdict?.reason).toContain('not made by Bellglass');
    } finally {
      await started.engine.removeVolume(`bellglass-${volume}`);
    }
  });

  it('refuses to copy what does not fit, and what should be written back (ENG-6)', async () => {
    const folder = join(allowed, 'big');
    mkdirSync(folder);
    writeFileSync(join(folder, 'big'), '');
    truncateSync(join(folder, 'big'), 40 * 1024 * 1024);
    const big = await apart.run('bash', 'true', { set: { 'files.mounts': `bind:${folder}:/in:ro` } });
    expect(big.detail.summary.verdict).toMatchObject({
      outcome: 'engine-error',
      reason: expect.stringContaining('does not fit'),
    });
    await expect(
      apart.start('bash', 'true', { set: { 'files.mounts': `bind:${folder}:/in:rw` } }),
    ).rejects.toMatchObject({ code: 'plan-refused', why: expect.stringContaining('written back') });
    expect(name).toBeTruthy();
  });
});
