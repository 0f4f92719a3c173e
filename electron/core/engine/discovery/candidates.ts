/** The ordered list of places where an engine may answer (ENG-1). */
import { candidateFor, type Candidate } from './candidate.ts';
import { contextCandidates } from './contexts.ts';
import { socketCandidates } from './sockets.ts';
import type { Surroundings } from './surroundings.ts';

function fromEnvironment(around: Surroundings): Candidate[] {
  const url = around.env['DOCKER_HOST'];
  return url ? [candidateFor('docker-host', 'DOCKER_HOST', url)] : [];
}

async function containerdAlone(around: Surroundings): Promise<Candidate[]> {
  if ((await around.which('dockerd')) !== null || around.platform !== 'linux') return [];
  const path = '/run/containerd/containerd.sock';
  const nerdctl = await around.which('nerdctl');
  if (nerdctl === null && !(await around.exists(path))) return [];
  return [
    {
      id: 'containerd',
      label: nerdctl === null ? 'containerd' : 'containerd with nerdctl',
      url: `unix://${path}`,
      address: null,
      reason: 'containerd alone does not speak the Docker API.',
      fix: 'Install Docker Engine (`apt-get install docker.io`) or Podman (`apt-get install podman`).',
    },
  ];
}

/** Every place, in the order of preference, each socket once. */
export async function findCandidates(around: Surroundings): Promise<Candidate[]> {
  const found = [
    ...fromEnvironment(around),
    ...(await contextCandidates(around)),
    ...socketCandidates(around),
    ...(await containerdAlone(around)),
  ];
  const seen = new Set<string>();
  const unique: Candidate[] = [];
  for (const candidate of found) {
    const key = candidate.address
      ? await around.resolve(candidate.address.socketPath)
      : `${candidate.id} ${candidate.url}`;
    if (seen.has(key)) continue;
    seen.add(key);
    unique.push(candidate);
  }
  return unique;
}
