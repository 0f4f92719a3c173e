/** Answers about files: what the sandbox has, what is masked, what path rules and mounts allow (POL-8). */
import type { EffectivePolicy, FieldPath, Mount } from '../../domain/policy.ts';
import { formatBytes, MIB } from '../../lib/units.ts';
import { compile } from '../compile.ts';
import { plainPath, within } from '../mounts/targets.ts';
import { ALWAYS_ALLOWED } from '../path-access.ts';
import { OWN_MEMORY } from './limits.ts';
import { byField, fixed, type Answer, type WhyContext } from './reply.ts';

/** Links of every image, followed until none is left. */
const LINKS: readonly (readonly [from: string, to: string])[] = [
  ['/var/tmp', '/tmp'],
  ['/tmp', '/workspace/.tmp'],
  ['/home/script', '/workspace/.home'],
  ['/var/run', '/run'],
  ['/bin', '/usr/bin'],
  ['/sbin', '/usr/sbin'],
  ['/lib', '/usr/lib'],
  ['/lib64', '/usr/lib64'],
];
/** Hidden by every engine; reads as empty. */
const HIDDEN = [
  '/proc/kcore',
  '/proc/keys',
  '/proc/timer_list',
  '/proc/sched_debug',
  '/proc/scsi',
  '/proc/acpi',
  '/sys/firmware',
];
const DEVICES = ['/dev/null', '/dev/zero', '/dev/full', '/dev/random', '/dev/urandom', '/dev/tty'];
/** Room that the script itself and folders take of the scratch. */
const OWN_FILES = MIB;

type Verb = 'read' | 'write' | 'execute';

