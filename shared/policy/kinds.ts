/** Kinds of policy values: reading, writing, bounds and which of two is looser. */
import type { Mount } from '../domain/policy.ts';
import { AppError } from '../lib/app-error.ts';
import {
  formatBytes,
  formatCount,
  formatCpu,
  formatDuration,
  formatRate,
  parseBytes,
  parseCount,
  parseCpu,
  parseDuration,
  parseRate,
} from '../lib/units.ts';
import type { Kind } from './field.ts';

const LIST_MAX = 1000;
const TEXT_MAX = 4096;

export function invalid(message: string, why: string, next: string): AppError {
  return new AppError({ code: 'policy-invalid', message, why, next });
}

function shown(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}

function numeric(
  name: Kind<number>['name'],
  parse: (text: string) => number,
  format: (value: number) => string,
  min: number,
  max: number,
): Kind<number> {
  return {
    name,
    format,
    min,
    max,
    looser: (a, b) => a > b,
    parse(text) {
      const value = parse(text);
      if (value < min || value > max) {
        throw invalid(
          `${shown(text)} is out of bounds.`,
          `It must lie between ${format(min)} and ${format(max)}.`,
          `Write a value such as \`${format(Math.min(max, Math.max(min, value)))}\`.`,
        );
      }
      return value;
    },
  };
}

export const bytes = (min: number, max: number): Kind<number> => numeric('bytes', parseBytes, formatBytes, min, max);
export const rate = (min: number, max: number): Kind<number> => numeric('rate', parseRate, formatRate, min, max);
export const duration = (min: number, max: number): Kind<number> =>
  numeric('duration', parseDuration, formatDuration, min, max);
export const cpu = (min: number, max: number): Kind<number> => numeric('cpu', parseCpu, formatCpu, min, max);
export const count = (min: number, max: number): Kind<number> => numeric('count', parseCount, formatCount, min, max);

/** Adds null, written `word`: for a limit it is `unlimited` and looser than any number. */
export function nullable<V>(inner: Kind<V>, word: 'unlimited' | 'none'): Kind<V | null> {
  const { looser } = inner;
  return {
    ...inner,
    parse: (text) => (text.trim().toLowerCase() === word ? null : inner.parse(text)),
    format: (value) => (value === null ? word : inner.format(value)),
    looser: looser === null ? null : (a, b) => (a === null ? b !== null : b !== null && looser(a, b)),
  };
}

/** One of a few words, tightest first when `ordered`. */
export function choice<const V extends string>(choices: readonly V[], ordered: boolean): Kind<V> {
  return {
    name: 'choice',
    choices,
    format: (value) => value,
    looser: ordered ? (a, b) => choices.indexOf(a) > choices.indexOf(b) : null,
    parse(text) {
      const found = choices.find((word) => word === text.trim().toLowerCase());
      if (found === undefined)
        throw invalid(
          `${shown(text)} is not known here.`,
          `It must be one of ${choices.join(', ')}.`,
          `Write \`${choices[0]}\`.`,
        );
      return found;
    },
  };
}

/** `looseValue` is the side that grants more; null where neither does. */
export function bool(looseValue: boolean | null): Kind<boolean> {
  return {
    name: 'boolean',
    choices: ['true', 'false'],
    format: String,
    looser: looseValue === null ? null : (a, b) => a === looseValue && b !== looseValue,
    parse(text) {
      const word = text.trim().toLowerCase();
      if (word !== 'true' && word !== 'false')
        throw invalid(
          `${shown(text)} is neither true nor false.`,
          'This setting is on or off.',
          'Write `true` or `false`.',
        );
      return word === 'true';
    },
  };
}

