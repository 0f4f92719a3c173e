/** For every policy field: how its claim is tried inside a sandbox, where that is done elsewhere, or why there is nothing to try (ENG-3). */
import type { Launch } from '#shared/contract/runs.ts';
import type { FieldPath } from '#shared/domain/policy.ts';
import type { Runtime } from '#shared/domain/run.ts';
import type { Finished } from './harness.ts';

type Set = Readonly<Record<string, string>>;

export interface Probe {
  readonly kind: 'probe';
  readonly runtime: Runtime;
  readonly script: string;
  readonly launch?: Partial<Launch>;
  /** What both runs have besides the field. */
  readonly set?: Set;
  /** The field's value with which the attempt goes through, and the one that must stop it. */
  readonly loose: string;
  readonly tight: string;
  readonly works: (run: Finished) => boolean;
  readonly holds: (run: Finished) => boolean;
  /** Where the engine enforces it partly: what the reason must name. */
  readonly gap?: RegExp;
}

/** The field asks for something that an engine without it must refuse, with a way out. */
interface Refused {
  readonly kind: 'refused';
  readonly value: string;
  /** What a script sees on an engine without it. */
  readonly script: string;
  readonly without: RegExp;
  readonly gap: RegExp;
}

interface Elsewhere {
  readonly kind: 'elsewhere';
  /** Test files, from the top folder. */
  readonly files: readonly string[];
}

interface Nothing {
  readonly kind: 'nothing';
  readonly reason: string;
}

export type Claim = Probe | Refused | Elsewhere | Nothing;

const probe = (given: Omit<Probe, 'kind'>): Probe => ({ kind: 'probe', ...given });
const elsewhere = (...files: string[]): Elsewhere => ({ kind: 'elsewhere', files });
const nothing = (reason: string): Nothing => ({ kind: 'nothing', reason });

const outcome = (run: Finished): string => run.detail.summary.verdict?.outcome ?? '';
const says = (text: string | RegExp) => (run: Finished) =>
  typeof text === 'string' ? run.output === text : text.test(run.output);
const ends = (name: string) => (run: Finished) => outcome(run) === name;
const figure = (run: Finished): number => Number(/^=(\S+)$/m.exec(run.output)?.[1] ?? Number.NaN);

const SYSTEM = { trust: 'system' } as const;
const NO_NETWORK = { 'network.mode': 'none' } as const;
const BREACH = elsewhere('electron/core/runs/breach.engine.test.ts');
const FILES = elsewhere('electron/core/runs/files.engine.test.ts', 'electron/core/runs/paths.engine.test.ts');
const IMAGES = elsewhere('electron/core/images/any.engine.test.ts');
const NETWORK = nothing(
  'The network of a run is its gateway: it is tried with the gateway, and `none` in run.engine.test.ts.',
);
const QUEUE = elsewhere('electron/core/runs/queue/queue.test.ts', 'electron/core/runs/enforcement.engine.test.ts');
const MIB = 1024 * 1024;

/** Bytes through the disk itself: an alignment that direct access wants, and no cache between. Says bytes a second. */
const disk = (flags: string, path: string, act: string): string => `import mmap, os, time
block = mmap.mmap(-1, 1 << 16)
file = os.open('${path}', ${flags} | os.O_DIRECT)
start, done = time.monotonic(), 0
while done < 3 << 20: done += ${act}
print('=' + str(round(done / (time.monotonic() - start))))`;

/** Where tests mount a folder of this machine's disk for writing. */
export const DISK_TARGET = '/disk';

