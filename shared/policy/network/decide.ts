/** Whether a lookup or a connection is allowed, and which rule says so: the one place that decides (NET-1, NET-2, POL-9). Pure. */
import {
  contains,
  formatAddress,
  isSingle,
  parseAddress,
  parseCidr,
  within,
  type Address,
  type Cidr,
} from './address.ts';
import { underSuffix } from './name.ts';
import { nearestRule } from './nearest.ts';
import { blocksPort, coversPort, parseRule, type NetworkRule, type Protocol } from './rule.ts';
import { lists, specialName, specialRange, type SpecialKind } from './special.ts';

export interface RuleSetInput {
  readonly mode: 'restricted' | 'full';
  /** Rules as the policy has them. */
  readonly allow: readonly string[];
  readonly block: readonly string[];
  /** Addresses and ranges of the engine's machine: its own, its gateway's, those of other sandboxes. */
  readonly hosts?: readonly string[];
  /** Names whose address the policy gives itself (`network.hosts`). */
  readonly given?: Readonly<Record<string, string>>;
}

interface Index {
  readonly names: ReadonlyMap<string, readonly NetworkRule[]>;
  readonly suffixes: ReadonlyMap<string, readonly NetworkRule[]>;
  readonly ranges: readonly NetworkRule[];
}

export interface RuleSet {
  readonly mode: 'restricted' | 'full';
  readonly allow: Index;
  readonly block: Index;
  readonly hosts: readonly Cidr[];
  readonly given: ReadonlyMap<string, Address>;
}

/** A connection, or a lookup when the port is null. At least one of name and address is there. */
export interface Attempt {
  /** In normal form (`normalName`). */
  readonly name: string | null;
  readonly address: Address | null;
  readonly port: number | null;
  readonly protocol: Protocol;
}

export interface Decision {
  readonly verdict: 'allowed' | 'denied';
  /** The rule as written, or the mode that decided. */
  readonly rule: string;
  /** One sentence. */
  readonly why: string;
}

function index(texts: readonly string[]): Index {
  const names = new Map<string, NetworkRule[]>();
  const suffixes = new Map<string, NetworkRule[]>();
  const ranges: NetworkRule[] = [];
  const add = (map: Map<string, NetworkRule[]>, key: string, rule: NetworkRule): void => {
    const list = map.get(key);
    if (list) list.push(rule);
    else map.set(key, [rule]);
  };
  for (const text of texts) {
    const rule = parseRule(text);
    if (rule.target.kind === 'name') add(names, rule.target.name, rule);
    else if (rule.target.kind === 'wild') add(suffixes, rule.target.suffix, rule);
    else ranges.push(rule);
  }
  return { names, suffixes, ranges };
}

/** Throws AppError `policy-invalid` for a rule that cannot be read. */
export function ruleSet({ mode, allow, block, hosts = [], given = {} }: RuleSetInput): RuleSet {
  return {
    mode,
    allow: index(allow),
    block: index(block),
    hosts: hosts.flatMap((text) => parseCidr(text) ?? []),
    given: new Map(
      Object.entries(given).flatMap(([name, text]) => {
        const address = parseAddress(text);
        return address === null ? [] : [[name, address] as const];
      }),
    ),
  };
}

/** Rules for a name: exact ones, then wildcards from the longest suffix on. */
export function rulesForName({ names, suffixes }: Index, name: string): NetworkRule[] {
  const found = [...(names.get(name) ?? [])];
  for (let at = name.indexOf('.'); at >= 0; at = name.indexOf('.', at + 1)) {
    const suffix = name.slice(at + 1);
    if (underSuffix(name, suffix)) found.push(...(suffixes.get(suffix) ?? []));
  }
  return found;
}

/** Rules whose range has the address. */
export function rulesForAddress({ ranges }: Index, address: Address): NetworkRule[] {
  return ranges.filter(({ target }) => target.kind === 'addresses' && contains(target.range, address));
}

const fits =
  ({ port, protocol }: Attempt) =>
  (rule: NetworkRule): boolean =>
    port === null || coversPort(rule, port, protocol);

/** A block of some ports does not stop the lookup of the name, unless nothing that is allowed is left of it. */
function blockedBy(rules: RuleSet, { name, address, port, protocol }: Attempt): NetworkRule | undefined {
  const candidates = [
    ...(name === null ? [] : rulesForName(rules.block, name)),
    ...(address === null ? [] : rulesForAddress(rules.block, address)),
  ];
  if (port !== null) return candidates.find((rule) => blocksPort(rule, port, protocol));
  const allowed = rules.mode === 'full' || name === null ? [] : rulesForName(rules.allow, name);
  return candidates.find(
    (block) => block.bare || (allowed.length > 0 && allowed.every((rule) => swallows(block, rule))),
  );
}

