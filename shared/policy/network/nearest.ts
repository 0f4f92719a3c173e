/** What somebody may have meant whose host no rule lists: a slip of the fingers, or a rule that is a little too narrow. Pure. */
import { underSuffix } from './name.ts';

/** Rules that are compared; nobody reads a hint out of more. */
const COMPARED_MAX = 100;
/** Slips in a name of so many letters; shorter names are too much alike. */
const SLIPS = [
  { from: 12, slips: 2 },
  { from: 5, slips: 1 },
] as const;

/** True when so many slips make `a` of `b`: a letter too much, too little, another one, or two changed about. */
function alike(a: string, b: string, slips: number): boolean {
  if (Math.abs(a.length - b.length) > slips) return false;
  let [before, last] = [[] as number[], Array.from({ length: b.length + 1 }, (_, i) => i)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const other = a[i - 1] === b[j - 1] ? 0 : 1;
      row[j] = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + other);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        row[j] = Math.min(row[j]!, before[j - 2]! + 1);
    }
    [before, last] = [last, row];
  }
  return last[b.length]! <= slips;
}

/** One sentence about the listed name that is nearest; null when none is near. Names and suffixes are in normal form. */
export function nearestRule(name: string, names: Iterable<string>, suffixes: Iterable<string>): string | null {
  const first = (all: Iterable<string>): string[] => [...all].slice(0, COMPARED_MAX);
  const listed = first(names);
  if (first(suffixes).includes(name)) return `\`*.${name}\` is listed, which is only what is under it.`;
  const above = listed.find((one) => underSuffix(name, one));
  if (above !== undefined) return `\`${above}\` is listed, which is not what is under it.`;
  const slips = SLIPS.find(({ from }) => name.length >= from)?.slips ?? 0;
  const meant =
    listed.find((one) => slips > 0 && alike(name, one, slips)) ?? listed.find((one) => one === `www.${name}`);
  return meant === undefined ? null : `Was \`${meant}\` meant?`;
}
