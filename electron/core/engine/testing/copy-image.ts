/** Gives an engine an image that another one has, asked without any code of ours in between. */
import Docker from 'dockerode';

/** The engine at an address as DOCKER_HOST takes it. */
export function dockerAt(address: string): Docker {
  const { protocol, pathname, hostname, port } = new URL(address);
  return protocol === 'unix:'
    ? new Docker({ socketPath: pathname })
    : new Docker({ host: hostname, port: Number(port) });
}

/** Both addresses as DOCKER_HOST takes them; the image keeps its name, its id and its labels. */
export async function copyImage(reference: string, from: string, to: string): Promise<void> {
  const target = dockerAt(to);
  const answer = await target.loadImage(await dockerAt(from).getImage(reference).get());
  await new Promise<void>((resolve, reject) => {
    target.modem.followProgress(answer, (failure) => (failure ? reject(failure) : resolve()));
  });
}
