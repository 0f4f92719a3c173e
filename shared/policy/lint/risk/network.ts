/** What the network adds to the risk. */
import type { EffectivePolicy } from '../../../domain/policy.ts';
import { MIB } from '../../../lib/units.ts';
import { underSuffix } from '../../network/name.ts';
import type { NetworkRule } from '../../network/rule.ts';
import type { SpecialKind } from '../../network/special.ts';
import { plain, show } from '../fix.ts';
import { REGISTRY_SUFFIXES, SHARED_NAMES, SHARED_SUFFIXES } from '../shared-hosts.ts';
import { readEntries, specialTarget } from '../target.ts';
import type { Part } from './part.ts';

const MODE = { none: 0, restricted: 4, full: 24 } as const;
/** Ordinary hosts together never count for more than the whole network does. */
const HOSTS_MOST = MODE.full - MODE.restricted;
const SPECIAL: Readonly<Record<SpecialKind, number>> = {
  metadata: 34,
  host: 18,
  loopback: 18,
  'link-local': 10,
  private: 10,
  multicast: 2,
  translated: 10,
  reserved: 2,
};

function hostPoints({ target }: NetworkRule): number {
  if (target.kind === 'addresses') {
    const { bits, address } = target.range;
    if (bits < 8) return 15;
    return bits < (address.kind() === 'ipv4' ? 20 : 40) ? 5 : 1;
  }
  if (target.kind === 'name') return SHARED_NAMES.includes(target.name) ? 4 : 1;
  const { suffix } = target;
  if (!suffix.includes('.') || REGISTRY_SUFFIXES.includes(suffix)) return 15;
  return SHARED_SUFFIXES.some(
    (shared) => suffix === shared || underSuffix(suffix, shared) || underSuffix(shared, suffix),
  )
    ? 6
    : 2;
}

function caps({ fields }: EffectivePolicy): Part[] {
  const steps = [
    ['network.upload', 3, (rate: number) => (rate >= 10 * MIB ? 2 : rate >= MIB ? 1 : 0)],
    ['network.download', 1, (rate: number) => (rate >= 50 * MIB ? 1 : 0)],
    ['network.connections', 2, (count: number) => (count > 100 ? 1 : 0)],
  ] as const;
  return steps.map(([field, unlimited, points]): Part => {
    const { value } = fields[field];
    const what = { 'network.upload': 'Upload', 'network.download': 'Download', 'network.connections': 'Connections' }[
      field
    ];
    return {
      group: 'network',
      field,
      points: value === null ? unlimited : points(value),
      why: `${what}: ${show(field, value)}.`,
    };
  });
}

/** Nothing while the network is off, but for published ports. */
export function networkRisk(policy: EffectivePolicy): Part[] {
  const { fields } = policy;
  const mode = fields['network.mode'].value;
  const ports = fields['network.publish'].value.length;
  const published: Part = {
    group: 'network',
    field: 'network.publish',
    points: Math.min(6, 2 * ports),
    why: `Ports offered on this machine: ${ports}.`,
  };
  if (mode === 'none') return [published];
  const entries = readEntries(fields['network.allow'].value);
  const special = entries.flatMap(({ entry, rule }): Part[] => {
    const kind = specialTarget(rule.target);
    if (kind === null) return [];
    return [{ group: 'network', field: 'network.allow', points: SPECIAL[kind], why: `${plain(entry)} is ${kind}.` }];
  });
  const ordinary = entries.filter(({ rule }) => specialTarget(rule.target) === null);
  const hosts: Part = {
    group: 'network',
    field: 'network.allow',
    points:
      mode === 'full'
        ? 0
        : Math.min(
            HOSTS_MOST,
            ordinary.reduce((sum, { rule }) => sum + hostPoints(rule), 0),
          ),
    why: `Hosts that are listed: ${ordinary.map(({ entry }) => plain(entry)).join(', ')}.`,
  };
  return [
    { group: 'network', field: 'network.mode', points: MODE[mode], why: `The network is ${mode}.` },
    ...special,
    { ...hosts, why: hosts.why.length > 200 ? `Hosts that are listed: ${ordinary.length}.` : hosts.why },
    published,
    ...caps(policy),
  ];
}
