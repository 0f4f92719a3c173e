/** What containers are told, whoever tells it (Compose, a command line, a Pod, a `security:` document), as fields of a policy. Pure. */
import type { Mount } from '../../domain/policy.ts';
import { count, dockerBytes, milliseconds, UNLIMITED } from './amounts.ts';
import type { Draft, Given } from './draft.ts';
import { forbiddenSource } from './places.ts';
import { givenOf, type Section } from './section.ts';
import { words } from './words.ts';

const ROOT = 'Nothing in a sandbox ever runs as root (id 0).';
const PRIVATE = 'Every sandbox has its own namespaces; none of the host or of another container.';

/** `true` of a key that only takes protection away. */
export function never(draft: Draft, given: Given, value: boolean | null, why: string): void {
  if (value === false) draft.report.add(given, 'mapped', '', 'No sandbox ever has it.');
  else draft.report.refuse(given, why);
}

/** A protection that every sandbox has: asked for it is there, taken away it stays. */
export function always(draft: Draft, given: Given, value: boolean | null, what: string): void {
  if (value === true) draft.report.add(given, 'mapped', '', `Every sandbox has ${what}.`);
  else draft.report.refuse(given, `Every sandbox has ${what}; it cannot be turned off.`);
}

export function privileged(draft: Draft, given: Given, value: boolean | null): void {
  never(draft, given, value, 'A privileged container is the machine itself; no script ever gets one.');
}

export function user(draft: Draft, given: Given): void {
  const [uid = '', gid = uid] = given.text.trim().split(':');
  if (/^(?:root|0+)$/i.test(uid) || /^(?:root|0+)$/i.test(gid)) draft.report.refuse(given, ROOT);
  else if (!/^\d+$/.test(uid) || !/^\d+$/.test(gid))
    draft.report.refuse(given, 'A user is given by numbers here: names mean different ids in different images.');
  else
    draft.text(
      'security.user',
      `${uid}:${gid}`,
      given,
      given.text.includes(':') ? '' : 'The group gets the same number.',
    );
}

function capability(text: string): string {
  return text.trim().toUpperCase().replace(/^CAP_/, '');
}

export function capAdd(draft: Draft, given: Given): void {
  const name = capability(given.text);
  if (name === 'ALL') draft.report.refuse(given, 'All capabilities together are root; a policy names them one by one.');
  else if (draft.level !== 'system')
    draft.report.refuse(given, `Only \`system\` may grant capabilities; this policy is \`${draft.level}\`.`);
  else
    draft.entry('security.capabilities', name, given, 'Powers of root; look whether the script really needs this one.');
}

export function capDrop(draft: Draft, given: Given): void {
  draft.report.add(given, 'mapped', '', 'Every capability is dropped anyway.');
}

/** `no-new-privileges`, `seccomp=…`, `apparmor=…`, `label=…`; `:` for `=` too. */
export function securityOption(draft: Draft, given: Given): void {
  const [, name = '', value = ''] = /^\s*([\w-]+)\s*(?:[=:]\s*(.*))?$/s.exec(given.text) ?? [];
  const word = value.trim().toLowerCase();
  switch (name.toLowerCase()) {
    case 'no-new-privileges':
      return always(draft, given, word === '' || word === 'true', 'no new privileges');
    case 'seccomp':
      return seccomp(draft, given, value.trim());
    case 'apparmor':
      return apparmor(draft, given, value.trim());
    case 'label':
      return selinux(draft, given, value.trim());
    case 'systempaths':
    case 'proc-opts':
    case 'mask':
    case 'unmask':
      return draft.report.refuse(given, 'The masked paths of a sandbox stay masked.');
    default:
      return draft.report.ignore(given, 'Bellglass does not know this option.');
  }
}

export function seccomp(draft: Draft, given: Given, value: string): void {
  if (value.toLowerCase() === 'unconfined')
    draft.report.refuse(given, 'A script never runs without a filter of system calls.');
  else
    draft.report.add(
      given,
      'approximated',
      `security.seccomp: ${String(draft.value('security.seccomp'))}`,
      'Bellglass’ own profile is used, which allows less than an engine’s default.',
    );
}

