/** Pods, and what makes Pods, as policies: one for each container (POL-4). Keys are those of the core/v1 and apps/v1 API. Pure. */
import type { FieldPath } from '../../domain/policy.ts';
import { coresPercent, kubernetesBytes } from './amounts.ts';
import * as container from './container.ts';
import { Draft, naming, type Given, type Made, type Report } from './draft.ts';
import { givenOf, Section } from './section.ts';
import { keyForm, type MapTree, type Tree } from './source.ts';

const SETUP = 'It is about where and how long the Pod lives, not about what a script may do.';
const KINDS: ReadonlySet<string> = new Set([
  'pod',
  'deployment',
  'job',
  'cronjob',
  'statefulset',
  'daemonset',
  'replicaset',
  'replicationcontroller',
  'podtemplate',
  'list',
]);

function child(tree: Tree | undefined, name: string): Tree | undefined {
  return tree?.kind === 'map' ? tree.entries.find(({ key }) => keyForm(key) === keyForm(name))?.value : undefined;
}

function word(tree: Tree | undefined): string {
  return tree?.kind === 'text' ? tree.text : '';
}

export function isKubernetes(tree: Tree): boolean {
  return word(child(tree, 'apiVersion')) !== '' && KINDS.has(word(child(tree, 'kind')).toLowerCase());
}

interface Volume {
  readonly kind: 'hostPath' | 'emptyDir' | 'other';
  readonly source: string;
  readonly size: string | undefined;
}

function volumesOf(spec: Section): Map<string, Volume> {
  const volumes = new Map<string, Volume>();
  for (const { tree } of spec.items('volumes')) {
    const path = child(child(tree, 'hostPath'), 'path');
    const empty = child(tree, 'emptyDir');
    const size = word(child(empty, 'sizeLimit'));
    volumes.set(word(child(tree, 'name')), {
      kind: path !== undefined ? 'hostPath' : empty !== undefined ? 'emptyDir' : 'other',
      source: word(path),
      size: size === '' ? undefined : size,
    });
  }
  return volumes;
}

function mounts(draft: Draft, section: Section, volumes: ReadonlyMap<string, Volume>): void {
  for (const { path, tree } of section.items('volumeMounts')) {
    const [name, target] = [word(child(tree, 'name')), word(child(tree, 'mountPath'))];
    const volume = volumes.get(name);
    const given = { ...givenOf(path, tree), text: `${name}:${target}` };
    const flag = word(child(tree, 'readOnly')).toLowerCase();
    const readOnly = flag === '' ? null : flag === 'true';
    if (volume?.kind === 'hostPath')
      container.volume(draft, { type: 'bind', source: volume.source, target, readOnly }, given);
    else if (volume?.kind === 'emptyDir')
      container.tmpfs(draft, target, volume.size === undefined ? undefined : kubernetesBytes(volume.size), given);
    else draft.report.refuse(given, 'This kind of volume exists in a cluster only.');
  }
  for (const { path, tree } of section.items('volumeDevices'))
    draft.report.refuse(givenOf(path, tree), 'Devices are never given to a script.');
}

function resources(draft: Draft, section: Section | undefined): void {
  const limits = section?.section('limits');
  const amounts: readonly [string, FieldPath, (text: string) => number | null][] = [
    ['cpu', 'resources.cpu', coresPercent],
    ['memory', 'resources.memory', kubernetesBytes],
    ['ephemeral-storage', 'resources.scratch', kubernetesBytes],
  ];
  for (const [name, field, read] of amounts) {
    const given = limits?.text(name);
    if (given !== undefined)
      draft.amount(
        field,
        read(given.text),
        given,
        name === 'ephemeral-storage' ? 'The scratch is the only place that can be written.' : '',
      );
  }
  limits?.rest('A policy has no such limit.');
  section?.skip('What is set aside for a container is not a limit.', 'requests', 'claims');
  section?.rest();
}

function withText(given: Given | undefined, use: (given: Given) => void): void {
  if (given !== undefined) use(given);
}

/** Ids are taken together, the container's own before the Pod's. */
function ids(draft: Draft, contexts: readonly Section[]): void {
  const find = (name: string): Given | undefined =>
    contexts.map((context) => context.text(name)).find((given) => given !== undefined);
  const [uid, gid] = [find('runAsUser'), find('runAsGroup')];
  if (uid !== undefined)
    container.user(draft, { ...uid, text: gid === undefined ? uid.text : `${uid.text}:${gid.text}` });
  else if (gid !== undefined) draft.report.ignore(gid, 'A group without a user is not taken over.');
}