function swallows(block: NetworkRule, rule: NetworkRule): boolean {
  return (
    block.protocol === rule.protocol &&
    rule.ports.every(({ from, to }) => block.ports.some((port) => port.from <= from && to <= port.to))
  );
}

const PLACES: Readonly<Record<SpecialKind, string>> = {
  metadata: 'a cloud metadata address',
  host: "an address of the engine's machine",
  loopback: 'a loopback address',
  'link-local': 'a link-local address',
  private: 'a private address',
  multicast: 'a multicast address',
  translated: 'an IPv6 address that stands for an IPv4 one',
  reserved: 'a reserved address',
};

/** Kinds that `full` reaches without a rule. */
const OPEN_IN_FULL: readonly SpecialKind[] = ['private', 'reserved'];

const denied = (rule: string, why: string): Decision => ({ verdict: 'denied', rule, why });

/** Some names stand for a special place whatever they resolve to; null when nothing stands in the way. */
function specialByName({ mode, allow }: RuleSet, { name, address }: Attempt): Decision | null {
  const kind = name === null || address !== null ? null : specialName(name);
  if (kind === null || allow.names.has(name!)) return null;
  return denied(`network.mode: ${mode}`, `The name stands for ${PLACES[kind]}.`);
}

/** Special addresses need a rule that lies inside their range; null when nothing stands in the way. */
function special(rules: RuleSet, attempt: Attempt): Decision | null {
  const { name, address } = attempt;
  if (address === null) return null;
  const own = name === null ? undefined : rules.given.get(name);
  // Who gave a name an address and allowed the name meant this address.
  if (own?.toString() === address.toString() && rulesForName(rules.allow, name!).some(fits(attempt))) return null;
  const text = formatAddress(address);
  const listed = rulesForAddress(rules.allow, address).filter(fits(attempt));
  const host = rules.hosts.find((range) => contains(range, address));
  if (host) {
    // Only a rule for this very address, or for no more than the range, was meant for it.
    const own = listed.some(
      ({ target }) => target.kind === 'addresses' && (isSingle(target.range) || within(target.range, host)),
    );
    return own ? null : denied(`network.mode: ${rules.mode}`, `${text} is ${PLACES.host}.`);
  }
  const range = specialRange(address);
  if (range === null || (rules.mode === 'full' && OPEN_IN_FULL.includes(range.kind))) return null;
  if (listed.some(({ target }) => target.kind === 'addresses' && lists(target.range, range.range))) return null;
  const lead = name === null ? text : `${name} resolves to ${text}, which`;
  return denied(`network.mode: ${rules.mode}`, `${lead} is ${PLACES[range.kind]}, and no rule lists it by address.`);
}

/** Deny beats allow; special addresses need a rule by address; then the rules; then the mode. */
export function decide(rules: RuleSet, asked: Attempt): Decision {
  const own = asked.name === null ? undefined : rules.given.get(asked.name);
  const attempt = asked.address === null && own !== undefined ? { ...asked, address: own } : asked;
  const block = blockedBy(rules, attempt);
  if (block) return denied(`network.block: ${block.text}`, `\`${block.text}\` is blocked.`);
  const stop = specialByName(rules, asked) ?? special(rules, attempt);
  if (stop) return stop;
  const { name, address } = attempt;
  const allow = [
    ...(name === null ? [] : rulesForName(rules.allow, name)),
    ...(address === null ? [] : rulesForAddress(rules.allow, address)),
  ];
  const rule = allow.find(fits(attempt));
  if (rule) return { verdict: 'allowed', rule: `network.allow: ${rule.text}`, why: `\`${rule.text}\` is allowed.` };
  if (rules.mode === 'full')
    return { verdict: 'allowed', rule: 'network.mode: full', why: 'The mode `full` allows it.' };
  if (allow.length > 0)
    return denied('network.mode: restricted', `Port ${attempt.port}/${attempt.protocol} is not listed for this host.`);
  const near = name === null ? null : nearestRule(name, rules.allow.names.keys(), rules.allow.suffixes.keys());
  return denied('network.mode: restricted', `No rule lists this host.${near === null ? '' : ` ${near}`}`);
}

/** What happens to IPv6 where a sandbox has none; no rule changes it. */
export const IPV4_ONLY: Decision = {
  verdict: 'denied',
  rule: 'engine: IPv4 only',
  why: 'This sandbox has no IPv6.',
};

/** `decide` for text as people and programs write it; an address that cannot be read counts as not listed. */
export function decideText(
  rules: RuleSet,
  attempt: {
    readonly name: string | null;
    readonly address: string | null;
    readonly port: number | null;
    readonly protocol: Protocol;
  },
): Decision {
  const address = attempt.address === null ? null : parseAddress(attempt.address);
  if (attempt.address !== null && address === null) return denied(`network.mode: ${rules.mode}`, 'That is no address.');
  return decide(rules, { ...attempt, address });
}
