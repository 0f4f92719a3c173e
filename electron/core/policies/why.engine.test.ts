/** The answers of `policy why`, held against what really happens in a sandbox, for each kind of question (POL-9). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Launch } from '#shared/contract/runs.ts';
import type { Capabilities } from '#shared/domain/engine.ts';
import type { TrustLevel } from '#shared/domain/policy.ts';
import { capabilityNumber, CAPABILITIES } from '#shared/policy/kernel/capabilities.ts';
import { policyOf } from '#shared/policy/testing/examples.ts';
import { answer } from '#shared/policy/why/answer.ts';
import { parseQuestion, type Question } from '#shared/policy/why/question.ts';
import { toBase64, utf8 } from '#shared/script/bytes.ts';
import { hostFacts } from '../engine/capabilities/host.ts';
import { quickCapabilities } from '../engine/capabilities/quick.ts';
import type { Engine } from '../engine/port.ts';
import { startTestPodman, whyNoTestEngine } from '../engine/testing/index.ts';
import { loadRuntimeImages } from '../images/testing/load.ts';
import { createHarness, type Harness } from '../runs/testing/harness.ts';
import { imageEngine } from '../runs/testing/image-engine.ts';

const ATTEMPTS = readFileSync(join(import.meta.dirname, 'testing/attempts.py'), 'utf8');

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

type Set = Readonly<Record<string, string>>;

/** Where answers differ: levels, removed calls, blocked paths, path rules, capabilities, mounts, a variable. */
const POLICIES: readonly (readonly [TrustLevel, Set])[] = [
  ['untrusted', {}],
  [
    'limited',
    {
      'security.seccomp_rules': '-sysinfo, -eventfd2, -listen',
      'files.blocked_paths': '/etc/ssl, /etc/group',
      'files.mounts': 'tmpfs::/cache:rw',
      'run.env': 'GREETING=hello',
    },
  ],
  [
    'trusted',
    {
      'network.mode': 'none',
      'resources.memory': '128 MiB',
      'resources.scratch': '64 MiB',
      'files.access.write': '/workspace/out, /tmp',
      'files.access.read': '/usr/share/zoneinfo, /etc/group, /sys/fs/cgroup',
      'files.access.execute': '/usr/bin/true, /tmp',
    },
  ],
  [
    'system',
    {
      'network.mode': 'none',
      'resources.memory': '128 MiB',
      'resources.scratch': '64 MiB',
      'security.capabilities': 'NET_BIND_SERVICE, SYS_NICE',
    },
  ],
];

const CALLS =
  'getpid getcwd dup close read pipe2 epoll_create1 eventfd2 sysinfo getrandom splice tee memfd_create shmget io_setup ptrace mount umount2 bpf keyctl userfaultfd perf_event_open unshare setns io_uring_setup vmsplice chroot kexec_load process_vm_readv'.split(
    ' ',
  );
const READABLE =
  '/etc/passwd /etc/group /etc/ssl/certs/ca-certificates.crt /usr/bin/env /usr/share/zoneinfo/UTC /usr/share /proc/meminfo /proc/self/status /proc/keys /root /workspace script.py /proc/timer_list /sys/kernel'.split(
    ' ',
  );
const FOLDERS =
  '/workspace /workspace/out /tmp ~ /var/tmp /dev/shm /cache /etc /usr/bin /root / /proc/sys/kernel /var/lib /sys/kernel'.split(
    ' ',
  );

const draw = (words: readonly string[]): fc.Arbitrary<string> => fc.constantFrom(...words);
const mib = (most: number): fc.Arbitrary<string> => fc.integer({ min: 1, max: most }).map((size) => `${size} MiB`);

/** By kind, so that every kind is asked. */
const ASKED: Readonly<Partial<Record<Question['kind'], fc.Arbitrary<string>>>> = {
  connect: draw(['192.0.2.1:443', 'api.example.org:443', '[2001:db8::1]:80', '10.0.0.1:22', '169.254.169.254:80']),
  lookup: draw(['api.example.org', 'localhost', 'metadata.google.internal', '192.0.2.1']),
  listen: draw(['8080', '80', '1023', '65535']),
  read: draw(READABLE),
  write: fc.oneof(
    draw(FOLDERS).map((folder) => `${folder}/attempt 1 KiB`),
    fc
      .tuple(draw(['/workspace/out', '/tmp', '/dev/shm', '/cache']), mib(90))
      .map(([folder, size]) => `${folder}/attempt ${size}`),
    fc.constant('/dev/null 1 MiB'),
  ),
  execute: draw([
    '/usr/bin/true',
    '/bin/true',
    '/usr/bin/env',
    '/tmp/try',
    '/workspace/out/try',
    '/dev/shm/try',
    '/cache/try',
    '/proc/try',
  ]),
  memory: mib(200),
  cpu: fc.integer({ min: 1, max: 150 }).map((percent) => `${percent} %`),
  processes: fc.integer({ min: 3, max: 120 }).map(String),
  'open-files': fc.integer({ min: 8, max: 1100 }).map(String),
  syscall: draw(CALLS),
  capability: draw(CAPABILITIES),
  env: draw([
    'HOME',
    'PATH',
    'GREETING',
    'AWS_SECRET_ACCESS_KEY',
    'TERM',
    'TMPDIR',
    'SSH_AUTH_SOCK',
    'USER',
    'UV_THREADPOOL_SIZE',
  ]),
};