function context(draft: Draft, section: Section): void {
  const { report } = draft;
  const flags: readonly [string, boolean, string][] = [
    ['runAsNonRoot', true, 'a user that is not root'],
    ['readOnlyRootFilesystem', true, 'a read-only root'],
    ['allowPrivilegeEscalation', false, 'no new privileges'],
  ];
  for (const [name, good, what] of flags) {
    const flag = section.flag(name);
    if (flag !== undefined) container.always(draft, flag.given, flag.value === null ? null : flag.value === good, what);
  }
  const privileged = section.flag('privileged');
  if (privileged !== undefined) container.privileged(draft, privileged.given, privileged.value);
  const capabilities = section.section('capabilities');
  for (const given of capabilities?.texts('drop') ?? []) container.capDrop(draft, given);
  for (const given of capabilities?.texts('add') ?? []) container.capAdd(draft, given);
  const seccomp = section.section('seccompProfile');
  withText(seccomp?.text('type'), (given) => container.seccomp(draft, given, given.text));
  seccomp?.skip('Bellglass’ own profile is used.', 'localhostProfile');
  const apparmor = section.section('appArmorProfile');
  const local = apparmor?.text('localhostProfile');
  withText(apparmor?.text('type'), (given) =>
    container.apparmor(
      draft,
      given,
      /^runtimedefault$/i.test(given.text) ? 'runtime/default' : (local?.text ?? given.text),
    ),
  );
  const selinux = section.take('seLinuxOptions');
  if (selinux !== undefined)
    report.ignore(givenOf(selinux.path, selinux.tree), 'A policy takes a whole label: set `security.selinux`.');
  withText(section.text('procMount'), (given) =>
    /^default$/i.test(given.text)
      ? report.add(given, 'mapped', '', 'The masked paths of a sandbox stay masked.')
      : report.refuse(given, 'The masked paths of a sandbox stay masked.'),
  );
  const sysctls = section.take('sysctls');
  if (sysctls !== undefined)
    report.refuse(givenOf(sysctls.path, sysctls.tree), 'Devices and kernel settings are never given to a script.');
  section.skip(
    'A script has one group, its own.',
    'fsGroup',
    'supplementalGroups',
    'fsGroupChangePolicy',
    'supplementalGroupsPolicy',
  );
  section.skip('It is for Windows.', 'windowsOptions');
  section.rest();
}

function environment(draft: Draft, section: Section): void {
  for (const { path, tree } of section.items('env')) {
    const value = child(tree, 'value');
    const name = word(child(tree, 'name'));
    const given = { ...givenOf(path, tree), text: `${name}=${word(value)}` };
    if (child(tree, 'valueFrom') !== undefined)
      draft.report.refuse(given, 'Values from the cluster are not taken over; give secrets to the run.');
    else container.environment(draft, name, word(value), given);
  }
  for (const { path, tree } of section.items('envFrom'))
    draft.report.refuse(givenOf(path, tree), 'Values from the cluster are not taken over; give secrets to the run.');
}

function ports(draft: Draft, section: Section): void {
  for (const { path, tree } of section.items('ports')) {
    const given = givenOf(path, tree);
    const host = word(child(tree, 'hostPort'));
    const protocol = word(child(tree, 'protocol')).toLowerCase();
    const text = `${host}:${word(child(tree, 'containerPort'))}${protocol === '' ? '' : `/${protocol}`}`;
    if (host === '') draft.report.ignore(given, 'Only published ports can be reached.');
    else container.publish(draft, { ...given, text });
  }
}

const TAKEN_AWAY = 'Every sandbox has its own namespaces; none of the host.';

