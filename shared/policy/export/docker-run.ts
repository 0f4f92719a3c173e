/** A policy as a `docker run` line: the create document of the sandbox, flag by flag (POL-5). Pure. */
import type { EffectivePolicy } from '../../domain/policy.ts';
import type { SandboxOptions } from '../../domain/sandbox.ts';
import type { DeviceRate, HostDocument, MountDocument } from '../container/document.ts';
import { lostOnEngine } from './cannot.ts';
import { scriptName, type Exported, type ExportContext } from './form.ts';
import { plainContainer } from './plain-container.ts';
import { commandText, csvField, shellWord } from './quote.ts';

function mountValue({ Type, Source, Target, ReadOnly, BindOptions, VolumeOptions }: MountDocument): string {
  return [
    `type=${Type}`,
    csvField(`source=${Source}`),
    csvField(`target=${Target}`),
    ...(ReadOnly ? ['readonly'] : []),
    ...(BindOptions === undefined
      ? []
      : [
          `bind-propagation=${BindOptions.Propagation}`,
          ...(BindOptions.NonRecursive ? ['bind-recursive=disabled'] : []),
        ]),
    ...(VolumeOptions?.NoCopy === true ? ['volume-nocopy'] : []),
  ].join(',');
}

function rates(flag: string, list: readonly DeviceRate[] = []): string[][] {
  return list.map(({ Path, Rate }) => [flag, `${Path}:${Rate}`]);
}

function hostFlags(host: HostDocument, network: string): string[][] {
  const optional = (flag: string, value: string | number | undefined): string[][] =>
    value === undefined ? [] : [[flag, String(value)]];
  return [
    ['--memory', String(host.Memory), '--memory-swap', String(host.MemorySwap)],
    ...optional('--memory-swappiness', host.MemorySwappiness),
    ['--cpu-period', String(host.CpuPeriod), '--cpu-quota', String(host.CpuQuota)],
    ['--pids-limit', String(host.PidsLimit)],
    ...host.Ulimits.map(({ Name, Soft, Hard }) => ['--ulimit', `${Name}=${Soft}:${Hard}`]),
    ...rates('--device-read-bps', host.BlkioDeviceReadBps),
    ...rates('--device-write-bps', host.BlkioDeviceWriteBps),
    ['--read-only'],
    ...host.CapDrop.map((name) => ['--cap-drop', name]),
    ...host.CapAdd.map((name) => ['--cap-add', name]),
    ...host.SecurityOpt.map((option) => ['--security-opt', option]),
    ...optional('--userns', host.UsernsMode),
    ['--network', network],
    ['--ipc', host.IpcMode, '--cgroupns', host.CgroupnsMode],
    ...(host.Dns ?? []).map((address) => ['--dns', address]),
    ...(host.DnsSearch ?? []).map((domain) => ['--dns-search', domain]),
    ...Object.entries(host.Tmpfs).map(([target, options]) => ['--tmpfs', `${target}:${options}`]),
    ...(host.Mounts ?? []).map((mount) => ['--mount', mountValue(mount)]),
    ['--shm-size', String(host.ShmSize)],
    ['--log-driver', host.LogConfig.Type],
    ...optional('--runtime', host.Runtime),
  ];
}

/** The line reads the script from a file and gives it by standard input. */
export function dockerRun(policy: EffectivePolicy, options: SandboxOptions, context: ExportContext): Exported {
  const { document, byInput, bridge } = plainContainer(policy, options, context);
  const { Dns, DnsSearch, ...rest } = document.HostConfig;
  const host: HostDocument = bridge ? rest : { ...rest, ...(Dns && { Dns }), ...(DnsSearch && { DnsSearch }) };
  const [entry = ''] = document.Entrypoint;
  const flags = [
    ...hostFlags(host, bridge ? 'bridge' : 'none'),
    ['--user', document.User, '--workdir', document.WorkingDir, '--hostname', document.Hostname ?? 'sandbox'],
    ...(bridge
      ? policy.fields['network.publish'].value.map((port) => [
          '--publish',
          `127.0.0.1:${port.includes(':') ? '' : ':'}${port}`,
        ])
      : []),
    ...document.Env.map((pair) => ['--env', pair]),
    ['--entrypoint', entry],
  ];
  const lead = ['docker', 'run', '--rm', ...(byInput ? ['--interactive'] : [])];
  const input = byInput ? ` < ${shellWord(scriptName(context).replace(/^(?=-)/, './'))}` : '';
  return {
    text: commandText(lead, flags, [document.Image, ...document.Cmd], input),
    cannot: lostOnEngine(policy, options, context),
  };
}
