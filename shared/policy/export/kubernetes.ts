/** A policy as a Kubernetes Pod with its NetworkPolicy (POL-5). Keys are those of core/v1 and networking.k8s.io/v1. Pure. */
import { stringify } from 'yaml';
import type { EffectivePolicy } from '../../domain/policy.ts';
import type { SandboxMount, SandboxOptions } from '../../domain/sandbox.ts';
import { formatCidr, type Cidr } from '../network/address.ts';
import { parseRule, type NetworkRule } from '../network/rule.ts';
import { specialRanges } from '../network/special.ts';
import { lost } from './cannot.ts';
import type { Exported, ExportContext } from './form.ts';
import { plainContainer } from './plain-container.ts';

const NAME = 'bellglass-script';
const LABELS = { app: NAME };

function isV6({ address }: Cidr): boolean {
  return address.kind() === 'ipv6';
}

/** With its length also where it is a single address. */
function block(range: Cidr): string {
  const text = formatCidr(range);
  return text.includes('/') ? text : `${text}/${isV6(range) ? 128 : 32}`;
}

/** Everything but cloud metadata and link-local addresses, which are the node's own. */
function everywhere(): object[] {
  const except = specialRanges(['metadata', 'link-local']);
  const all = (cidr: string, v6: boolean): object => ({
    ipBlock: { cidr, except: except.filter((range) => isV6(range) === v6).map(block) },
  });
  return [{ to: [all('0.0.0.0/0', false), all('::/0', true)] }];
}

function egress({ target, ports, protocol }: NetworkRule): object[] {
  if (target.kind !== 'addresses') return [];
  return [
    {
      to: [{ ipBlock: { cidr: block(target.range) } }],
      ports: ports.map(({ from, to }) => ({
        protocol: protocol.toUpperCase(),
        port: from,
        ...(to > from && { endPort: to }),
      })),
    },
  ];
}

interface Network {
  readonly egress: readonly object[];
  readonly cannot: readonly string[];
}

function network({ fields }: EffectivePolicy): Network {
  const mode = fields['network.mode'].value;
  if (mode === 'none') return { egress: [], cannot: [] };
  const caps = [fields['network.download'].value, fields['network.upload'].value, fields['network.connections'].value];
  const cannot = [
    'NetworkPolicies are kept only by clusters whose network plugin does so.',
    ...(caps.some((cap) => cap !== null) ? ['Limits of bandwidth and connections are not kept.'] : []),
    ...(fields['network.block'].value.length > 0 ? ['Blocked hosts are not blocked.'] : []),
    ...(fields['network.publish'].value.length > 0 ? ['Published ports are left out.'] : []),
  ];
  if (mode === 'full') return { egress: everywhere(), cannot };
  const rules = fields['network.allow'].value.map((text) => parseRule(text));
  const named = rules.filter(({ target }) => target.kind !== 'addresses').map(({ text }) => text);
  return {
    egress: rules.flatMap(egress),
    cannot:
      named.length === 0
        ? cannot
        : [`Allowed names are known to the gateway only and are left out: ${named.join(', ')}.`, ...cannot],
  };
}

function volumes(mounts: readonly SandboxMount[]): { volumes: object[]; mounts: object[] } {
  const named = mounts.map((mount, index) => ({ mount, name: `mount-${index + 1}` }));
  return {
    volumes: named.map(({ mount, name }) =>
      mount.type === 'bind'
        ? { name, hostPath: { path: mount.source, type: 'Directory' } }
        : mount.type === 'volume'
          ? { name, persistentVolumeClaim: { claimName: mount.source, readOnly: mount.readOnly } }
          : { name, emptyDir: { medium: 'Memory', sizeLimit: String(mount.bytes) } },
    ),
    mounts: named.map(({ mount, name }) => ({ name, mountPath: mount.target, readOnly: mount.readOnly })),
  };
}

function pullPolicy(pull: 'always' | 'if-not-present' | 'never'): string {
  return pull === 'always' ? 'Always' : pull === 'never' ? 'Never' : 'IfNotPresent';
}

/** In a list of arguments `$(NAME)` would be filled in; a doubled sign stands for itself. */
function literal(text: string): string {
  return text.replaceAll('$(', '$$(');
}

