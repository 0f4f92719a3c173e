/** The narrowest rule that would let a refused attempt pass (OBS-3, NET-4). Pure. */
import type { NetworkEvent } from '../../domain/network.ts';
import { formatAddress, parseAddress } from '../network/address.ts';
import { decideText, IPV4_ONLY, ruleSet, type RuleSetInput } from '../network/decide.ts';
import { normalName } from '../network/name.ts';
import { specialName, specialRange, type SpecialKind } from '../network/special.ts';

export type Refusal = Pick<NetworkEvent, 'kind' | 'name' | 'address' | 'port' | 'protocol' | 'rule'>;

export type Remedy =
  | {
      readonly rule: string;
      /** What kind of place it would open, where it is more than a host of the internet. */
      readonly special: SpecialKind | null;
    }
  /** No rule helps, and why in one sentence. */
  | { readonly rule: null; readonly why: string };

const none = (why: string): Remedy => ({ rule: null, why });

/** `name`, `name:8443`, `[2001:db8::1]:53/udp`. */
function ruleFor(host: string, port: number | null, protocol: 'tcp' | 'udp'): string {
  if (port === null) return host;
  return `${host}:${port}${protocol === 'udp' ? '/udp' : ''}`;
}

const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host);

/** `policy` are the rules that were in force when it was refused. Throws AppError `policy-invalid` when one of them cannot be read. */
export function remedies({ mode, allow }: Pick<RuleSetInput, 'mode' | 'allow'>): (refusal: Refusal) => Remedy {
  const inForce = ruleSet({ mode, allow, block: [] });
  return (refusal) => {
    const { kind, port, protocol, rule } = refusal;
    const name = refusal.name === null ? null : normalName(refusal.name);
    const address = refusal.address === null ? null : parseAddress(refusal.address);
    if (rule.startsWith('network.block:'))
      return none(`\`${rule.slice(14).trim()}\` is in \`network.block\`, and a block beats every rule that allows.`);
    if (rule.startsWith('network.connections'))
      return none('Too many connections were open at once; the host itself was not refused.');
    if (rule === IPV4_ONLY.rule) return none('This engine gives a sandbox no IPv6, so no rule reaches that address.');
    if (kind === 'close') return none('The connection was ended for what was said on it, not for its host.');
    if (name === null && address === null) return none('Which host it was is not known.');
    // A lookup says nothing about how the host will be used.
    const used = kind === 'lookup' ? 'tcp' : protocol;
    if (used !== 'tcp' && used !== 'udp') return none('Rules are for TCP and UDP only.');

    const text = address === null ? null : formatAddress(address);
    const attempt = { name, address: text, port, protocol: used } as const;
    // By these rules it would have passed, so the address is one of the engine's machine, which only its own rule opens.
    const isHost = text !== null && decideText(inForce, attempt).verdict === 'allowed';
    const opens = (only: readonly string[]): boolean =>
      decideText(ruleSet({ mode, allow: only, block: [], hosts: isHost ? [text] : [] }), attempt).verdict === 'allowed';
    const candidates = [name, text].flatMap((host) => (host === null ? [] : [ruleFor(bracketed(host), port, used)]));
    const found = candidates.find((candidate) => opens([candidate]));
    if (found === undefined) return none('No rule for this host alone would allow it.');
    const range = address === null ? null : specialRange(address);
    const special = isHost ? 'host' : (range?.kind ?? (name === null ? null : specialName(name)));
    return { rule: found, special };
  };
}

/** A host that was tried on more ports is looked at before they are opened together. */
const PORTS_MAX = 4;

/** One remedy for one host, of those of its refusals: for a few ports one rule, else that of the newest that has one. */
export function joined(all: readonly Remedy[]): Remedy | null {
  const rules = all.flatMap((one) => (one.rule === null ? [] : [one]));
  const newest = rules.at(-1);
  if (newest === undefined) return all.at(-1) ?? null;
  const parts = rules.map(({ rule, special }) => ({ special, ...splitRule(rule) }));
  const [first] = parts;
  const alike = parts.every(
    ({ host, port, special }) => port !== null && host === first?.host && special === first.special,
  );
  if (!alike || first === undefined || parts.length > PORTS_MAX) return newest;
  const ports = [...new Set(parts.map(({ port }) => Number(port)))].toSorted((a, b) => a - b);
  return { rule: `${first.host}:${ports.join(',')}`, special: newest.special };
}

/** The port is null where the rule has none, or is not for TCP. */
function splitRule(rule: string): { readonly host: string; readonly port: string | null } {
  const [, host = rule, port = null] = /^(.*):(\d+)$/.exec(rule) ?? [];
  return { host, port };
}

/** True when this rule alone lets the refused attempt pass; false also for a rule that cannot be read. */
export function covers(rule: string, { kind, name, address, port, protocol }: Refusal): boolean {
  const used = kind === 'lookup' ? 'tcp' : protocol;
  if (used !== 'tcp' && used !== 'udp') return false;
  try {
    const rules = ruleSet({ mode: 'restricted', allow: [rule], block: [] });
    const asked = name === null ? null : normalName(name);
    return decideText(rules, { name: asked, address, port, protocol: used }).verdict === 'allowed';
  } catch {
    return false;
  }
}
