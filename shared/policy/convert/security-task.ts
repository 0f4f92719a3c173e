/** The parts of one task's policy in a `security:` document (POL-4). Pure. */
import type { FieldPath } from '../../domain/policy.ts';
import { bytesOf, count, milliseconds, mixedBytes, percent } from './amounts.ts';
import * as container from './container.ts';
import type { Draft, Given } from './draft.ts';
import { givenOf, Section } from './section.ts';

const MIB = 1024 * 1024;

/** `300`, `5m`, or a duration in seconds and nanoseconds. */
function duration(section: Section, ...names: string[]): { amount: number | null; given: Given } | undefined {
  const found = section.take(...names);
  if (found === undefined) return undefined;
  const given = givenOf(found.path, found.tree);
  if (found.tree.kind !== 'map')
    return { amount: found.tree.kind === 'text' ? milliseconds(found.tree.text) : null, given };
  const parts = new Section(found.path, found.tree, section.report);
  const seconds = milliseconds(parts.text('secs', 'seconds')?.text ?? '0');
  parts.skip('Less than a second.', 'nanos');
  return { amount: seconds, given };
}

/** Takes what a source sets for one task, or what it sets for all where that grants less than the level does by itself. */
export type Put = (field: FieldPath, amount: number | null, given: Given) => void;

/** Limits of a `security:` document; times without a unit are seconds, `*_bps` are bytes. */
export function limits(section: Section, put: Put): void {
  const { report } = section;
  const take = (field: FieldPath, read: (text: string) => number | null, ...names: string[]): void => {
    const given = section.text(...names);
    if (given !== undefined) put(field, read(given.text), given);
  };
  take('resources.memory', (text) => bytesOf(text, MIB), 'max_memory_mb', 'memory_mb', 'memory_limit_mb');
  take('resources.memory', mixedBytes, 'max_memory', 'memory');
  take('resources.cpu', percent, 'max_cpu_percent', 'cpu_percent');
  const quota = section.text('cpu_quota_us');
  const period = section.text('cpu_period_us');
  if (quota !== undefined) {
    const [share, whole] = [count(quota.text), count(period?.text ?? '100000')];
    put('resources.cpu', share === null || whole === null ? null : Math.floor((share / whole) * 10_000) / 100, quota);
  }
  const wall = duration(section, 'max_execution_time', 'timeout', 'max_execution_seconds');
  if (wall !== undefined) put('resources.wall_time', wall.amount, wall.given);
  const cpuTime = duration(section, 'cpu_timeout', 'max_cpu_time');
  if (cpuTime !== undefined) put('resources.cpu_time', cpuTime.amount, cpuTime.given);
  take('resources.processes', count, 'max_processes', 'max_pids', 'pids_limit');
  take('resources.open_files', count, 'max_open_files', 'max_file_descriptors');
  take('resources.disk_read', (text) => bytesOf(text, 1), 'max_disk_read_bps', 'disk_read_bps');
  take('resources.disk_write', (text) => bytesOf(text, 1), 'max_disk_write_bps', 'disk_write_bps');
  take('resources.scratch', (text) => bytesOf(text, MIB), 'max_disk_space_mb', 'tmp_size_mb');
  take('resources.output', (text) => bytesOf(text, MIB), 'max_output_mb', 'max_output_size_mb');
  const swap = section.text('memory_swap_limit_mb');
  if (swap !== undefined) report.add(swap, 'approximated', '', 'A sandbox never swaps beyond its memory.');
  section.rest();
}

export function network(draft: Draft, section: Section): void {
  const found = section.take('mode');
  if (found !== undefined) {
    const given = givenOf(found.path, found.tree);
    const word = found.tree.kind === 'map' ? (found.tree.entries[0]?.key ?? '') : given.text;
    const lower = word.trim().toLowerCase();
    if (lower === 'none' || lower === 'restricted' || lower === 'full')
      draft.text(
        'network.mode',
        lower,
        given,
        lower === 'full' ? 'Reaches the whole network; list hosts with mode `restricted` instead.' : '',
      );
    else container.networkMode(draft, { ...given, text: word });
  }
  const ports = section.texts('allowed_ports').filter((port) => {
    if (/^\d{1,5}$/.test(port.text.trim())) return true;
    draft.report.refuse(port, 'A port is a number.');
    return false;
  });
  const numbers = ports.map((port) => port.text.trim());
  const usual = ports.length === 0 || (numbers.length === 2 && numbers.includes('80') && numbers.includes('443'));
  const hosts = section.texts('allowed_hosts', 'allow', 'allowed_domains');
  for (const port of ports)
    draft.report.add(
      port,
      'mapped',
      '',
      hosts.length === 0 ? 'There is no host that it could be for.' : 'Written with each allowed host.',
    );
  for (const host of hosts) {
    if (usual || /:\d/.test(host.text)) draft.entry('network.allow', host.text, host);
    else for (const port of numbers) draft.entry('network.allow', `${host.text.trim()}:${port}`, host);
  }
  for (const host of section.texts('blocked_hosts', 'block', 'blocked_domains')) {
    if (/^(?:localhost|127\.|::1$|0\.0\.0\.0|169\.254\.169\.254|metadata\.google\.internal)/.test(host.text))
      draft.report.add(host, 'mapped', '', 'This machine and cloud metadata are always blocked unless listed.');
    else draft.entry('network.block', host.text, host);
  }
  for (const [index, server] of section.texts('dns_servers', 'dns').entries()) {
    if (index === 0) draft.text('network.dns', server.text, server);
    else draft.report.add(server, 'approximated', '', 'A policy names one resolver: the first one.');
  }
  const bandwidth = section.section('bandwidth_limits') ?? section;
  const rates: readonly [FieldPath, string][] = [
    ['network.download', 'max_download_bps'],
    ['network.upload', 'max_upload_bps'],
    ['network.connections', 'max_connections'],
  ];
  for (const [field, name] of rates) {
    const given = bandwidth.text(name);
    if (given !== undefined)
      draft.amount(field, name.endsWith('bps') ? bytesOf(given.text, 1) : count(given.text), given);
  }
  if (bandwidth !== section) bandwidth.rest();
  section.rest();
}

