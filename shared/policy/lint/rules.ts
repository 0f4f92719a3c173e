/** The lint rules, in the order in which they are shown. */
import { formatBytes } from '../../lib/units.ts';
import type { Rule } from './rule.ts';

export const RULES: readonly Rule[] = [
  {
    rule: 'scratch-exceeds-memory',
    severity: 'warning',
    field: 'resources.scratch',
    reason:
      'Temporary files are kept in memory and count toward it, so the script is killed before the scratch is full.',
    reference: 'Linux, tmpfs(5): pages of a tmpfs are charged to the memory cgroup',
    check(policy) {
      const memory = policy.fields['resources.memory'].value;
      const scratch = policy.fields['resources.scratch'].value;
      if (scratch <= memory) return null;
      return {
        message: `Scratch (${formatBytes(scratch)}) is larger than memory (${formatBytes(memory)}).`,
        fix: {
          label: `Use ${formatBytes(memory)} for scratch`,
          set: { 'resources.scratch': formatBytes(memory) },
        },
      };
    },
  },
];
