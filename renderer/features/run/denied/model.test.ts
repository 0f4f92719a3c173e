import { describe, expect, it } from 'vitest';
import type { RunEvent } from '#shared/domain/run.ts';
import { Ledger, type Seen } from '#shared/policy/allowing/ledger.ts';
import { askingHosts, needsOwnLook } from '#shared/policy/allowing/asking.ts';
import { announcement, hostWords, staleness } from './model.ts';

const denied = (name: string | null, more: Partial<Seen> = {}): Seen => ({
  type: 'network',
  at: 1,
  kind: 'lookup',
  name,
  address: null,
  port: null,
  protocol: 'udp',
  verdict: 'denied',
  rule: 'network.mode: restricted',
  why: 'No rule lists this host.',
  count: 1,
  ...more,
});
const asking = (events: readonly RunEvent[], kept: readonly string[] = []) =>
  askingHosts(new Ledger('restricted', []).take(events), new Set(kept));

describe('the card of denied hosts (NET-4)', () => {
  it('gathers a hundred hosts in one list, each once, with how often it was tried', () => {
    const events = Array.from({ length: 300 }, (_, i) => denied(`h${i % 100}.example`));
    const all = asking(events);
    expect(all).toHaveLength(100);
    expect(all[0]).toEqual({
      key: 'h0.example',
      host: 'h0.example',
      rule: 'h0.example',
      why: 'No rule lists this host.',
      times: 3,
      special: null,
    });
    expect(announcement(all)).toBe('100 hosts were denied.');
    expect(hostWords(all)).toBe('100 hosts');
    expect(announcement(all.slice(0, 1))).toBe('h0.example was denied.');
    expect(announcement([])).toBe('');
  });

  it('asks for nothing that was kept blocked, is allowed by now, or that no rule opens', () => {
    expect(asking([denied('a.example'), denied('b.example')], ['a.example']).map(({ key }) => key)).toEqual([
      'b.example',
    ]);
    const note: RunEvent = { type: 'note', at: 2, message: 'x', network: { allowed: 'a.example' } };
    expect(asking([denied('a.example'), note])).toEqual([]);
    expect(asking([denied('a.example', { rule: 'network.block: a.example' })])).toEqual([]);
    expect(asking([denied(null)])).toEqual([]);
  });

  it('leaves places that hold secrets out of what one click may allow', () => {
    const [metadata, plain] = asking([
      denied('a.example'),
      denied(null, { kind: 'connect', address: '169.254.169.254', port: 80, protocol: 'tcp' }),
    ]);
    expect(needsOwnLook(plain!)).toBe(false);
    expect(needsOwnLook(metadata!)).toBe(true);
  });

  it('must be looked at again when the policy’s file or the run’s rules changed by another hand', () => {
    const drawn = { revision: 'r1', others: ['a.example'] };
    expect(staleness(drawn, drawn, 'mine')).toBeNull();
    expect(staleness(drawn, { ...drawn, revision: 'r2' }, 'mine')).toBe(
      'The policy mine was changed since this was shown.',
    );
    expect(staleness(drawn, { ...drawn, revision: null }, 'mine')).not.toBeNull();
    expect(staleness(drawn, { ...drawn, others: ['a.example', 'b.example'] }, 'mine')).toBe(
      'b.example was allowed elsewhere since this was shown.',
    );
  });
});
