/** The exported `docker run` line against our own sandbox, on a real engine: both are inspected and compared (POL-5). */
import { execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { LABEL } from '#shared/domain/labels.ts';
import type { EffectivePolicy } from '#shared/domain/policy.ts';
import type { SandboxOptions } from '#shared/domain/sandbox.ts';
import { compile } from '#shared/policy/compile.ts';
import { exportAs } from '#shared/policy/export/export.ts';
import { DIFFERENCES } from '#shared/policy/export/plain-container.ts';
import { policyOf } from '#shared/policy/testing/examples.ts';
import { loadRuntimeImages, testPaths } from '../images/testing/load.ts';
import { seccompProfile } from '../images/seccomp/index.ts';
import { Sandbox } from '../sandbox/sandbox.ts';
import { startTestDocker, whyNoTestEngine, type TestEngine } from './testing/index.ts';

const run = promisify(execFile);
const whyNot = whyNoTestEngine('docker');

interface Inspected {
  readonly Config: Record<string, unknown>;
  readonly HostConfig: Record<string, unknown>;
}

/** Absent, null and empty are one to the engine; JSON texts are compared by what they say. */
function plain(value: unknown): unknown {
  if (value === null || value === undefined || value === '' || value === false) return null;
  if (Array.isArray(value)) return value.length === 0 ? null : value.map(plain);
  if (typeof value === 'object') {
    const entries = Object.entries(value).map(([key, inner]) => [key, plain(inner)] as const);
    const kept = entries.filter(([, inner]) => inner !== null);
    return kept.length === 0 ? null : Object.fromEntries(kept.toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }
  if (typeof value === 'string' && value.startsWith('seccomp={')) return { seccomp: JSON.parse(value.slice(8)) };
  return value;
}

/** Keys whose values differ: `User`, `HostConfig.PidsLimit`. */
function differences(ours: Inspected, theirs: Inspected): string[] {
  const found: string[] = [];
  const compare = (lead: string, a: Record<string, unknown>, b: Record<string, unknown>): void => {
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)]))
      if (JSON.stringify(plain(a[key])) !== JSON.stringify(plain(b[key]))) found.push(`${lead}${key}`);
  };
  compare('', ours.Config, theirs.Config);
  compare('HostConfig.', ours.HostConfig, theirs.HostConfig);
  return found.toSorted();
}

