/** From rules to what a packet filter can hold: addresses and ports (NET-2). Pure. */
import type { GatewayConfig, PacketRule } from '../../domain/gateway.ts';
import type { NetworkPlan } from '../../domain/network.ts';
import { contains, formatCidr, isSingle, parseCidr, within, type Address } from './address.ts';
import { rulesForAddress, rulesForName, ruleSet, type RuleSet } from './decide.ts';
import { parsePublish } from './kind.ts';
import { formatPorts, parseRule, type NetworkRule } from './rule.ts';
import { lists, SPECIAL_KINDS, specialRange, specialRanges } from './special.ts';

/** More listed ports than this are not relayed one by one. */
const RELAYED_MAX = 64;

type Gated = Exclude<NetworkPlan, { mode: 'none' }>;

/** Of a family in which a sandbox has a way out. */
const reachable = (address: Address, ipv6: boolean): boolean => ipv6 || address.kind() === 'ipv4';

const rangeOf = (rule: NetworkRule): string => (rule.target.kind === 'addresses' ? formatCidr(rule.target.range) : '');

/** Rules with the same ports share an entry. */
function grouped(rules: readonly NetworkRule[], bareIsAll: boolean): PacketRule[] {
  const groups = new Map<string, { ranges: Set<string>; rule: NetworkRule; all: boolean }>();
  for (const rule of rules) {
    const all = bareIsAll && rule.bare;
    const key = all ? 'all' : `${formatPorts(rule.ports)}/${rule.protocol}`;
    const group = groups.get(key) ?? { ranges: new Set(), rule, all };
    group.ranges.add(rangeOf(rule));
    groups.set(key, group);
  }
  return [...groups.values()].map(({ ranges, rule, all }) => ({
    ranges: [...ranges],
    ports: all ? null : rule.ports,
    protocol: all ? null : rule.protocol,
  }));
}

const width = (rule: NetworkRule): number => rule.ports.reduce((sum, { from, to }) => sum + to - from + 1, 0);

/** TCP ports that are relayed, each under its own name; a rule with too many is not among them. */
function relayedPorts(...allow: readonly (readonly NetworkRule[])[]): number[] {
  const ports = new Set<number>();
  for (const rule of allow.flat()) {
    if (rule.protocol !== 'tcp' || width(rule) > RELAYED_MAX) continue;
    const own = rule.ports.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, i) => from + i));
    if (new Set([...ports, ...own]).size <= RELAYED_MAX) for (const port of own) ports.add(port);
  }
  return [...ports].toSorted((a, b) => a - b);
}

/** Rules by name, and for a name whose address the policy gives those of that address too. */
function rulesOf(rules: RuleSet, name: string): NetworkRule[] {
  const own = rules.given.get(name);
  return [...rulesForName(rules.allow, name), ...(own === undefined ? [] : rulesForAddress(rules.allow, own))];
}

/**
 * True when the name is listed and every port of its rules is relayed: then it gets an address of its own inside the gateway.
 * `relayed` are the ports of the configuration.
 */
export function isRelayed(rules: RuleSet, relayed: readonly number[], name: string): boolean {
  if (rules.mode === 'full' || rulesForName(rules.allow, name).length === 0) return false;
  const known = new Set(relayed);
  return rulesOf(rules, name).every(
    (rule) =>
      rule.protocol === 'tcp' &&
      width(rule) <= RELAYED_MAX &&
      rule.ports.every(({ from, to }) =>
        Array.from({ length: to - from + 1 }, (_, i) => from + i).every((p) => known.has(p)),
      ),
  );
}

const listedNames = (rules: RuleSet): string[] =>
  [...rules.given.keys()].filter((name) => rulesForName(rules.allow, name).length > 0);

/** Rules by address that a listed name of the policy's own brings along. */
function ofGivenNames(rules: RuleSet): NetworkRule[] {
  return listedNames(rules).flatMap((name) => rulesForAddress(rules.allow, rules.given.get(name)!));
}

/** Addresses that the policy gave a name, where the script gets them: their ports are open even in a refused range. */
function givenPackets(rules: RuleSet, relayed: readonly number[], ipv6: boolean): PacketRule[] {
  return listedNames(rules).flatMap((name) => {
    const own = rules.given.get(name)!;
    if (!reachable(own, ipv6) || isRelayed(rules, relayed, name)) return [];
    return rulesForName(rules.allow, name).map(({ ports, protocol }) => ({
      ranges: [own.toString()],
      ports,
      protocol,
    }));
  });
}

const namedKey = (rule: Pick<NetworkRule, 'ports' | 'protocol'>): string =>
  `${formatPorts(rule.ports)}/${rule.protocol}`;

/** Which of the configuration's `named` entries a name's rules stand for. */
export function namedIds(config: GatewayConfig, rules: RuleSet, name: string): number[] {
  const wanted = new Set(rulesForName(rules.allow, name).map(namedKey));
  return config.named.filter((entry) => wanted.has(namedKey(entry))).map(({ id }) => id);
}

/**
 * What the gateway's packet filter is told. `hosts` are addresses of the engine's machine; with `inKernel` the kernel
 * carries named hosts where it can; with `ipv6` the sandbox has a way out over it.
 * Throws AppError `policy-invalid` for a rule that cannot be read.
 */
export function gatewayConfig(
  plan: Gated,
  hosts: readonly string[],
  { inKernel = true, ipv6 = false }: { readonly inKernel?: boolean | undefined; readonly ipv6?: boolean } = {},
): GatewayConfig {
  const allow = plan.allow.map((text) => parseRule(text));
  const block = plan.block.map((text) => parseRule(text));
  const inFilter = ({ target }: NetworkRule): boolean =>
    target.kind === 'addresses' && reachable(target.range.address, ipv6);
  const addresses = allow.filter(inFilter);
  const machine = hosts.flatMap((text) => parseCidr(text) ?? []);
  const inSpecial = (rule: NetworkRule): boolean => {
    if (rule.target.kind !== 'addresses') return false;
    const own = rule.target.range;
    if (machine.some((host) => (isSingle(own) ? contains(host, own.address) : within(own, host)))) return true;
    const special = specialRange(rule.target.range.address);
    return special !== null && lists(rule.target.range, special.range);
  };
  const kinds =
    plan.mode === 'full' ? (['metadata', 'loopback', 'link-local', 'multicast', 'translated'] as const) : SPECIAL_KINDS;
  const names = allow.filter(({ target }) => target.kind !== 'addresses');
  const rules = ruleSet({ mode: plan.mode, allow: plan.allow, block: [], given: plan.hosts });
  const relayed = plan.mode === 'full' ? [] : relayedPorts(names, ofGivenNames(rules));
  const named = new Map(names.map((rule) => [namedKey(rule), rule]));
  return {
    mode: plan.mode,
    ipv6,
    blocked: grouped(block.filter(inFilter), true),
    exempt: [...grouped(addresses.filter(inSpecial), false), ...givenPackets(rules, relayed, ipv6)],
    refused: [
      ...machine.filter(({ address }) => reachable(address, ipv6)).map(formatCidr),
      ...specialRanges(kinds)
        .filter(({ address }) => reachable(address, ipv6))
        .map(formatCidr),
    ],
    open: grouped(addresses, false),
    named: [...named.values()].map(({ ports, protocol }, id) => ({ id, ports, protocol })),
    relayed,
    published: plan.publish.map((text) => {
      const { sandbox, protocol } = parsePublish(text);
      return { port: sandbox, protocol };
    }),
    download: plan.download,
    upload: plan.upload,
    connections: plan.connections,
    inKernel,
  };
}
