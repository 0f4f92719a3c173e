/** Network rules (POL-1, NET-1, NET-2). Only `none` can be carried out until the gateway exists. */
import { MIB } from '../../lib/units.ts';
import type { NetworkMode } from '../../domain/policy.ts';
import { enforced, everywhere, future, partly, perLevel, type FieldsOf } from '../field.ts';
import { choice, count, list, nullable, rate } from '../kinds.ts';
import { hosts, publish, resolver, rules } from '../network/kind.ts';

const group = 'Network';
const GATEWAY = 'the gateway that network rules need';
const later = future(GATEWAY);

export const network: FieldsOf<'network'> = {
  'network.mode': {
    group,
    label: 'Network',
    help: '`none` has no interface but loopback; `restricted` reaches only what is listed; `full` reaches all but metadata addresses and this machine.',
    kind: choice(['none', 'restricted', 'full'], true),
    defaults: perLevel<NetworkMode>('none', 'none', 'restricted', 'full'),
    enforcement: (_engine, value) =>
      value === 'none'
        ? enforced()
        : partly('`none` is enforced; `restricted` and `full` need the gateway, which Bellglass does not have yet.'),
    notYet: (value) =>
      value === 'none' ? null : `Bellglass does not have the gateway that \`${value}\` network needs yet.`,
  },
  'network.allow': {
    group,
    label: 'Allowed hosts',
    help: 'Names, wildcards and address ranges with ports; a bare host means 443 and 80 over TCP.',
    kind: rules('looser'),
    defaults: everywhere<readonly string[]>([]),
    ...later,
  },
  'network.block': {
    group,
    label: 'Blocked hosts',
    help: 'Refused even when a wider rule allows them; without ports every port is.',
    kind: rules('tighter'),
    defaults: everywhere<readonly string[]>([]),
    ...later,
  },
  'network.dns': {
    group,
    label: 'DNS',
    help: 'Where names are looked up: `system` or an address.',
    kind: resolver,
    defaults: everywhere('system'),
    ...later,
  },
  'network.hosts': {
    group,
    label: 'Host names',
    help: 'Names with fixed addresses.',
    kind: hosts,
    defaults: everywhere<Readonly<Record<string, string>>>({}),
    ...later,
  },
  'network.publish': {
    group,
    label: 'Published ports',
    help: 'Ports of the sandbox offered on this machine.',
    kind: list(publish, 'looser'),
    defaults: everywhere<readonly string[]>([]),
    ...later,
  },
  'network.download': {
    group,
    label: 'Download',
    help: 'Bytes a second into the sandbox.',
    kind: nullable(rate(1024, 1e12), 'unlimited'),
    defaults: perLevel<number | null>(5 * MIB, 5 * MIB, 5 * MIB, null),
    ...later,
  },
  'network.upload': {
    group,
    label: 'Upload',
    help: 'Bytes a second out of the sandbox.',
    kind: nullable(rate(1024, 1e12), 'unlimited'),
    defaults: perLevel<number | null>(MIB, MIB, MIB, null),
    ...later,
  },
  'network.connections': {
    group,
    label: 'Connections',
    help: 'Connections at once.',
    kind: nullable(count(1, 65_536), 'unlimited'),
    defaults: perLevel<number | null>(10, 10, 10, null),
    ...later,
  },
};
