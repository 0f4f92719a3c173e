/** A policy while it is put together from a foreign document, and the report of what became of each line (POL-4). Pure. */
import type { PolicyDocument } from '../../domain/policy-document.ts';
import {
  TRUST_LEVELS,
  type FieldPath,
  type ListPath,
  type Mount,
  type PartialPolicy,
  type TrustLevel,
} from '../../domain/policy.ts';
import { AppError } from '../../lib/app-error.ts';
import { showShort } from '../../script/display.ts';
import { anyField, FIELDS } from '../fields.ts';
import { mountsProblem } from '../mounts/check.ts';
import { nameProblem, NAME_LIMIT } from '../names.ts';
import type { AskedSetting, At, ReportLine } from './conversion.ts';

/** One value of the source with its place: `services.web.mem_limit: 512m`. */
export interface Given {
  readonly path: string;
  readonly text: string;
  readonly at: At;
}

const SHOWN = 120;
/** Lines of the longest report; what would come from more is not converted at all. */
const LINES_MAX = 20_000;
/** Policies that one file may become. */
const DOCUMENTS_MAX = 500;

/** The source asks for more than any policy can hold. */
export class TooMuch extends Error {}
/** Entries of one list or map, as for policies of our own. */
const ENTRIES_MAX = 1000;
const TOO_MANY = `A policy has at most ${ENTRIES_MAX} entries of a kind.`;

export class Report {
  readonly lines: ReportLine[] = [];

  add(given: Given, result: ReportLine['result'], to: string, why: string): void {
    if (this.lines.length >= LINES_MAX) throw new TooMuch();
    const from = given.text === '' ? given.path : `${given.path}: ${given.text}`;
    this.lines.push({ at: given.at, from: showShort(from, SHOWN), to, result, why });
  }

  refuse(given: Given, why: string): void {
    this.add(given, 'refused', '', why);
  }

  ignore(given: Given, why: string): void {
    this.add(given, 'ignored', '', why);
  }
}

/** A name that a policy may have, from what the source calls it. */
export function policyName(wanted: string, taken: ReadonlySet<string>): string {
  const plain = wanted
    .replaceAll(/[^\w.-]+/g, '-')
    .replace(/^[.-]+/, '')
    .slice(0, NAME_LIMIT - 8)
    .replace(/[.-]+$/, '');
  const start = plain === '' ? 'imported' : nameProblem(plain) === null ? plain : `${plain}-policy`;
  let name = start;
  for (let number = 2; taken.has(name.toLowerCase()); number += 1) name = `${start}-${number}`;
  return name;
}

export class Draft {
  readonly name: string;
  /** Always written out: without it the settings would choose a level, which could grant what the source does not. */
  readonly level: TrustLevel;
  readonly report: Report;
  readonly #description: string;
  readonly #values: Partial<Record<FieldPath, unknown>> = {};

  constructor(name: string, level: TrustLevel, description: string, report: Report) {
    this.name = name;
    this.level = level;
    this.report = report;
    this.#description = description;
  }

