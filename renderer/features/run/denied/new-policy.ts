/** A policy of one's own for a run that is under a bare level. Pure. */
import type { PolicyDocument } from '#shared/domain/policy-document.ts';
import type { Plan } from '#shared/contract/runs.ts';
import { anyField, isFieldPath } from '#shared/policy/fields.ts';
import { NAME_LIMIT, nameProblem } from '#shared/policy/names.ts';

/** The run's level and what was changed for this run only. */
export function documentOf(name: string, plan: Plan): PolicyDocument {
  const values: Record<string, unknown> = {};
  for (const { field, value, tier } of plan.fields) {
    if (tier !== 'run' || !isFieldPath(field)) continue;
    try {
      values[field] = anyField(field).kind.parse(value);
    } catch {
      // A value of another version: the level's stands in.
    }
  }
  const script = plan.name.replaceAll(/[\p{C}\s]+/gu, ' ').slice(0, 80);
  return { name, level: plan.level, description: `For ${script}`, values, changes: {} };
}

/** `fetch_prices` for `fetch_prices.py`; with a number when that is taken or means something else. */
export function nameFor(script: string, taken: readonly string[]): string {
  const used = new Set(taken.map((name) => name.toLowerCase()));
  const base =
    script
      .replace(/\.[a-z]{1,4}$/i, '')
      .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
      .replace(/^[.-]+/, '')
      .replace(/[.-]+$/, '')
      .slice(0, NAME_LIMIT - 5) || 'policy';
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? base : `${base}-${number}`;
    if (!used.has(name.toLowerCase()) && nameProblem(name) === null) return name;
  }
}
