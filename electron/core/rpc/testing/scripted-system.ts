/** The `system` half of the scripted core: an engine that can be switched to any state, images, samples, settings. */
import type { BuildProgress, ImageCard, SampleScript, Setting } from '#shared/contract/system.ts';
import type { Attempt, Capabilities, EngineStatus } from '#shared/domain/engine.ts';
import { AppError } from '#shared/lib/app-error.ts';
import type { SystemApi } from '../../core.ts';
import { Broadcast, wait } from './broadcast.ts';

const ready: Attempt = {
  id: 'socket:/run/docker.sock',
  label: 'Docker, its usual socket',
  address: 'unix:///run/docker.sock',
  usable: true,
  reason: 'Docker 20.10.24 answered in 4 ms.',
};
const others: Attempt[] = [
  { id: 'docker-host', label: 'DOCKER_HOST', address: '', usable: false, reason: 'The variable is not set.' },
  {
    id: 'socket:/run/podman/podman.sock',
    label: 'Podman, rootful',
    address: 'unix:///run/podman/podman.sock',
    usable: false,
    reason: 'Podman is installed but its service does not run.',
    fix: 'systemctl enable --now podman.socket',
  },
  {
    id: 'containerd',
    label: 'containerd',
    address: '/run/containerd/containerd.sock',
    usable: false,
    reason: 'containerd alone does not speak the Docker Engine API.',
    fix: 'apt-get install docker.io',
  },
];

export const capabilities: Capabilities = {
  kind: 'docker',
  version: '20.10.24',
  apiVersion: '1.41',
  os: 'Debian GNU/Linux 12',
  arch: 'x86_64',
  cgroup: 'v1',
  local: true,
  rootless: false,
  seccomp: true,
  landlock: true,
  apparmor: false,
  selinux: false,
  userNamespaces: false,
  ociRuntimes: ['runc', 'crun'],
  defaultRuntime: 'runc',
  swapLimit: true,
  pidsLimit: true,
  cpuQuota: true,
  diskQuota: false,
  ioLimits: true,
  tmpfsInodes: true,
  liveUpdate: true,
  nftables: true,
  nflog: true,
  rateShaping: true,
  connectionTracking: true,
  ipv6: false,
  cpus: 2,
  memoryTotal: 8 * 1024 ** 3,
  memoryFree: 5 * 1024 ** 3,
  evidence: { seccomp: 'A container ran with our strict profile.', apparmor: 'The kernel has no AppArmor.' },
};

/** Engine states that `engine(state)` switches to. */
export const ENGINE_STATES = ['ready', 'searching', 'starting', 'lost', 'none'] as const;
export type ScriptedEngine = (typeof ENGINE_STATES)[number];

function statusOf(state: ScriptedEngine): EngineStatus {
  if (state === 'ready') return { state, attempt: ready, capabilities };
  if (state === 'searching') return { state };
  if (state === 'starting') return { state, step: 'Starting a private Docker' };
  if (state === 'lost') {
    const now = Date.now();
    return { state, attempt: ready, since: now, retryAt: now + 8000, reason: 'The engine closed the connection.' };
  }
  return {
    state,
    attempts: others,
    error: {
      code: 'engine-unreachable',
      message: 'No container engine answers on this computer.',
      why: 'Podman is installed but its service does not run.',
      next: 'Start it with `systemctl enable --now podman.socket`, or let Bellglass start one of its own.',
    },
  };
}

const images: ImageCard[] = (['python', 'node', 'bash', 'polyglot'] as const).map((runtime, index) => ({
  runtime,
  reference: `bellglass/${runtime}:1`,
  state: (['ready', 'stale', 'ready', 'missing'] as const)[index] ?? 'ready',
  size: runtime === 'polyglot' ? 0 : 130e6 + index * 42e6,
  created: runtime === 'polyglot' ? null : Date.now() - (3 + index * 20) * 86_400_000,
  version: '1',
  inputs: `sha256:${'ab12'.repeat(4)}`,
  contents: [
    'Debian 12',
    'ca-certificates',
    'jq',
    'curl',
    ...(runtime === 'python' ? ['Python 3.11', 'requests'] : []),
  ],
}));

const samples: SampleScript[] = [
  ['tidy-data-job', 'Tidy data job', 'python', 'Sums a column and prints a table.', 'It succeeds.'],
  ['memory-bomb', 'Memory bomb', 'python', 'Takes memory until none is left.', 'It is stopped at 64 MiB.'],
  ['fork-bomb', 'Fork bomb', 'bash', 'Starts processes without end.', 'The sixth process is refused.'],
  ['cpu-miner', 'CPU miner', 'node', 'Uses all the CPU it can get.', 'It is held at a quarter of a core.'],
  ['disk-filler', 'Disk filler', 'bash', 'Writes files without end.', 'Writing fails at 50 MiB.'],
  ['reads-home', 'Reads your home', 'python', 'Looks for keys and passwords.', 'It finds an empty home.'],
  ['phones-home', 'Phones home', 'python', 'Connects to a host on the internet.', 'There is no network.'],
  ['hidden-payload', 'Hidden payload', 'python', 'Decodes and runs a hidden text.', 'It runs into the same walls.'],
  ['floods-log', 'Floods the log', 'bash', 'Prints 1 GB.', 'The rest beyond 10 MiB is dropped.'],
  ['asks-input', 'Asks for input', 'bash', 'Asks for your name.', 'It greets you.'],
].map(([id = '', title = '', runtime = 'python', tries = '', expect = '']) => ({
  id,
  title,
  runtime: runtime as SampleScript['runtime'],
  entry: `${id}.${runtime === 'python' ? 'py' : runtime === 'node' ? 'mjs' : 'sh'}`,
  trust: 'untrusted',
  tries,
  expect,
  text: runtime === 'python' ? `# ${title}\nprint("hello")\n` : `# ${title}\necho hello\n`,
}));

