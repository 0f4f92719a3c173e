/** Decides for one run's gateway and tells what happened: lookups, connections, their ends (NET-2, NET-3). */
import type { FromGateway, GatewayConfig } from '#shared/domain/gateway.ts';
import type { NetworkEvent, NetworkPlan } from '#shared/domain/network.ts';
import { formatAddress, parseAddress } from '#shared/policy/network/address.ts';
import { decide, decideText, IPV4_ONLY, ruleSet, type Decision, type RuleSet } from '#shared/policy/network/decide.ts';
import { normalName } from '#shared/policy/network/name.ts';
import { gatewayConfig, isRelayed, namedIds } from '#shared/policy/network/packets.ts';
import { parseRule } from '#shared/policy/network/rule.ts';
import { EventSieve } from './event-sieve.ts';
import { unavailable, type GatewayLink, type Question, type Report } from './gateway-link.ts';
import { LRU } from './lru.ts';
import type { Family, NameResolver } from './resolver.ts';
import type { FarEnd, SocketOwners } from './socket-owners.ts';

export type GatedPlan = Exclude<NetworkPlan, { mode: 'none' }>;

/** Bytes a second, smoothed over the agent's last report. */
export interface Rates {
  readonly in: number;
  readonly out: number;
}

/** What a gateway could do when it took its rules. */
export interface Found {
  readonly rates: boolean;
  readonly events: boolean;
  readonly ipv6: boolean;
  /** Who carries connections to named hosts. */
  readonly carrier: 'kernel' | 'relay';
}

export interface SessionDeps {
  readonly plan: GatedPlan;
  /** Addresses of the engine's machine. */
  readonly hosts: readonly string[];
  /** The sandbox's network has addresses of IPv6 too. */
  readonly ipv6: boolean;
  readonly resolver: NameResolver;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly onEvent: (event: NetworkEvent) => void;
  /** False keeps connections to named hosts out of the kernel's hands, to see that the rules hold either way. */
  readonly inKernel?: boolean;
}

const ASKED_MAX = 256;
/** A rate is over when nothing was reported for so long, ms. */
const STALE_MS = 600;
/** The script's own copy of an address lives this long at most, so that it asks again after a change, seconds. */
const SCRIPT_TTL = 30;

/** What a script asks, under whichever address its library found the resolver. */
const DNS: FarEnd = { protocol: 'udp', address: null, port: 53, waits: true };

/** In the one form in which addresses are written. */
const plain = (text: string): string => {
  const address = parseAddress(text);
  return address === null ? text : formatAddress(address);
};

/** An address of the gateway's own stands for a name; what it really is was looked at when it was looked up. */
const isOwn = (address: string): boolean => /^198\.1[89]\./.test(address);

export class NetworkSession {
  readonly #deps: SessionDeps;
  readonly #sieve: EventSieve;
  #plan: GatedPlan;
  #rules: RuleSet;
  #config: GatewayConfig;
  #link: Pick<GatewayLink, 'send' | 'configure'> | null = null;
  #found: Found | null = null;
  #owners: Pick<SocketOwners, 'find'> | null = null;
  /** Who waited when the gateway asked about a call that its filter tells of. */
  readonly #asked = new LRU<number, Pick<NetworkEvent, 'process'>>(ASKED_MAX);
  #traffic: { at: number; in: number; out: number } | null = null;
  #rates: Rates = { in: 0, out: 0 };

  /** Throws AppError `policy-invalid` for a rule that cannot be read. */
  constructor(deps: SessionDeps) {
    this.#deps = deps;
    this.#plan = deps.plan;
    this.#rules = this.#rulesOf(deps.plan);
    this.#config = this.#configOf(deps.plan);
    this.#sieve = new EventSieve(deps.onEvent);
  }