  has(field: FieldPath): boolean {
    return Object.hasOwn(this.#values, field);
  }

  /** What is set, else the level's own. */
  value(field: FieldPath): unknown {
    return this.#values[field] ?? FIELDS[field].defaults[this.level];
  }

  /** Sets a value from text as `--set` takes it; a bad one is refused with the reason. */
  text(field: FieldPath, text: string, given: Given, approximated = ''): void {
    try {
      this.put(field, anyField(field).kind.parse(text), given, approximated);
    } catch (thrown) {
      if (!(thrown instanceof AppError)) throw thrown;
      this.report.refuse(given, `${thrown.message} ${thrown.why ?? ''}`.trim());
    }
  }

  /** Sets a value that was checked. */
  put(field: FieldPath, value: unknown, given: Given, approximated = ''): void {
    this.#values[field] = value;
    const to = `${field}: ${anyField(field).kind.format(value)}`;
    this.report.add(given, approximated === '' ? 'mapped' : 'approximated', to, approximated);
  }

  /**
   * Sets an amount in base units. Null is not an amount; infinity lifts the limit, which is not done:
   * the level's own stays. Outside the bounds the nearest possible one is taken.
   */
  amount(field: FieldPath, amount: number | null, given: Given, approximated = ''): void {
    const { kind } = anyField(field);
    if (amount === null || Number.isNaN(amount)) this.report.refuse(given, 'This is not an amount that can be read.');
    else if (amount === Infinity)
      this.report.refuse(
        given,
        `No limit at all is not taken over; ${this.level} keeps ${kind.format(FIELDS[field].defaults[this.level])}.`,
      );
    else {
      const bounded = Math.min(kind.max ?? amount, Math.max(kind.min ?? amount, amount));
      const why =
        bounded < amount
          ? 'This is the most that a policy may have.'
          : bounded > amount
            ? 'This is the least that can be kept.'
            : '';
      this.put(field, bounded, given, why || approximated);
    }
  }

  /** Adds one entry to a list of words; a bad one is refused with the reason. */
  entry(field: ListPath, text: string, given: Given, approximated = ''): void {
    try {
      const { kind } = anyField(field);
      const parsed = kind.item === undefined ? (kind.parse(text) as readonly string[]) : [kind.item.parse(text)];
      const before = (this.#values[field] ?? []) as readonly string[];
      if (before.length >= ENTRIES_MAX) return this.report.refuse(given, TOO_MANY);
      this.#values[field] = [...new Set([...before, ...parsed])];
      const to = `${field}: ${parsed.join(', ')}`;
      this.report.add(given, approximated === '' ? 'mapped' : 'approximated', to, approximated);
    } catch (thrown) {
      if (!(thrown instanceof AppError)) throw thrown;
      this.report.refuse(given, `${thrown.message} ${thrown.why ?? ''}`.trim());
    }
  }

  mount(mount: Mount, given: Given, approximated = ''): void {
    const before = (this.#values['files.mounts'] ?? []) as readonly Mount[];
    const all = [...before, mount];
    const problem = mountsProblem(all);
    if (problem !== null) return this.report.refuse(given, `${problem.message} ${problem.why}`);
    this.#values['files.mounts'] = all;
    const to = `files.mounts: ${FIELDS['files.mounts'].kind.format([mount])}`;
    this.report.add(given, approximated === '' ? 'mapped' : 'approximated', to, approximated);
  }

  /** Adds `name=value` to a map. */
  pair(field: 'run.env' | 'network.hosts', name: string, value: string, given: Given): void {
    const { kind } = anyField(field);
    try {
      const [key, text] = kind.entry?.(name, value) ?? [name, value];
      const before = (this.#values[field] ?? {}) as Readonly<Record<string, string>>;
      if (Object.keys(before).length >= ENTRIES_MAX) return this.report.refuse(given, TOO_MANY);
      this.#values[field] = Object.fromEntries([...Object.entries(before), [key, text]]);
      this.report.add(given, 'mapped', showShort(`${field}.${name}: ${value}`, SHOWN), '');
    } catch (thrown) {
      if (!(thrown instanceof AppError)) throw thrown;
      this.report.refuse(given, `${thrown.message} ${thrown.why ?? ''}`.trim());
    }
  }

  words(field: 'run.entrypoint' | 'run.command', words: readonly string[], given: Given): void {
    if (words.length === 0) return;
    if (words.some((word) => word.includes('\0')))
      return this.report.refuse(given, 'A word of a command cannot have a NUL character.');
    this.#values[field] = [...words];
    this.report.add(given, 'mapped', showShort(`${field}: ${words.join(' ')}`, SHOWN), '');
  }

  document(): PolicyDocument {
    return {
      name: this.name,
      level: this.level,
      description: this.#description,
      values: this.#values as PartialPolicy,
      changes: {},
    };
  }
}

export interface Made {
  readonly drafts: readonly Draft[];
  readonly settings: readonly AskedSetting[];
}

/** Names given out so far, so that no two policies share one. */
export function naming(): (wanted: string) => string {
  const taken = new Set<string>();
  return (wanted) => {
    if (taken.size >= DOCUMENTS_MAX) throw new TooMuch();
    const name = policyName(wanted, taken);
    taken.add(name.toLowerCase());
    return name;
  };
}

/** The level that the source names; `untrusted` when it names none that exists. */
export function levelOf(report: Report, given: Given | undefined): TrustLevel {
  if (given === undefined) return 'untrusted';
  const level = TRUST_LEVELS.find((known) => known === given.text.trim().toLowerCase());
  if (level === undefined) {
    report.refuse(given, `There is no such trust level; \`untrusted\` is taken.`);
    return 'untrusted';
  }
  report.add(given, 'mapped', `trust_level: ${level}`, '');
  return level;
}
