/** A container engine must be there: one that answers, or one that Bellglass can start by itself. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { aptInstall } from './apt.mjs';
import { answers, hasProgram, isRoot } from './system.mjs';

/** The usual places of an engine's socket; the app itself looks further (contexts, named pipes). */
function sockets() {
  const home = homedir();
  const runtime = process.env['XDG_RUNTIME_DIR'] ?? `/run/user/${process.getuid?.() ?? 0}`;
  const host = process.env['DOCKER_HOST'] ?? '';
  return [
    ...(host.startsWith('unix://') ? [host.slice('unix://'.length)] : []),
    '/var/run/docker.sock',
    join(runtime, 'docker.sock'),
    '/run/podman/podman.sock',
    join(runtime, 'podman', 'podman.sock'),
    join(home, '.docker', 'run', 'docker.sock'),
    join(home, '.docker', 'desktop', 'docker.sock'),
    join(home, '.colima', 'default', 'docker.sock'),
    join(home, '.rd', 'docker.sock'),
    join(home, '.orbstack', 'run', 'docker.sock'),
  ];
}

/** Only what costs next to nothing; the app probes in earnest. */
async function hasEngine() {
  if (process.platform === 'win32') return existsSync('\\\\.\\pipe\\docker_engine');
  if (process.platform === 'linux' && (hasProgram('podman') || (isRoot && hasProgram('dockerd')))) return true;
  if (/^(tcp|ssh|https?):/.test(process.env['DOCKER_HOST'] ?? '')) return true;
  for (const path of sockets()) if (existsSync(path) && (await answers(path))) return true;
  return false;
}

/** Programs that bootstrap the base image where no container registry can be reached. */
const bootstrap = () => (process.platform === 'linux' && !hasProgram('mmdebstrap') ? ['mmdebstrap'] : []);

/** @param {import('./report.mjs').Report} report */
export async function engine(report) {
  if (await hasEngine()) {
    if (isRoot && bootstrap().length > 0) {
      await aptInstall(report, {
        why: 'Building the runtime images without a container registry needs mmdebstrap.',
        names: bootstrap(),
        elsewhere: 'Install it with the package manager of this system, or let the engine reach a registry.',
      });
    }
    return;
  }
  await aptInstall(report, {
    why: 'No container engine was found.',
    names: isRoot ? ['docker.io', 'crun', 'iptables', ...bootstrap()] : ['podman', 'crun', 'uidmap', ...bootstrap()],
    elsewhere:
      'Install Docker or Podman, start it, then repeat. Bellglass starts without one and shows what it looked for.',
  });
}

/** The tests run every engine case on Docker and on Podman. @param {import('./report.mjs').Report} report */
export async function testEngines(report) {
  if (process.platform !== 'linux') return;
  const names = [
    ...(hasProgram('dockerd') ? [] : ['docker.io', 'iptables']),
    ...(hasProgram('podman') ? [] : ['podman', 'containernetworking-plugins']),
    ...(hasProgram('crun') ? [] : ['crun']),
    ...bootstrap(),
  ];
  if (names.length === 0) return;
  await aptInstall(report, {
    why: 'The tests run on a real Docker and a real Podman.',
    names,
    elsewhere: `Install ${names.join(', ')} with the package manager of this system, then repeat.`,
  });
}