  /** Gives the gateway its rules. Rejects with `network-unavailable` when it cannot carry them out. */
  async begin(link: Pick<GatewayLink, 'send' | 'configure'>): Promise<void> {
    this.#link = link;
    const { rates, events, ipv6, carrier } = await link.configure(this.#config);
    this.#found = { rates, events, ipv6, carrier };
    if (!events) throw unavailable("This engine's kernel cannot tell what its packet filter refused (NFLOG).");
    if (!rates)
      throw unavailable(
        "This engine's kernel cannot limit download and upload.",
        'Lift the limits: `--set network.download=unlimited --set network.upload=unlimited`.',
      );
  }

  /** What the gateway could do when it took its rules; null when it could not take them. */
  get found(): Found | null {
    return this.#found;
  }

  /** Bytes a second in and out of the sandbox. */
  rates(): Rates {
    const stale = this.#traffic === null || this.#deps.now() - this.#traffic.at > STALE_MS;
    return stale ? { in: 0, out: 0 } : this.#rates;
  }

  /** Tells which process it was from now on; null stops it. */
  identify(owners: Pick<SocketOwners, 'find'> | null): void {
    this.#owners = owners;
  }

  get rules(): GatedPlan {
    return this.#plan;
  }

  /** One more allowed host from now on; resolves when it is in force. Throws AppError `policy-invalid`. */
  async allow(text: string): Promise<void> {
    const rule = parseRule(text).text;
    if (this.#plan.allow.includes(rule)) return;
    const plan = { ...this.#plan, allow: [...this.#plan.allow, rule] };
    const config = this.#configOf(plan);
    const rules = this.#rulesOf(plan);
    await this.#link?.configure(config);
    this.#plan = plan;
    this.#rules = rules;
    this.#config = config;
  }

  onQuestion(question: Question): void {
    if (question.type === 'lookup') void this.#lookup(question);
    else void this.#open(question);
  }

  onReport(report: Report): void {
    switch (report.type) {
      case 'packets':
        return this.#packets(report);
      case 'closed':
        return this.#closed(report);
      case 'flow':
        return this.#flow(report);
      case 'traffic':
        return this.#measure(report);
      case 'unasked':
        return this.#tell({
          kind: 'lookup',
          name: null,
          address: null,
          port: null,
          protocol: 'udp',
          verdict: 'denied',
          rule: `network.mode: ${this.#plan.mode}`,
          why: 'So many lookups came at once that the gateway refused these unasked.',
          count: report.count,
        });
    }
  }

  /** Tells what is held back. */
  flush(): void {
    this.#sieve.flush();
  }

  dispose(): void {
    this.#sieve.dispose();
    this.#deps.resolver.dispose();
  }

  #configOf(plan: GatedPlan): GatewayConfig {
    const { hosts, inKernel, ipv6 } = this.#deps;
    return gatewayConfig(plan, hosts, { inKernel, ipv6 });
  }

  #rulesOf(plan: GatedPlan): RuleSet {
    const { mode, allow, block, hosts: given } = plan;
    return ruleSet({ mode, allow, block, given, hosts: this.#deps.hosts });
  }

  #tell(event: Omit<NetworkEvent, 'count'> & { readonly count?: number }): void {
    this.#sieve.add({ count: 1, ...event });
  }