/** As the script takes it; paths as the person wrote them but for the home folder. */
function args(question: Question): unknown[] {
  switch (question.kind) {
    case 'connect':
      return [question.host, question.port];
    case 'listen':
      return [question.port];
    case 'read':
    case 'execute':
      return [question.path];
    case 'write':
      return [question.path, question.bytes ?? 1];
    case 'memory':
    case 'output':
      return [question.bytes];
    case 'cpu':
      return [question.percent];
    case 'run':
      return [question.ms];
    case 'processes':
    case 'open-files':
      return [question.count];
    case 'capability':
      return [capabilityNumber(question.name)];
    case 'lookup':
    case 'syscall':
    case 'env':
      return [question.name];
  }
}

const launch = (level: TrustLevel, set: Set, questions: readonly Question[]): Partial<Launch> => ({
  trust: level,
  set: { ...set, 'resources.cpu_time': '60 s' },
  files: [
    { path: 'script.py', content: toBase64(utf8(ATTEMPTS)) },
    { path: 'questions.json', content: toBase64(utf8(JSON.stringify(questions.map((one) => [one.kind, args(one)])))) },
    { path: 'out/keep', content: '' },
  ],
});

/** Another set on each run; a failure names it. */
const seed = Date.now() % 2 ** 31;

const whyNot = whyNoTestEngine('podman');

describe.each([
  ['Docker', imageEngine, null],
  ['Podman', podman, whyNot],
] as const)('on %s', (_name, start, skip) => {
  if (skip !== null) {
    it.skip(`SKIPPED: ${skip}`, () => {});
    return;
  }
  let started: Started;
  let harness: Harness;
  const context = () => ({ runtime: 'python' as const, capabilities: started.capabilities });

  beforeAll(async () => {
    started = await start();
    harness = await createHarness(started.engine, started.capabilities);
  }, 600_000);

  afterAll(async () => {
    await harness?.dispose();
    await started?.dispose();
  });

  it.each(POLICIES)('answers as a sandbox behaves: %s %j (POL-9)', async (level, set) => {
    const policy = policyOf(level, set);
    const texts = Object.entries(ASKED).flatMap(([kind, rest]) =>
      fc.sample(rest, { numRuns: 6, seed }).map((words) => `${kind} ${words}`),
    );
    const questions = [...new Set(texts)].map((text) => ({ text, question: parseQuestion(text) }));
    const run = await harness.run(
      'python',
      ATTEMPTS,
      launch(
        level,
        set,
        questions.map(({ question }) => question),
      ),
    );
    const line = run.output.split('\n').find((text) => text.startsWith('['));
    expect([run.detail.summary.verdict?.reason, line]).toEqual([expect.any(String), expect.stringContaining('[')]);
    const worked = JSON.parse(line ?? '[]') as (boolean | null)[];
    const said = questions.map(({ question }) => answer(question, policy, context()));
    const wrong = questions.flatMap(({ text }, at) => {
      const { allowed, sentence } = said[at]!;
      return allowed === 'depends' || worked[at] === null || allowed === worked[at]
        ? []
        : [`${text}: ${sentence} It ${worked[at] ? 'worked' : 'failed'}.`];
    });
    expect({ seed, wrong, output: wrong.length > 0 ? run.output : '' }).toEqual({ seed, wrong: [], output: '' });
    const kinds = new Set(
      questions.flatMap(({ question }, at) => (said[at]!.allowed === 'depends' ? [] : [question.kind])),
    );
    expect(kinds.size).toBeGreaterThanOrEqual(10);
    expect(said.filter(({ allowed }, at) => allowed !== 'depends' && worked[at] !== null).length).toBeGreaterThan(35);
  });

  it('answers as a sandbox behaves: how long a run may take, and how much it may print (POL-9)', async () => {
    const set = { 'resources.wall_time': '2 s', 'resources.output': '64 KiB' };
    const policy = policyOf('limited', set);
    const ask = (text: string): unknown => answer(parseQuestion(text), policy, context()).allowed;
    const ran = async (seconds: number): Promise<boolean> => {
      const { detail } = await harness.run('bash', `sleep ${seconds}`, { trust: 'limited', set });
      return detail.summary.verdict?.outcome === 'succeeded';
    };
    const printed = async (bytes: number): Promise<boolean> => {
      const { output } = await harness.run('python', `print('x' * ${bytes}, end='')`, { trust: 'limited', set });
      return output.length === bytes;
    };
    expect([ask('run 100 ms'), ask('run 20 s'), ask('output 64 KiB'), ask('output 65 KiB')]).toEqual([
      await ran(0.1),
      await ran(20),
      await printed(65_536),
      await printed(66_560),
    ]);
  });
});