/** Pod first, then its NetworkPolicy. Enforced limits: memory, CPU, wall time, scratch, users, capabilities, seccomp. */
export function kubernetes(policy: EffectivePolicy, options: SandboxOptions, context: ExportContext): Exported {
  const { fields } = policy;
  const { document, byInput } = plainContainer(policy, options, context);
  const [uid = 1000, gid = uid] = options.scriptUser.split(':').map(Number);
  const net = network(policy);
  const folders = volumes(options.mounts);
  const profile = context.seccompFile.split('/').at(-1) ?? '';
  const hosts = Object.entries(fields['network.hosts'].value);
  const limits = { memory: String(options.memory), cpu: `${Math.max(1, Math.floor(options.cpu * 10))}m` };
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: NAME, labels: LABELS },
    spec: {
      restartPolicy: 'Never',
      activeDeadlineSeconds: Math.max(1, Math.floor(fields['resources.wall_time'].value / 1000)),
      terminationGracePeriodSeconds: 2,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      hostname: 'sandbox',
      hostNetwork: false,
      hostPID: false,
      hostIPC: false,
      ...(fields['security.user_namespace'].value === 'on' && { hostUsers: false }),
      ...(options.ociRuntime !== null && { runtimeClassName: options.ociRuntime }),
      ...(fields['network.mode'].value !== 'full' && { dnsPolicy: 'None', dnsConfig: { nameservers: ['127.0.0.1'] } }),
      ...(hosts.length > 0 && { hostAliases: hosts.map(([name, ip]) => ({ ip, hostnames: [name] })) }),
      securityContext: {
        runAsNonRoot: true,
        runAsUser: uid,
        runAsGroup: gid,
        fsGroup: gid,
        seccompProfile: { type: 'Localhost', localhostProfile: `profiles/${profile}` },
        ...(options.apparmor !== null && {
          appArmorProfile: { type: 'Localhost', localhostProfile: options.apparmor },
        }),
      },
      containers: [
        {
          name: 'script',
          image: document.Image,
          imagePullPolicy: pullPolicy(fields['image.pull'].value),
          command: document.Entrypoint.map(literal),
          args: document.Cmd.map(literal),
          workingDir: document.WorkingDir,
          ...(byInput && { stdin: true, stdinOnce: true }),
          env: document.Env.map((pair) => ({
            name: pair.slice(0, pair.indexOf('=')),
            value: literal(pair.slice(pair.indexOf('=') + 1)),
          })),
          resources: { limits, requests: limits },
          securityContext: {
            allowPrivilegeEscalation: false,
            privileged: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
          volumeMounts: [
            { name: 'workspace', mountPath: '/workspace' },
            { name: 'shm', mountPath: '/dev/shm' },
            ...folders.mounts,
          ],
        },
      ],
      volumes: [
        { name: 'workspace', emptyDir: { medium: 'Memory', sizeLimit: String(options.scratchBytes) } },
        { name: 'shm', emptyDir: { medium: 'Memory', sizeLimit: String(options.shmBytes) } },
        ...folders.volumes,
      ],
    },
  };
  const rules = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: NAME },
    spec: { podSelector: { matchLabels: LABELS }, policyTypes: ['Ingress', 'Egress'], ingress: [], egress: net.egress },
  };
  const write = (value: object): string =>
    stringify(value, { lineWidth: 0, aliasDuplicateObjects: false, schema: 'yaml-1.1' });
  const general = lost(
    { ...policy, fields: { ...fields, 'network.mode': { ...fields['network.mode'], value: 'none' } } },
    options,
    false,
  );
  const cannot = [
    ...net.cannot,
    ...general,
    'Processes are limited by the node’s own setting (`podPidsLimit`), not by a Pod.',
    'Limits of open files, of a file’s size and of the number of files are not carried.',
    ...(options.diskRead === null && options.diskWrite === null ? [] : ['Disk rates are not carried.']),
    ...(options.blockedPaths.length > 0 ? ['Blocked paths are not hidden.'] : []),
    ...(options.selinux === null ? [] : ['The SELinux label is left out.']),
    ...(options.mounts.some(({ type }) => type === 'bind')
      ? ['Folders are those of the node that the Pod runs on.']
      : []),
    `The seccomp profile must lie on each node as profiles/${profile}: ${context.seccompFile}.`,
  ];
  return { text: `${write(pod)}---\n${write(rules)}`, cannot };
}
