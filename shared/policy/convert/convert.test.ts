import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PolicyDocument } from '../../domain/policy-document.ts';
import { MIB } from '../../lib/units.ts';
import { readPolicy } from '../document/read.ts';
import { writePolicy } from '../document/write.ts';
import { convert, detectShape } from './convert.ts';
import type { Conversion } from './conversion.ts';

function only(conversion: Conversion): PolicyDocument {
  expect(conversion.problems).toEqual([]);
  expect(conversion.documents).toHaveLength(1);
  return conversion.documents[0] as PolicyDocument;
}

/** `result from` of every line, without positions. */
function lines(conversion: Conversion, result: string): string[] {
  return conversion.report.filter((line) => line.result === result).map(({ from }) => from);
}

const service = (body: string): string => `services:\n  web:\n    image: app:1\n${body.replaceAll(/^/gm, '    ')}\n`;

const FORBIDDEN_COMPOSE = [
  'privileged: true',
  'user: root',
  'user: "0:1000"',
  'network_mode: host',
  'network_mode: "container:db"',
  'pid: host',
  'ipc: host',
  'cap_add: [SYS_ADMIN]',
  'cap_add: [NET_BIND_SERVICE]',
  'cap_add: [ALL]',
  'security_opt: ["seccomp=unconfined"]',
  'security_opt: ["seccomp:unconfined"]',
  'security_opt: ["apparmor=unconfined"]',
  'security_opt: ["no-new-privileges=false"]',
  'security_opt: ["label=disable"]',
  'security_opt: ["systempaths=unconfined"]',
  'devices: ["/dev/kvm"]',
  'sysctls: { net.core.somaxconn: 1024 }',
  'read_only: false',
  'volumes: ["/var/run/docker.sock:/sock"]',
  'volumes: ["/var/run:/host-run"]',
  'volumes: ["/run/user/1000/podman/podman.sock:/sock:ro"]',
  'volumes: ["/:/host:ro"]',
  'volumes: ["/home/me/../..:/host:ro"]',
  'volumes: ["/proc:/p"]',
  'volumes: ["/home/me:/h"]',
  'volumes: ["~:/h"]',
  'volumes: ["${HOME}/x:/h"]',
  'volumes: ["/srv/x:/workspace"]',
  'volumes: ["/srv/x:/usr/lib/bellglass"]',
  'volumes: [{ type: bind, source: /var/run/docker.sock, target: /s }]',
  'volumes_from: [db]',
  'gpus: all',
  'use_api_socket: true',
  'userns_mode: host',
  'mem_limit: 0',
  'mem_limit: -1',
  'cpus: 0',
  'pids_limit: -1',
  'environment: [TOKEN]',
  'environment: { A: "$SECRET" }',
  'env_file: .env',
  'extra_hosts: ["host.docker.internal:host-gateway"]',
  'working_dir: /etc',
];

describe('what no policy may have (POL-1)', () => {
  it.each(FORBIDDEN_COMPOSE)('refuses %s with a reason and takes nothing of it over', (body) => {
    const conversion = convert('x', service(body));
    const { level, values } = only(conversion);
    expect(level).toBe('untrusted');
    expect(values).toEqual({ 'image.name': 'app:1' });
    const refused = conversion.report.filter(({ result }) => result === 'refused');
    expect(refused.length).toBeGreaterThan(0);
    for (const { why, at } of refused) {
      expect(why.length).toBeGreaterThan(10);
      expect(at?.line).toBe(4);
    }
  });

  it.each([
    '--privileged',
    '--user=0',
    '-u root',
    '--network host',
    '--net=container:x',
    '--pid=host',
    '--ipc host',
    '--cap-add SYS_ADMIN',
    '--cap-add=ALL',
    '--security-opt seccomp=unconfined',
    '--security-opt=apparmor:unconfined',
    '--security-opt no-new-privileges=false',
    '--device /dev/kvm',
    '--gpus all',
    '--sysctl a=b',
    '-v /var/run/docker.sock:/var/run/docker.sock',
    '-v/:/host',
    '--mount type=bind,src=/var/run/docker.sock,dst=/x',
    '-v "$HOME/.ssh:/ssh"',
    '-e TOKEN',
    '-e A=$(cat /etc/passwd)',
    '-e A=`id`',
    '--read-only=false',
    '-m 0',
    '--pids-limit -1',
    '--oom-kill-disable',
    '--frobnicate',
  ])('refuses docker run %s', (flag) => {
    const conversion = convert('x', `docker run ${flag} app:1`);
    expect(only(conversion).values).toEqual({ 'image.name': 'app:1' });
    expect(lines(conversion, 'refused')).toHaveLength(1);
  });

  it('grants capabilities from a source at level system only, never all at once', () => {
    const text = (level: string, cap: string): string =>
      `security:\n  task_policies:\n    a:\n      trust_level: ${level}\n      security_policy: { capabilities: { add: [${cap}] } }\n`;
    expect(only(convert('x', text('Trusted', 'NET_RAW'))).values).toEqual({});
    expect(only(convert('x', text('System', 'ALL'))).values).toEqual({});
    expect(only(convert('x', text('SYSTEM', 'cap_net_raw'))).values).toEqual({ 'security.capabilities': ['NET_RAW'] });
  });
});

