/** Looks names up for scripts, from core's side: a gateway reaches no resolver (NET-2). */
import { Resolver } from 'node:dns/promises';
import { LRU } from './lru.ts';

export interface Resolved {
  readonly code: 'found' | 'empty' | 'missing' | 'failed';
  /** Of the family that was asked for. */
  readonly addresses: readonly string[];
  /** Seconds that the answer may be used for. */
  readonly ttl: number;
}

/** An answer of a second or a week is kept within these bounds, seconds. */
const TTL = { least: 5, most: 300, missing: 5, failed: 10 };
const ADDRESSES_MAX = 32;
const CACHE_MAX = 2000;
/** Doubled for the second try; both together end before the script's own library asks again. */
const TIMEOUT_MS = 1200;
const TRIES = 2;

export type Family = 4 | 6;

export interface NameResolver {
  resolve(name: string, family?: Family): Promise<Resolved>;
  dispose(): void;
}

/** `dns` is `system` or an address; `hosts` are the policy's own names. `now` is monotonic milliseconds. */
export function createResolver(
  dns: string,
  hosts: Readonly<Record<string, string>>,
  now: () => number,
  servers?: readonly string[],
): NameResolver {
  const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: TRIES });
  if (servers) resolver.setServers(servers);
  else if (dns !== 'system') resolver.setServers([dns]);
  const cache = new LRU<string, { readonly answer: Promise<Resolved>; until: number }>(CACHE_MAX);

  async function ask(name: string, family: Family): Promise<Resolved> {
    try {
      const records = await (family === 4
        ? resolver.resolve4(name, { ttl: true })
        : resolver.resolve6(name, { ttl: true }));
      const ttl = Math.min(...records.map((record) => record.ttl));
      return {
        code: 'found',
        addresses: [...new Set(records.map((record) => record.address))].slice(0, ADDRESSES_MAX),
        ttl: Math.min(TTL.most, Math.max(TTL.least, ttl)),
      };
    } catch (failure) {
      const code = (failure as NodeJS.ErrnoException).code;
      if (code === 'ENOTFOUND') return { code: 'missing', addresses: [], ttl: TTL.missing };
      if (code === 'ENODATA') return { code: 'empty', addresses: [], ttl: TTL.missing };
      return { code: 'failed', addresses: [], ttl: TTL.failed };
    }
  }

  return {
    async resolve(name, family = 4) {
      const own = Object.hasOwn(hosts, name) ? hosts[name] : undefined;
      if (own !== undefined)
        return own.includes(':') !== (family === 6)
          ? { code: 'empty', addresses: [], ttl: TTL.most }
          : { code: 'found', addresses: [own], ttl: TTL.most };
      const key = `${family} ${name}`;
      const known = cache.get(key);
      if (known && known.until > now()) return await known.answer;
      const entry = { answer: ask(name, family), until: Number.POSITIVE_INFINITY };
      cache.set(key, entry);
      const answer = await entry.answer;
      entry.until = now() + answer.ttl * 1000;
      return answer;
    },
    dispose: () => resolver.cancel(),
  };
}
