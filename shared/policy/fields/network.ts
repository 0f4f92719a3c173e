/** Network rules (POL-1, NET-1, NET-2); all but `none` is enforced by a gateway. */
import { MIB } from '../../lib/units.ts';
import type { Capabilities } from '../../domain/engine.ts';
import type { NetworkMode } from '../../domain/policy.ts';
import { enforced, everywhere, partly, perLevel, type EnforcementFact, type FieldsOf } from '../field.ts';
import { gatewayFact } from '../network/gateway-fact.ts';
import { choice, count, list, nullable, rate } from '../kinds.ts';
import { hosts, publish, resolver, rules } from '../network/kind.ts';

const group = 'Network';
/** Names and addresses are kept by the gateway. */
const rulesFact = (engine: Capabilities, value?: readonly string[]): EnforcementFact => {
  const fact = gatewayFact(engine);
  if (fact.state !== 'enforced' || engine.ipv6 || !value?.some((rule) => rule.startsWith('['))) return fact;
  return partly('This engine gives a sandbox no IPv6, or was not tried yet, so IPv6 addresses are never reached.');
};
const ratesFact = (engine: Capabilities): EnforcementFact => gatewayFact(engine, 'rateShaping');

export const network: FieldsOf<'network'> = {
  'network.mode': {
    group,
    label: 'Network',
    help: '`none` has no interface but loopback; `restricted` reaches only what is listed; `full` reaches all but metadata addresses and this machine.',
    kind: choice(['none', 'restricted', 'full'], true),
    defaults: perLevel<NetworkMode>('none', 'none', 'restricted', 'full'),
    enforcement: (engine, value) => (value === 'none' ? enforced() : gatewayFact(engine)),
  },
  'network.allow': {
    group,
    label: 'Allowed hosts',
    help: 'Names, wildcards and address ranges with ports; a bare host means 443 and 80 over TCP.',
    kind: rules('looser'),
    defaults: everywhere<readonly string[]>([]),
    enforcement: rulesFact,
  },
  'network.block': {
    group,
    label: 'Blocked hosts',
    help: 'Refused even when a wider rule allows them; without ports every port is.',
    kind: rules('tighter'),
    defaults: everywhere<readonly string[]>([]),
    enforcement: rulesFact,
  },
  'network.dns': {
    group,
    label: 'DNS',
    help: 'Where names are looked up: `system` or an address.',
    kind: resolver,
    defaults: everywhere('system'),
    enforcement: (engine) => gatewayFact(engine),
  },
  'network.hosts': {
    group,
    label: 'Host names',
    help: 'Names with fixed addresses.',
    kind: hosts,
    defaults: everywhere<Readonly<Record<string, string>>>({}),
    enforcement: (engine) => gatewayFact(engine),
  },
  'network.publish': {
    group,
    label: 'Published ports',
    help: 'Ports of the sandbox offered on this machine.',
    kind: list(publish, 'looser'),
    defaults: everywhere<readonly string[]>([]),
    enforcement: (engine) => gatewayFact(engine),
  },
  'network.download': {
    group,
    label: 'Download',
    help: 'Bytes a second into the sandbox.',
    kind: nullable(rate(1024, 1e12), 'unlimited'),
    defaults: perLevel<number | null>(5 * MIB, 5 * MIB, 5 * MIB, null),
    enforcement: (engine) => ratesFact(engine),
  },
  'network.upload': {
    group,
    label: 'Upload',
    help: 'Bytes a second out of the sandbox.',
    kind: nullable(rate(1024, 1e12), 'unlimited'),
    defaults: perLevel<number | null>(MIB, MIB, MIB, null),
    enforcement: (engine) => ratesFact(engine),
  },
  'network.connections': {
    group,
    label: 'Connections',
    help: 'Connections at once.',
    kind: nullable(count(1, 65_536), 'unlimited'),
    defaults: perLevel<number | null>(10, 10, 10, null),
    enforcement: (engine) => gatewayFact(engine),
  },
};