export function files(draft: Draft, section: Section): void {
  const readonly = section.flag('root_readonly', 'readonly_rootfs');
  if (readonly !== undefined) container.always(draft, readonly.given, readonly.value, 'a read-only root');
  const size = section.text('tmp_size_mb');
  if (size !== undefined) draft.amount('resources.scratch', bytesOf(size.text, MIB), size);
  for (const { path, tree } of section.items('allowed_mounts', 'mounts')) {
    const given = givenOf(path, tree);
    if (tree.kind !== 'map') {
      draft.report.refuse(given, 'A mount has a source and a target.');
      continue;
    }
    const mount = new Section(path, tree, draft.report);
    const [source, target] = [mount.text('source')?.text ?? '', mount.text('target')?.text ?? ''];
    const type = (mount.text('mount_type', 'type')?.text ?? 'bind').toLowerCase();
    const readOnly = mount.flag('readonly')?.value ?? null;
    mount.rest();
    const shown = { ...given, text: `${source}:${target}` };
    if (type === 'tmpfs') container.tmpfs(draft, target, undefined, shown);
    else container.volume(draft, { type: type === 'volume' ? 'volume' : 'bind', source, target, readOnly }, shown);
  }
  for (const path of section.texts('blocked_paths')) draft.entry('files.blocked_paths', path.text, path);
  permissions(draft, section.section('file_permissions'));
  section.rest();
}

export function permissions(draft: Draft, section: Section | undefined): void {
  if (section === undefined) return;
  const kinds: readonly ['files.access.read' | 'files.access.write' | 'files.access.execute', string][] = [
    ['files.access.read', 'read'],
    ['files.access.write', 'write'],
    ['files.access.execute', 'execute'],
  ];
  for (const [field, name] of kinds)
    for (const path of section.texts(`allow_${name}`, name)) draft.entry(field, path.text, path);
  section.rest();
}

function seccompRules(draft: Draft, section: Section): void {
  const fallback = section.text('default_action');
  if (fallback !== undefined) {
    const allows = /allow/i.test(fallback.text);
    if (allows) draft.report.refuse(fallback, 'A profile of Bellglass refuses what it does not list.');
    else container.seccomp(draft, fallback, fallback.text);
  }
  for (const { path, tree } of section.items('syscalls', 'rules')) {
    if (tree.kind !== 'map') continue;
    const rule = new Section(path, tree, draft.report);
    const action = rule.text('action')?.text ?? '';
    for (const name of rule.texts('names', 'name')) {
      if (/allow|log/i.test(action))
        draft.report.add(
          name,
          'approximated',
          '',
          'Own rules may only remove calls; the profile decides what is allowed.',
        );
      else draft.entry('security.seccomp_rules', `-${name.text}`, name);
    }
    rule.skip('Bellglass removes a call whatever its arguments are.', 'args');
    rule.rest();
  }
  section.rest();
}

export function security(draft: Draft, section: Section): void {
  const caps = section.section('capabilities');
  if (caps !== undefined) {
    for (const given of caps.texts('drop')) container.capDrop(draft, given);
    for (const given of caps.texts('add')) container.capAdd(draft, given);
    caps.rest();
  }
  const profile = section.take('seccomp_profile', 'seccomp');
  if (profile?.tree.kind === 'map') seccompRules(draft, new Section(profile.path, profile.tree, draft.report));
  else if (profile !== undefined) {
    const given = givenOf(profile.path, profile.tree);
    container.seccomp(draft, given, given.text);
  }
  const apparmor = section.text('apparmor_profile', 'apparmor');
  if (apparmor !== undefined) container.apparmor(draft, apparmor, apparmor.text);
  const selinux = section.text('selinux_labels', 'selinux');
  if (selinux !== undefined) container.selinux(draft, selinux, selinux.text);
  const flags: readonly [string, string][] = [
    ['no_new_privileges', 'no new privileges'],
    ['readonly_rootfs', 'a read-only root'],
  ];
  for (const [name, what] of flags) {
    const flag = section.flag(name);
    if (flag !== undefined) container.always(draft, flag.given, flag.value, what);
  }
  const namespaces = section.flag('user_namespace');
  if (namespaces?.value === true) draft.text('security.user_namespace', 'on', namespaces.given);
  else if (namespaces !== undefined)
    draft.report.refuse(namespaces.given, 'An import takes no namespace away; `auto` stays.');
  const privileged = section.flag('privileged');
  if (privileged !== undefined) container.privileged(draft, privileged.given, privileged.value);
  const user = section.text('user', 'run_as_user');
  if (user !== undefined) container.user(draft, user);
  section.rest();
}
