/** Comma-separated text as a table (RFC 4180, with semicolons and tabs as well). Pure. */

export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const SEPARATORS = [',', ';', '\t'] as const;

/** The separator that the first line has most of, outside of quotation marks. */
function separatorOf(text: string): string {
  const first = (/^(?:"(?:[^"]|"")*"|[^"\n])*/.exec(text)?.[0] ?? '').replaceAll(/"(?:[^"]|"")*"/g, '');
  return SEPARATORS.toSorted((a, b) => first.split(b).length - first.split(a).length)[0] ?? ',';
}

/** At most so many rows and columns; a quotation mark that is never closed ends with the text. */
export function tableOf(text: string, most: { rows: number; columns: number }): Table {
  const separator = separatorOf(text);
  const rows: string[][] = [];
  let at = text.startsWith('\ufeff') ? 1 : 0;
  const field = (): string => {
    if (text[at] !== '"') {
      const begin = at;
      while (at < text.length && text[at] !== separator && text[at] !== '\n') at++;
      return text.slice(begin, at).replace(/\r$/, '');
    }
    let value = '';
    for (at++; at < text.length; at++) {
      if (text[at] !== '"') value += text[at];
      else if (text[at + 1] === '"') value += text[at++];
      else break;
    }
    at++;
    while (at < text.length && text[at] !== separator && text[at] !== '\n') at++;
    return value;
  };
  while (at < text.length && rows.length <= most.rows) {
    const row: string[] = [];
    for (;;) {
      const value = field();
      if (row.length < most.columns) row.push(value);
      if (text[at++] !== separator) break;
    }
    rows.push(row);
  }
  const [head = [], ...rest] = rows;
  return { head, rows: rest };
}