describe.skipIf(whyNot !== null)(
  whyNot === null ? 'the exported docker run line' : `SKIPPED: the exported docker run line, ${whyNot}`,
  () => {
    let test: TestEngine;
    let folder: string;
    let image: string;
    const made: string[] = [];

    beforeAll(async () => {
      test = await startTestDocker();
      folder = await mkdtemp(join(tmpdir(), 'bellglass-export-'));
      const images = await loadRuntimeImages(test, ['bash']);
      image = images.reference('bash');
      await images.dispose();
    }, 300_000);
    afterEach(async () => {
      for (const id of made.splice(0)) await test.engine.removeContainer(id);
    });
    afterAll(async () => {
      await test?.dispose();
      await rm(folder, { recursive: true, force: true });
    });

    const inspect = async (id: string): Promise<Inspected> => (await test.engine.container(id))?.raw as Inspected;

    async function profile(options: SandboxOptions): Promise<{ text: string; file: string }> {
      const text = await seccompProfile(testPaths, options.seccomp, 'bash', options.seccompRemoved);
      const file = join(folder, `${options.seccomp} ${options.seccompRemoved.length}.json`);
      await writeFile(file, text);
      return { text, file };
    }

    async function ourSandbox(options: SandboxOptions): Promise<Inspected> {
      const { text } = await profile(options);
      const sandbox = await Sandbox.create(test.engine, {
        runId: `export-${made.length}-${Date.now()}`,
        image,
        options,
        seccompProfile: text,
        labels: { [LABEL.kind]: 'sandbox' },
        tty: false,
      });
      made.push(sandbox.id);
      return await inspect(sandbox.id);
    }

    function shell(line: string): ReturnType<typeof spawn> {
      return spawn('sh', ['-c', line], {
        cwd: folder,
        env: { ...process.env, DOCKER_HOST: test.address.url, DOCKER_CONTEXT: '' },
      });
    }

    /** Executes the line and inspects the container that it makes, while it runs. */
    async function theirContainer(line: string): Promise<Inspected> {
      const before = new Set((await test.engine.containers({})).map(({ id }) => id));
      const child = shell(line);
      let complaint = '';
      child.stderr?.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
      for (let tries = 0; tries < 600; tries += 1) {
        const found = (await test.engine.containers({})).find(
          ({ id, state }) => !before.has(id) && state === 'running',
        );
        if (found) {
          made.push(found.id);
          return await inspect(found.id);
        }
        if (child.exitCode !== null) break;
        await sleep(50);
      }
      throw new Error(`the line made no container: ${complaint}\n${line}`);
    }

    /** The policy with a first process that waits to be looked at. */
    function waiting(policy: EffectivePolicy): EffectivePolicy {
      const { fields } = policy;
      return {
        ...policy,
        fields: {
          ...fields,
          'run.entrypoint': { ...fields['run.entrypoint'], value: ['/usr/bin/sleep'] },
          'run.command': { ...fields['run.command'], value: ['1000'] },
        },
      };
    }

    const CASES: readonly (readonly [string, EffectivePolicy])[] = [
      ['untrusted', policyOf('untrusted')],
      ['limited', policyOf('limited')],
      ['trusted', policyOf('trusted')],
      ['system', policyOf('system', { 'network.mode': 'none' })],
      [
        'an odd policy',
        policyOf('limited', {
          'resources.memory': '100000001 B',
          'resources.cpu': '1.5 %',
          'resources.wall_time': '1234 ms',
          'resources.processes': '33',
          'resources.open_files': '77',
          'resources.scratch': '3333333 B',
          'security.user': '2000:3000',
          'security.seccomp_rules': '-ptrace, -mincore',
          'run.env': "A=it's $HOME, B=`id`",
          'run.working_dir': '/workspace',
        }),
      ],
      ['more than one core', policyOf('trusted', { 'resources.cpu': '150 %', 'resources.disk_read': 'unlimited' })],
    ];

    /** Differ for every policy; {@link DIFFERENCES} says why, and the standard input is closed because the test's process needs none. */
    const ALWAYS = [
      'Cmd',
      'Entrypoint',
      'Env',
      'HostConfig.AutoRemove',
      'HostConfig.PidsLimit',
      'Labels',
      'NetworkDisabled',
      'User',
      'WorkingDir',
    ];
    const STDIN = ['AttachStdin', 'OpenStdin', 'StdinOnce'];

    async function compared(
      policy: EffectivePolicy,
    ): Promise<{ found: string[]; ours: Inspected; theirs: Inspected; options: SandboxOptions }> {
      const { options } = compile(policy, 'bash', null);
      const ours = await ourSandbox(options);
      const { file } = await profile(options);
      const rates = [ours.HostConfig['BlkioDeviceReadBps'], ours.HostConfig['BlkioDeviceWriteBps']];
      const [device] = rates.flatMap((list) => (list ?? []) as { Path: string }[]);
      const { text } = exportAs('docker-run', waiting(policy), options, {
        runtime: 'bash',
        image,
        seccompFile: file,
        ioDevice: device?.Path ?? null,
      });
      const theirs = await theirContainer(text);
      const found = differences(ours, theirs).filter((key) => !STDIN.includes(key));
      for (const key of found)
        expect(
          DIFFERENCES[key],
          `${key} has no reason: ${JSON.stringify([ours.HostConfig[key.slice(11)], theirs.HostConfig[key.slice(11)]])}`,
        ).toBeDefined();
      expect(theirs.HostConfig['PidsLimit']).toBe((ours.HostConfig['PidsLimit'] as number) - 1);
      expect(theirs.Config['User']).toBe(options.scriptUser);
      expect(theirs.HostConfig).toMatchObject({ NetworkMode: 'none', Privileged: false, ReadonlyRootfs: true });
      return { found, ours, theirs, options };
    }

    it.each(CASES)(
      'gives a container with the same settings as the sandbox: %s (POL-5, SEC-1)',
      async (_name, policy) => {
        expect((await compared(policy)).found).toEqual(ALWAYS);
      },
      120_000,
    );

    it('carries folders, volumes and temporary folders as the sandbox has them (POL-5)', async () => {
      const shared = join(folder, "a, b's");
      await mkdir(shared, { recursive: true });
      const level = policyOf('untrusted');
      const mounts = [
        { type: 'bind', source: shared, target: '/data', mode: 'ro' },
        { type: 'bind', source: shared, target: '/more', mode: 'rw' },
        { type: 'volume', source: 'kept', target: '/kept', mode: 'rw' },
        { type: 'tmpfs', target: '/cache', mode: 'rw' },
      ] as const;
      const fields = { ...level.fields, 'files.mounts': { ...level.fields['files.mounts'], value: mounts } };
      const { found, theirs } = await compared({ ...level, fields });
      expect(found).toEqual([...ALWAYS, 'HostConfig.Ulimits'].toSorted());
      expect(theirs.HostConfig['Ulimits']).toContainEqual({ Name: 'nofile', Soft: 32, Hard: 32 });
      expect((theirs.HostConfig['Mounts'] as unknown[]).length).toBe(3);
    }, 120_000);

    it('takes away what a command line cannot carry, and nothing else differs (POL-5)', async () => {
      const policy = policyOf('system', {
        'network.mode': 'none',
        'security.capabilities': 'NET_RAW',
        'files.blocked_paths': '/etc/hostname',
      });
      const { found, theirs, options } = await compared(policy);
      expect(found).toEqual([...ALWAYS, 'HostConfig.CapAdd', 'HostConfig.MaskedPaths'].toSorted());
      expect(theirs.HostConfig['CapAdd'] ?? []).toEqual([]);
      const { cannot } = exportAs('docker-run', policy, options, { runtime: 'bash', image, seccompFile: 'x.json' });
      expect(cannot.join(' ')).toMatch(/NET_RAW.*Blocked paths/);
    }, 120_000);

    it('sees a difference that it is shown (POL-5)', async () => {
      const { options } = compile(policyOf('untrusted'), 'bash', null);
      const ours = await ourSandbox(options);
      expect(
        differences(ours, { ...ours, HostConfig: { ...ours.HostConfig, ReadonlyRootfs: false, Memory: 1 } }),
      ).toEqual(['HostConfig.Memory', 'HostConfig.ReadonlyRootfs']);
    }, 120_000);

    it('runs a script that is kept from the network, the root and new privileges (POL-5)', async () => {
      const policy = policyOf('limited');
      const { options } = compile(policy, 'bash', null);
      const { file } = await profile(options);
      const script =
        'id -u; pwd; echo hi > here && cat here; (echo x > /etc/x) 2>/dev/null || echo read-only; grep -c . /proc/net/route; grep NoNewPrivs /proc/self/status; grep Seccomp: /proc/self/status; grep CapBnd /proc/self/status\n';
      await writeFile(join(folder, "it's a script.sh"), script);
      const { text } = exportAs('docker-run', policy, options, {
        runtime: 'bash',
        image,
        seccompFile: file,
        script: "it's a script.sh",
      });
      const child = shell(text);
      let output = '';
      child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
      child.stderr?.resume();
      const code = await new Promise((resolve) => child.once('close', resolve));
      expect([output.split('\n').map((line) => line.replaceAll('\t', ' ')), code]).toEqual([
        ['1000', '/workspace', 'hi', 'read-only', '1', 'NoNewPrivs: 1', 'Seccomp: 2', 'CapBnd: 0000000000000000', ''],
        0,
      ]);
      expect(await test.engine.containers({})).toEqual([]);
    }, 120_000);

    it('is understood by the Docker client that is here', async () => {
      const { stdout } = await run('docker', ['--version']);
      expect(stdout).toContain('Docker version');
    });
  },
);
