/** The network service with what it needs of the rest of core. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { AppError } from '#shared/lib/app-error.ts';
import type { ImageStore } from '../images/index.ts';
import type { Log } from '../storage/log.ts';
import type { Paths } from '../storage/paths.ts';
import { givesIpv6, ipv6Facts, type Ipv6Wish } from './ipv6.ts';
import { NetworkService, type NetworkDeps } from './network-service.ts';

export interface NetworkOptions {
  readonly images: Pick<ImageStore, 'ensure' | 'reference'>;
  readonly paths: Pick<Paths, 'assets'>;
  readonly labels: Readonly<Record<string, string>>;
  readonly log: Log;
  /** Keeps one gateway ready after the first. */
  readonly spares?: boolean;
  readonly learned?: NetworkDeps['learned'];
  readonly inKernel?: boolean;
  /** Whether sandboxes get IPv6; `auto` without it. */
  readonly ipv6?: () => Ipv6Wish;
}

export function createNetwork({
  images,
  paths,
  labels,
  log,
  spares = false,
  learned,
  inKernel = true,
  ipv6 = () => 'auto',
}: NetworkOptions): NetworkService {
  return new NetworkService({
    labels,
    log,
    spares,
    learned,
    inKernel,
    ipv6: () => givesIpv6(ipv6(), ipv6Facts()),
    now: () => performance.now(),
    ensureImage: async (onStep, signal) => {
      let told = '';
      await images.ensure(
        'gateway',
        ({ step, state }) => {
          if (state === 'running' && step !== told) onStep(step);
          told = step;
        },
        signal,
      );
      return images.reference('gateway');
    },
    imageThere: async (engine) => {
      const reference = images.reference('gateway');
      return (await engine.image(reference)) === null ? null : reference;
    },
    seccompProfile: async () => {
      try {
        return await readFile(join(paths.assets, 'seccomp', 'gateway.json'), 'utf8');
      } catch (cause) {
        throw new AppError(
          {
            code: 'storage',
            message: 'The seccomp profile of the gateway cannot be read.',
            why: 'A file that comes with Bellglass is missing or unreadable.',
            next: 'Install Bellglass again.',
            details: String(cause),
          },
          { cause },
        );
      }
    },
  });
}
