/** What to start as a private engine, and how. */
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Surroundings } from '../discovery/surroundings.ts';
import type { Layout } from './layout.ts';

export interface Launch {
  readonly kind: 'dockerd' | 'podman';
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** An argument that only this engine's command line has: by it we know that a process is ours. */
  readonly marker: string;
}

/** dockerd as root; else Podman, which needs no root. Null when neither is installed. */
export async function findProgram(around: Surroundings): Promise<{ kind: Launch['kind']; program: string } | null> {
  if (around.platform !== 'linux') return null;
  const dockerd = around.uid === 0 ? await around.which('dockerd') : null;
  // dockerd starts a containerd of its own and needs its program.
  if (dockerd !== null && (await around.which('containerd')) !== null) return { kind: 'dockerd', program: dockerd };
  const podman = await around.which('podman');
  return podman === null ? null : { kind: 'podman', program: podman };
}

async function runs(program: string | null): Promise<string | null> {
  if (program === null) return null;
  const { failed } = await execa(program, ['--version'], { reject: false, timeout: 5000 });
  return failed ? null : program;
}

/** The kernel translates addresses of IPv6. */
async function hasTable(ip6tables: string | null): Promise<boolean> {
  if (ip6tables === null) return false;
  const { failed } = await execa(ip6tables, ['--wait', '5', '-t', 'nat', '-S'], { reject: false, timeout: 8000 });
  return !failed;
}

/** Writes the configuration and returns the command. */
export async function prepareLaunch(
  found: { kind: Launch['kind']; program: string },
  layout: Layout,
  assets: string,
  around: Surroundings,
): Promise<Launch> {
  return found.kind === 'dockerd'
    ? await prepareDockerd(found.program, layout, assets, around)
    : await preparePodman(found.program, layout, assets, around);
}

async function prepareDockerd(program: string, layout: Layout, assets: string, around: Surroundings): Promise<Launch> {
  const template = JSON.parse(await readFile(join(assets, 'engine', 'dockerd.json'), 'utf8')) as Record<
    string,
    unknown
  >;
  const crun = await runs(await around.which('crun'));
  // Without it the engine cannot give a network its way out, and would not start at all if told to.
  const firewall = (await runs(await around.which('iptables'))) !== null;
  // It would not start at all where the kernel does not have this table.
  const firewall6 = firewall && (await hasTable(await around.which('ip6tables')));
  const namespace = `bellglass-${createHash('sha256').update(layout.folder).digest('hex').slice(0, 12)}`;
  const config = {
    ...template,
    ...(firewall ? {} : { iptables: false, 'ip-forward': false, 'ip-masq': false }),
    // Older engines call it an experiment.
    ...(firewall6 ? { ip6tables: true, experimental: true } : {}),
    hosts: [`unix://${layout.socket}`],
    'data-root': join(layout.folder, 'docker'),
    'exec-root': join(layout.run, 'exec'),
    pidfile: join(layout.run, 'dockerd.pid'),
    // A containerd of the system may be shared with another dockerd; names of our own keep them apart.
    'containerd-namespace': namespace,
    'containerd-plugins-namespace': `${namespace}-plugins`,
    ...(crun === null ? {} : { runtimes: { crun: { path: crun } }, 'default-runtime': 'crun' }),
  };
  await writeFile(layout.config, `${JSON.stringify(config, null, 2)}\n`);
  const launch = {
    kind: 'dockerd',
    program,
    args: ['--config-file', layout.config],
    env: {},
    marker: layout.config,
  } as const;
  return crun === null ? launch : await withoutHybridTree(launch, around);
}

/** crun refuses a hybrid cgroup tree whose v2 part has controllers; it does not see one that is unmounted for it alone. */
async function withoutHybridTree(launch: Launch, around: Surroundings): Promise<Launch> {
  if (around.uid !== 0 || !(await around.exists('/sys/fs/cgroup/unified/cgroup.controllers'))) return launch;
  const script = 'umount /sys/fs/cgroup/unified; exec "$@"';
  return { ...launch, program: 'unshare', args: ['--mount', 'sh', '-c', script, 'sh', launch.program, ...launch.args] };
}

async function preparePodman(program: string, layout: Layout, assets: string, around: Surroundings): Promise<Launch> {
  await writeFile(layout.config, await readFile(join(assets, 'engine', 'containers.conf'), 'utf8'));
  const crun = await runs(await around.which('crun'));
  const address = `unix://${layout.socket}`;
  const storage = [
    '--root',
    join(layout.folder, 'podman'),
    '--runroot',
    join(layout.run, 'podman'),
    '--tmpdir',
    join(layout.run, 'libpod'),
  ];
  const root = around.uid === 0;
  const service = [
    program,
    ...storage,
    ...(root ? ['--cgroup-manager', 'cgroupfs'] : []),
    ...(crun === null ? [] : ['--runtime', crun]),
    'system',
    'service',
    '--time',
    '0',
    address,
  ];
  const env = { CONTAINERS_CONF: layout.config, TMPDIR: layout.tmp };
  return await withoutHybridTree({ kind: 'podman', program, args: service.slice(1), env, marker: address }, around);
}
