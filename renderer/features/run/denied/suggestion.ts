/** The smallest change that would have let a finished run reach what it was refused (OBS-3). Pure. */
import type { Suggestion } from '#shared/domain/run.ts';
import { count } from '../../../show/format.ts';
import type { Limits } from '../model/limits.ts';
import type { Refused } from '../model/refused.ts';
import type { Network } from '../tabs/network/model/ledger.ts';
import { askingHosts, needsOwnLook } from './model.ts';

/** Longest list that goes into one change; who tried more hosts is looked at in the list first. */
const HOSTS_MAX = 20;

/** Null when nothing was refused, or nothing that one click should allow. */
export function networkSuggestion(
  mode: Limits['network'],
  network: Network,
  refused: readonly Refused[],
): Suggestion | null {
  if (mode === 'none')
    return refused.some(({ kind }) => kind === 'network')
      ? { label: 'Hosts named, none allowed', set: { 'network.mode': 'restricted' } }
      : null;
  const hosts = askingHosts(network, new Set()).filter((one) => !needsOwnLook(one));
  if (hosts.length === 0 || hosts.length > HOSTS_MAX) return null;
  const [first] = hosts;
  return {
    label: hosts.length === 1 && first ? `Allow ${first.rule}` : `Allow ${count(hosts.length, 'host')}`,
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
  if (more > 0) return `${words.join(', ')} and ${count(more, 'more host', 'more hosts')}`;
  return words.length === 1 ? (words[0] ?? null) : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