describe('a security: document (POL-4)', () => {
  const text = `
Security:
  default_limits: { max_memory_mb: 128, max_processes: 8, max_execution_time: 300, max_disk_read_bps: 1048576 }
  task_policies:
    - { name: tight, trust_level: Untrusted }
    - name: data
      Trust_Level: Limited
      resource_limits: { MAX_MEMORY_MB: 256, cpu_quota_us: 25000, cpu_period_us: 100000 }
      network_policy: { mode: Restricted, allowed_hosts: [api.example.com], allowed_ports: [80, 443] }
      security_policy:
        capabilities: { drop: [ALL] }
        seccomp_profile: { syscalls: [{ names: [ptrace], action: Kill }] }
      file_permissions: { allow_read: [/workspace] }
  runtime_config: { max_concurrent_containers: 4, cleanup_interval: 300 }
`;

  it('writes implied values out for each task, and keeps the tighter of default and level', () => {
    const { documents, problems } = convert('sec', text);
    expect(problems).toEqual([]);
    for (const document of documents)
      expect(readPolicy('x.yaml', document.name, writePolicy(document))).toMatchObject({ problems: [], document });
    expect(documents.map(({ name, level }) => [name, level])).toEqual([
      ['tight', 'untrusted'],
      ['data', 'limited'],
    ]);
    // 64 MiB, 5 processes and 60 s of `untrusted` grant less than the defaults do.
    expect(documents[0]?.values).toEqual({ 'resources.disk_read': MIB });
    expect(documents[1]?.values).toEqual({
      'resources.memory': 256 * MIB,
      'resources.cpu': 25,
      'resources.processes': 8,
      'resources.wall_time': 300_000,
      'resources.disk_read': MIB,
      'network.mode': 'restricted',
      'network.allow': ['api.example.com'],
      'security.seccomp_rules': ['-ptrace'],
      'files.access.read': ['/workspace'],
    });
  });

  it('only asks about what applies to the whole program', () => {
    expect(convert('sec', text).settings.map(({ key, value }) => [key, value])).toEqual([
      ['max_concurrent', '4'],
      ['sweep_interval', '300 s'],
    ]);
  });
});

it('reads a policies: document per runtime; a bridge becomes full with a warning (POL-4)', () => {
  const conversion = convert(
    'x',
    'policies:\n  Python: { image: "python:3.11", memory: "512m", cpus: "1.0", network: bridge, readonly: true, tmpfs: {/tmp: "size=64m"}, timeout: 30 }\n',
  );
  expect(only(conversion)).toMatchObject({
    name: 'Python',
    values: {
      'image.runtime': 'python',
      'image.name': 'python:3.11',
      'resources.memory': 512 * MIB,
      'resources.cpu': 100,
      'resources.wall_time': 30_000,
      'resources.scratch': 64 * MIB,
      'network.mode': 'full',
    },
  });
  expect(lines(conversion, 'approximated')).toContain('policies.Python.network: bridge');
});

it('makes one policy for each step of a workflow, with the workflow’s resources under it (POL-4, WF-1)', () => {
  const { documents } = convert(
    'x',
    'workflows:\n  build:\n    resources: { cpu_limit: "2.0", mem_limit: "4Gi" }\n    steps: [{ id: a, image: "golang:1.22", resources: { mem_limit: 512Mi } }, { id: b, run: echo }]\n',
  );
  expect(documents.map(({ name, values }) => [name, values['resources.cpu'], values['resources.memory']])).toEqual([
    ['build-a', 200, 512 * MIB],
    ['build-b', 200, 4096 * MIB],
  ]);
  expect(documents[1]?.values['image.runtime']).toBe('bash');
});

