/** Kinds of policy values: reading, writing, bounds and which of two is looser. */
import type { Mount } from '../domain/policy.ts';
import { AppError } from '../lib/app-error.ts';
import { joinParts, splitParts } from '../lib/parts.ts';
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

/** Entries that a list may have. */
export const LIST_MAX = 1000;
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
    nullWord: word,
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

/** One word of a command, taken exactly as it is. */
export const word: Kind<string> = {
  name: 'text',
  format: (value) => value,
  looser: null,
  parse(given) {
    if (given.length > TEXT_MAX || given.includes('\0'))
      throw invalid(
        `${shown(given)} cannot be a word of a command.`,
        `It is longer than ${TEXT_MAX} characters, or has a NUL in it.`,
        'Keep the text in a file of the script.',
      );
    return given;
  },
};

/**
 * Items separated by commas; one that holds a comma stands in double quotes. `more` says whether a longer list grants more or less.
 * @param joins items that belong to the one before, as in {@link splitParts}
 */
export function list(
  item: Kind<string>,
  more: 'looser' | 'tighter' | 'neither',
  joins?: RegExp,
): Kind<readonly string[]> {
  const beyond = (a: readonly string[], b: readonly string[]): boolean => a.some((entry) => !b.includes(entry));
  return {
    name: 'list',
    item,
    format: (value) => joinParts(value, joins),
    looser: more === 'neither' ? null : (a, b) => (more === 'looser' ? beyond(a, b) : beyond(b, a)),
    parse(given) {
      const parts = splitParts(given, joins);
      if (parts.length > LIST_MAX)
        throw invalid(
          'The list is too long.',
          `It has ${parts.length} entries of at most ${LIST_MAX}.`,
          'Shorten the list.',
        );
      if (parts.length === 1 && parts[0]!.text === 'none' && !parts[0]!.quoted) return [];
      return parts.map(({ text }) => item.parse(text));
    },
  };
}

/** Words of a command separated by commas; none at all is null. */
export function command(item: Kind<string>): Kind<readonly string[] | null> {
  const words = list(item, 'neither');
  return {
    ...words,
    nullWord: 'none',
    looser: null,
    parse(given) {
      const value = words.parse(given);
      return value.length === 0 ? null : value;
    },
    format: (value) => words.format(value ?? []),
  };
}

/** `NAME=value` pairs separated by commas; a pair whose value holds a comma stands in double quotes. */
export function map(name: RegExp, example: string): Kind<Readonly<Record<string, string>>> {
  const entry = (key: string, value: string): readonly [string, string] => {
    if (!name.test(key) || value.includes('\0'))
      throw invalid(
        `${shown(`${key}=${value}`)} is not a pair of name and value.`,
        `Pairs are written like \`${example}\`.`,
        `Write it like \`${example}\`.`,
      );
    return [key, value];
  };
  return {
    name: 'map',
    entry,
    looser: null,
    // Without quotes a space behind the sign is taken for the writer's own.
    format: (value) =>
      joinParts(
        Object.entries(value).map(([key, text]) => `${key}=${text}`),
        undefined,
        /^[^=]*=\s/,
      ),
    parse(given) {
      const parts = splitParts(given);
      if (parts.length === 1 && parts[0]!.text === 'none' && !parts[0]!.quoted) return {};
      const entries = parts.map(({ text, quoted }) => {
        const cut = text.indexOf('=');
        const value = text.slice(cut + 1);
        return entry(text.slice(0, Math.max(0, cut)).trim(), quoted ? value : value.trim());
      });
      return Object.fromEntries(entries);
    },
  };
}

/** A mount whose parts have the right form. Throws AppError `policy-invalid`; what may be mounted is asked in `mounts/`. */
export function mountOf(parts: {
  readonly type: string;
  readonly source: string | undefined;
  readonly target: string;
  readonly mode: string;
}): Mount {
  const { type, source, target, mode } = parts;
  const written = `${type}:${source ?? ''}:${target}:${mode}`;
  const bad = (why: string, next: string): AppError => invalid(`${shown(written)} is not a mount.`, why, next);
  if (type !== 'bind' && type !== 'volume' && type !== 'tmpfs')
    throw bad('Its type is not `bind`, `volume` or `tmpfs`.', 'Write `type: bind` for a folder of this machine.');
  if (mode !== 'ro' && mode !== 'rw')
    throw bad('Its mode is neither `ro` nor `rw`.', 'Write `mode: ro` for reading only, `mode: rw` for writing too.');
  if (type === 'tmpfs' && source !== undefined) throw bad('A tmpfs has no source.', 'Leave the source out.');
  if (type !== 'tmpfs' && (source === undefined || source === ''))
    throw bad('It has no source.', 'Give a source such as `./data`.');
  if (!target.startsWith('/') || /[:\0]/.test(target) || target.split('/').includes('..'))
    throw bad('A mount is written with an absolute target without `..` and colons.', 'Give a target such as `/data`.');
  if (source !== undefined && (source.length > TEXT_MAX || source.includes('\0')))
    throw bad('Its source is too long, or has a NUL in it.', 'Give a source such as `./data`.');
  return { type, ...(source === undefined ? {} : { source }), target, mode };
}

/** `type:source:target:mode`, separated by commas; a tmpfs has no source. One with a comma stands in double quotes. */
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
    joinParts(value.map((mount) => `${mount.type}:${mount.source ?? ''}:${mount.target}:${mount.mode}`)),
  parse(given) {
    const parts = splitParts(given);
    if (parts.length === 1 && parts[0]!.text === 'none' && !parts[0]!.quoted) return [];
    return parts.map(({ text }): Mount => {
      const [, type, source, target, mode] = /^(bind|volume|tmpfs):(.*):(\/[^:]*):(ro|rw)$/s.exec(text) ?? [];
      if (type === undefined || source === undefined || target === undefined || mode === undefined)
        throw invalid(
          `${shown(text)} is not a mount.`,
          'A mount is written `type:source:target:mode`.',
          'Write it like `bind:./data:/data:ro`.',
        );
      return mountOf({ type, source: source === '' ? undefined : source, target, mode });
    });
  },
};
