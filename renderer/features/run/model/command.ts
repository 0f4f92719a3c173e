/** A run as the command that would repeat it (*Copy as*). */
import type { RunDetail } from '#shared/contract/runs.ts';

/** One word of a POSIX shell, quoted only when needed. */
export function quoteWord(word: string): string {
  if (/^[A-Za-z0-9_./:=@%+,-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** `bellglass run --trust limited --set resources.memory='96 MiB' fetch.py -- --fast`. A script named like an option keeps working. */
export function runCommand(detail: Pick<RunDetail, 'summary' | 'plan' | 'args'>): string {
  const { summary, plan, args } = detail;
  const words = ['bellglass', 'run', '--trust', summary.level];
  if (plan.policy !== summary.level) words.push('--policy', quoteWord(plan.policy));
  for (const field of plan.fields)
    if (field.tier === 'run') words.push('--set', quoteWord(`${field.field}=${field.value}`));
  words.push(quoteWord(summary.name.startsWith('-') ? `./${summary.name}` : summary.name));
  if (args.length > 0) words.push('--', ...args.map(quoteWord));
  return words.join(' ');
}
