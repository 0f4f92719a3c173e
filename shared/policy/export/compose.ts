/** A policy as a Compose file with one service (POL-5). Pure. */
import { stringify } from 'yaml';
import type { EffectivePolicy } from '../../domain/policy.ts';
import type { SandboxOptions } from '../../domain/sandbox.ts';
import type { DeviceRate, MountDocument } from '../container/document.ts';
import { lostOnEngine } from './cannot.ts';
import { scriptName, type Exported, type ExportContext } from './form.ts';
import { plainContainer } from './plain-container.ts';

/** Compose fills variables in; a doubled sign stands for itself. */
function literal(text: string): string {
  return text.replaceAll('$', '$$$$');
}

function volume({ Type, Source, Target, ReadOnly, BindOptions, VolumeOptions }: MountDocument): object {
  return {
    type: Type,
    source: literal(Source),
    target: literal(Target),
    read_only: ReadOnly,
    ...(BindOptions && {
      bind: {
        propagation: BindOptions.Propagation,
        create_host_path: false,
        ...(BindOptions.NonRecursive && { recursive: 'disabled' }),
      },
    }),
    ...(VolumeOptions && { volume: { nocopy: VolumeOptions.NoCopy } }),
  };
}

function rates(list: readonly DeviceRate[]): object[] {
  return list.map(({ Path, Rate }) => ({ path: Path, rate: Rate }));
}

export function compose(policy: EffectivePolicy, options: SandboxOptions, context: ExportContext): Exported {
  const { document, byInput, bridge } = plainContainer(policy, options, context);
  const host = document.HostConfig;
  const volumes = (host.Mounts ?? []).filter(({ Type }) => Type === 'volume').map(({ Source }) => Source);
  const { BlkioDeviceReadBps: read = [], BlkioDeviceWriteBps: write = [] } = host;
  const publish = bridge ? policy.fields['network.publish'].value : [];
  const service = {
    image: document.Image,
    entrypoint: document.Entrypoint.map(literal),
    command: document.Cmd.map(literal),
    user: document.User,
    working_dir: literal(document.WorkingDir),
    hostname: document.Hostname ?? 'sandbox',
    stdin_open: byInput,
    environment: Object.fromEntries(
      document.Env.map((pair) => [pair.slice(0, pair.indexOf('=')), literal(pair.slice(pair.indexOf('=') + 1))]),
    ),
    mem_limit: host.Memory,
    memswap_limit: host.MemorySwap,
    mem_swappiness: host.MemorySwappiness,
    cpu_period: host.CpuPeriod,
    cpu_quota: host.CpuQuota,
    pids_limit: host.PidsLimit,
    ulimits: Object.fromEntries(host.Ulimits.map(({ Name, Soft, Hard }) => [Name, { soft: Soft, hard: Hard }])),
    ...(read.length + write.length > 0 && {
      blkio_config: { device_read_bps: rates(read), device_write_bps: rates(write) },
    }),
    read_only: host.ReadonlyRootfs,
    cap_drop: host.CapDrop,
    security_opt: host.SecurityOpt.map(literal),
    ...(host.UsernsMode && { userns_mode: host.UsernsMode }),
    network_mode: bridge ? 'bridge' : 'none',
    ipc: host.IpcMode,
    cgroup: host.CgroupnsMode,
    ...(!bridge && host.Dns && { dns: host.Dns, dns_search: host.DnsSearch }),
    ...(publish.length > 0 && { ports: publish.map((port) => `127.0.0.1:${port.includes(':') ? '' : ':'}${port}`) }),
    tmpfs: Object.entries(host.Tmpfs).map(([target, text]) => literal(`${target}:${text}`)),
    ...(host.Mounts && { volumes: host.Mounts.map(volume) }),
    shm_size: host.ShmSize,
    logging: { driver: host.LogConfig.Type },
    restart: host.RestartPolicy.Name,
    ...(host.Runtime && { runtime: host.Runtime }),
  };
  const file = {
    services: { script: service },
    ...(volumes.length > 0 && { volumes: Object.fromEntries(volumes.map((name) => [name, { external: true }])) }),
  };
  const use = byInput
    ? `# docker compose run --rm -T script < ${scriptName(context).replaceAll(/[^\w./-]/g, '_')}\n`
    : '# docker compose run --rm script\n';
  return {
    text: `${use}${stringify(file, { lineWidth: 0, aliasDuplicateObjects: false, schema: 'yaml-1.1' })}`,
    cannot: lostOnEngine(policy, options, context),
  };
}
