/** What can be said of an engine from its own words, at once; the slow probes correct it later (ENG-3). Pure. */
import type { Capabilities } from '#shared/domain/engine.ts';
import type { EngineFacts, EngineVersion } from '../port.ts';

/** What this machine shows without asking the engine. */
export interface HostFacts {
  readonly hostname: string;
  /** The engine is reached through a socket file of this machine, not through a virtual machine's. */
  readonly sameKernel: boolean;
  /** Bytes that are free right now; null when it cannot be read. */
  readonly memoryFree: number | null;
}

const NOT_PROBED = 'not probed yet';

function warned(facts: EngineFacts, pattern: RegExp): boolean {
  return facts.warnings.some((warning) => pattern.test(warning));
}

export function quickCapabilities(version: EngineVersion, facts: EngineFacts, host: HostFacts): Capabilities {
  const option = (name: string): boolean => facts.securityOptions.some((value) => value.startsWith(`name=${name}`));
  const local = host.sameKernel && host.hostname === facts.hostname;
  const swapLimit = !warned(facts, /no swap limit/i);
  const pidsLimit = !warned(facts, /no pids limit/i);
  const cpuQuota = !warned(facts, /no cpu cfs quota/i);
  const ioLimits = !facts.rootless && !warned(facts, /no (blkio|io) (throttle|weight|max)/i);
  const info = 'said by the engine';
  return {
    kind: version.kind,
    version: version.version,
    apiVersion: version.apiVersion,
    os: version.os,
    arch: version.arch,
    cgroup: facts.cgroup,
    local,
    rootless: facts.rootless,
    seccomp: option('seccomp'),
    landlock: true,
    apparmor: option('apparmor'),
    selinux: option('selinux'),
    userNamespaces: option('userns') || facts.rootless,
    ociRuntimes: [...facts.ociRuntimes],
    defaultRuntime: facts.defaultRuntime,
    swapLimit,
    pidsLimit,
    cpuQuota,
    diskQuota: false,
    ioLimits,
    tmpfsInodes: version.kind === 'docker',
    liveUpdate: true,
    nftables: false,
    nflog: false,
    rateShaping: false,
    connectionTracking: false,
    ipv6: false,
    cpus: facts.cpus,
    memoryTotal: facts.memoryTotal,
    memoryFree: local ? host.memoryFree : null,
    evidence: {
      cgroup: `${info}: cgroup ${facts.cgroup}`,
      local: local ? 'its host name is this machine' : 'its host name differs, or it is in a virtual machine',
      rootless: info,
      seccomp: `${info}; ${NOT_PROBED}`,
      landlock: `${NOT_PROBED}; a script that needs it does not start without`,
      apparmor: info,
      selinux: info,
      userNamespaces: info,
      swapLimit: `${info}; ${NOT_PROBED}`,
      pidsLimit: `${info}; ${NOT_PROBED}`,
      cpuQuota: `${info}; ${NOT_PROBED}`,
      ioLimits: `${info}; ${NOT_PROBED}`,
      tmpfsInodes: `known of ${version.kind === 'docker' ? 'Docker' : 'Podman'}; ${NOT_PROBED}`,
      liveUpdate: `known of this API; ${NOT_PROBED}`,
      diskQuota: `storage driver ${facts.storageDriver}; ${NOT_PROBED}`,
      nftables: NOT_PROBED,
      nflog: NOT_PROBED,
      rateShaping: NOT_PROBED,
      connectionTracking: NOT_PROBED,
      ipv6: NOT_PROBED,
    },
  };
}
