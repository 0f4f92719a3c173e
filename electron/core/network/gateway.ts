/** One gateway: its container and its agent's line; made for one run, or ahead of it (RUN-11). */
import { setTimeout as sleep } from 'node:timers/promises';
import { LABEL } from '#shared/domain/labels.ts';
import type { CreateGateway, Engine } from '../engine/port.ts';
import { GatewayLink } from './gateway-link.ts';

export interface Gateway {
  readonly engine: Engine;
  readonly container: string;
  /** What its label says: the run, or the place of a spare one. */
  readonly label: string;
  readonly link: GatewayLink;
  /** Image, network and profile that it was made with. */
  readonly made: string;
  remove(): Promise<void>;
}

export type GatewayRequest = Omit<CreateGateway, 'name' | 'labels'> & {
  readonly label: string;
  /** Labels of the installation and process that own it. */
  readonly owner: Readonly<Record<string, string>>;
};

/** What two gateways must share to stand in for each other. */
export const madeOf = ({
  image,
  network,
  seccompProfile,
}: Pick<CreateGateway, 'image' | 'network' | 'seccompProfile'>): string =>
  [image, network, seccompProfile.length].join(' ');

/** Podman refuses for a moment after the sandbox that joined it is gone. */
async function removePatiently(engine: Engine, container: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await engine.removeContainer(container);
      return;
    } catch (failure) {
      if (attempt === 5) throw failure;
      await sleep(200 * attempt);
    }
  }
}

/** Creates and starts it; what fails half-way is removed again. Its agent may not be up yet. */
export async function startGateway(engine: Engine, request: GatewayRequest): Promise<Gateway> {
  const { label, owner, ...create } = request;
  const labels = {
    ...owner,
    [LABEL.app]: '1',
    [LABEL.run]: label,
    [LABEL.kind]: 'gateway',
    [LABEL.created]: String(Date.now()),
  };
  const container = await engine.createGateway({ ...create, name: `bellglass-${label}-gateway`, labels });
  let link: GatewayLink | null = null;
  try {
    link = new GatewayLink(await engine.attach(container));
    await engine.startContainer(container);
  } catch (failure) {
    link?.close();
    await engine.removeContainer(container).catch(() => {});
    throw failure;
  }
  const line = link;
  return {
    engine,
    container,
    label,
    link: line,
    made: madeOf(request),
    remove: async () => {
      line.close();
      await removePatiently(engine, container);
    },
  };
}
