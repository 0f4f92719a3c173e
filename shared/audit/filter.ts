/** The filter of the audit: `who:ann action:policy -outcome:done run:01J… after:2026-01-31 "some text"`. Pure (AUD-1). */
import {
  compares,
  parseDay,
  readTerms,
  splitComparison,
  wrongTerm,
  type Comparison,
  type FilterProblem,
  type RawTerm,
} from '../lib/filter-terms.ts';
import { closest } from '../lib/closest.ts';
import { AUDIT_ACTIONS, type AuditRecord } from './record.ts';

/** First words of the actions: each stands for everything of its kind. */
export const ACTION_GROUPS = [...new Set(AUDIT_ACTIONS.map((action) => action.split('.')[0] ?? action))];

const WORD_KEYS = ['who', 'via', 'action', 'what', 'outcome', 'run', 'policy', 'script', 'image'] as const;
const NUMBER_KEYS = ['number', 'after', 'before'] as const;
type WordKey = (typeof WORD_KEYS)[number];
type NumberKey = (typeof NUMBER_KEYS)[number];
export const AUDIT_FILTER_KEYS: readonly string[] = [...WORD_KEYS, ...NUMBER_KEYS];

type Term = { readonly not: boolean } & (
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'word'; readonly key: WordKey; readonly values: readonly string[] }
  | { readonly kind: 'number'; readonly key: NumberKey; readonly comparison: Comparison; readonly value: number }
);

export interface AuditFilter {
  readonly terms: readonly Term[];
  readonly problems: readonly FilterProblem[];
}

function checkAction(value: string): void {
  const known: readonly string[] = [...ACTION_GROUPS, ...AUDIT_ACTIONS];
  if (known.includes(value)) return;
  const near = closest(value, known);
  throw wrongTerm(
    `There is no action \`${value.slice(0, 40)}\`.`,
    near === null ? `Begin with ${ACTION_GROUPS.join(', ')}.` : `Did you mean \`action:${near}\`?`,
  );
}

function numberTerm(key: NumberKey, text: string, not: boolean): Term {
  const { comparison, rest } = splitComparison(text);
  if (key === 'number') {
    if (!/^\d{1,15}$/.test(rest)) throw wrongTerm('A record has a whole number.', 'Write it like `number:4711`.');
    return { kind: 'number', key, comparison, value: Number(rest), not };
  }
  if (rest !== text)
    throw wrongTerm(`\`${key}\` is a comparison by itself.`, `Leave \`${text.slice(0, -rest.length)}\` out.`);
  return { kind: 'number', key, comparison: key === 'after' ? '>=' : '<', value: parseDay(rest), not };
}

function term({ not, key, value, quoted }: RawTerm): Term {
  if (key === null) return { kind: 'text', text: value.toLowerCase(), not };
  const number = NUMBER_KEYS.find((one) => one === key);
  if (number !== undefined) return numberTerm(number, value, not);
  const word = WORD_KEYS.find((one) => one === key);
  if (word === undefined) {
    const near = closest(key, AUDIT_FILTER_KEYS);
    throw wrongTerm(
      `There is nothing called \`${key.slice(0, 40)}\` to filter by.`,
      near === null ? 'Put text with a colon in quotation marks.' : `Did you mean \`${near}:\`?`,
    );
  }
  const values = (quoted ? [value] : value.split(',')).map((one) => one.toLowerCase()).filter((one) => one !== '');
  if (word === 'action') for (const one of values) checkAction(one);
  return { kind: 'word', key: word, values, not };
}

/** Reads a filter. A term with a problem is left out of `terms`; who shows results says so at its place. */
export function parseAuditFilter(text: string): AuditFilter {
  return readTerms(text, term);
}

const begins = (text: string | undefined, value: string): boolean => text?.toLowerCase().startsWith(value) ?? false;

function fitsWord(record: AuditRecord, key: WordKey, value: string): boolean {
  switch (key) {
    case 'who':
      return whoOf(record).some((name) => name.toLowerCase() === value);
    case 'via':
      return record.who.via === value;
    case 'action':
      return record.action === value || record.action.startsWith(`${value}.`);
    case 'what':
      return record.what.toLowerCase().includes(value);
    case 'outcome':
      return record.outcome.toLowerCase() === value || begins(record.outcome, `${value}:`);
    case 'run':
      return (
        (record.action.startsWith('run.') || record.action.startsWith('engine.')) &&
        record.what.toLowerCase().includes(value)
      );
    case 'policy':
      return begins(record.policy, value) || (record.action.startsWith('policy.') && namesPolicy(record.what, value));
    case 'script':
      return begins(record.script, value);
    case 'image':
      return record.image?.toLowerCase().includes(value) ?? false;
  }
}

/** Every name of who did it. */
function whoOf({ who }: AuditRecord): string[] {
  return Object.values(who).filter((name) => name !== undefined);
}

/** `what` of a renaming holds both names. */
function namesPolicy(what: string, value: string): boolean {
  return what
    .toLowerCase()
    .split(' → ')
    .some((name) => name === value);
}

function fits(record: AuditRecord, one: Term): boolean {
  if (one.kind === 'word') return one.values.some((value) => fitsWord(record, one.key, value));
  if (one.kind === 'number')
    return compares(one.key === 'number' ? record.seq : Date.parse(record.at), one.comparison, one.value);
  const { action, what, outcome, policy = '', script = '', image = '', hash } = record;
  return [...whoOf(record), action, what, outcome, policy, script, image, hash].some((text) =>
    text.toLowerCase().includes(one.text),
  );
}

/** True when every term fits. */
export function fitsAudit(record: AuditRecord, { terms }: AuditFilter): boolean {
  return terms.every((one) => fits(record, one) !== one.not);
}

/** The run that a record tells of, or null: runs by their id, engine calls by the name of the sandbox. */
export function runOfRecord({ action, what }: Pick<AuditRecord, 'action' | 'what'>): string | null {
  const id =
    action.startsWith('run.') || action.startsWith('engine.') ? /\b[0-9a-hjkmnp-tv-z]{26}\b/i.exec(what) : null;
  return id?.[0] ?? null;
}
