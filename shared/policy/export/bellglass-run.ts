/** A policy as a `bellglass run` line: its level, and what differs from it (POL-5). Pure. */
import type { EffectivePolicy, FieldPath } from '../../domain/policy.ts';
import { anyField, FIELD_PATHS } from '../fields.ts';
import { scriptName, type Exported, type ExportContext } from './form.ts';
import { commandText } from './quote.ts';

/** Equal whatever the order of keys. */
function same(a: unknown, b: unknown): boolean {
  const sorted = (value: unknown): string =>
    JSON.stringify(value, (_key, inner: unknown) =>
      typeof inner === 'object' && inner !== null && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).toSorted(([one], [other]) => (one < other ? -1 : 1)))
        : inner,
    );
  return sorted(a) === sorted(b);
}

/** The text that `--set` reads back as exactly this value; null when there is none. */
function setText(path: FieldPath, value: unknown): string | null {
  const { kind } = anyField(path);
  try {
    const text = kind.format(value);
    return same(kind.parse(text), value) ? text : null;
  } catch {
    return null;
  }
}

/** `--set` for each value that a tier chose or that differs from the level. */
export function bellglassRun(policy: EffectivePolicy, context: ExportContext): Exported {
  const flags: string[][] = [];
  const cannot: string[] = [];
  for (const path of FIELD_PATHS) {
    const { value, tier } = policy.fields[path];
    if (tier === 'level' && same(value, anyField(path).defaults[policy.level])) continue;
    const text = setText(path, value);
    if (text === null) cannot.push(`\`${path}\` cannot be written on a command line; keep it in a policy file.`);
    else flags.push(['--set', `${path}=${text}`]);
  }
  const script = scriptName(context);
  return {
    text: commandText(['bellglass', 'run', '--trust', policy.level], flags, [script.replace(/^(?=-)/, './')]),
    cannot,
  };
}
