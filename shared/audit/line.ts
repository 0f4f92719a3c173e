/** One line of the audit's file, read as far as its chain needs. Pure (AUD-1). */
import { auditRecordSchema, type AuditRecord } from './record.ts';

/** JSON with keys in code-unit order and no spaces: one text for one value. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(',')}}`;
}

/** What a record says of its place in the chain. */
export interface ReadLine {
  readonly seq: number;
  readonly hash: string;
  readonly previous: string;
  /** The line without its hash: what the hash was made of; null when the line is not in canonical form, so that no hash fits it. */
  readonly hashed: string | null;
}

/** Text that canonical form writes as it is. */
const TEXT = String.raw`"[^"\\\u0000-\u001f\ud800-\udfff]*"`;
const HASH = '[0-9a-f]{64}';
/** Dates that every year has; the others take the slow way. */
const DAY = '(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)';
const AT = String.raw`"\d{4}-${DAY}T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z"`;
const optional = (key: string): string => `(?:,"${key}":${TEXT})?`;
/** Nearly all records: in canonical form, and nothing in them escaped. Narrower than the schema, never wider. */
const PLAIN = new RegExp(
  [
    `^\\{"action":${TEXT},"at":${AT},"hash":"(${HASH})"${optional('image')},"outcome":${TEXT}${optional('policy')}`,
    `,"previous":"(${HASH})"${optional('script')},"seq":([1-9]\\d{0,14}),"what":${TEXT}`,
    `,"who":\\{"host":${TEXT}${optional('token')},"user":${TEXT},"via":${TEXT}\\}\\}$`,
  ].join(''),
);

function without(line: string, hash: string): string {
  const field = `"hash":"${hash}",`;
  // In canonical form quotation marks inside of values are escaped, so this is the record's own field and nothing else.
  const at = line.indexOf(field);
  return line.slice(0, at) + line.slice(at + field.length);
}

/** The short way: null says nothing about the line. */
export function readPlainLine(line: string): ReadLine | null {
  const [, hash, previous, seq] = PLAIN.exec(line) ?? [];
  if (hash === undefined || previous === undefined) return null;
  return { seq: Number(seq), hash, previous, hashed: without(line, hash) };
}

function parse(line: string): AuditRecord | null {
  try {
    const parsed = auditRecordSchema.safeParse(JSON.parse(line));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** The same for every line; null when it is no record. */
export function readLine(line: string): ReadLine | null {
  const plain = readPlainLine(line);
  if (plain !== null) return plain;
  const record = parse(line);
  if (record === null) return null;
  const { seq, hash, previous } = record;
  return { seq, hash, previous, hashed: line === canonical(record) ? without(line, hash) : null };
}
