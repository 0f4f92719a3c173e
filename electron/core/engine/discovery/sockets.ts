/** The sockets that engines make by themselves, per system. */
import { join } from 'node:path';
import { parseAddress } from '../adapter/address.ts';
import type { Candidate } from './candidate.ts';
import type { Surroundings } from './surroundings.ts';

function socket(label: string, path: string): Candidate {
  const url = `unix://${path}`;
  return { id: `socket:${path}`, label, url, address: parseAddress(url) };
}

function pipe(label: string, name: string): Candidate {
  const url = `npipe:////./pipe/${name}`;
  return { id: `pipe:${name}`, label, url, address: parseAddress(url) };
}

/** In order of preference; nothing is looked at here. */
export function socketCandidates({ env, home, platform, uid }: Surroundings): Candidate[] {
  if (platform === 'win32') {
    return [
      pipe('Docker Desktop', 'docker_engine'),
      pipe('Docker Desktop (Linux engine)', 'dockerDesktopLinuxEngine'),
      pipe('Podman machine', 'podman-machine-default'),
    ];
  }
  const inHome = (...parts: string[]): string => join(home, ...parts);
  const common = [
    socket('Docker Desktop', inHome(platform === 'darwin' ? '.docker/run/docker.sock' : '.docker/desktop/docker.sock')),
    socket('Colima', inHome('.colima', 'default', 'docker.sock')),
    socket('Rancher Desktop', inHome('.rd', 'docker.sock')),
  ];
  if (platform === 'darwin') {
    return [
      socket('Docker', '/var/run/docker.sock'),
      ...common,
      socket('OrbStack', inHome('.orbstack', 'run', 'docker.sock')),
      socket('Podman machine', inHome('.local/share/containers/podman/machine/podman.sock')),
    ];
  }
  const runtime = env['XDG_RUNTIME_DIR'] ?? `/run/user/${uid ?? 0}`;
  return [
    socket('Docker', '/run/docker.sock'),
    socket('Docker, rootless', join(runtime, 'docker.sock')),
    ...common,
    socket('Podman', '/run/podman/podman.sock'),
    socket('Podman, rootless', join(runtime, 'podman', 'podman.sock')),
    socket('Podman machine', inHome('.local/share/containers/podman/machine/podman.sock')),
  ];
}
