import { expect, it } from 'vitest';
import { parseSet } from '#shared/policy/merge/set.ts';
import { NO_NETWORK, Ledger, type Seen } from '../tabs/network/model/ledger.ts';
import { deniedHostWords, networkSuggestion } from './suggestion.ts';

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

it('offers the one rule, or all of a few, as a launch takes them (OBS-3, NET-4)', () => {
  expect(networkSuggestion('restricted', networkOf([denied('a.example')]), [])).toEqual({
    label: 'Allow a.example:443',
    set: { 'network.allow.add': 'a.example:443' },
  });
  const few = networkSuggestion('restricted', networkOf([denied('a.example'), denied('b.example')]), []);
  expect(few?.label).toBe('Allow 2 hosts');
  expect(parseSet(few!.set).changes).toEqual({
    'network.allow': { add: ['a.example:443', 'b.example:443'], remove: [] },
  });
});

it('offers nothing for what needs a look, for too many hosts, and where nothing was refused', () => {
  const metadata = denied(null, { address: '169.254.169.254', port: 80 });
  expect(networkSuggestion('restricted', networkOf([metadata]), [])).toBeNull();
  const many = Array.from({ length: 21 }, (_, i) => denied(`h${i}.example`));
  expect(networkSuggestion('restricted', networkOf(many), [])).toBeNull();
  expect(networkSuggestion('none', NO_NETWORK, [])).toBeNull();
});

it('offers the mode that names hosts after a run without network that tried to leave (NET-1)', () => {
  const refused = [{ kind: 'network', message: 'm', rule: undefined, times: 3 }] as const;
  expect(networkSuggestion('none', NO_NETWORK, refused)?.set).toEqual({ 'network.mode': 'restricted' });
});

it('names the hosts that were refused most', () => {
  const events = [denied('a.example'), denied('b.example', { count: 1200 }), denied('c.example'), denied('d.example')];
  expect(deniedHostWords(networkOf(events))).toBe('b.example (1,200 times), a.example, c.example and 1 more host');
  expect(deniedHostWords(networkOf(events.slice(0, 2)))).toBe('b.example (1,200 times) and a.example');
  expect(deniedHostWords(NO_NETWORK)).toBeNull();
});
