/** A Compose file: one policy for each service (POL-4). Keys are those of the Compose specification. Pure. */
import type { FieldPath } from '../../domain/policy.ts';
import { coresPercent, count, dockerBytes } from './amounts.ts';
import * as container from './container.ts';
import { volumeText } from './docker-run.ts';
import { Draft, naming, type Given, type Made, type Report } from './draft.ts';
import { givenOf, Section } from './section.ts';
import type { MapTree } from './source.ts';

const SETUP = 'It is about the container’s life, not about what a script may do.';
const HARDWARE = 'Devices and kernel settings are never given to a script.';
const OTHERS = 'No sandbox sees into another container.';

const IGNORED =
  'build container_name hostname domainname labels annotations logging restart depends_on healthcheck stop_grace_period stop_signal profiles platform expose init attach stdin_open develop scale extends cpu_shares cpuset cpu_count cpu_percent mem_reservation mem_swappiness memswap_limit oom_score_adj dns_search dns_opt mac_address secrets configs storage_opt isolation label_file models provider post_start pre_stop'.split(
    ' ',
  );

/** Keys that hand over what no sandbox has; a value that grants nothing is empty or false. */
const REFUSED: Readonly<Record<string, string>> = {
  devices: HARDWARE,
  device_cgroup_rules: HARDWARE,
  sysctls: HARDWARE,
  gpus: HARDWARE,
  volumes_from: OTHERS,
  links: OTHERS,
  external_links: OTHERS,
  group_add: 'A script has one group, its own.',
  cgroup_parent: 'A sandbox lies where Bellglass can watch it.',
  env_file: 'Files are not read while importing; write the variables out.',
  use_api_socket: 'The engine’s socket is power over the whole machine; no script ever gets it.',
  credential_spec: 'Credentials are never part of a policy.',
};

function volumes(draft: Draft, section: Section): void {
  for (const { path, tree } of section.items('volumes')) {
    const given = givenOf(path, tree);
    if (tree.kind === 'text') volumeText(draft, given);
    else if (tree.kind === 'list') draft.report.refuse(given, 'This is not a volume.');
    else {
      const mount = new Section(path, tree, draft.report);
      const type = mount.text('type')?.text ?? 'volume';
      const [source, target] = [mount.text('source')?.text ?? '', mount.text('target')?.text ?? ''];
      const readOnly = mount.flag('read_only')?.value ?? null;
      const size = mount.section('tmpfs')?.text('size')?.text;
      mount.skip(SETUP, 'bind', 'volume', 'consistency');
      mount.rest();
      const shown = { ...given, text: `${type} ${source}:${target}` };
      if (type === 'tmpfs') container.tmpfs(draft, target, size === undefined ? undefined : dockerBytes(size), shown);
      else if (type === 'bind' || type === 'volume') container.volume(draft, { type, source, target, readOnly }, shown);
      else draft.report.refuse(shown, 'Only folders, volumes and temporary folders can be mounted.');
    }
  }
}

function ulimits(draft: Draft, section: Section | undefined): void {
  for (const { key, path, tree } of section?.entries() ?? []) {
    const given = givenOf(path, tree);
    if (tree.kind === 'map') {
      const both = new Section(path, tree, draft.report);
      const soft = both.text('soft')?.text ?? '';
      container.ulimit(draft, key, { ...given, text: `${soft}:${both.text('hard')?.text ?? soft}` });
    } else container.ulimit(draft, key, given);
  }
}

function deploy(draft: Draft, section: Section | undefined): void {
  if (section === undefined) return;
  const resources = section.section('resources');
  const limits = resources?.section('limits');
  if (limits !== undefined) {
    const amounts: readonly [string, FieldPath, (text: string) => number | null][] = [
      ['cpus', 'resources.cpu', coresPercent],
      ['memory', 'resources.memory', dockerBytes],
      ['pids', 'resources.processes', count],
    ];
    for (const [name, field, read] of amounts) {
      const given = limits.text(name);
      if (given !== undefined) draft.amount(field, read(given.text), given);
    }
    limits.rest();
  }
  resources?.skip('What is set aside for a container is not a limit.', 'reservations');
  resources?.rest();
  section.rest(SETUP);
}

function rates(draft: Draft, section: Section | undefined): void {
  const fields: readonly ['resources.disk_read' | 'resources.disk_write', string][] = [
    ['resources.disk_read', 'device_read_bps'],
    ['resources.disk_write', 'device_write_bps'],
  ];
  for (const [field, name] of fields)
    for (const { path, tree } of section?.items(name) ?? []) {
      const given = tree.kind === 'map' ? new Section(path, tree, draft.report).text('rate') : undefined;
      if (given !== undefined)
        draft.amount(field, dockerBytes(given.text), given, 'For the disk of the engine, whichever it is.');
    }
  section?.rest('A policy limits bytes a second only.');
}

