/** Entries of `network.allow` and `network.block` as lint and words need them. Pure; entries that cannot be read are left out. */
import { AppError } from '../../lib/app-error.ts';
import { within } from '../network/address.ts';
import { underSuffix } from '../network/name.ts';
import { formatPorts, parseRule, type NetworkRule, type Target } from '../network/rule.ts';
import { specialName, specialRange, type SpecialKind } from '../network/special.ts';

/** One entry as it is written, and what it means. */
export interface Entry {
  readonly entry: string;
  readonly rule: NetworkRule;
}

const known = new WeakMap<readonly string[], readonly Entry[]>();

/** Read once per list. */
export function readEntries(list: readonly string[]): readonly Entry[] {
  const before = known.get(list);
  if (before !== undefined) return before;
  const entries = list.flatMap((entry): Entry[] => {
    try {
      return [{ entry, rule: parseRule(entry) }];
    } catch (thrown) {
      if (thrown instanceof AppError) return [];
      throw thrown;
    }
  });
  known.set(list, entries);
  return entries;
}

/** `443 and 80`, `8000-8010`, `every port`. */
export function portWords(rule: NetworkRule): string {
  if (rule.bare) return '443 and 80';
  const text = formatPorts(rule.ports);
  return text === '*' ? 'every port' : text.replaceAll(',', ' and ');
}

/** True when the rule's ports include this one. */
export function hasPort({ ports }: NetworkRule, port: number): boolean {
  return ports.some(({ from, to }) => from <= port && port <= to);
}

/** True when every host of `narrow` is one of `wide`. */
export function coversTarget(wide: Target, narrow: Target): boolean {
  if (wide.kind === 'addresses') return narrow.kind === 'addresses' && within(narrow.range, wide.range);
  if (wide.kind === 'name') return narrow.kind === 'name' && narrow.name === wide.name;
  if (narrow.kind === 'name') return underSuffix(narrow.name, wide.suffix);
  return narrow.kind === 'wild' && (narrow.suffix === wide.suffix || underSuffix(narrow.suffix, wide.suffix));
}

/** The special place that a rule opens, or null; a range opens one only when it lies inside it. */
export function specialTarget(target: Target): SpecialKind | null {
  if (target.kind === 'name') return specialName(target.name);
  if (target.kind === 'wild') return specialName(target.suffix);
  const found = specialRange(target.range.address);
  return found !== null && within(target.range, found.range) ? found.kind : null;
}
