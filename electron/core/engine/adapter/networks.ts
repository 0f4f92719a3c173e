/** Networks of ours on an engine (NET-2). */
import { AppError } from '#shared/lib/app-error.ts';
import type { CreateNetwork, NetworkInfo } from '../port.ts';
import { QUICK, SLOW, type Client } from './client.ts';
import { toFailure } from './errors.ts';
import { labelFilter } from './translate.ts';

interface Inspected {
  readonly Id?: string;
  readonly Name?: string;
  readonly Created?: string;
  readonly Labels?: Readonly<Record<string, string>> | null;
  readonly IPAM?: {
    readonly Config?: readonly { readonly Gateway?: string; readonly Subnet?: string }[] | null;
  } | null;
}

function toNetwork(network: Inspected): NetworkInfo {
  return {
    id: network.Id ?? '',
    name: network.Name ?? '',
    labels: network.Labels ?? {},
    created: Date.parse(network.Created ?? '') || 0,
    hostAddresses: (network.IPAM?.Config ?? []).flatMap(({ Gateway }) =>
      Gateway === undefined || Gateway === '' ? [] : [Gateway.replace(/\/\d+$/, '')],
    ),
    ranges: (network.IPAM?.Config ?? []).flatMap(({ Subnet }) => Subnet || []),
    ipv6: (network.IPAM?.Config ?? []).some(({ Subnet }) => Subnet?.includes(':')),
  };
}

export class Networks {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  async create({ name, labels, ipv6 }: CreateNetwork): Promise<NetworkInfo> {
    try {
      const made = await this.#client.call('create', { name }, SLOW, (docker, abortSignal) =>
        docker.createNetwork({
          Name: name,
          Driver: 'bridge',
          CheckDuplicate: true,
          EnableIPv6: ipv6 !== null,
          // The range for IPv4 is the engine's own choice.
          ...(ipv6 !== null && { IPAM: { Config: [{ Subnet: ipv6, Gateway: ipv6.replace(/\/\d+$/, '1') }] } }),
          Labels: { ...labels },
          Options: { 'com.docker.network.bridge.enable_icc': 'false' },
          abortSignal,
        }),
      );
      return await this.#inspect(made.id);
    } catch (failure) {
      const known = failure instanceof AppError ? failure : null;
      if (known !== null && (known.code === 'engine-unreachable' || known.code === 'storage')) throw known;
      throw new AppError(
        {
          code: 'network-unavailable',
          message: 'The engine could not make a network for the run.',
          why: known?.details ?? String(failure),
          next: 'Run without network, or use an engine that may change the firewall of its machine (rootful, with iptables).',
        },
        { cause: failure },
      );
    }
  }

  async list(labels: Readonly<Record<string, string>>): Promise<NetworkInfo[]> {
    const filters = labelFilter(labels);
    const found = await this.#client.call('inspect', {}, QUICK, (docker, abortSignal) =>
      docker.listNetworks({ filters, abortSignal }),
    );
    return (found as Inspected[]).map(toNetwork);
  }

  /** False when something still uses it. */
  async remove(id: string): Promise<boolean> {
    return await this.#client.call('remove', {}, SLOW, async (docker, abortSignal) => {
      try {
        await docker.getNetwork(id).remove({ abortSignal });
        return true;
      } catch (problem) {
        const { status } = toFailure(problem);
        if (status === 404) return true;
        if (status === 403 || status === 409) return false;
        throw problem;
      }
    });
  }

  async #inspect(id: string): Promise<NetworkInfo> {
    const found = await this.#client.call(
      'inspect',
      {},
      QUICK,
      (docker, abortSignal) => docker.getNetwork(id).inspect({ abortSignal } as never) as unknown as Promise<unknown>,
    );
    return toNetwork(found as Inspected);
  }
}
