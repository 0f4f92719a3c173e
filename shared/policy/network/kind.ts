/** The kinds of the network fields' values (POL-4). */
import type { Kind } from '../field.ts';
import { invalid, list } from '../kinds.ts';
import { formatAddress, parseAddress } from './address.ts';
import { normalName } from './name.ts';
import { parseRule } from './rule.ts';

/** A comma before ports (`host:443,8443`) does not end the rule. */
const MORE_PORTS = /^\d{1,6}(?:-\d{1,6})?(?:\/(?:tcp|udp))?$/i;

const one: Kind<string> = {
  name: 'text',
  looser: null,
  format: (value) => value,
  parse: (text) => parseRule(text).text,
};

/** Rules in their plainest form, separated by commas. */
export function rules(more: 'looser' | 'tighter'): Kind<readonly string[]> {
  const plain = list(one, more, MORE_PORTS);
  return { ...plain, parse: (given) => [...new Set(plain.parse(given))] };
}

/** `system` or one address. */
export const resolver: Kind<string> = {
  name: 'text',
  looser: null,
  format: (value) => value,
  parse(given) {
    const text = given.trim().toLowerCase();
    if (text === 'system') return text;
    const address = parseAddress(text);
    if (address === null)
      throw invalid(
        `${JSON.stringify(given.slice(0, 40))} is no resolver.`,
        'It is `system` or one address.',
        'Write `system` or an address like `192.0.2.53`.',
      );
    return formatAddress(address);
  },
};

function host(written: string, value: string): readonly [string, string] {
  const name = normalName(written);
  const address = parseAddress(value.trim());
  if (name === null || address === null)
    throw invalid(
      `${JSON.stringify(`${written}=${value}`.slice(0, 60))} is not a name with an address.`,
      'Names stand before addresses.',
      'Write it like `db.example=192.0.2.1`.',
    );
  return [name, formatAddress(address)];
}

/** `NAME=ADDRESS` pairs separated by commas. */
export const hosts: Kind<Readonly<Record<string, string>>> = {
  name: 'map',
  entry: host,
  looser: null,
  format: (value) =>
    Object.entries(value)
      .map(([name, address]) => `${name}=${address}`)
      .join(', ') || 'none',
  parse(given) {
    if (given.trim() === '' || given.trim() === 'none') return {};
    const entries = given.split(',').map((pair) => {
      const cut = pair.indexOf('=');
      return host(pair.slice(0, Math.max(0, cut)).trim(), pair.slice(cut + 1));
    });
    return Object.fromEntries(entries);
  },
};

/** One published port: `HOST:SANDBOX` or one number for both. */
export const publish: Kind<string> = {
  name: 'text',
  looser: null,
  format: (value) => value,
  parse(given) {
    const port = parsePublish(given.trim());
    return `${port.host}:${port.sandbox}${port.protocol === 'udp' ? '/udp' : ''}`;
  },
};

export interface PublishedPort {
  readonly host: number;
  readonly sandbox: number;
  readonly protocol: 'tcp' | 'udp';
}

/** Throws AppError `policy-invalid`. */
export function parsePublish(text: string): PublishedPort {
  const [, first, second = first, protocol = 'tcp'] = /^(\d{1,6})(?::(\d{1,6}))?(?:\/(tcp|udp))?$/i.exec(text) ?? [];
  const ports = [Number(first), Number(second)];
  if (first === undefined || ports.some((port) => port < 1 || port > 65_535))
    throw invalid(
      `${JSON.stringify(text.slice(0, 40))} is no published port.`,
      'It is a port of this machine, a colon and a port of the sandbox, each from 1 to 65535; only the loopback address is used.',
      'Write it like `8080:80`.',
    );
  return { host: ports[0]!, sandbox: ports[1]!, protocol: protocol.toLowerCase() as 'tcp' | 'udp' };
}
