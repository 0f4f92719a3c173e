/** A policy in words, the same everywhere: app, command line, reports. */
import type { EffectivePolicy, Enforcement, FieldPath } from '../../domain/policy.ts';
import { TRUST_LEVELS, type TrustLevel } from '../../domain/policy.ts';
import type { PlanField } from '../../contract/runs.ts';
import type { Runtime } from '../../domain/run.ts';
import { formatBytes, formatDuration } from '../../lib/units.ts';
import { effective } from '../merge/effective.ts';
import { anyField, FIELD_PATHS } from '../fields.ts';
import { fit } from '../plan/fit.ts';

const FRACTIONS: Readonly<Record<number, string>> = { 25: '¼ core', 50: '½ core', 75: '¾ core', 100: '1 core' };

/** `¼ core`, `1 core`, `1.5 cores`, `30 % of a core`. */
export function cores(percent: number): string {
  const named = FRACTIONS[percent];
  if (named !== undefined) return named;
  return percent > 100 ? `${Math.round(percent) / 100} cores` : `${percent} % of a core`;
}

function networkWords(policy: EffectivePolicy): string {
  const mode = policy.fields['network.mode'].value;
  if (mode === 'none') return 'No network';
  if (mode === 'full') return 'Full network';
  const hosts = policy.fields['network.allow'].value.length;
  return hosts === 0 ? 'No host listed' : `${hosts} ${hosts === 1 ? 'host' : 'hosts'} allowed`;
}

function fileWords(policy: EffectivePolicy): string {
  const writable = policy.fields['files.mounts'].value.filter((mount) => mount.mode === 'rw').length;
  if (writable === 0) return 'files read-only';
  return `${writable} of your folders writable`;
}

/** "No network · 64 MiB · ¼ core · 1 min · files read-only". */
export function summary(policy: EffectivePolicy): string {
  const { fields } = policy;
  return [
    networkWords(policy),
    formatBytes(fields['resources.memory'].value),
    cores(fields['resources.cpu'].value),
    formatDuration(fields['resources.wall_time'].value),
    fileWords(policy),
  ].join(' · ');
}

/** The policy line that decided: `resources.memory: 64 MiB (untrusted)`. */
export function ruleText(policy: EffectivePolicy, field: FieldPath): string {
  const { value, name, clampedFrom } = policy.fields[field];
  return `${field}: ${anyField(field).kind.format(value)} (${clampedFrom === undefined ? name : 'ceiling of the settings'})`;
}

/** Every field as a row of a table; `facts` may be empty while no engine is known. */
export function fieldRows(policy: EffectivePolicy, facts: readonly Enforcement[]): PlanField[] {
  const known = new Map(facts.map((fact) => [fact.field, fact]));
  return FIELD_PATHS.map((field) => {
    const { group, label, kind, defaults } = anyField(field);
    const { value, tier, name, clampedFrom } = policy.fields[field];
    const fact = known.get(field);
    const text = kind.format(value);
    return {
      field,
      label,
      group,
      value: text,
      tier,
      source: name,
      ...(clampedFrom === undefined ? {} : { clampedFrom: kind.format(clampedFrom) }),
      changed: text !== kind.format(defaults[policy.level]),
      enforcement: fact?.state ?? 'not-here',
      enforcementWhy: fact?.why ?? 'No engine is connected, so this cannot be told yet.',
    };
  });
}

export interface LevelCard {
  level: TrustLevel;
  headline: string;
  detail: string;
  runnable: boolean;
  whyNot: string;
}

/** The four levels as they are, without settings, for the cards of the launch sheet. */
export function levelCards(runtime: Runtime): LevelCard[] {
  return TRUST_LEVELS.map((level) => {
    const policy = effective({ level, name: level, tiers: [], ceilings: {} });
    const { fields } = policy;
    const fits = fit(policy, runtime, []);
    return {
      level,
      headline: [
        networkWords(policy),
        formatBytes(fields['resources.memory'].value),
        cores(fields['resources.cpu'].value),
      ].join(' · '),
      detail: [
        formatDuration(fields['resources.wall_time'].value),
        `${fields['resources.processes'].value} processes`,
        'read-only',
      ].join(' · '),
      runnable: fits.works,
      whyNot: fits.works ? '' : (fits.warnings[0]?.message ?? ''),
    };
  });
}
