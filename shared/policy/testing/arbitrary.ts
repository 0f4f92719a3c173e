/** Random policies for property tests: every field drawn from values that matter to some rule, and from plain ones. Numbers come from the test. */
import { TRUST_LEVELS, type EffectivePolicy, type FieldPath, type PartialPolicy } from '../../domain/policy.ts';
import { GIB, MIB } from '../../lib/units.ts';
import { effective } from '../merge/effective.ts';

const ALLOW = [
  'api.example.org',
  'api.example.org:443',
  '*.example.org',
  '*.cloudfront.net',
  '*.com',
  '169.254.169.254:80',
  'metadata.google.internal',
  'localhost:8080',
  'host.docker.internal',
  '10.0.0.0/8',
  '0.0.0.0/0',
  '[::/0]:443',
  '203.0.0.0/10',
  'old.example.org:80',
  'db.example.org:5432',
  'mail.example.org:25,587',
  'any.example.org:*',
  'dns.google',
  'github.com',
  'time.example.org:123/udp',
  'printer.local',
] as const;
const MOUNTS = [
  { type: 'bind', source: './data', target: '/data', mode: 'ro' },
  { type: 'bind', source: './data', target: '/data', mode: 'rw' },
  { type: 'bind', source: '.', target: '/project', mode: 'rw' },
  { type: 'bind', source: '/home/ada', target: '/home/ada', mode: 'rw' },
  { type: 'bind', source: '/home/ada', target: '/home/ada', mode: 'ro' },
  { type: 'bind', source: '/home/ada/.ssh', target: '/keys', mode: 'ro' },
  { type: 'bind', source: '/etc', target: '/host/etc', mode: 'ro' },
  { type: 'bind', source: '/', target: '/host', mode: 'rw' },
  { type: 'bind', source: './bin', target: '/usr/local/bin', mode: 'ro' },
  { type: 'volume', source: 'cache', target: '/cache', mode: 'rw' },
  { type: 'tmpfs', target: '/scratch', mode: 'rw' },
] as const;

type Draw = (number: number) => unknown;

/** Each bit of the number takes one value. */
const some =
  (values: readonly unknown[]): Draw =>
  (number) =>
    values.filter((_, at) => ((number >> at) & 1) === 1);
const one =
  (...values: readonly unknown[]): Draw =>
  (number) =>
    values[number % values.length];

/** How many numbers a policy is made of. */
export const NUMBERS = 64;

