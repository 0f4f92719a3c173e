/** Removes what is ours and nobody's any more (RUN-10). */
import { LABEL } from '#shared/domain/labels.ts';
import type { ContainerInfo, Engine } from '../engine/port.ts';
import type { Log } from '../storage/log.ts';

export interface SweepOptions {
  readonly instance: string;
  /** This process. */
  readonly owner: string;
  readonly ownerAlive: (owner: string) => boolean;
  /** Runs of this process that still hold a sandbox. */
  readonly isLive: (runId: string) => boolean;
  /** It waits for a run of this process, or is one's although its labels do not say so. */
  readonly isHeld: (container: ContainerInfo) => boolean;
  /** A person wanted it to stay, whichever process made it. */
  readonly isKept: (containerId: string) => boolean;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Own objects must have been still for this long, ms. */
  readonly age: number;
  readonly log: Log;
}

/** One pass over the engine's objects of this installation; returns how many were removed. What a dead process left goes at once. */
export async function sweep(engine: Engine, options: SweepOptions): Promise<number> {
  let removed = 0;
  for (const container of await engine.containers({ [LABEL.app]: '1', [LABEL.instance]: options.instance })) {
    const owner = container.labels[LABEL.owner] ?? '';
    const run = container.labels[LABEL.run] ?? '';
    if (options.isKept(container.id)) continue;
    if (owner === options.owner) {
      if (options.isLive(run) || options.isHeld(container)) continue;
      const changed = (await engine.container(container.id))?.finishedAt ?? container.created;
      if (options.now() - changed < options.age) continue;
    } else if (options.ownerAlive(owner)) continue;
    try {
      await engine.removeContainer(container.id);
      removed++;
      options.log.info('removed a leftover sandbox', { container: container.id, run });
    } catch (failure) {
      options.log.warn('a leftover sandbox could not be removed', {
        container: container.id,
        run,
        problem: String(failure),
      });
    }
  }
  return removed + (await sweepNetworks(engine, options));
}

/** One that a living process uses refuses to go. */
async function sweepNetworks(engine: Engine, { instance, owner, ownerAlive, log }: SweepOptions): Promise<number> {
  let removed = 0;
  const ours = { [LABEL.app]: '1', [LABEL.instance]: instance, [LABEL.kind]: 'network' };
  for (const { id, labels } of await engine.networks(ours)) {
    const theirs = labels[LABEL.owner] ?? '';
    if (theirs === owner || ownerAlive(theirs)) continue;
    try {
      if (await engine.removeNetwork(id)) removed++;
    } catch (failure) {
      log.warn('a leftover network could not be removed', { network: id, problem: String(failure) });
    }
  }
  return removed;
}