function ports(draft: Draft, section: Section): void {
  for (const { path, tree } of section.items('ports')) {
    const given = givenOf(path, tree);
    if (tree.kind !== 'map') {
      container.publish(draft, given);
      continue;
    }
    const port = new Section(path, tree, draft.report);
    const [target, published, protocol] = [port.text('target'), port.text('published'), port.text('protocol')];
    const lead = published === undefined ? '' : `${published.text}:`;
    container.publish(draft, {
      ...given,
      text: `${lead}${target?.text ?? ''}${protocol === undefined ? '' : `/${protocol.text}`}`,
    });
  }
}

function service(draft: Draft, section: Section): void {
  const { report } = draft;
  const text = (put: (draft: Draft, given: Given) => void, ...names: string[]): void => {
    const given = section.text(...names);
    if (given !== undefined) put(draft, given);
  };
  const amount = (field: FieldPath, read: (text: string) => number | null, ...names: string[]): void =>
    text((_draft, given) => draft.amount(field, read(given.text), given), ...names);
  text(container.image, 'image');
  text(container.pull, 'pull_policy');
  amount('resources.memory', dockerBytes, 'mem_limit');
  amount('resources.cpu', coresPercent, 'cpus');
  amount('resources.processes', count, 'pids_limit');
  const [quota, period] = [section.text('cpu_quota'), section.text('cpu_period')];
  if (quota !== undefined) {
    const [share, whole] = [count(quota.text), count(period?.text ?? '100000')];
    draft.amount(
      'resources.cpu',
      share === null || whole === null ? null : share === Infinity ? share : Math.floor((share / whole) * 10_000) / 100,
      quota,
    );
  }
  deploy(draft, section.section('deploy'));
  ulimits(draft, section.section('ulimits'));
  rates(draft, section.section('blkio_config'));
  for (const given of section.texts('tmpfs')) container.tmpfsText(draft, given);
  text((_draft, given) => container.tmpfs(draft, '/dev/shm', dockerBytes(given.text), given), 'shm_size');
  volumes(draft, section);
  const readOnly = section.flag('read_only');
  if (readOnly !== undefined) container.always(draft, readOnly.given, readOnly.value, 'a read-only root');
  const privileged = section.flag('privileged');
  if (privileged !== undefined) container.privileged(draft, privileged.given, privileged.value);
  const oom = section.flag('oom_kill_disable');
  if (oom !== undefined)
    container.never(draft, oom.given, oom.value, 'A script that passes its memory is always killed.');
  text(container.user, 'user');
  for (const given of section.texts('cap_add')) container.capAdd(draft, given);
  for (const given of section.texts('cap_drop')) container.capDrop(draft, given);
  for (const given of section.texts('security_opt')) container.securityOption(draft, given);
  for (const name of ['pid', 'ipc', 'uts', 'cgroup']) text(container.namespace, name);
  text(
    (_draft, given) =>
      given.text === 'host'
        ? report.refuse(given, 'An import takes no namespace away.')
        : report.ignore(given, 'Ids are mapped where the engine does so.'),
    'userns_mode',
  );
  text(container.networkMode, 'network_mode');
  const networks = section.take('networks');
  if (networks !== undefined)
    report.add(
      givenOf(networks.path, networks.tree),
      'approximated',
      `network.mode: ${String(draft.value('network.mode'))}`,
      'Bellglass has no networks between sandboxes; list the hosts that are needed.',
    );
  for (const [index, given] of section.texts('dns').entries())
    if (index === 0) draft.text('network.dns', given.text, given);
    else report.add(given, 'approximated', '', 'A policy names one resolver: the first one.');
  for (const { name, value, given } of section.pairs(/[:=]/, 'extra_hosts'))
    if (value === null || value === 'host-gateway')
      report.refuse(given, 'The engine’s host is never reachable under a name.');
    else draft.pair('network.hosts', name, value, given);
  ports(draft, section);
  for (const { name, value, given } of section.pairs(/=/, 'environment'))
    container.environment(draft, name, value, given);
  text(container.workingDir, 'working_dir');
  text(container.ociRuntime, 'runtime');
  const tty = section.flag('tty');
  if (tty !== undefined) draft.text('run.tty', tty.value === true ? 'true' : 'false', tty.given);
  container.command(draft, section, 'run.entrypoint', 'entrypoint');
  container.command(draft, section, 'run.command', 'command');
  for (const [name, why] of Object.entries(REFUSED)) {
    const found = section.take(name);
    if (found !== undefined) report.refuse(givenOf(found.path, found.tree), why);
  }
  section.skip(SETUP, ...IGNORED);
  section.rest();
}

/** One document for each service, in order. */
export function fromCompose(tree: MapTree, report: Report): Made {
  const root = new Section('', tree, report);
  const nameOf = naming();
  const drafts: Draft[] = [];
  for (const { key, path, tree: entry } of root.section('services')?.entries() ?? []) {
    if (entry.kind !== 'map') {
      report.refuse(givenOf(path, entry), 'A service is a map.');
      continue;
    }
    const draft = new Draft(nameOf(key), 'untrusted', '', report);
    service(draft, new Section(path, entry, report));
    drafts.push(draft);
  }
  root.skip(
    'It is about all services together.',
    'version',
    'name',
    'networks',
    'volumes',
    'secrets',
    'configs',
    'include',
    'models',
  );
  root.rest();
  return { drafts, settings: [] };
}