const VALUES: { readonly [P in FieldPath]?: Draw } = {
  'resources.memory': one(8 * MIB, 32 * MIB, 64 * MIB, 128 * MIB, 512 * MIB, 8 * GIB, 64 * GIB),
  'resources.cpu': one(1, 25, 50, 100, 200, 3200),
  'resources.wall_time': one(2000, 60_000, 300_000, 3_600_000, 7 * 86_400_000),
  'resources.cpu_time': one(1000, 30_000, 600_000, 3_600_000, 86_400_000),
  'resources.processes': one(1, 5, 10, 100, 5000),
  'resources.open_files': one(16, 32, 64, 1024, 65_536),
  'resources.disk_read': one(null, 10 * MIB, 500 * MIB),
  'resources.disk_write': one(null, 5 * MIB, 500 * MIB),
  'resources.scratch': one(MIB, 50 * MIB, 100 * MIB, 2 * GIB),
  'resources.output': one(4096, 10 * MIB, 2 * GIB),
  'resources.on_breach.cpu_time': one('kill', 'warn', 'pause'),
  'resources.on_breach.wall_time': one('kill', 'warn', 'pause'),
  'resources.on_breach.output': one('drop', 'kill'),
  'network.mode': one('none', 'restricted', 'full'),
  'network.allow': some(ALLOW),
  'network.block': some(ALLOW),
  'network.dns': one('system', '192.0.2.53'),
  'network.hosts': one(
    {},
    { 'api.example.org': '192.0.2.1' },
    { 'db.example': '10.0.0.1', 'api.example.org': '127.0.0.1' },
  ),
  'network.publish': some(['80:80', '8080:80', '9000:9000', '9001:9001', '9002:9002', '9003:9003', '9004:9004']),
  'network.download': one(null, 5 * MIB, 500 * MIB),
  'network.upload': one(null, MIB, 500 * MIB),
  'network.connections': one(null, 10, 1000),
  'files.mounts': some(MOUNTS),
  'files.blocked_paths': some(['/etc/passwd', '/etc/ssl', '/etc/ssl/certs', '/usr/share']),
  'files.access.read': some(['/etc/passwd', '/usr/share/zoneinfo', '/workspace']),
  'files.access.write': some(['/workspace', '/workspace/out', '/tmp']),
  'files.access.execute': some(['/usr/bin', '/workspace/out', '/tmp/x']),
  'security.seccomp': one('strict', 'standard'),
  'security.seccomp_rules': some(['-socket', '-fork', '-chmod']),
  'security.capabilities': some(['SYS_ADMIN', 'NET_RAW', 'NET_BIND_SERVICE', 'SYS_PTRACE']),
  'security.user': one('1000:1000', '1234:1234', '33:33'),
  'security.user_namespace': one('auto', 'on', 'off'),
  'security.apparmor': one('auto', 'bellglass'),
  'security.selinux': one('auto', 'type:my_script_t'),
  'security.oci_runtime': one('auto', 'crun', 'kata'),
  'security.canaries': one(true, false),
  'image.runtime': one(null, 'python', 'node', 'bash'),
  'image.name': one(null, 'golang:1.22', 'alpine', 'alpine:latest'),
  'image.pull': one('always', 'if-not-present', 'never'),
  'image.digest': one(null, `sha256:${'0'.repeat(64)}`),
  'run.entrypoint': one(null, ['/bin/sh', '-c']),
  'run.env': one(
    {},
    { LD_PRELOAD: '/tmp/x.so' },
    { API_TOKEN: 'abc123', HOME_PAGE: 'x' },
    { PATH: '/tmp', BELLGLASS_RUN_ID: '1' },
    { KEY: 'k7Qz1mXw9RtB4vLp0SdFhJ2c', PLAIN: 'a,b' },
  ),
  'run.warm_interpreter': one(true, false),
  'quota.runs': one(1, 10, 1000),
  'quota.memory': one(null, 16 * MIB, 256 * GIB),
  'quota.cpu': one(null, 25, 800),
};

/** Some fields with values of their own; 0 leaves a field out. */
export function valuesFrom(numbers: readonly number[]): PartialPolicy {
  const drawn = (Object.entries(VALUES) as [FieldPath, Draw][]).flatMap(([path, draw], at) => {
    const number = numbers[at] ?? 0;
    return number % 3 === 0 ? [] : [[path, draw(Math.floor(number / 3))]];
  });
  return Object.fromEntries(drawn) as PartialPolicy;
}

/** A policy as a person may have written it; the last number chooses the level. */
export function policyFrom(numbers: readonly number[]): EffectivePolicy {
  const level = TRUST_LEVELS[(numbers.at(-1) ?? 0) % TRUST_LEVELS.length] ?? 'untrusted';
  return effective({
    level,
    name: 'own',
    tiers: [{ tier: 'policy', name: 'own', values: valuesFrom(numbers) }],
    ceilings: {},
  });
}

/** The policy with some values of this run on top. */
export function withValues(policy: EffectivePolicy, values: PartialPolicy): EffectivePolicy {
  const own = Object.entries(values).map(([path, value]) => [path, { value, tier: 'run', name: 'this run' }]);
  return {
    ...policy,
    fields: { ...policy.fields, ...(Object.fromEntries(own) as Partial<EffectivePolicy['fields']>) },
  };
}
