import { expect, it } from 'vitest';
import type { NetworkMode } from '../../domain/policy.ts';
import type { RunEvent } from '../../domain/run.ts';
import { effective } from '../merge/effective.ts';
import { parseSet } from '../merge/set.ts';
import { Ledger, NO_NETWORK, type Seen } from './ledger.ts';
import { deniedHostWords, networkSuggestion } from './network-suggestion.ts';

const denied = (name: string | null, more: Partial<Seen> = {}): Seen => ({
  type: 'network',
  at: 1,
  kind: 'connect',
  name,
  address: null,
  port: 443,
  protocol: 'tcp',
  verdict: 'denied',
  rule: 'network.mode: restricted',
  why: 'No rule lists this host.',
  count: 1,
  ...more,
});
const networkOf = (events: readonly Seen[]) => new Ledger('restricted', []).take(events);
const violation: RunEvent = { type: 'violation', at: 2, violation: { at: 2, kind: 'network', message: 'm', count: 1 } };
const suggested = (mode: NetworkMode, events: readonly RunEvent[]) =>
  networkSuggestion(
    effective({
      level: 'trusted',
      name: 'trusted',
      tiers: [{ tier: 'run', name: 'this run', ...parseSet({ 'network.mode': mode }) }],
      ceilings: {},
    }),
    events,
  );

it('offers the one rule, or all of a few, as a launch takes them (OBS-3, NET-4)', () => {
  expect(suggested('restricted', [denied('a.example'), violation])).toEqual({
    label: 'Allow a.example:443',
    set: { 'network.allow.add': 'a.example:443' },
  });
  const few = suggested('restricted', [denied('a.example'), denied('b.example'), violation]);
  expect(few?.label).toBe('Allow 2 hosts');
  expect(parseSet(few!.set).changes).toEqual({
    'network.allow': { add: ['a.example:443', 'b.example:443'], remove: [] },
  });
});

it('offers nothing for what needs a look, for too many hosts, for what was allowed meanwhile, and where nothing was refused', () => {
  const metadata = denied(null, { address: '169.254.169.254', port: 80 });
  expect(suggested('restricted', [metadata, violation])).toBeNull();
  const many = Array.from({ length: 21 }, (_, i) => denied(`h${i}.example`));
  expect(suggested('restricted', [...many, violation])).toBeNull();
  const allowed: RunEvent = { type: 'note', at: 3, message: 'm', network: { allowed: 'a.example:443' } };
  expect(suggested('restricted', [denied('a.example'), violation, allowed])).toBeNull();
  expect(suggested('none', [])).toBeNull();
});

it('offers more connections where there were too many at once, and no host was refused (OBS-3)', () => {
  const crowded = denied('a.example', { rule: 'network.connections: 10', why: 'm' });
  expect(suggested('restricted', [crowded, violation])).toEqual({
    label: 'Allow 20 connections at once',
    set: { 'network.connections': '20' },
  });
  expect(suggested('restricted', [crowded, denied('b.example'), violation])?.label).toBe('Allow b.example:443');
});

it('offers the mode that names hosts after a run without network that tried to leave (NET-1)', () => {
  expect(suggested('none', [violation])?.set).toEqual({ 'network.mode': 'restricted' });
});

it('names the hosts that were refused most', () => {
  const events = [denied('a.example'), denied('b.example', { count: 1200 }), denied('c.example'), denied('d.example')];
  expect(deniedHostWords(networkOf(events))).toBe('b.example (1,200 times), a.example, c.example and 1 more host');
  expect(deniedHostWords(networkOf(events.slice(0, 2)))).toBe('b.example (1,200 times) and a.example');
  expect(deniedHostWords(NO_NETWORK)).toBeNull();
});