it('reads a whole docker run line as a shell would (POL-4)', () => {
  const line = `$ sudo docker run --rm -it \\
    -m 512m --cpus=1.5 --pids-limit 100 --ulimit nofile=64:128 --tmpfs /tmp:rw,size=64m \\
    -v /srv/data:/data:ro -e A='b c' -eB=d --entrypoint sh -p 127.0.0.1:8080:80 -p 9000:90 \\
    python:3.12 -c "print(\\"hi\\")" | tee log`;
  expect(detectShape(line)).toBe('docker-run');
  const conversion = convert('pasted', line);
  expect(only(conversion)).toEqual({
    name: 'pasted',
    level: 'untrusted',
    description: '',
    changes: {},
    values: {
      'run.tty': true,
      'resources.memory': 512 * MIB,
      'resources.cpu': 150,
      'resources.processes': 100,
      'resources.open_files': 64,
      'resources.scratch': 64 * MIB,
      'files.mounts': [{ type: 'bind', source: '/srv/data', target: '/data', mode: 'ro' }],
      'run.env': { A: 'b c', B: 'd' },
      'run.entrypoint': ['sh'],
      'network.publish': ['8080:80', '9000:90'],
      'image.name': 'python:3.12',
      'run.command': ['-c', 'print("hi")'],
    },
  });
  expect(lines(conversion, 'ignored')).toContain('after the command: | tee log');
});

it('makes one policy for each container of a Deployment, with the Pod’s own under it (POL-4)', () => {
  const { documents } = convert(
    'x',
    `apiVersion: apps/v1
kind: Deployment
metadata: { name: shop }
spec:
  template:
    spec:
      activeDeadlineSeconds: 90
      securityContext: { runAsUser: 1001, runAsGroup: 1002 }
      volumes: [{ name: t, emptyDir: { sizeLimit: 64Mi } }, { name: h, hostPath: { path: / } }]
      containers:
        - { name: app, image: "app:1", resources: { limits: { cpu: 500m, memory: 128M } }, volumeMounts: [{ name: t, mountPath: /tmp }, { name: h, mountPath: /h }] }
        - { name: side, image: "side:1", securityContext: { runAsUser: 0 } }
---
apiVersion: v1
kind: Service
`,
  );
  expect(documents.map(({ name, values }) => [name, values])).toEqual([
    [
      'shop-app',
      {
        'security.user': '1001:1002',
        'resources.wall_time': 90_000,
        'image.name': 'app:1',
        'resources.cpu': 50,
        'resources.memory': 128e6,
        'resources.scratch': 64 * MIB,
      },
    ],
    ['shop-side', { 'resources.wall_time': 90_000, 'image.name': 'side:1' }],
  ]);
});

it('resolves anchors and merge keys of Compose files, whatever the case of the keys (POL-4)', () => {
  const text = 'x-a: &a\n  MEM_LIMIT: 32m\nServices:\n  one: { <<: *a, cpus: 0.5 }\n  two: *a\n';
  const { documents } = convert('x', text);
  expect(documents.map(({ values }) => values)).toEqual([
    { 'resources.memory': 32 * MIB, 'resources.cpu': 50 },
    { 'resources.memory': 32 * MIB },
  ]);
});

it('tells our own documents and unknown ones from foreign ones', () => {
  expect(detectShape('trust_level: limited\n')).toBe('ours');
  expect(detectShape('resources: { memory: 1 GiB }\nservices: x\n')).toBe('ours');
  expect(detectShape('hello: world\n')).toBeNull();
  expect(detectShape('')).toBeNull();
  expect(detectShape('docker is fun; let us run')).toBeNull();
  expect(convert('x', 'hello: world').problems[0]?.code).toBe('unknown-shape');
});

