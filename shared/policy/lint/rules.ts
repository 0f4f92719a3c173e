/** The lint rules by group, in the order in which they are shown. */
import type { RULE_GROUPS, Rule } from './rule.ts';
import { files } from './rules/files.ts';
import { hosts } from './rules/hosts.ts';
import { network } from './rules/network.ts';
import { resources } from './rules/resources.ts';
import { run } from './rules/run.ts';
import { security } from './rules/security.ts';

export const RULES_BY_GROUP: Readonly<Record<(typeof RULE_GROUPS)[number], readonly Rule[]>> = {
  Resources: resources,
  Network: [...network, ...hosts],
  Files: files,
  Security: security,
  'Run and image': run,
};

export const RULES: readonly Rule[] = Object.values(RULES_BY_GROUP).flat();
