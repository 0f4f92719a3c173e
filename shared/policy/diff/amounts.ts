/** What larger limits grant, in words: `64 MiB of memory, 6 processes`. Pure. */
import type { EffectivePolicy, FieldPath } from '../../domain/policy.ts';
import { formatBytes, formatCpu, formatDuration, formatRate } from '../../lib/units.ts';
import type { Sentence } from './sentence.ts';

type AmountPath = Extract<FieldPath, `resources.${string}` | 'quota.runs' | 'quota.memory' | 'quota.cpu'>;

const counted = (one: string, many: string) => (count: number) => `${count} ${count === 1 ? one : many}`;
const of =
  (format: (value: number) => string, what: string) =>
  (value: number): string =>
    `${format(value)} of ${what}`;

/** `more` words the difference; a limit that falls away is worded `unlimited …`. */
const AMOUNTS: Readonly<Partial<Record<AmountPath, { more: (by: number) => string; unlimited: string }>>> = {
  'resources.memory': { more: of(formatBytes, 'memory'), unlimited: '' },
  'resources.cpu': { more: of(formatCpu, 'a core'), unlimited: '' },
  'resources.wall_time': { more: of(formatDuration, 'wall time'), unlimited: '' },
  'resources.cpu_time': { more: of(formatDuration, 'CPU time'), unlimited: '' },
  'resources.processes': { more: counted('process', 'processes'), unlimited: '' },
  'resources.open_files': { more: counted('open file', 'open files'), unlimited: '' },
  'resources.disk_read': { more: of(formatRate, 'disk reads'), unlimited: 'unlimited disk reads' },
  'resources.disk_write': { more: of(formatRate, 'disk writes'), unlimited: 'unlimited disk writes' },
  'resources.scratch': { more: of(formatBytes, 'scratch'), unlimited: '' },
  'resources.output': { more: of(formatBytes, 'output'), unlimited: '' },
  'quota.runs': { more: counted('run at once', 'runs at once'), unlimited: '' },
  'quota.memory': { more: of(formatBytes, 'memory for all its runs'), unlimited: 'unlimited memory for all its runs' },
  'quota.cpu': { more: of(formatCpu, 'a core for all its runs'), unlimited: 'unlimited CPU for all its runs' },
};

/** One sentence for all larger limits; none when none is larger. */
export function amounts(before: EffectivePolicy, after: EffectivePolicy): Sentence[] {
  const parts: string[] = [];
  const fields: FieldPath[] = [];
  for (const [path, words] of Object.entries(AMOUNTS) as [
    AmountPath,
    { more: (by: number) => string; unlimited: string },
  ][]) {
    const from = before.fields[path].value as number | null;
    const to = after.fields[path].value as number | null;
    if (from === null || (to !== null && to <= from)) continue;
    parts.push(to === null ? words.unlimited : words.more(to - from));
    fields.push(path);
  }
  return parts.length === 0 ? [] : [{ text: parts.join(', '), fields }];
}
