/** The network of a scripted run: hosts that are reached, denied, allowed while it goes, flooded and lost. */
import type { NetworkEvent } from '#shared/domain/network.ts';
import { decideText, ruleSet } from '#shared/policy/network/decide.ts';
import { parseRule } from '#shared/policy/network/rule.ts';

/** What it tries; chosen by a word in the script's name. */
export type NetworkStory = 'fetch' | 'crawl' | 'scan' | 'gateway' | 'quiet';

export function networkStoryOf(name: string): NetworkStory {
  const stories = ['fetch', 'crawl', 'scan', 'gateway'] as const;
  return stories.find((story) => name.includes(story)) ?? 'quiet';
}

interface Try {
  readonly name: string | null;
  readonly address: string;
  readonly port: number;
}

const API: Try = { name: 'api.example.com', address: '198.51.100.10', port: 443 };
const FILES: Try = { name: 'files.example.net', address: '198.51.100.20', port: 443 };
const METADATA: Try = { name: null, address: '169.254.169.254', port: 80 };
const HUNDRED = 100;
const THOUSAND = 1000;

export interface ScriptedNetworkOptions {
  readonly story: NetworkStory;
  readonly mode: 'restricted' | 'full';
  readonly allow: readonly string[];
  readonly tell: (event: NetworkEvent) => void;
  readonly close: () => void;
}

export class ScriptedNetwork {
  readonly #options: ScriptedNetworkOptions;
  #allow: readonly string[];
  #rules: ReturnType<typeof ruleSet>;
  #in = 0;

  constructor(options: ScriptedNetworkOptions) {
    this.#options = options;
    this.#allow = options.allow;
    this.#rules = this.#made();
  }

  /** Bytes a second. */
  get rates(): { in: number; out: number } {
    return { in: this.#in, out: Math.round(this.#in / 12) };
  }

  allow(rule: string): void {
    this.#allow = [...this.#allow, parseRule(rule).text];
    this.#rules = this.#made();
  }

  /** Ten a second. */
  tick(tick: number): void {
    this.#in = tick % 40 < 14 && this.#options.story !== 'quiet' ? 1.5e6 * (1 + Math.sin(tick / 3)) : 0;
    switch (this.#options.story) {
      case 'quiet':
        return;
      case 'crawl':
        for (let i = tick * 5; i < Math.min(HUNDRED, tick * 5 + 5); i += 1)
          this.#attempt({ name: `cdn${i}.pictures.example`, address: `198.51.100.${i + 30}`, port: 443 });
        if (tick === 20) this.#attempt(METADATA);
        if (tick % 20 === 0) this.#attempt(API);
        return;
      case 'scan':
        for (let i = tick * 50; i < Math.min(THOUSAND, tick * 50 + 50); i += 1)
          this.#attempt({ name: null, address: `10.20.${Math.floor(i / 250)}.${(i % 250) + 1}`, port: 22 });
        if (tick > 20 && tick % 10 === 0)
          this.#tell({ name: null, address: null, port: null, kind: 'connect', protocol: 'tcp' }, 'denied', 931);
        return;
      case 'gateway':
        if (tick === 5) this.#attempt(API);
        if (tick === 15) this.#options.close();
        return;
      case 'fetch':
        if (tick % 30 === 2) this.#attempt(API);
        if (tick % 25 === 10) this.#attempt(FILES);
        if (tick === 40) this.#attempt({ ...API, port: 22 });
    }
  }

  #made(): ReturnType<typeof ruleSet> {
    return ruleSet({ mode: this.#options.mode, allow: this.#allow, block: [] });
  }

  #tell(
    event: Omit<NetworkEvent, 'verdict' | 'rule' | 'why' | 'count'>,
    verdict: NetworkEvent['verdict'],
    count = 1,
    said = { rule: `network.mode: ${this.#options.mode}`, why: 'No rule lists this host.' },
  ): void {
    this.#options.tell({ ...event, verdict, ...said, count });
  }

  #attempt({ name, address, port }: Try): void {
    const asked = { name, port, protocol: 'tcp' } as const;
    const process = port === 443 ? { pid: 7, name: 'python3' } : { pid: 9, name: 'ssh' };
    if (name !== null) {
      const { verdict, ...said } = decideText(this.#rules, { ...asked, address: null, port: null });
      const known = verdict === 'allowed' ? address : null;
      this.#tell({ kind: 'lookup', name, address: known, port: null, protocol: 'udp', process }, verdict, 1, said);
      if (verdict === 'denied') return;
    }
    const { verdict, ...said } = decideText(this.#rules, { ...asked, address });
    this.#tell({ kind: 'connect', address, ...asked, ...(verdict === 'allowed' && { process }) }, verdict, 1, said);
    if (verdict === 'denied') return;
    this.#tell({ kind: 'close', address, ...asked, bytesIn: 148_213, bytesOut: 812, duration: 84 }, verdict, 1, {
      ...said,
      why: 'The connection ended.',
    });
  }
}
