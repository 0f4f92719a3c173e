import { describe, expect, it } from 'vitest';
import { parseCidr } from '#shared/policy/network/address.ts';
import { givesIpv6, hasRouteByRouter, ownRange } from './ipv6.ts';

const HERE = { addresses: ['127.0.0.1', 'fe80::1', '2001:db8::7'], forwards: false, routeByRouter: false };
const ROUTES = (
  flags: string,
): string => `fe800000000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001     eth0
00000000000000000000000000000000 00 00000000000000000000000000000000 00 fe800000000000000000000000000001 00000400 00000001 00000000 ${flags}     eth0
`;

describe('IPv6 of sandboxes (NET-2)', () => {
  it('is there where this machine has a way out and keeps it', () => {
    expect(givesIpv6('auto', HERE)).toBe(true);
    expect(givesIpv6('auto', { ...HERE, addresses: ['192.0.2.1', 'fd00::1', 'fe80::1'] })).toBe(false);
    expect(givesIpv6('auto', { ...HERE, routeByRouter: true })).toBe(false);
    expect(givesIpv6('auto', { ...HERE, routeByRouter: true, forwards: true })).toBe(true);
  });

  it('follows the setting', () => {
    expect(givesIpv6('off', HERE)).toBe(false);
    expect(givesIpv6('on', { addresses: [], forwards: false, routeByRouter: true })).toBe(true);
  });

  it('knows a route that a router told of from one that a person set', () => {
    expect(hasRouteByRouter(ROUTES('00450003'))).toBe(true);
    expect(hasRouteByRouter(ROUTES('00000003'))).toBe(false);
    expect(hasRouteByRouter('')).toBe(false);
  });

  it('has a range of its own for each installation', () => {
    expect(ownRange('a')).toMatch(/^fd[0-9a-f]{2}:[0-9a-f]{4}:[0-9a-f]{4}::\/64$/);
    expect(parseCidr(ownRange('a'))).not.toBeNull();
    expect(ownRange('a')).toBe(ownRange('a'));
    expect(ownRange('a')).not.toBe(ownRange('b'));
  });
});