export function apparmor(draft: Draft, given: Given, value: string): void {
  if (value.toLowerCase() === 'unconfined') draft.report.refuse(given, 'Confinement is never taken away by a policy.');
  else if (/^(?:runtime\/)?(?:default|docker-default)$/i.test(value))
    draft.report.add(given, 'mapped', 'security.apparmor: auto', '');
  else draft.text('security.apparmor', value.replace(/^localhost\//, ''), given);
}

export function selinux(draft: Draft, given: Given, value: string): void {
  if (/^disable$/i.test(value)) draft.report.refuse(given, 'Confinement is never taken away by a policy.');
  else draft.text('security.selinux', value, given);
}

/** The network of a container: its kind, or a named one. */
export function networkMode(draft: Draft, given: Given): void {
  const mode = given.text.trim().toLowerCase();
  if (mode === 'none') draft.text('network.mode', 'none', given);
  else if (mode === 'bridge' || mode === 'default' || mode === 'nat')
    draft.text(
      'network.mode',
      'full',
      given,
      'A bridge reaches the whole network; list the hosts under `network.allow` with mode `restricted` instead.',
    );
  else if (mode === 'host' || /^(?:container|service|ns|pod):/.test(mode)) draft.report.refuse(given, PRIVATE);
  else
    draft.report.refuse(
      given,
      `Bellglass has no networks between sandboxes; the policy keeps \`${String(draft.value('network.mode'))}\`.`,
    );
}

/** A namespace key: `pid`, `ipc`, `uts`, `cgroupns`, `userns`. */
export function namespace(draft: Draft, given: Given): void {
  if (/^(?:private|none|shareable|)$/i.test(given.text.trim()))
    draft.report.add(given, 'mapped', '', 'Every sandbox has its own namespaces.');
  else draft.report.refuse(given, PRIVATE);
}

export function ulimit(draft: Draft, name: string, given: Given): void {
  const [soft = '', hard = soft] = given.text.split(':');
  const values = [count(soft), count(hard)];
  const limit = values.includes(null) ? null : Math.min(...values.map((value) => value ?? 0));
  switch (name.toLowerCase().replace(/^rlimit_/, '')) {
    case 'nofile':
      return draft.amount(
        'resources.open_files',
        limit,
        given,
        hard === soft ? '' : 'Soft and hard limit are the same here: the lower one.',
      );
    case 'nproc':
      return draft.has('resources.processes')
        ? draft.report.ignore(given, 'The limit of processes of the whole container counts.')
        : draft.amount('resources.processes', limit, given, 'All processes and threads of the sandbox together.');
    case 'cpu':
      return draft.amount(
        'resources.cpu_time',
        limit === null || limit === UNLIMITED ? limit : limit * 1000,
        given,
        'All processes of the sandbox together.',
      );
    case 'core':
    case 'memlock':
    case 'msgqueue':
      return draft.report.add(given, 'approximated', '', 'Every sandbox has a fixed low limit of this kind.');
    default:
      return draft.report.ignore(given, 'A policy has no such limit.');
  }
}

/** What is said about a folder before it is known to be allowed. */
export interface Volume {
  readonly type: Mount['type'];
  readonly source: string;
  readonly target: string;
  /** Null: the source does not say. */
  readonly readOnly: boolean | null;
}

export function volume(draft: Draft, { type, source, target, readOnly }: Volume, given: Given): void {
  if (/[$`]/.test(source + target))
    return draft.report.refuse(given, 'Variables are not filled in; write the folder out.');
  if (source.startsWith('~') && source !== '~')
    return draft.report.refuse(given, 'Write the folder out in full instead of `~`.');
  const why = type === 'bind' ? forbiddenSource(source) : null;
  if (why !== null) return draft.report.refuse(given, why);
  const mode = readOnly === false ? 'rw' : 'ro';
  const note = readOnly === null ? 'Read-only, because the source does not say that it may be written.' : '';
  draft.mount({ type, target, mode, source }, given, note);
}

/** A memory-backed folder. Sizes add up to the scratch; `/tmp` and `/dev/shm` are there already. */
export function tmpfs(draft: Draft, target: string, size: number | null | undefined, given: Given): void {
  if (/^\/(?:tmp|workspace|dev\/shm|var\/tmp|run|home\/[^/]+)\/?$/.test(target)) {
    if (size === undefined || size === null || size === UNLIMITED)
      draft.report.add(given, 'approximated', '', 'Every sandbox has writable temporary folders within its scratch.');
    else {
      const before = draft.has('resources.scratch') ? (draft.value('resources.scratch') as number) : 0;
      draft.amount('resources.scratch', before + size, given, 'Temporary folders share one budget, the scratch.');
    }
    return;
  }
  draft.mount(
    { type: 'tmpfs', target, mode: 'rw' },
    given,
    'Its size is not kept; what is in it counts toward memory.',
  );
}

/** `TARGET:OPTIONS` with `size=` among the options, the rest separated by commas. */
export function tmpfsText(draft: Draft, given: Given): void {
  const [target = '', options = ''] = given.text.split(/:(.*)/s);
  const size = /(?:^|,)size=([^,]+)/.exec(options)?.[1];
  tmpfs(draft, target.trim(), size === undefined ? undefined : dockerBytes(size), given);
}

export function publish(draft: Draft, given: Given): void {
  const text = given.text.trim();
  const [, host, container, protocol = ''] =
    /^(?:(?:\[[\da-f:]+\]|\d+(?:\.\d+){3}):)?(?:(\d+):)?(\d+)(\/(?:tcp|udp))?$/i.exec(text) ?? [];
  if (container === undefined) draft.report.refuse(given, 'Ports are published one by one, as `8080:80`.');
  else
    draft.entry(
      'network.publish',
      `${host === undefined ? '' : `${host}:`}${container}${protocol.toLowerCase()}`,
      given,
      'Offered to this machine only.',
    );
}

export function environment(draft: Draft, name: string, value: string | null, given: Given): void {
  if (value === null) draft.report.refuse(given, 'Nothing of your own environment is passed on; write the value out.');
  else if (/\$\{|\$[A-Za-z_]|\$\(|`/.test(value))
    draft.report.refuse(given, 'Variables are not filled in; write the value out.');
  else draft.pair('run.env', name, value, given);
}

export function timeout(draft: Draft, given: Given): void {
  draft.amount('resources.wall_time', milliseconds(given.text), given);
}

export function workingDir(draft: Draft, given: Given): void {
  draft.text('run.working_dir', given.text, given);
}

const OCI: Readonly<Record<string, string>> = { gvisor: 'runsc', runsc: 'runsc', kata: 'kata-runtime' };

export function ociRuntime(draft: Draft, given: Given): void {
  const known = OCI[given.text.trim().toLowerCase()];
  draft.text(
    'security.oci_runtime',
    known ?? given.text,
    given,
    known === undefined || known === given.text ? '' : `Taken for \`${known}\`.`,
  );
}

const PULL: Readonly<Record<string, string>> = {
  always: 'always',
  never: 'never',
  missing: 'if-not-present',
  ifnotpresent: 'if-not-present',
  'if-not-present': 'if-not-present',
};

export function pull(draft: Draft, given: Given): void {
  const word = given.text.trim().toLowerCase();
  if (Object.hasOwn(PULL, word)) draft.text('image.pull', PULL[word] ?? '', given);
  else draft.report.ignore(given, 'A policy knows `always`, `if-not-present` and `never`.');
}

/** An image, with its digest taken apart. */
export function image(draft: Draft, given: Given): void {
  const [name = '', digest] = given.text.trim().split('@');
  if (/[$`]/.test(given.text)) return draft.report.refuse(given, 'Variables are not filled in; write the image out.');
  draft.text('image.name', name, given);
  if (digest !== undefined) draft.text('image.digest', digest, given);
}

/** A command as one line or as a list of words. */
export function command(
  draft: Draft,
  section: Section,
  field: 'run.entrypoint' | 'run.command',
  ...names: string[]
): void {
  const found = section.take(...names);
  if (found === undefined) return;
  const given = givenOf(found.path, found.tree);
  if (found.tree.kind === 'list') {
    const parts = found.tree.items.map((item) => (item.kind === 'text' ? item.text : null));
    if (parts.includes(null)) draft.report.refuse(given, 'A command consists of words.');
    else draft.words(field, parts as string[], { ...given, text: parts.join(' ') });
  } else if (found.tree.kind === 'text') {
    const split = words(found.tree.text);
    if (split.some((word) => word.acts))
      draft.report.refuse(given, 'Variables and commands inside it are not filled in; write it as a list of words.');
    else
      draft.words(
        field,
        split.map((word) => word.text),
        given,
      );
  } else draft.report.refuse(given, 'A command is a line or a list of words.');
}
