/** `${{ }}` inside texts of a workflow file (WF-1). A text that is nothing else keeps the type of its value. Pure. */
import type { Json } from '../domain/exchange.ts';
import {
  budget,
  evaluate,
  readExpression,
  type Bounded,
  type Budget,
  type Evaluated,
  type Expression,
  type Scope,
} from './expression.ts';

type Part = string | Expression;

export type ReadTemplate =
  | { readonly parts: readonly Part[] }
  | { readonly problem: string; readonly fix: string; readonly at: number };

/** Offset of the `}}` that ends an expression which begins at `from`; -1 when there is none. */
function endOf(text: string, from: number): number {
  let depth = 0;
  let quote = '';
  for (let at = from; at < text.length; at++) {
    const char = text[at] as string;
    if (quote !== '') {
      if (char === '\\') at++;
      else if (char === quote) quote = '';
    } else if (char === '"' || char === "'") quote = char;
    else if (char === '{') depth++;
    else if (char === '}') {
      if (depth > 0) depth--;
      else if (text[at + 1] === '}') return at;
    }
  }
  return -1;
}

/** Cuts a text into plain pieces and expressions. Never throws. */
export function readTemplate(text: string): ReadTemplate {
  const parts: Part[] = [];
  for (let at = 0; at < text.length;) {
    const begin = text.indexOf('${{', at);
    if (begin > at || begin < 0) parts.push(text.slice(at, begin < 0 ? undefined : begin));
    if (begin < 0) break;
    const end = endOf(text, begin + 3);
    if (end < 0) return { problem: '`${{` is never closed.', fix: 'End the expression with `}}`.', at: begin };
    const read = readExpression(text.slice(begin + 3, end));
    if ('problem' in read) return { ...read, at: begin + 3 + read.at };
    parts.push(read);
    at = end + 2;
  }
  return { parts };
}

/** A value as it stands inside a text. */
export function asText(value: Json): string {
  if (value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** The value of one text. Never throws. */
export function fillText(text: string, scope: Scope, bounded: Bounded, room: Budget = budget()): Evaluated {
  if (!text.includes('${{')) return { value: text };
  const read = readTemplate(text);
  if ('problem' in read) return { problem: read.problem };
  const [only] = read.parts;
  if (read.parts.length === 1 && only !== undefined && typeof only !== 'string')
    return evaluate(only, scope, bounded, room);
  let filled = '';
  for (const part of read.parts) {
    if (typeof part === 'string') filled += part;
    else {
      const found = evaluate(part, scope, bounded, room);
      if ('problem' in found) return found;
      filled += asText(found.value);
    }
  }
  return { value: filled };
}

/** Every text inside a value, filled; keys stay as they are. All of it shares one budget. Never throws. */
export function fill(value: Json, scope: Scope, bounded: Bounded, room: Budget = budget()): Evaluated {
  if (typeof value === 'string') return fillText(value, scope, bounded, room);
  if (typeof value !== 'object' || value === null) return { value };
  if (Array.isArray(value)) {
    const items: Json[] = [];
    for (const one of value) {
      const found = fill(one, scope, bounded, room);
      if ('problem' in found) return found;
      items.push(found.value);
    }
    return { value: items };
  }
  const entries: [string, Json][] = [];
  for (const [key, one] of Object.entries(value)) {
    const found = fill(one, scope, bounded, room);
    if ('problem' in found) return found;
    entries.push([key, found.value]);
  }
  return { value: Object.fromEntries(entries) };
}
