/** The smallest change that would have let a run reach what it was refused (OBS-3). Pure. */
import type { EffectivePolicy } from '../../domain/policy.ts';
import type { RunEvent, Suggestion } from '../../domain/run.ts';
import { askingHosts, needsOwnLook } from './asking.ts';
import { Ledger, type Network } from './ledger.ts';

/** Longest list that goes into one change; who tried more hosts is looked at in the list first. */
const HOSTS_MAX = 20;

/** For a run that had no network but tried to leave: there its hosts get names. */
const NAME_HOSTS: Suggestion = { label: 'Hosts named, none allowed', set: { 'network.mode': 'restricted' } };

/** Null when nothing was refused, or nothing that one step should allow. */
export function networkSuggestion(policy: EffectivePolicy, events: readonly RunEvent[]): Suggestion | null {
  const mode = policy.fields['network.mode'].value;
  const refused = events.some((event) => event.type === 'violation' && event.violation.kind === 'network');
  if (!refused) return null;
  if (mode === 'none') return NAME_HOSTS;
  const hosts = hostsSuggestion(new Ledger(mode, policy.fields['network.allow'].value).take(events));
  return hosts ?? connectionsSuggestion(policy.fields['network.connections'].value, events);
}

/** Twice as many, for a run that had too many open at once. */
function connectionsSuggestion(most: number | null, events: readonly RunEvent[]): Suggestion | null {
  const crowded = events.some((event) => event.type === 'network' && event.rule.startsWith('network.connections'));
  if (!crowded || most === null) return null;
  return { label: `Allow ${2 * most} connections at once`, set: { 'network.connections': String(2 * most) } };
}

function hostsSuggestion(network: Network): Suggestion | null {
  const hosts = askingHosts(network, new Set()).filter((one) => !needsOwnLook(one));
  if (hosts.length === 0 || hosts.length > HOSTS_MAX) return null;
  const [first] = hosts;
  return {
    label: hosts.length === 1 && first ? `Allow ${first.rule}` : `Allow ${hosts.length} hosts`,
    set: { 'network.allow.add': hosts.map(({ rule }) => rule).join(', ') },
  };
}

/** `a.example (3 times), b.example and 4 more hosts`; null when no host is known. */
export function deniedHostWords({ hosts }: Network): string | null {
  const denied = hosts.filter(({ denied }) => denied > 0).toSorted((a, b) => b.denied - a.denied);
  if (denied.length === 0) return null;
  const words = denied
    .slice(0, 3)
    .map(
      ({ host, denied }) => `${host ?? 'other hosts'}${denied > 1 ? ` (${denied.toLocaleString('en')} times)` : ''}`,
    );
  const more = denied.length - words.length;
  if (more > 0) return `${words.join(', ')} and ${more.toLocaleString('en')} more ${more === 1 ? 'host' : 'hosts'}`;
  return words.length === 1 ? (words[0] ?? null) : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
