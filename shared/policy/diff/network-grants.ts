/** What more network one policy grants than another, in words. Pure. */
import { NETWORK_MODES, type EffectivePolicy, type FieldPath } from '../../domain/policy.ts';
import { formatRate } from '../../lib/units.ts';
import { anyField } from '../fields.ts';
import { portWords, readEntries } from '../lint/target.ts';
import { formatTarget } from '../network/rule.ts';
import type { Sentence } from './sentence.ts';

const RATES = [
  ['network.download', 'down'],
  ['network.upload', 'up'],
] as const;

const added = (before: readonly string[], after: readonly string[]): string[] =>
  after.filter((entry) => !before.includes(entry));

/** Groups of hosts with the same ports that are worth words of their own. */
const GROUPS_MOST = 3;

/** `outbound 443 to 2 hosts`, hosts with other ports apart; the name itself where it is one host. */
function outbound(entries: readonly string[]): string {
  const groups = Map.groupBy(readEntries(entries), ({ rule }) =>
    rule.protocol === 'udp' ? `${portWords(rule)} over UDP` : portWords(rule),
  );
  if (groups.size === 0 || groups.size > GROUPS_MOST) return `outbound on several ports to ${entries.length} hosts`;
  const words = [...groups].map(([ports, group]) => {
    const [only] = group;
    return `${ports} to ${group.length === 1 && only !== undefined ? formatTarget(only.rule.target) : `${group.length} hosts`}`;
  });
  return `outbound ${words.join(', ')}`;
}

function reach(before: EffectivePolicy, after: EffectivePolicy): { text: string; fields: FieldPath[] } | null {
  const [from, to] = [before.fields['network.mode'].value, after.fields['network.mode'].value];
  const allow = after.fields['network.allow'].value;
  const more = added(before.fields['network.allow'].value, allow);
  const up = NETWORK_MODES.indexOf(to) > NETWORK_MODES.indexOf(from);
  const differs = more.length > 0 ? (['network.allow'] as const) : [];
  if (up && to === 'full') {
    const listed = allow.length === 0 ? '' : `, and ${outbound(allow)}`;
    return {
      text: `the whole network but this machine and cloud metadata${listed}`,
      fields: ['network.mode', ...differs],
    };
  }
  if (up) {
    const text = allow.length === 0 ? 'a network on which no host is allowed' : outbound(allow);
    return { text, fields: ['network.mode', ...differs] };
  }
  return more.length === 0 ? null : { text: outbound(more), fields: ['network.allow'] };
}

function caps(
  before: EffectivePolicy,
  after: EffectivePolicy,
  fromNone: boolean,
): { text: string; fields: FieldPath[] } {
  const parts: string[] = [];
  const fields: FieldPath[] = [];
  for (const path of [...RATES.map(([path]) => path), 'network.connections'] as const) {
    const [from, to] = [before.fields[path].value, after.fields[path].value];
    const what = RATES.find(([rate]) => rate === path)?.[1] ?? 'connections at once';
    const more =
      to === null ? fromNone || from !== null : fromNone ? to : from !== null && to > from ? to - from : null;
    if (more === null || more === false) continue;
    if (more === true) parts.push(`unlimited ${what}`);
    else parts.push(`${path === 'network.connections' ? more : formatRate(more)} ${what}`);
    if (from !== to) fields.push(path);
  }
  return { text: parts.join(', '), fields };
}

/** One sentence about all of it; none when the network reaches no further. */
export function networkGrants(before: EffectivePolicy, after: EffectivePolicy): Sentence[] {
  const sentences: Sentence[] = [];
  const published = added(before.fields['network.publish'].value, after.fields['network.publish'].value);
  const fromNone = before.fields['network.mode'].value === 'none';
  if (after.fields['network.mode'].value !== 'none') {
    const reached = reach(before, after);
    const capped = caps(before, after, fromNone);
    const text = [reached?.text ?? '', capped.text].filter((part) => part !== '').join(', ');
    if (text !== '') sentences.push({ text, fields: [...(reached?.fields ?? []), ...capped.fields] });
    const freed = added(after.fields['network.block'].value, before.fields['network.block'].value);
    if (freed.length > 0 && !fromNone)
      sentences.push({ text: `no block of ${freed.join(', ')}`, fields: ['network.block'] });
  }
  if (published.length > 0) {
    const { kind } = anyField('network.publish');
    sentences.push({ text: `ports of this machine: ${kind.format(published)}`, fields: ['network.publish'] });
  }
  return sentences;
}
