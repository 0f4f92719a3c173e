/** The one place where a gateway becomes an engine's create document (NET-2, SEC-1). Pure. */
import type { ContainerCreateOptions, HostConfig } from 'dockerode';
import { UID } from '#shared/domain/labels.ts';
import type { CreateGateway } from '../port.ts';
import { liveLimits, type SpecTarget } from './container-spec.ts';

const MIB = 1024 * 1024;

/** Enough for the agent, its two listeners and one change of the filter at a time. */
const LIMITS = { memory: 128 * MIB, cpu: 100, pids: 48 };
const OPEN_FILES = 8192;
const NPROC = 16_384;

/** What the agent keeps: the right to work the packet filter of its own namespace, as a user of its own. */
const KEPT = 'net_admin';
/** Needed only until the agent is that user. */
const TO_CHANGE_USER = ['SETUID', 'SETGID', 'SETPCAP'];

const AGENT = [
  '/usr/bin/setpriv',
  `--reuid=${UID.gateway}`,
  `--regid=${UID.gateway}`,
  '--clear-groups',
  `--inh-caps=-all,+${KEPT}`,
  `--ambient-caps=-all,+${KEPT}`,
  `--bounding-set=-all,+${KEPT}`,
  '--no-new-privs',
  // Node.js cannot open the kernel's packet queue, but use it.
  '/usr/bin/perl',
  '/usr/lib/bellglass/open-sockets',
  '/usr/bin/node',
  '--max-old-space-size=64',
  '/usr/lib/bellglass/gateway.mjs',
];

/** Everything the engine is told when it creates a gateway. Published ports are bound to the loopback address only. */
export function gatewaySpec(create: CreateGateway, target: SpecTarget): ContainerCreateOptions {
  const seccomp = target.kind === 'podman' ? target.seccompPath : create.seccompProfile;
  if (!seccomp) throw new Error('a gateway is never created without a seccomp profile');
  const limit = (Name: string, value: number) => ({ Name, Soft: value, Hard: value });
  const host: HostConfig = {
    ...liveLimits(LIMITS),
    ReadonlyRootfs: true,
    Privileged: false,
    CapDrop: ['ALL'],
    CapAdd: ['NET_ADMIN', ...TO_CHANGE_USER],
    SecurityOpt: ['no-new-privileges', `seccomp=${seccomp}`],
    NetworkMode: create.network,
    IpcMode: 'private',
    PidMode: '',
    UTSMode: '',
    CgroupnsMode: 'private',
    Dns: ['127.0.0.53'],
    DnsSearch: ['.'],
    DnsOptions: [],
    Sysctls: {
      'net.ipv4.ip_unprivileged_port_start': '0',
      'net.ipv4.ping_group_range': '1 0',
      'net.netfilter.nf_conntrack_acct': '1',
      // The agent changes segments behind the table's back.
      'net.netfilter.nf_conntrack_tcp_be_liberal': '1',
    },
    PortBindings: Object.fromEntries(
      create.publish.map(({ host: port, sandbox, protocol }) => [
        `${sandbox}/${protocol}`,
        [{ HostIp: '127.0.0.1', HostPort: String(port) }],
      ]),
    ),
    Ulimits: [
      limit('core', 0),
      limit('nofile', OPEN_FILES),
      ...(target.kind === 'podman' ? [limit('nproc', NPROC)] : []),
    ],
    ShmSize: MIB,
    LogConfig: { Type: 'none', Config: {} },
    AutoRemove: false,
    Init: false,
    RestartPolicy: { Name: 'no' },
  } as HostConfig;
  return {
    name: create.name,
    Image: create.image,
    Entrypoint: AGENT.slice(0, 1),
    Cmd: AGENT.slice(1),
    User: '0:0',
    WorkingDir: '/',
    // The sandbox that joins this network takes its name too.
    Hostname: 'sandbox',
    ExposedPorts: Object.fromEntries(create.publish.map(({ sandbox, protocol }) => [`${sandbox}/${protocol}`, {}])),
    Labels: { ...create.labels },
    Tty: false,
    OpenStdin: true,
    StdinOnce: true,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    HostConfig: host,
  };
}