/** Free text that `pattern` accepts; `example` names a good form. */
export function text(pattern: RegExp, example: string, check?: (value: string) => void): Kind<string> {
  return {
    name: 'text',
    format: (value) => value,
    looser: null,
    parse(given) {
      const value = given.trim();
      if (value.length > TEXT_MAX || !pattern.test(value))
        throw invalid(
          `${shown(given)} does not have the expected form.`,
          `The expected form is like \`${example}\`.`,
          `Write it like \`${example}\`.`,
        );
      check?.(value);
      return value;
    },
  };
}

/** Items separated by commas. `more` says whether a longer list grants more or less. */
export function list(item: Kind<string>, more: 'looser' | 'tighter' | 'neither'): Kind<readonly string[]> {
  const beyond = (a: readonly string[], b: readonly string[]): boolean => a.some((entry) => !b.includes(entry));
  return {
    name: 'list',
    format: (value) => (value.length === 0 ? 'none' : value.join(', ')),
    looser: more === 'neither' ? null : (a, b) => (more === 'looser' ? beyond(a, b) : beyond(b, a)),
    parse(given) {
      const parts = given
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== '');
      if (parts.length > LIST_MAX)
        throw invalid(
          'The list is too long.',
          `It has ${parts.length} entries of at most ${LIST_MAX}.`,
          'Shorten the list.',
        );
      if (parts.length === 1 && parts[0] === 'none') return [];
      return parts.map((part) => item.parse(part));
    },
  };
}

/** Words of a command separated by commas; none at all is null. */
export function command(item: Kind<string>): Kind<readonly string[] | null> {
  const words = list(item, 'neither');
  return {
    ...words,
    looser: null,
    parse(given) {
      const value = words.parse(given);
      return value.length === 0 ? null : value;
    },
    format: (value) => words.format(value ?? []),
  };
}

/** `NAME=value` pairs separated by commas. */
export function map(name: RegExp, example: string): Kind<Readonly<Record<string, string>>> {
  return {
    name: 'map',
    looser: null,
    format: (value) =>
      Object.entries(value)
        .map(([key, entry]) => `${key}=${entry}`)
        .join(', ') || 'none',
    parse(given) {
      if (given.trim() === '' || given.trim() === 'none') return {};
      const entries = given.split(',').map((pair): [string, string] => {
        const cut = pair.indexOf('=');
        const key = pair.slice(0, Math.max(0, cut)).trim();
        if (!name.test(key) || pair.includes('\0'))
          throw invalid(
            `${shown(pair)} is not a pair of name and value.`,
            `Pairs are written like \`${example}\`.`,
            `Write it like \`${example}\`.`,
          );
        return [key, pair.slice(cut + 1).trim()];
      });
      return Object.fromEntries(entries);
    },
  };
}

/** `type:source:target:mode`, separated by commas; a tmpfs has no source. */
export const mounts: Kind<readonly Mount[]> = {
  name: 'list',
  looser: (a, b) =>
    a.some(
      (one) =>
        !b.some(
          (other) =>
            other.type === one.type &&
            other.source === one.source &&
            other.target === one.target &&
            (other.mode === 'rw' || one.mode === 'ro'),
        ),
    ),
  format: (value) =>
    value.map((mount) => `${mount.type}:${mount.source ?? ''}:${mount.target}:${mount.mode}`).join(', ') || 'none',
  parse(given) {
    if (given.trim() === '' || given.trim() === 'none') return [];
    return given.split(',').map((part): Mount => {
      const match = /^(bind|volume|tmpfs):([^:]*):(\/[^:]*):(ro|rw)$/.exec(part.trim());
      const [, type, source, target, mode] = match ?? [];
      if (
        type === undefined ||
        target === undefined ||
        (source === '') !== (type === 'tmpfs') ||
        target.split('/').includes('..')
      ) {
        throw invalid(
          `${shown(part)} is not a mount.`,
          'A mount is written `type:source:target:mode`.',
          'Write it like `bind:./data:/data:ro`.',
        );
      }
      return { type: type as Mount['type'], target, mode: mode as Mount['mode'], ...(source ? { source } : {}) };
    });
  },
};
