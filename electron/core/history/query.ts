/** A filter as SQL over the table `history` and its text index; values are always parameters. Pure. */
import type { Comparison, Filter, NumberKey, Term, WordKey } from '#shared/history/filter.ts';

export type SqlValue = string | number;

/** A condition with its parameters in order. */
export interface Condition {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

const ALWAYS: Condition = { sql: '1', values: [] };

function join(parts: readonly Condition[], word: 'AND' | 'OR', none: Condition): Condition {
  if (parts.length === 0) return none;
  return { sql: `(${parts.map((part) => part.sql).join(` ${word} `)})`, values: parts.flatMap((part) => part.values) };
}

/** `%` and `_` as themselves. */
function like(column: string, text: string): Condition {
  const escaped = text.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`);
  return { sql: `${column} LIKE ? ESCAPE '\\'`, values: [`%${escaped}%`] };
}

function inList(column: string, value: string): Condition {
  return { sql: `instr(${column}, ?) > 0`, values: [` ${value} `] };
}

const IS: Readonly<Record<string, string>> = {
  going: `state <> 'finished'`,
  finished: `state = 'finished'`,
  refused: 'violations > 0',
  pinned: 'pinned = 1',
};

function word(key: WordKey, value: string): Condition {
  switch (key) {
    case 'name':
      return like('history.name', value);
    case 'policy':
      return { sql: 'policy = ? COLLATE NOCASE', values: [value] };
    case 'workflow':
      return {
        sql: 'history.id IN (SELECT run FROM workflow_runs WHERE name = ? COLLATE NOCASE OR workflow = ?)',
        values: [value, value],
      };
    case 'level':
    case 'runtime':
    case 'state':
    case 'outcome':
      return { sql: `${key} = ?`, values: [value] };
    case 'violation':
      return inList('kinds', value);
    case 'tag':
      return inList('tags', value);
    case 'reason':
    case 'rule':
      return like(`history.${key}`, value);
    case 'is':
      return { sql: IS[value] ?? '0', values: [] };
  }
}

const COLUMNS: Readonly<Record<NumberKey, string>> = {
  peak: 'peak_memory',
  duration: '(coalesce(finished_at, ?) - started_at)',
  start: 'first_byte',
  exit: 'exit_code',
  after: 'created_at',
  before: 'created_at',
};

function number(key: NumberKey, comparison: Comparison, value: number, now: number): Condition {
  return { sql: `${COLUMNS[key]} ${comparison} ?`, values: key === 'duration' ? [now, value] : [value] };
}

/** A prefix of fewer letters would be looked up in most of the index. */
const PREFIX_LEAST = 3;

/** One term as a phrase of a full-text query whose last word may go on; null when there is no word in it. Nothing in it is an operator. */
function phrase(text: string): string | null {
  const words = text.split(/[^\p{L}\p{N}]+/u).filter((part) => part !== '');
  const last = words.at(-1);
  if (last === undefined) return null;
  return `"${words.join(' ')}"${last.length < PREFIX_LEAST ? '' : ' *'}`;
}

/** What the text index is asked for: all wanted phrases, none of the unwanted; null when no term is text. */
export function textQuery(filter: Filter): { readonly wanted: string | null; readonly unwanted: string | null } {
  const phrases = (not: boolean): string[] =>
    filter.terms.flatMap((one) => {
      const found = one.kind === 'text' && one.not === not ? phrase(one.text) : null;
      return found === null ? [] : [found];
    });
  const [wanted, unwanted] = [phrases(false), phrases(true)];
  return {
    wanted: wanted.length === 0 ? null : wanted.join(' AND '),
    unwanted: unwanted.length === 0 ? null : unwanted.join(' OR '),
  };
}

function term(one: Exclude<Term, { kind: 'text' }>, now: number): Condition {
  const found =
    one.kind === 'number'
      ? number(one.key, one.comparison, one.value, now)
      : join(
          one.values.map((value) => word(one.key, value)),
          'OR',
          { sql: '0', values: [] },
        );
  // A column that is still empty (no exit code yet) fits nothing, so its opposite fits it.
  return one.not ? { sql: `NOT coalesce(${found.sql}, 0)`, values: found.values } : found;
}

/**
 * Tables and condition of a whole filter; `now` in epoch milliseconds for runs that go on.
 * The text index comes first when it is asked: it gives its rows in the order of `seq`, so that a page of a common word ends early.
 */
export function conditionOf(filter: Filter, now: number): Condition & { readonly from: string } {
  const { wanted, unwanted } = textQuery(filter);
  const parts: Condition[] = [];
  if (wanted !== null) parts.push({ sql: 'history_text MATCH ?', values: [wanted] });
  if (unwanted !== null)
    parts.push({
      sql: 'history.seq NOT IN (SELECT rowid FROM history_text WHERE history_text MATCH ?)',
      values: [unwanted],
    });
  for (const one of filter.terms) if (one.kind !== 'text') parts.push(term(one, now));
  const from = wanted === null ? 'history' : 'history_text CROSS JOIN history ON history.seq = history_text.rowid';
  return { from, ...join(parts, 'AND', ALWAYS) };
}