const settings: Setting[] = [
  { key: 'max_concurrent', label: 'Runs at once', kind: 'number', value: '10', group: 'Runs', source: 'default' },
  { key: 'sampling', label: 'Sampling interval', kind: 'duration', value: '100 ms', group: 'Runs', source: 'file' },
  { key: 'port', label: 'Port', kind: 'number', value: '7717', group: 'Host', source: 'BELLGLASS_PORT' },
  { key: 'theme', label: 'Theme', kind: 'choice', value: 'system', group: 'Appearance', source: 'default' },
].map((setting) => ({
  ...setting,
  kind: setting.kind as Setting['kind'],
  help: `Sets ${setting.label.toLowerCase()}.`,
  ...(setting.kind === 'choice' && { choices: ['light', 'dark', 'system'] }),
}));

/** The scripted system, and a switch for the engine's state. */
export function scriptedSystem(initial: ScriptedEngine): SystemApi & { engine(state: ScriptedEngine): void } {
  let status = statusOf(initial);
  const changes = new Broadcast<EngineStatus>();
  const set = (state: ScriptedEngine): void => {
    status = statusOf(state);
    changes.send(status);
  };
  return {
    engine: set,
    engineStatus: () => status,
    async *watchEngine(signal) {
      yield status;
      yield* changes.listen(signal);
    },
    async retryEngine() {
      set('searching');
      await wait(600);
      set('ready');
      return status;
    },
    async doctor() {
      return {
        app: {
          version: '0.1.0',
          node: process.versions.node,
          platform: 'linux x64',
          host: 'web',
          home: '/home/person/.local/share/bellglass',
          hostWhy: 'scripted',
        },
        status,
        attempts: [ready, ...others],
        enforcement: [
          { field: 'resources.memory', label: 'Memory', group: 'Resources', state: 'enforced', why: '' },
          {
            field: 'resources.disk_read',
            label: 'Disk read',
            group: 'Resources',
            state: 'partly',
            why: 'Cached reads are not slowed.',
          },
          {
            field: 'security.apparmor',
            label: 'AppArmor',
            group: 'Security',
            state: 'not-here',
            why: 'This kernel has no AppArmor.',
            fix: 'apt-get install apparmor',
          },
        ],
      };
    },
    images: async () => images,
    async *buildImages(runtimes, _force, signal) {
      const steps = ['Base system', 'Packages', 'Take away what no script needs', 'Check'];
      const started = Date.now();
      for (const runtime of runtimes ?? ['python']) {
        for (const [done, step] of steps.entries()) {
          for (let line = 0; line < 8; line += 1) {
            if (signal?.aborted) return;
            await wait(120);
            const elapsedMs = Date.now() - started;
            yield { runtime, step, done, of: steps.length, line: `${step}: ${line}`, elapsedMs, state: 'running' };
          }
        }
        const elapsedMs = Date.now() - started;
        const last: BuildProgress = { runtime, step: 'Done', done: 4, of: 4, elapsedMs, state: 'done' };
        yield last;
      }
    },
    pool: () => ({
      on: true,
      why: '',
      hits: 3,
      misses: 1,
      waiting: 1,
      memory: 20 << 20,
      budget: 80 << 20,
      sizes: [
        {
          image: 'bellglass/python:1',
          runtime: 'python',
          booted: false,
          memory: 64 << 20,
          waiting: 1,
          making: 0,
          wanted: 1,
        },
      ],
    }),
    samples: async () => samples,
    settings: async () => ({ path: '/home/person/.config/bellglass/settings.yaml', error: null, settings }),
    async setSetting(key, value) {
      const setting = settings.find((candidate) => candidate.key === key);
      if (!setting) {
        throw new AppError({
          code: 'input-invalid',
          message: `There is no setting ${key}.`,
          next: 'Choose one from the list.',
        });
      }
      setting.value = value ?? '10';
      setting.source = value === null ? 'default' : 'file';
    },
    async *selfCheck(signal) {
      for (const [index, title] of ['Runs Python', 'Stops at the memory limit', 'Has no network'].entries()) {
        if (signal?.aborted) return;
        await wait(400);
        yield {
          id: `check-${index}`,
          title,
          ok: index !== 1,
          detail: index === 1 ? 'It was not stopped.' : '',
          ms: 400,
        };
      }
    },
  };
}
