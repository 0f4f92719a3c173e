/** Amounts with units, read and written one way everywhere (spec, Units). Base units: bytes, milliseconds, percent of one core. */
import { AppError } from './app-error.ts';

const KIB = 1024;
export const MIB = KIB * KIB;
export const GIB = MIB * KIB;
const TIB = GIB * KIB;

const BYTE_UNITS: Readonly<Record<string, number>> = {
  b: 1,
  k: KIB,
  ki: KIB,
  kib: KIB,
  kb: 1e3,
  m: MIB,
  mi: MIB,
  mib: MIB,
  mb: 1e6,
  g: GIB,
  gi: GIB,
  gib: GIB,
  gb: 1e9,
  t: TIB,
  ti: TIB,
  tib: TIB,
  tb: 1e12,
};

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DURATION_UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: SECOND,
  sec: SECOND,
  m: MINUTE,
  min: MINUTE,
  h: HOUR,
  d: 24 * HOUR,
};

/** Whole cores written without a unit up to here; above it, `50` may mean percent. */
const PLAIN_CORES = 9;

const AMOUNT = /^(\d{1,16}(?:\.\d{1,15})?)\s*([a-z%]{0,4})$/i;
const SHOWN = 40;

function quote(text: string): string {
  return JSON.stringify(text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text);
}

function bad(text: string, what: string, why: string, example: string): AppError {
  return new AppError({
    code: 'policy-invalid',
    message: `${quote(text)} is not ${what}.`,
    why,
    next: `Write it like \`${example}\`.`,
  });
}

interface Amount {
  readonly value: number;
  readonly unit: string;
}

function split(text: string, what: string, example: string): Amount {
  const trimmed = typeof text === 'string' ? text.trim() : String(text);
  if (trimmed === '') throw bad('', what, 'It is empty.', example);
  if (trimmed.startsWith('-')) throw bad(trimmed, what, 'It is negative.', example);
  const match = AMOUNT.exec(trimmed);
  if (match === null) throw bad(trimmed, what, 'It is not a plain number with a unit.', example);
  return { value: Number(match[1]), unit: match[2] ?? '' };
}

function whole(text: string, value: number, what: string, example: string): number {
  const rounded = Math.round(value);
  if (!Number.isSafeInteger(rounded)) throw bad(text, what, 'It is too large.', example);
  return rounded;
}

/** Bytes from `64 MiB`, `1.5GiB`, `512m`, `100 MB`. Capital `K`, `M`, `G`, `T` alone are refused: they mean 1000 or 1024 depending on whom you ask. */
export function parseBytes(text: string): number {
  const [what, example] = ['a size', '64 MiB'];
  const { value, unit } = split(text, what, example);
  if (unit === '') throw bad(text, what, 'The unit is missing.', `${value} MiB`);
  if (/^[KMGT]$/.test(unit))
    throw bad(text, what, `\`${unit}\` alone can mean powers of 1000 or of 1024.`, `${value} ${unit}iB`);
  const factor = Object.hasOwn(BYTE_UNITS, unit.toLowerCase()) ? BYTE_UNITS[unit.toLowerCase()] : undefined;
  if (factor === undefined) throw bad(text, what, `\`${unit}\` is not a unit of size.`, example);
  return whole(text, value * factor, what, example);
}

/** Bytes per second from `10 MiB/s`. */
export function parseRate(text: string): number {
  const [what, example] = ['a rate', '10 MiB/s'];
  const match = /^([^/]{1,60})\/\s*s$/i.exec(typeof text === 'string' ? text.trim() : '');
  if (match === null) throw bad(String(text), what, 'A rate ends in `/s`.', example);
  try {
    return parseBytes(match[1] ?? '');
  } catch (thrown) {
    throw bad(String(text), what, thrown instanceof AppError ? (thrown.why ?? '') : '', example);
  }
}

/** Milliseconds from `500ms`, `30 s`, `5 min`, `1 h`. */
export function parseDuration(text: string): number {
  const [what, example] = ['a time', '30 s'];
  const { value, unit } = split(text, what, example);
  if (unit === '') throw bad(text, what, 'The unit is missing.', `${value} s`);
  const factor = Object.hasOwn(DURATION_UNITS, unit.toLowerCase()) ? DURATION_UNITS[unit.toLowerCase()] : undefined;
  if (factor === undefined) throw bad(text, what, `\`${unit}\` is not a unit of time.`, example);
  return whole(text, value * factor, what, example);
}