/** What a Pod says for all its containers; read once for each of them, so that each policy is whole. */
function pod(draft: Draft, spec: Section): void {
  for (const name of ['hostNetwork', 'hostPID', 'hostIPC', 'shareProcessNamespace']) {
    const flag = spec.flag(name);
    if (flag !== undefined) container.never(draft, flag.given, flag.value, TAKEN_AWAY);
  }
  const users = spec.flag('hostUsers');
  if (users?.value === false) draft.text('security.user_namespace', 'on', users.given);
  else if (users !== undefined) draft.report.ignore(users.given, 'Ids are mapped where the engine does so.');
  withText(spec.text('activeDeadlineSeconds'), (given) => container.timeout(draft, given));
  withText(spec.text('runtimeClassName'), (given) => container.ociRuntime(draft, given));
  for (const { path, tree } of spec.items('hostAliases')) {
    const names = child(tree, 'hostnames');
    for (const name of names?.kind === 'list' ? names.items : [])
      draft.pair('network.hosts', word(name), word(child(tree, 'ip')), { ...givenOf(path, tree), text: word(name) });
  }
  for (const [index, given] of (spec.section('dnsConfig')?.texts('nameservers') ?? []).entries())
    if (index === 0) draft.text('network.dns', given.text, given);
  for (const name of ['volumes', 'containers', 'initContainers', 'securityContext']) spec.take(name);
  spec.skip(
    SETUP,
    ...'ephemeralContainers restartPolicy nodeSelector nodeName affinity tolerations serviceAccountName serviceAccount automountServiceAccountToken terminationGracePeriodSeconds imagePullSecrets hostname subdomain schedulerName priorityClassName priority dnsPolicy enableServiceLinks topologySpreadConstraints readinessGates overhead preemptionPolicy os'.split(
      ' ',
    ),
  );
  spec.rest();
}

function one(draft: Draft, section: Section, spec: MapTree, specPath: string): void {
  const whole = new Section(specPath, spec, draft.report);
  const volumes = volumesOf(whole);
  const contexts = [section.section('securityContext'), whole.section('securityContext')].filter(
    (found) => found !== undefined,
  );
  ids(draft, contexts);
  for (const found of contexts) context(draft, found);
  pod(draft, whole);
  withText(section.text('image'), (given) => container.image(draft, given));
  withText(section.text('imagePullPolicy'), (given) => container.pull(draft, given));
  resources(draft, section.section('resources'));
  mounts(draft, section, volumes);
  environment(draft, section);
  ports(draft, section);
  container.command(draft, section, 'run.entrypoint', 'command');
  container.command(draft, section, 'run.command', 'args');
  withText(section.text('workingDir'), (given) => container.workingDir(draft, given));
  const tty = section.flag('tty');
  if (tty !== undefined) draft.text('run.tty', tty.value === true ? 'true' : 'false', tty.given);
  section.take('name');
  section.skip(
    SETUP,
    ...'stdin stdinOnce livenessProbe readinessProbe startupProbe lifecycle terminationMessagePath terminationMessagePolicy resizePolicy restartPolicy'.split(
      ' ',
    ),
  );
  section.rest();
}

function podSpec(tree: MapTree): { path: string; spec: MapTree } | undefined {
  for (const path of ['spec.jobTemplate.spec.template.spec', 'spec.template.spec', 'template.spec', 'spec']) {
    let found: Tree | undefined = tree;
    for (const name of path.split('.')) found = child(found, name);
    if (found?.kind === 'map' && child(found, 'containers') !== undefined) return { path, spec: found };
  }
  return undefined;
}

/** One document for each container of each Pod, in order. */
export function fromKubernetes(name: string, roots: readonly Tree[], report: Report): Made {
  const nameOf = naming();
  const drafts: Draft[] = [];
  const objects = roots.flatMap((root) => {
    const items = word(child(root, 'kind')).toLowerCase() === 'list' ? child(root, 'items') : undefined;
    return items?.kind === 'list' ? items.items : [root];
  });
  for (const object of objects) {
    const kind = word(child(object, 'kind'));
    const found = object.kind === 'map' ? podSpec(object) : undefined;
    if (found === undefined) {
      report.ignore({ path: kind || 'document', text: '', at: object.at }, 'It has no Pod in it.');
      continue;
    }
    const podName = word(child(child(object, 'metadata'), 'name')) || name;
    const lists = ['containers', 'initContainers'].map((list) => child(found.spec, list));
    const all = lists.flatMap((list) => (list?.kind === 'list' ? list.items : []));
    for (const [index, item] of all.entries()) {
      const path = `${found.path}.containers[${index}]`;
      if (item.kind !== 'map') {
        report.refuse(givenOf(path, item), 'A container is a map.');
        continue;
      }
      const own = word(child(item, 'name'));
      const draft = new Draft(
        nameOf(all.length === 1 ? podName : `${podName}-${own || index + 1}`),
        'untrusted',
        '',
        report,
      );
      one(draft, new Section(path, item, report), found.spec, found.path);
      drafts.push(draft);
    }
  }
  return { drafts, settings: [] };
}