/** The path that is meant, without `.`, `..` and links of the image. */
export function insidePath(path: string, workingDir: string): string {
  const parts: string[] = [];
  for (const part of (path.startsWith('/') ? path : `${workingDir}/${path}`).split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  let plain = `/${parts.join('/')}`;
  for (const [from, to] of LINKS) if (within(plain, from)) plain = `${to}${plain.slice(from.length)}`;
  return plain;
}

const isIn = (path: string, folders: readonly string[]): boolean => folders.some((folder) => within(path, folder));

function hidden(policy: EffectivePolicy, path: string): Answer | null {
  const blocked = policy.fields['files.blocked_paths'].value.find((one) => within(path, insidePath(one, '/')));
  if (blocked !== undefined)
    return byField(
      policy,
      'files.blocked_paths',
      false,
      `No: ${blocked} is hidden and empty inside.`,
      `files.blocked_paths: ${blocked}`,
    );
  const masked = HIDDEN.find((one) => within(path, one));
  return masked === undefined ? null : fixed(false, `No: ${masked} is hidden and empty inside.`, 'the engine masks it');
}

/** A path rule that leaves this path out, or null. */
function ruledOut(policy: EffectivePolicy, verb: Verb, path: string): Answer | null {
  const field = `files.access.${verb}` as const;
  const lists = { read: 'files.access.read', write: 'files.access.write', execute: 'files.access.execute' } as const;
  const list = policy.fields[field].value;
  if (list.length === 0) return null;
  const others = verb === 'read' ? policy.fields[lists.execute].value : [];
  const allowed = [...list, ...others, ...ALWAYS_ALLOWED[verb]].map((one) => insidePath(one, '/'));
  if (isIn(path, allowed)) return null;
  const what = { read: 'readable', write: 'writable', execute: 'executable' }[verb];
  return byField(policy, field, false, `No: ${path} is in none of the ${what} paths.`);
}

function byMount(policy: EffectivePolicy, verb: Verb, mount: Mount, bytes: number | null, context: WhyContext): Answer {
  const field: FieldPath = 'files.mounts';
  const rule = `${field}: ${mount.type}:${mount.source ?? ''}:${mount.target}:${mount.mode}`;
  if (verb === 'write' && mount.mode === 'ro')
    return byField(policy, field, false, `No: ${mount.target} is mounted read-only.`, rule);
  if (mount.type === 'tmpfs') {
    const { options } = compile(policy, context.runtime, context.capabilities);
    const room = options.mounts.find(({ target }) => target === plainPath(mount.target))?.bytes ?? 0;
    return (bytes ?? 0) > room
      ? byField(policy, field, false, `No: ${mount.target} has ${formatBytes(room)}, a part of the scratch.`, rule)
      : byField(policy, field, true, `Yes: ${mount.target} is a temporary folder of the run.`, rule);
  }
  return byField(
    policy,
    field,
    'depends',
    `It depends on the file: ${mount.target} is mounted, and the modes of its files hold for user ${policy.fields['security.user'].value}.`,
    rule,
  );
}

function mountOf(policy: EffectivePolicy, path: string): Mount | undefined {
  return policy.fields['files.mounts'].value
    .filter(({ target }) => within(path, plainPath(target)))
    .toSorted((a, b) => b.target.length - a.target.length)[0];
}

function scratch(policy: EffectivePolicy, path: string, bytes: number | null, context: WhyContext): Answer {
  const field = 'resources.scratch';
  const { options } = compile(policy, context.runtime, context.capabilities);
  const shared = within(path, '/dev/shm');
  const room = shared ? options.shmBytes : options.scratchBytes;
  const where = `${path} is in the scratch`;
  if (bytes === null) return byField(policy, field, true, `Yes: ${where}, of which ${formatBytes(room)} are there.`);
  if (bytes > room)
    return byField(
      policy,
      field,
      false,
      `No: ${where}, which has ${formatBytes(room)}${shared ? ' of shared memory' : ''}.`,
    );
  const memory = policy.fields['resources.memory'].value;
  if (bytes > memory)
    return byField(policy, 'resources.memory', false, 'No: temporary files count toward memory, and this is more.');
  if (bytes > memory - OWN_MEMORY)
    return byField(
      policy,
      'resources.memory',
      'depends',
      'It depends: temporary files and the runtime share the memory.',
    );
  if (bytes > room - (shared ? 0 : OWN_FILES))
    return byField(policy, field, 'depends', 'It depends: the script and its own files share the scratch.');
  return byField(policy, field, true, `Yes: ${where}, of which ${formatBytes(room)} are there.`);
}

const READ_ONLY = 'the root file system is read-only';

function write(policy: EffectivePolicy, path: string, bytes: number | null, context: WhyContext): Answer {
  if (isIn(path, ['/workspace', '/dev/shm'])) return scratch(policy, path, bytes, context);
  if (DEVICES.includes(path))
    return fixed(true, 'Yes: the device takes it and keeps nothing.', 'every sandbox has a few harmless devices');
  if (
    isIn(path, [
      '/proc/self',
      '/proc/thread-self',
      '/dev/fd',
      '/dev/pts',
      '/dev/mqueue',
      '/dev/stdout',
      '/dev/stderr',
      '/dev/ptmx',
    ])
  )
    return fixed('depends', 'It depends on the file: the kernel decides for each of them.', READ_ONLY);
  return fixed(false, 'No: outside of the scratch nothing can be written.', READ_ONLY);
}

function read(path: string): Answer {
  const image = 'the image decides what everyone may read';
  if (isIn(path, ['/root'])) return fixed(false, 'No: it belongs to root.', image);
  if (/^\/proc\/1(\/|$)/.test(path))
    return fixed('depends', 'It depends: the warden belongs to another user, who shows little.', image);
  if (isIn(path, ['/dev']) && !DEVICES.includes(path) && !isIn(path, ['/dev/shm', '/dev/fd', '/dev/stdin']))
    return fixed(
      'depends',
      'It depends: only a few harmless devices are there.',
      'every sandbox has a few harmless devices',
    );
  return isIn(path, ['/workspace', '/dev/shm'])
    ? fixed(true, 'Yes, if it is there: it is in the scratch of the script.', 'the scratch belongs to the script')
    : fixed(
        true,
        'Yes, if the image has it: files of the image may be read by everyone, and none of them is yours.',
        image,
      );
}

function execute(path: string): Answer {
  if (isIn(path, ['/dev', '/proc', '/sys']))
    return fixed(false, 'No: nothing there can be executed.', 'these are mounted without programs');
  if (isIn(path, ['/root']))
    return fixed(false, 'No: it belongs to root.', 'the image decides what everyone may execute');
  return isIn(path, ['/workspace'])
    ? fixed(true, 'Yes, if it is marked executable.', 'the scratch belongs to the script')
    : fixed(true, 'Yes, if the image has it.', 'the image decides what everyone may execute');
}

/** For `read`, `write` and `execute`; `bytes` of the file to write, where it is known. */
export function file(
  policy: EffectivePolicy,
  verb: Verb,
  given: string,
  bytes: number | null,
  context: WhyContext,
): Answer {
  const path = insidePath(given, policy.fields['run.working_dir'].value);
  const stopped = hidden(policy, path) ?? ruledOut(policy, verb, path);
  if (stopped) return stopped;
  const mount = mountOf(policy, path);
  if (mount) return byMount(policy, verb, mount, bytes, context);
  if (verb === 'write') return write(policy, path, bytes, context);
  return verb === 'read' ? read(path) : execute(path);
}
