/** What the list of hosts shows: chosen, sorted, summed up. Pure. */
import type { Host } from '#shared/policy/allowing/ledger.ts';
import type { ShownVerdict } from '../../../../../show/verdict-mark.tsx';

export const SHOWN_VERDICTS = ['denied', 'partly', 'kept-blocked', 'allowed'] as const satisfies ShownVerdict[];

export function shownVerdict(host: Host, kept: ReadonlySet<string>): ShownVerdict {
  return host.verdict !== 'allowed' && kept.has(host.key) ? 'kept-blocked' : host.verdict;
}

export type Choice = 'all' | 'denied' | 'allowed';

/** Text is looked for in host, rule, reason and ports. Refused hosts come first, then the order of first sight. */
export function chosenHosts(hosts: readonly Host[], kept: ReadonlySet<string>, choice: Choice, text: string): Host[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (host: Host): boolean => {
    if (choice !== 'all' && (choice === 'allowed') !== (host.verdict === 'allowed')) return false;
    const ports = host.places.map(({ port, protocol }) => `:${port ?? ''}/${protocol}`).join(' ');
    const whole = `${host.host ?? 'other hosts'} ${host.rule} ${host.why} ${ports}`.toLowerCase();
    return words.every((word) => whole.includes(word));
  };
  const rank = (host: Host): number => SHOWN_VERDICTS.indexOf(shownVerdict(host, kept));
  return hosts.filter(fits).toSorted((a, b) => rank(a) - rank(b));
}

export interface Totals {
  readonly hosts: number;
  readonly byVerdict: Readonly<Record<ShownVerdict, number>>;
  readonly lookups: number;
  readonly connections: number;
  readonly denied: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

export function totalsOf(hosts: readonly Host[], kept: ReadonlySet<string>): Totals {
  const byVerdict: Record<ShownVerdict, number> = { allowed: 0, denied: 0, partly: 0, 'kept-blocked': 0 };
  const sum = { lookups: 0, connections: 0, denied: 0, bytesIn: 0, bytesOut: 0 };
  for (const host of hosts) {
    byVerdict[shownVerdict(host, kept)] += 1;
    for (const field of Object.keys(sum) as (keyof typeof sum)[]) sum[field] += host[field];
  }
  return { hosts: hosts.length, byVerdict, ...sum };
}

/** What happened in one slice of the time axis. */
export interface Slice {
  readonly allowed: number;
  readonly denied: number;
}

/** Events of a host on an axis from `from` to `to` (epoch ms), in `slices` equal parts; ends of connections are not marks. */
export function slicesOf(host: Pick<Host, 'events'>, from: number, to: number, slices: number): Slice[] {
  const marks = Array.from({ length: slices }, () => ({ allowed: 0, denied: 0 }));
  const span = Math.max(1, to - from);
  for (const { at, kind, verdict, count } of host.events) {
    if (kind === 'close' && verdict === 'allowed') continue;
    const slot = marks[Math.min(slices - 1, Math.max(0, Math.floor(((at - from) / span) * slices)))];
    if (slot) slot[verdict] += count;
  }
  return marks;
}
