/** Amounts as other tools write them, in our base units. Null: not an amount. A fraction is cut, never rounded up. Pure. */

/** Written as a number, but it lifts the limit. */
export const UNLIMITED = Infinity;

function number(text: string): number | null {
  return /^\d{1,18}(?:\.\d{1,15})?(?:e\d{1,2})?$/i.test(text) ? Number(text) : null;
}

function scaled(text: string, pattern: RegExp, factors: Readonly<Record<string, number>>): number | null {
  const [, digits = '', unit = ''] = pattern.exec(text.trim()) ?? [];
  const value = number(digits);
  const factor = Object.hasOwn(factors, unit) ? factors[unit] : undefined;
  if (value === null || factor === undefined) return null;
  const amount = Math.floor(value * factor);
  return Number.isSafeInteger(amount) ? amount : null;
}

const K = 1024;
const DOCKER: Readonly<Record<string, number>> = { '': 1, b: 1, k: K, m: K ** 2, g: K ** 3, t: K ** 4, p: K ** 5 };

/** `512m`, `1g`, `64MB`, `1073741824`: every unit is a power of 1024 there. 0 and less lift the limit. */
export function dockerBytes(text: string): number | null {
  const trimmed = text.trim().toLowerCase();
  if (/^-\d+$/.test(trimmed) || /^0+[a-z]*$/.test(trimmed)) return UNLIMITED;
  return scaled(trimmed.replace(/(?<=[kmgtp])(?:b|ib)$/, ''), /^([\d.]+)\s*([a-z]?)$/, DOCKER);
}

const KUBERNETES: Readonly<Record<string, number>> = {
  '': 1,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  Ki: K,
  Mi: K ** 2,
  Gi: K ** 3,
  Ti: K ** 4,
  Pi: K ** 5,
};

/** A Kubernetes quantity of bytes: `4Gi`, `500M`, `1e9`. */
export function kubernetesBytes(text: string): number | null {
  return scaled(text, /^([\d.]+(?:[eE]\d{1,2})?)([a-zA-Z]{0,2})$/, KUBERNETES);
}

const MIXED: Readonly<Record<string, number>> = {
  ...KUBERNETES,
  b: 1,
  m: K ** 2,
  g: K ** 3,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  kib: K,
  mib: K ** 2,
  gib: K ** 3,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: K,
  MiB: K ** 2,
  GiB: K ** 3,
};

/** `4Gi`, `512m`, `100 MB`: as in our own files; a capital letter alone counts in thousands, which is less. */
export function mixedBytes(text: string): number | null {
  return scaled(text, /^([\d.]+)\s*([a-zA-Z]{0,3})$/, MIXED);
}

/** A number of `unit` bytes: `max_memory_mb: 128`. */
export function bytesOf(text: string, unit: number): number | null {
  return scaled(text, /^([\d.]+)()$/, { '': unit });
}

/** Percent of one core from `1.5`, `2`, `500m`. 0 lifts the limit. */
export function coresPercent(text: string): number | null {
  const trimmed = text.trim();
  const thousandths = trimmed.endsWith('m');
  const value = number(thousandths ? trimmed.slice(0, -1) : trimmed);
  if (value === null) return null;
  return value === 0 ? UNLIMITED : Math.floor((thousandths ? value / 10 : value * 100) * 100) / 100;
}

/** A plain number of percent: `50`, `50%`. */
export function percent(text: string): number | null {
  const value = number(text.trim().replace(/\s*%$/, ''));
  return value === null ? null : value === 0 ? UNLIMITED : Math.floor(value * 100) / 100;
}

/** A whole number; -1 and 0 lift the limit. */
export function count(text: string): number | null {
  const trimmed = text.trim();
  if (trimmed === 'unlimited' || trimmed === 'max' || /^-\d+$/.test(trimmed) || trimmed === '0') return UNLIMITED;
  return /^\d{1,15}$/.test(trimmed) ? Number(trimmed) : null;
}

const PARTS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  sec: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** Milliseconds from `1m30s`, `500ms`, `30 s`; a bare number counts seconds. 0 lifts the limit. */
export function milliseconds(text: string): number | null {
  const trimmed = text.trim().toLowerCase();
  const plain = number(trimmed);
  if (plain !== null) return plain === 0 ? UNLIMITED : Math.floor(plain * 1000);
  if (!/^(?:[\d.]+\s*[a-z]+\s*){1,4}$/.test(trimmed)) return null;
  let sum = 0;
  for (const [, digits = '', unit = ''] of trimmed.matchAll(/([\d.]+)\s*([a-z]+)/g)) {
    const value = number(digits);
    const factor = Object.hasOwn(PARTS, unit) ? PARTS[unit] : undefined;
    if (value === null || factor === undefined) return null;
    sum += value * factor;
  }
  return Number.isSafeInteger(Math.floor(sum)) ? Math.floor(sum) : null;
}