  /** Only while the socket is open, so before the script has its answer. */
  #who(end: FarEnd): Pick<NetworkEvent, 'process'> {
    const owner = this.#owners?.find(end) ?? null;
    return owner === null ? {} : { process: owner };
  }

  async #lookup({ id, name: asked, kind }: Extract<Question, { type: 'lookup' }>): Promise<void> {
    const rules = this.#rules;
    const name = normalName(asked);
    const who = this.#who(DNS);
    const base = { kind: 'lookup', name: name ?? asked.slice(0, 255), port: null, protocol: 'udp', ...who } as const;
    const reply = (
      code: 'found' | 'empty' | 'refused' | 'failed',
      addresses: readonly string[] = [],
      more: { ttl?: number; relay?: boolean; named?: readonly number[] } = {},
    ): void => this.#link?.send({ type: 'answer', id, code, addresses, ttl: 0, relay: false, named: [], ...more });
    const told = (address: string | null, { verdict, rule, why }: Decision): void =>
      this.#tell({ ...base, address, verdict, rule, why });

    const decision: Decision =
      name === null
        ? { verdict: 'denied', rule: `network.mode: ${rules.mode}`, why: 'That is no name of a host.' }
        : decide(rules, { name, address: null, port: null, protocol: 'tcp' });
    if (name === null || decision.verdict === 'denied') {
      told(null, decision);
      return reply('refused');
    }
    const relay = isRelayed(rules, this.#config.relayed, name);
    const family = this.#familyOf(kind, relay);
    if (family === null) {
      const only = relay ? 'A named host is reached by its IPv4 address' : 'This sandbox has IPv4 only';
      const why = kind === 'AAAA' ? only : 'Only addresses are told';
      told(null, { ...decision, why: `${decision.why} ${why}, nothing for ${kind.slice(0, 12)}.` });
      return reply('empty');
    }
    const { code, addresses, ttl } = await this.#deps.resolver.resolve(name, family);
    if (code !== 'found') {
      const why = {
        missing: 'There is no such name.',
        empty: `The name has no IPv${family} address.`,
        failed: 'The resolver did not answer.',
      };
      told(null, { ...decision, why: why[code] });
      return reply(code === 'missing' ? 'refused' : code);
    }
    const { good, refusal } = this.#sift(name, addresses, null);
    if (good.length === 0) {
      told(addresses[0] ?? null, refusal ?? decision);
      return reply('refused');
    }
    told(good[0]!, decision);
    reply('found', relay ? [] : good, {
      ttl: Math.min(ttl, SCRIPT_TTL),
      relay,
      named: relay ? [] : namedIds(this.#config, rules, name),
    });
  }

  /** Null for what is not told: relayed names have an IPv4 address of the gateway's own, other records lead nowhere. */
  #familyOf(kind: string, relay: boolean): Family | null {
    if (kind === 'A') return 4;
    return kind === 'AAAA' && !relay && this.#found?.ipv6 === true ? 6 : null;
  }

  /** Addresses of a name that may be used, and why the first of the others may not. */
  #sift(name: string, addresses: readonly string[], port: number | null): { good: string[]; refusal: Decision | null } {
    const good: string[] = [];
    let refusal: Decision | null = null;
    for (const text of addresses) {
      const decision = decide(this.#rules, { name, address: parseAddress(text), port, protocol: 'tcp' });
      if (decision.verdict === 'allowed') good.push(text);
      else refusal ??= decision;
    }
    return { good, refusal };
  }

  async #open({ id, name: asked, port, told }: Extract<Question, { type: 'open' }>): Promise<void> {
    const name = normalName(asked);
    const who = this.#who({ protocol: 'tcp', address: null, port, waits: true });
    const base = { kind: 'connect', name: name ?? asked.slice(0, 255), port, protocol: 'tcp', ...who } as const;
    const finish = (address: string | null, given: Decision, addresses: readonly string[], ttl = 0): void => {
      const { verdict, rule, why } = given;
      if (told && verdict === 'allowed') this.#asked.set(id, who);
      else this.#tell({ ...base, address, verdict, rule, why });
      this.#link?.send({ type: 'opened', id, addresses, ttl });
    };
    const decision = decideText(this.#rules, { name, address: null, port, protocol: 'tcp' });
    if (name === null || decision.verdict === 'denied') return finish(null, decision, []);
    const { addresses, ttl } = await this.#deps.resolver.resolve(name);
    const { good, refusal } = this.#sift(name, addresses, port);
    if (good.length > 0) return finish(good[0]!, decision, good, Math.min(ttl, SCRIPT_TTL));
    finish(
      addresses[0] ?? null,
      refusal ?? { ...decision, verdict: 'denied', why: 'The name has no address any more.' },
      [],
    );
  }

  #packets(report: Extract<FromGateway, { type: 'packets' }>): void {
    const { name, to = null, port, protocol, verdict, count, asked = null } = report;
    const address = plain(report.address);
    if (address === '') {
      const why = 'So many came at once that the gateway only counted them.';
      const known = { kind: 'connect', name, address: null, port, protocol, count, why } as const;
      return this.#tell({
        ...known,
        verdict: verdict === 'allowed' ? 'allowed' : 'denied',
        rule: `network.mode: ${this.#plan.mode}`,
      });
    }
    const decision =
      verdict === 'crowded'
        ? {
            verdict: 'denied' as const,
            rule: `network.connections: ${this.#plan.connections ?? ''}`,
            why: `${this.#plan.connections ?? 'All'} connections are open already, and the policy allows no more at once.`,
          }
        : this.#packetDecision(name, to ?? address, port, protocol);
    const known = asked === null ? undefined : this.#asked.get(asked);
    const socket = (protocol === 'tcp' || protocol === 'udp') && port !== null;
    const who = known ?? (socket ? this.#who({ protocol, address, port, waits: false }) : {});
    // The filter's word counts: it is what happened.
    const agreed = verdict === 'crowded' || decision.verdict === verdict;
    const { rule, why } = agreed
      ? decision
      : {
          rule: `network.mode: ${this.#plan.mode}`,
          why: verdict === 'denied' ? 'The gateway refuses it.' : 'The gateway allows it.',
        };
    this.#tell({
      kind: 'connect',
      name,
      address: to ?? (isOwn(address) ? null : address),
      port,
      protocol,
      ...who,
      verdict: verdict === 'allowed' ? 'allowed' : 'denied',
      rule,
      why,
      count,
    });
  }

  #packetDecision(name: string | null, address: string, port: number | null, protocol: string): Decision {
    if (protocol !== 'tcp' && protocol !== 'udp')
      return {
        verdict: this.#plan.mode === 'full' ? 'allowed' : 'denied',
        rule: `network.mode: ${this.#plan.mode}`,
        why: 'Rules are for TCP and UDP only.',
      };
    if (address.includes(':') && !this.#deps.ipv6) return IPV4_ONLY;
    return decideText(this.#rules, { name, address: isOwn(address) ? null : address, port, protocol });
  }

  #closed(report: Extract<FromGateway, { type: 'closed' }>): void {
    const { name, address, port, refused, why, duration } = report;
    const decision = decideText(this.#rules, { name, address: null, port, protocol: 'tcp' });
    const base = { name, address, port, protocol: 'tcp', bytesIn: report.in, bytesOut: report.out, duration } as const;
    this.#tell({
      ...base,
      kind: 'close',
      verdict: refused ? 'denied' : 'allowed',
      // The rule that allowed the host did not refuse what was said.
      rule: refused ? `network.mode: ${this.#plan.mode}` : decision.rule,
      why: why ?? 'The connection ended.',
    });
  }

  #flow({ name, port, protocol, duration, ...report }: Extract<FromGateway, { type: 'flow' }>): void {
    const address = plain(report.address);
    const { rule } = this.#packetDecision(name, address, port, protocol);
    this.#tell({
      kind: 'close',
      name,
      address,
      port,
      protocol,
      verdict: 'allowed',
      rule,
      why: 'The connection ended.',
      bytesIn: report.in,
      bytesOut: report.out,
      duration,
    });
  }

  #measure(report: Extract<FromGateway, { type: 'traffic' }>): void {
    const at = this.#deps.now();
    const before = this.#traffic;
    this.#traffic = { at, in: report.in, out: report.out };
    if (before === null || at <= before.at) return;
    const seconds = Math.max(0.2, (at - before.at) / 1000);
    this.#rates = {
      in: Math.max(0, Math.round((report.in - before.in) / seconds)),
      out: Math.max(0, Math.round((report.out - before.out) / seconds)),
    };
  }
}
