/** Building blocks of lint rules: hits and fixes. A fix is text as `--set` takes it, and only given when the text says exactly what is meant. */
import type { EffectivePolicy, FieldPath, ListPath, PolicyValues } from '../../domain/policy.ts';
import type { Suggestion } from '../../domain/run.ts';
import { anyField } from '../fields.ts';
import type { Hit } from './rule.ts';

const SHOWN = 120;

/** Text of a policy inside a sentence: short, without control characters. */
export function plain(text: string): string {
  const clean = text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '�');
  return clean.length > SHOWN ? `${clean.slice(0, SHOWN)}…` : clean;
}

/** No hit, or one. */
export function when(fires: boolean, message: () => string, fix: () => Suggestion | null): readonly Hit[] {
  return fires ? [{ message: message(), fix: fix() }] : [];
}

export function show<P extends FieldPath>(path: P, value: PolicyValues[P]): string {
  return anyField(path).kind.format(value);
}

/** True when the value, written down, reads back as itself. */
function survives(path: FieldPath, value: unknown): boolean {
  const { kind } = anyField(path);
  try {
    return JSON.stringify(kind.parse(kind.format(value))) === JSON.stringify(value);
  } catch {
    return false;
  }
}

/** A label within a sentence; `CPU time` keeps its capitals. */
function inside(label: string): string {
  return /^[A-Z]{2}/.test(label) ? label : `${label.charAt(0).toLowerCase()}${label.slice(1)}`;
}

/** Null when the value cannot be written as one `--set`. */
export function setTo<P extends FieldPath>(path: P, value: PolicyValues[P], label?: string): Suggestion | null {
  if (!survives(path, value)) return null;
  const text = show(path, value);
  return { label: label ?? `Use ${text} for ${inside(anyField(path).label)}`, set: { [path]: text } };
}

/** Several fields at once; null when one of them cannot be written. */
export function setAll(label: string, ...fixes: readonly (Suggestion | null)[]): Suggestion | null {
  const known = fixes.filter((fix) => fix !== null);
  if (known.length < fixes.length || known.length === 0) return null;
  return { label, set: Object.assign({}, ...known.map(({ set }) => set)) as Record<string, string> };
}

/** Takes one entry out of a list, puts others in its place; as a change where that can be written, else as the whole list. */
export function replace(
  policy: EffectivePolicy,
  path: ListPath,
  entry: string,
  by: readonly string[] = [],
  label?: string,
): Suggestion | null {
  const said = label ?? `Remove ${plain(entry)}`;
  const list = policy.fields[path].value;
  if (survives(path, [entry]) && survives(path, by)) {
    const put = by.filter((one) => !list.includes(one));
    const add = put.length === 0 ? {} : { [`${path}.add`]: put.join(', ') };
    return { label: said, set: { [`${path}.remove`]: entry, ...add } };
  }
  const rest = [...new Set(list.flatMap((one) => (one === entry ? by : [one])))];
  return setTo(path, rest as PolicyValues[typeof path], said);
}

/** The same map without one key. */
export function withoutKey(policy: EffectivePolicy, path: 'run.env' | 'network.hosts', key: string): Suggestion | null {
  const rest = Object.fromEntries(Object.entries(policy.fields[path].value).filter(([name]) => name !== key));
  return setTo(path, rest, `Remove ${plain(key)}`);
}
