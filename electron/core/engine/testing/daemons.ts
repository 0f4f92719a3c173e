/** Real engines for tests, each in a temporary folder of its own, gone after `dispose`. */
import { spawn, type ChildProcess } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EngineAddress } from '../adapter/address.ts';
import { createEngine } from '../adapter/engine.ts';
import type { Engine } from '../port.ts';
import { layoutOf } from '../private/layout.ts';
import { cleanBeforeStart, cleanUp } from '../private/clean-up.ts';
import { terminate } from '../private/processes.ts';

export interface TestEngine {
  readonly kind: 'docker' | 'podman';
  readonly address: EngineAddress;
  readonly engine: Engine;
  /** Its process, for tests that kill or stop it. */
  readonly pid: number;
  /** Starts the same engine again after it was killed. */
  restart(): Promise<void>;
  dispose(): Promise<void>;
}

function program(name: string): string | null {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin', '/usr/local/sbin'];
  for (const folder of folders) {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return join(folder, name);
    } catch {
      // Not in this one.
    }
  }
  return null;
}

/** Null when this engine can be started here, else why not: for the name of a skipped suite. */
export function whyNoTestEngine(kind: TestEngine['kind']): string | null {
  if (process.platform !== 'linux') return 'test engines need Linux';
  if (process.getuid?.() !== 0) return 'test engines need root';
  const missing = (
    kind === 'docker' ? ['dockerd', 'containerd', 'runc'] : ['podman', 'crun', 'conmon', 'unshare']
  ).filter((name) => program(name) === null);
  return missing.length === 0 ? null : `not installed: ${missing.join(', ')}`;
}

async function startTest(
  kind: TestEngine['kind'],
  command: (folder: string, run: string, socket: string) => Promise<readonly string[]>,
): Promise<TestEngine> {
  const why = whyNoTestEngine(kind);
  if (why !== null) throw new Error(why);
  // Names are short: sockets below must stay within 107 bytes.
  const folder = await mkdtemp(join(tmpdir(), 'bg-'));
  const layout = layoutOf(folder, folder);
  const { run, socket } = layout;
  for (const path of [run, layout.tmp]) await mkdir(path, { recursive: true });
  const address = { url: `unix://${socket}`, socketPath: socket };
  const engine = createEngine(address, { profileFolder: join(folder, 'seccomp') });
  let child: ChildProcess;

  const start = async (): Promise<void> => {
    const [file = '', ...args] = await command(folder, run, socket);
    const log = await open(join(folder, 'log'), 'a');
    child = spawn(file, args, {
      // conmon leaves a file named `oom` where its service was started.
      cwd: folder,
      stdio: ['ignore', log.fd, log.fd],
      env: { ...process.env, DOCKER_HOST: undefined, TMPDIR: layout.tmp },
    });
    await log.close();
    for (let tries = 0; tries < 1500; tries++) {
      if (child.exitCode !== null) break;
      const up = await engine.ping(1000).then(
        () => true,
        () => false,
      );
      if (up) return;
      await sleep(20);
    }
    throw new Error(`the test ${kind} did not start: ${(await readFile(join(folder, 'log'), 'utf8')).slice(-2000)}`);
  };
  await start();
  return {
    kind,
    address,
    engine,
    get pid() {
      return child.pid ?? 0;
    },
    async restart() {
      await cleanBeforeStart(layout);
      for (const path of [run, layout.tmp]) await mkdir(path, { recursive: true });
      await start();
    },
    async dispose() {
      for (const { id } of await engine.containers({}).catch(() => []))
        await engine.removeContainer(id).catch(() => {});
      await engine.dispose();
      if (child.pid && child.exitCode === null && child.signalCode === null) await terminate(child.pid, 10_000);
      await cleanUp(layout);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A Docker daemon with its own containerd; throws with the reason when it cannot be. */
export function startTestDocker(): Promise<TestEngine> {
  return startTest('docker', async (folder, run, socket) => {
    const config = {
      hosts: [`unix://${socket}`],
      'data-root': join(folder, 'data'),
      'exec-root': join(run, 'exec'),
      pidfile: join(run, 'dockerd.pid'),
      bridge: 'none',
      iptables: false,
      'ip-forward': false,
      'containerd-namespace': folder.replace(/\W/g, '-').slice(1),
      'containerd-plugins-namespace': `${folder.replace(/\W/g, '-').slice(1)}-p`,
      'shutdown-timeout': 1,
      'log-level': 'warn',
    };
    await writeFile(join(folder, 'daemon.json'), JSON.stringify(config));
    return [program('dockerd') ?? 'dockerd', '--config-file', join(folder, 'daemon.json')];
  });
}

/** A Podman service that runs containers with crun; throws with the reason when it cannot be. */
export function startTestPodman(): Promise<TestEngine> {
  return startTest('podman', (folder, run, socket) => {
    const storage = ['--root', join(folder, 'data'), '--runroot', join(run, 'podman'), '--tmpdir', join(run, 'libpod')];
    const service = [
      'podman',
      ...storage,
      '--runtime',
      'crun',
      '--cgroup-manager',
      'cgroupfs',
      '--events-backend',
      'file',
      'system',
      'service',
      '--time',
      '0',
      `unix://${socket}`,
    ];
    // crun refuses a hybrid cgroup tree; a private mount namespace without its v2 part makes it a plain v1 one.
    const script = 'if [ -e /sys/fs/cgroup/unified ]; then umount /sys/fs/cgroup/unified; fi; exec "$@"';
    return Promise.resolve(['unshare', '--mount', 'sh', '-c', script, 'sh', ...service]);
  });
}
