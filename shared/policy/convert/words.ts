/** A line of shell split into words the way a shell would, without filling anything in. Pure. */
import type { At } from './conversion.ts';

export interface Word {
  readonly text: string;
  readonly at: At;
  /** It holds a variable or a command that a shell would fill in. */
  readonly acts: boolean;
  /** `;`, `|`, `&`, `>` and the like outside of quotes: the command ends there. */
  readonly operator: boolean;
}

const OPERATOR = /[;|&<>()]/;

/** Behind the bracket that closes the one at `start`; the end when none does. */
function closing(line: string, start: number): number {
  let depth = 0;
  for (let index = start; index < line.length; index += 1) {
    if (line[index] === '(') depth += 1;
    else if (line[index] === ')') depth -= 1;
    if (depth === 0) return index + 1;
  }
  return line.length;
}

/** Words in order; a line ends a command unless `\`, `^` or a backtick stands before it. An open quote reaches to the end. */
export function words(line: string): Word[] {
  const found: Word[] = [];
  let text = '';
  let begun: At | null = null;
  let acts = false;
  let quote: '' | "'" | '"' = '';
  let place: At = { line: 1, column: 1 };
  const end = (): void => {
    if (begun !== null) found.push({ text, at: begun, acts, operator: false });
    [text, begun, acts] = ['', null, false];
  };
  const add = (character: string): void => {
    begun ??= place;
    text += character;
  };
  for (let index = 0; index < line.length; index += 1) {
    const character = line[index] ?? '';
    const next = line[index + 1] ?? '';
    if (character === '$' && next === '(' && quote !== "'") {
      // A command inside is one piece of the word, whatever it holds.
      const after = closing(line, index + 1);
      for (const part of line.slice(index, after)) add(part);
      acts = true;
      place = { ...place, column: place.column + after - index };
      index = after - 1;
      continue;
    }
    const newline = /^\r?\n/.exec(line.slice(index + 1, index + 3))?.[0];
    if (quote === "'") {
      if (character === "'") quote = '';
      else add(character);
    } else if (
      (character === '\\' || (quote === '' && (character === '^' || character === '`'))) &&
      newline !== undefined
    ) {
      index += newline.length;
      place = { line: place.line + 1, column: 0 };
    } else if (character === '\\' && (quote === '' ? next !== '' : /["\\$`]/.test(next))) {
      add(next);
      index += 1;
      place = { ...place, column: place.column + 1 };
    } else if (quote === '"') {
      if (character === '"') quote = '';
      else {
        if (/[$`]/.test(character) && /[\w{(*@#?]/.test(next)) acts = true;
        add(character);
      }
    } else if (character === "'" || character === '"') {
      begun ??= place;
      quote = character;
    } else if (character === '\n') {
      end();
      found.push({ text: '\n', at: place, acts: false, operator: true });
    } else if (/\s/.test(character)) end();
    else if (character === '#' && begun === null) {
      while (index + 1 < line.length && line[index + 1] !== '\n') index += 1;
    } else if (OPERATOR.test(character)) {
      end();
      found.push({ text: character, at: place, acts: false, operator: true });
    } else {
      if ((character === '$' && /[\w{(*@#?]/.test(next)) || character === '`') acts = true;
      add(character);
    }
    place = character === '\n' ? { line: place.line + 1, column: 1 } : { ...place, column: place.column + 1 };
  }
  end();
  return found;
}
