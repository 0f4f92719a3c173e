import { TRUST_LEVELS } from '#shared/domain/policy.ts';

/** `data-team-2`: a name near to `wanted` that no policy has. */
export function freeName(wanted: string, taken: readonly string[]): string {
  const used = new Set([...taken, ...TRUST_LEVELS].map((name) => name.toLowerCase()));
  if (!used.has(wanted.toLowerCase())) return wanted;
  for (let number = 2; ; number += 1) {
    const name = `${wanted.slice(0, 60)}-${number}`;
    if (!used.has(name.toLowerCase())) return name;
  }
}