/** Percent of one core, to a hundredth, from `50 %`, `0.5` (cores) or `500m` (thousandths of a core). */
export function parseCpu(text: string): number {
  const [what, example] = ['a share of a core', '50 %'];
  const { value, unit } = split(text, what, example);
  if (unit === '' && value > PLAIN_CORES)
    throw bad(text, what, 'Without a unit it counts cores, which is likely not meant.', `${value} %`);
  if (unit !== '' && unit !== '%' && unit !== 'm') throw bad(text, what, `\`${unit}\` is not a unit of CPU.`, example);
  const percent = unit === '%' ? value : unit === 'm' ? value / 10 : value * 100;
  return whole(text, percent * 100, what, example) / 100;
}

/** A whole number without a unit. */
export function parseCount(text: string): number {
  const [what, example] = ['a count', '5'];
  const { value, unit } = split(text, what, example);
  if (unit !== '') throw bad(text, what, 'A count has no unit.', String(Math.round(value)));
  if (!Number.isSafeInteger(value)) throw bad(text, what, 'It is not a whole number.', example);
  return value;
}

/** True when `value` has at most two decimals, so that writing it loses nothing. */
function short(value: number): boolean {
  return Number.isInteger(value * 100) && Number.isSafeInteger(value * 100);
}

/** Exact: `64 MiB`, `1.5 GiB`; falls to a smaller unit rather than round, so that parsing gives the same number. */
export function formatBytes(bytes: number): string {
  for (const [unit, factor] of [
    ['TiB', TIB],
    ['GiB', GIB],
    ['MiB', MIB],
    ['KiB', KIB],
  ] as const) {
    const value = bytes / factor;
    if (value >= 1 && short(value)) return `${value} ${unit}`;
  }
  return `${bytes} B`;
}

/** Exact, like {@link formatBytes}: `10 MiB/s`. */
export function formatRate(bytesPerSecond: number): string {
  return `${formatBytes(bytesPerSecond)}/s`;
}

/** Exact: `250 ms`, `1.5 s`, `90 s`, `5 min`, `1 h`. */
export function formatDuration(ms: number): string {
  if (ms >= HOUR && ms % HOUR === 0) return `${ms / HOUR} h`;
  if (ms >= MINUTE && ms % MINUTE === 0) return `${ms / MINUTE} min`;
  if (ms >= SECOND && ms % 10 === 0) return `${ms / SECOND} s`;
  return `${ms} ms`;
}

/** Exact to a hundredth: `25 %`. */
export function formatCpu(percent: number): string {
  return `${Math.round(percent * 100) / 100} %`;
}

export function formatCount(count: number): string {
  return String(count);
}

/** Rounded to three digits for readings and reports: `41.2 MiB`. Not for values that are parsed again. */
export function showBytes(bytes: number): string {
  for (const [unit, factor] of [
    ['TiB', TIB],
    ['GiB', GIB],
    ['MiB', MIB],
    ['KiB', KIB],
  ] as const) {
    if (bytes >= factor) return `${Number((bytes / factor).toPrecision(3))} ${unit}`;
  }
  return `${Math.round(bytes)} B`;
}

/** Rounded for readings: `12.3 s`, `2 min 5 s`, `1 h 2 min`. Not for values that are parsed again. */
export function showDuration(ms: number): string {
  if (ms < SECOND) return `${Math.round(ms)} ms`;
  if (ms < MINUTE) return `${Math.min(59.9, Math.round(ms / 100) / 10)} s`;
  if (ms < HOUR) {
    const seconds = Math.floor((ms % MINUTE) / SECOND);
    return seconds === 0 ? `${Math.floor(ms / MINUTE)} min` : `${Math.floor(ms / MINUTE)} min ${seconds} s`;
  }
  const minutes = Math.floor((ms % HOUR) / MINUTE);
  return minutes === 0 ? `${Math.floor(ms / HOUR)} h` : `${Math.floor(ms / HOUR)} h ${minutes} min`;
}
