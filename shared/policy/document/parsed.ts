/** What a field makes of a text, and what a person should write instead of a bad one (POL-4). Pure. */
import type { Node } from 'yaml';
import type { FieldPath } from '../../domain/policy.ts';
import { AppError } from '../../lib/app-error.ts';
import { closest } from '../../lib/closest.ts';
import type { Kind } from '../field.ts';
import { anyField } from '../fields.ts';
import { isForbidden } from './forbidden.ts';
import { code, spanOf, type Report } from './report.ts';

/** A good value of the field. */
export function example(path: FieldPath): string {
  const { kind, defaults } = anyField(path);
  const value = defaults.limited ?? defaults.untrusted;
  if (kind.name === 'bytes' || kind.name === 'rate') return kind.format(value ?? 64 * 1024 ** 2);
  return kind.format(value);
}

/** The one of these words that was meant. */
function meant(text: string, choices: readonly string[]): string | undefined {
  const word = text.trim().toLowerCase();
  if (word === 'no' || word === 'off' || word === 'false') {
    const none = choices.find((choice) => choice === 'none');
    if (none !== undefined) return none;
  }
  return closest(word, choices) ?? undefined;
}

const AMOUNTS: readonly Kind<unknown>['name'][] = ['bytes', 'rate', 'duration', 'cpu'];
const NUMBER = /^[-+]?(?:\.\d+|\d[\d_]*(?:\.\d*)?)(?:e[-+]?\d+)?$/i;
const NO_NUMBER = /^[-+]?\.?(?:nan|inf|infinity)$/i;

/** What `kind` makes of a text; its refusal is reported at `node`. */
export function parsed<V>(path: FieldPath, kind: Kind<V>, text: string, node: Node, report: Report): V | undefined {
  const field = path;
  if (/\0|\p{Cs}/u.test(text)) {
    report.add(spanOf(node), {
      code: 'bad-value',
      message: `${code(path)} holds a character that is not text.`,
      fix: 'Take it out.',
      field,
    });
    return undefined;
  }
  if (AMOUNTS.includes(kind.name) || kind.name === 'count') {
    const trimmed = text.trim();
    if (NO_NUMBER.test(trimmed)) {
      report.add(spanOf(node), {
        code: 'bad-value',
        message: `${code(path)} must be a real amount, not ${code(trimmed)}.`,
        fix:
          kind.nullWord === 'unlimited'
            ? `Write \`unlimited\`, or an amount like \`${example(path)}\`.`
            : `Write an amount like \`${example(path)}\`.`,
        field,
      });
      return undefined;
    }
    if (kind.name === 'count' && /^[-+]?0\d+$/.test(trimmed)) {
      const replacement = String(Number(trimmed));
      report.add(spanOf(node), {
        code: 'bad-value',
        message: `${code(trimmed)} could be read as an octal number.`,
        fix: `Write \`${replacement}\` without the zero in front.`,
        field,
        replacement,
      });
      return undefined;
    }
  }
  try {
    return kind.parse(text);
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    const bare = AMOUNTS.includes(kind.name) && NUMBER.test(text.trim()) && !text.trim().startsWith('-');
    const missing = bare && kind.name !== 'cpu';
    const word = kind.choices === undefined ? undefined : meant(text, kind.choices);
    const fix = missing
      ? `Write the unit too, like \`${example(path)}\`.`
      : word === undefined
        ? (thrown.next ?? 'Look the field up.')
        : `Did you mean \`${word}\`?`;
    report.add(spanOf(node), {
      code: isForbidden(path, text) ? 'forbidden' : missing ? 'unit-missing' : 'bad-value',
      message: `${path}: ${thrown.message}${thrown.why ? ` ${thrown.why}` : ''}`,
      fix,
      field,
      ...(word === undefined || isForbidden(path, text) ? {} : { replacement: word }),
    });
    return undefined;
  }
}