describe('bad input (POL-7)', () => {
  const bomb = `a0: &a0 [x, x, x, x, x, x, x, x, x]\n${Array.from({ length: 12 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i}, `.repeat(9)}]`).join('\n')}\nservices: { web: { environment: *a12 } }\n`;
  it.each([
    ['aliases that expand without end', bomb, 'alias'],
    ['an alias of itself', 'services: &a { web: *a }', 'too-deep'],
    ['a very large file', `services: { web: { image: a } }\n${'# x\n'.repeat(100_000)}`, 'too-large'],
    ['very deep nesting', `services: ${'['.repeat(10_000)}`, 'too-deep'],
    ['very deep blocks', Array.from({ length: 600 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'), 'too-deep'],
    ['a key twice', 'services:\n  a: { image: x }\n  a: { image: y }\n', 'duplicate-key'],
    ['a program’s own tag', 'services: !!python/object:os.system { a: b }', 'tag'],
    ['tabs', 'services:\n\tweb: x', 'tab'],
    ['a binary file', 'services:\0\0', 'not-text'],
    [
      'hosts times ports without end',
      `security:\n task_policies:\n  a:\n   network_policy:\n    allowed_hosts: [${'a.b, '.repeat(3000)}]\n    allowed_ports: [${'8080, '.repeat(3000)}]\n`,
      'too-large',
    ],
    ['nothing at all', '', 'unknown-shape'],
    ['a service that is a word', 'services: { a: b }', 'empty'],
  ])('refuses %s with a clear error, and nothing is half-applied', (_what, text, code) => {
    const { documents, settings, problems } = convert('x', text);
    expect(problems.map((problem) => problem.code)).toEqual([code]);
    expect([documents, settings]).toEqual([[], []]);
  });

  it('reads words as they are written: no booleans, octal numbers or prototypes', () => {
    const { values } = only(
      convert('x', service('environment: { A: no, B: 0777, __proto__: x, C: "${" }\ncpus: 0x10\nmem_limit: .nan')),
    );
    expect(values['run.env']).toEqual(
      Object.fromEntries([
        ['A', 'no'],
        ['B', '0777'],
        ['__proto__', 'x'],
      ]),
    );
    expect(values['resources.memory']).toBeUndefined();
    expect(values['resources.cpu']).toBeUndefined();
  });

  it('takes the nearest bound for amounts that no policy may have', () => {
    const { values } = only(convert('x', service('mem_limit: 4m\npids_limit: 99999999')));
    expect(values).toMatchObject({ 'resources.memory': 8 * MIB, 'resources.processes': 32_768 });
  });

  it('gives every policy a good name of its own', () => {
    const { documents } = convert(
      'x',
      'services:\n  "a b": { cpus: 1 }\n  "a/b": { cpus: 1 }\n  "../..": { cpus: 1 }\n  System: { cpus: 1 }\n  con: { cpus: 1 }\n',
    );
    expect(documents.map(({ name }) => name)).toEqual(['a-b', 'a-b-2', 'imported', 'System-policy', 'con-policy']);
  });

  it('never throws and never grants a capability or a mode that was not named, for mutated documents', () => {
    const seeds = [
      service(FORBIDDEN_COMPOSE.slice(0, 1).join('\n')),
      'security:\n  task_policies: { a: { trust_level: Limited, resource_limits: { max_memory_mb: 1 } } }\n',
      'docker run -m 512m --cpus 1 -v /a:/b -e A=b app:1 sh -c "x"',
      'apiVersion: v1\nkind: Pod\nspec: { containers: [{ image: a, resources: { limits: { cpu: 1 } } }] }\n',
      'policies: { python: { memory: 1g, tmpfs: {/tmp: "size=1m"} } }',
    ];
    const piece = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '\n',
      '  ',
      ': ',
      '- ',
      '&a ',
      '*a',
      '<<: ',
      '"',
      "'",
      '\\',
      '~',
      '!x ',
      '%',
      '|',
      '9'.repeat(40),
      'cap_add',
      '\u202e',
      '\0',
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...seeds),
        fc.array(fc.tuple(fc.nat(400), fc.nat(6), piece), { maxLength: 6 }),
        (seed, edits) => {
          let text = seed;
          for (const [at, cut, put] of edits) text = text.slice(0, at) + put + text.slice(at + cut);
          const conversion = convert('x', text);
          for (const document of conversion.documents) {
            const { values, level } = document;
            const again = readPolicy('x.yaml', document.name, writePolicy(document));
            expect(again).toMatchObject({ problems: [], document: { level, values } });
            expect(values['security.capabilities']).toBeUndefined();
            expect(['untrusted', 'limited']).toContain(level);
            expect(values['network.mode']).toBeUndefined();
          }
        },
      ),
      { numRuns: 1500 },
    );
  });
});