export const CLAIMS: Readonly<Record<FieldPath, Claim>> = {
  'resources.memory': probe({
    runtime: 'python',
    script: 'held = bytearray(100 << 20); print(len(held))',
    loose: '256 MiB',
    tight: '64 MiB',
    works: says(`${100 * MIB}\n`),
    holds: ends('out-of-memory'),
  }),
  'resources.cpu': probe({
    runtime: 'python',
    script: `import time
start = time.monotonic()
while time.monotonic() - start < 2: pass
print('=' + str(round(time.process_time() / 2 * 100)))`,
    loose: '100 %',
    tight: '20 %',
    works: (run) => figure(run) > 30,
    holds: (run) => figure(run) <= 27,
  }),
  'resources.wall_time': probe({
    runtime: 'bash',
    script: 'sleep 1.5; echo whole',
    loose: '20 s',
    tight: '500 ms',
    works: says('whole\n'),
    holds: ends('timed-out'),
  }),
  'resources.cpu_time': probe({
    runtime: 'python',
    script: "import time\nwhile time.process_time() < 1.5: pass\nprint('whole')",
    set: { 'resources.cpu': '100 %' },
    loose: '20 s',
    tight: '500 ms',
    works: says('whole\n'),
    holds: ends('timed-out'),
    gap: /once a second/,
  }),
  'resources.processes': probe({
    runtime: 'python',
    script: `import os, time
made = 1
for _ in range(12):
    try:
        if os.fork() == 0: time.sleep(2); os._exit(0)
        made += 1
    except OSError: break
print('=' + str(made))`,
    loose: '20',
    tight: '5',
    works: (run) => figure(run) === 13,
    holds: (run) => figure(run) === 5,
  }),
  'resources.open_files': probe({
    runtime: 'python',
    script: `held = []
try:
    while len(held) < 200: held.append(open('/dev/null'))
except OSError: pass
print('=' + str(held[-1].fileno() + 1))`,
    loose: '256',
    tight: '32',
    works: (run) => figure(run) > 200,
    holds: (run) => figure(run) === 32,
  }),
  'resources.disk_read': probe({
    runtime: 'python',
    script: disk('os.O_RDONLY', '/usr/bin/python3.11', 'os.readv(file, [block])'),
    loose: 'unlimited',
    tight: '2 MiB/s',
    works: (run) => figure(run) > 3 * MIB,
    holds: (run) => figure(run) < 2.5 * MIB,
    gap: /only direct and synced access/,
  }),
  'resources.disk_write': probe({
    runtime: 'python',
    script: disk('os.O_WRONLY | os.O_CREAT', `${DISK_TARGET}/probe`, 'os.writev(file, [block])'),
    launch: { trust: 'limited' },
    loose: 'unlimited',
    tight: '2 MiB/s',
    works: (run) => figure(run) > 3 * MIB,
    holds: (run) => figure(run) < 2.5 * MIB,
    gap: /only direct and synced access/,
  }),
  'resources.scratch': probe({
    runtime: 'bash',
    script: 'head -c 20000000 /dev/zero > big && echo fits',
    launch: { trust: 'limited' },
    loose: '64 MiB',
    tight: '8 MiB',
    works: says('fits\n'),
    holds: says(/No space left/),
  }),
  'resources.output': probe({
    runtime: 'bash',
    script: 'head -c 2000000 /dev/zero',
    loose: '8 MiB',
    tight: '1 MiB',
    works: (run) => run.detail.output.dropped === 0 && run.output.length === 2_000_000,
    holds: (run) => run.output.length === MIB,
  }),
  'resources.on_breach.memory': BREACH,
  'resources.on_breach.cpu_time': BREACH,
  'resources.on_breach.wall_time': BREACH,
  'resources.on_breach.processes': BREACH,
  'resources.on_breach.open_files': BREACH,
  'resources.on_breach.scratch': BREACH,
  'resources.on_breach.output': BREACH,
  'resources.on_breach.disk_rate': nothing(
    'It has one value, which resources.disk_read and resources.disk_write show.',
  ),
  'resources.on_breach.network': NETWORK,
  'network.mode': NETWORK,
  'network.allow': NETWORK,
  'network.block': NETWORK,
  'network.dns': NETWORK,
  'network.hosts': NETWORK,
  'network.publish': NETWORK,
  'network.download': NETWORK,
  'network.upload': NETWORK,
  'network.connections': NETWORK,
  'files.mounts': FILES,
  'files.blocked_paths': FILES,
  'files.access.read': FILES,
  'files.access.write': FILES,
  'files.access.execute': FILES,
  'security.seccomp': probe({
    runtime: 'python',
    script:
      "import os\ntry: os.memfd_create('x'); print('made')\nexcept OSError as problem: print('refused', problem.errno)",
    loose: 'standard',
    tight: 'strict',
    works: says('made\n'),
    holds: says('refused 38\n'),
  }),
  'security.seccomp_rules': probe({
    runtime: 'python',
    script: `import os, socket
for act in (lambda: os.symlink('a', 'b'), lambda: socket.socket(socket.AF_INET)):
    try: act(); print('made')
    except OSError as problem: print('refused', problem.errno)`,
    loose: 'none',
    tight: '-symlink, -symlinkat, -socket',
    works: says('made\nmade\n'),
    holds: says('refused 1\nrefused 1\n'),
  }),
  'security.capabilities': probe({
    runtime: 'python',
    script: `import os
open('mine', 'w').close()
try: os.chown('mine', 5, 5); print('given away')
except OSError as problem: print('refused', problem.errno)`,
    launch: SYSTEM,
    set: NO_NETWORK,
    loose: 'CHOWN',
    tight: 'none',
    works: says('given away\n'),
    holds: says('refused 1\n'),
  }),
  'security.user': probe({
    runtime: 'python',
    script: `import os
print(os.getresuid(), os.getresgid(), set(os.getgroups()) <= {os.getgid()})
open('own', 'w').close()
print(os.stat('own').st_uid, os.stat('own').st_gid)`,
    loose: '1000:1000',
    tight: '59999999:54321',
    works: says('(1000, 1000, 1000) (1000, 1000, 1000) True\n1000 1000\n'),
    holds: says('(59999999, 59999999, 59999999) (54321, 54321, 54321) True\n59999999 54321\n'),
  }),
  'security.user_namespace': {
    kind: 'refused',
    value: 'on',
    script: 'cat /proc/self/uid_map',
    without: /^\s+0\s+0\s+4294967295$/m,
    gap: /maps no ids/,
  },
  'security.apparmor': {
    kind: 'refused',
    value: 'some-profile',
    script: 'cat /proc/self/attr/apparmor/current 2>&1',
    without: /No such file|Invalid argument|unconfined/,
    gap: /no AppArmor/,
  },
  'security.selinux': {
    kind: 'refused',
    value: 'type:some_t',
    script: 'ls /sys/fs/selinux 2>&1',
    without: /No such file|^$/,
    gap: /no SELinux/,
  },
  'security.oci_runtime': elsewhere('electron/core/runs/enforcement.engine.test.ts'),
  'security.canaries': FILES,
  'image.runtime': nothing(
    'It chooses what starts and bounds nothing; which one it chooses is tried in planner.test.ts.',
  ),
  'image.name': IMAGES,
  'image.pull': IMAGES,
  'image.digest': IMAGES,
  'run.entrypoint': probe({
    runtime: 'bash',
    script: 'echo bash',
    launch: { args: ['x'] },
    loose: 'none',
    tight: 'perl,-e,print qq{$_ } for @ARGV',
    works: says('bash\n'),
    holds: says('script.sh x '),
  }),
  'run.command': probe({
    runtime: 'bash',
    script: 'echo script "$1"',
    launch: { args: ['x'] },
    loose: 'none',
    tight: '-c,cat script.sh',
    works: says('script x\n'),
    holds: says('echo script "$1"'),
  }),
  'run.env': probe({
    runtime: 'bash',
    script: 'echo "$COLOUR"',
    loose: 'COLOUR=red',
    tight: 'none',
    works: says('red\n'),
    holds: says('\n'),
  }),
  'run.working_dir': probe({
    runtime: 'bash',
    script: 'pwd',
    loose: '/workspace',
    tight: '/workspace/sub/deep',
    works: says('/workspace\n'),
    holds: says('/workspace/sub/deep\n'),
  }),
  'run.tty': probe({
    runtime: 'bash',
    script: 'test -t 1 && echo terminal || echo none',
    loose: 'true',
    tight: 'false',
    works: says('terminal\r\n'),
    holds: says('none\n'),
  }),
  'run.warm': elsewhere('electron/core/sandbox/pool/pool.engine.test.ts'),
  'run.warm_interpreter': elsewhere('electron/core/sandbox/pool/booted.engine.test.ts'),
  'run.observe': nothing('There is no observation yet; asking for it is refused at the plan.'),
  'quota.runs': QUEUE,
  'quota.memory': QUEUE,
  'quota.cpu': QUEUE,
  'quota.priority': QUEUE,
};
