/** Several words on one line, separated by commas, as `--set` takes them. Pure. */

export interface Part {
  readonly text: string;
  /** It stood in quotes: its spaces count, and it is no word like `none`. */
  readonly quoted: boolean;
}

const QUOTED = /\s*("(?:[^"\\]|\\.)*")\s*(?:,|$)/sy;

function unquoted(text: string): string | null {
  try {
    return JSON.parse(text) as string;
  } catch {
    return null;
  }
}

/**
 * The words of a line. One in double quotes, escaped as in JSON, may hold commas and outer spaces; empty ones without quotes are left out.
 * @param joins a word without quotes that matches belongs to the one before it, comma included (`host:443,8443` is one rule)
 */
export function splitParts(given: string, joins?: RegExp): Part[] {
  const parts: Part[] = [];
  let at = 0;
  while (at < given.length) {
    QUOTED.lastIndex = at;
    const [whole = '', literal = ''] = QUOTED.exec(given) ?? [];
    const exact = literal === '' ? null : unquoted(literal);
    if (exact !== null) {
      parts.push({ text: exact, quoted: true });
      at += whole.length;
      continue;
    }
    const comma = given.indexOf(',', at);
    const end = comma === -1 ? given.length : comma;
    const text = given.slice(at, end).trim();
    const before = parts.at(-1);
    if (joins?.test(text) === true && before?.quoted === false)
      parts[parts.length - 1] = { text: `${before.text},${text}`, quoted: false };
    else if (text !== '') parts.push({ text, quoted: false });
    at = end + 1;
  }
  return parts;
}

/**
 * Writes words so that {@link splitParts} with the same `joins` gives them back; none at all is `none`.
 * @param exact a word that matches stands in quotes, so that its reader takes it as it is
 */
export function joinParts(words: readonly string[], joins?: RegExp, exact?: RegExp): string {
  if (words.length === 0) return 'none';
  return words
    .map((word) => {
      const plain =
        word !== '' &&
        word.trim() === word &&
        !word.startsWith('"') &&
        exact?.test(word) !== true &&
        (joins !== undefined || !word.includes(',')) &&
        !(words.length === 1 && word === 'none');
      return plain ? word : JSON.stringify(word);
    })
    .join(', ');
}
