import { expect, it } from 'vitest';
import { FIELD_PATHS } from '../fields.ts';
import { RULES } from '../lint/rules.ts';
import { ENGINES } from '../testing/examples.ts';
import { lintReference } from './lint-rules.ts';
import { policyReference } from './policies.ts';

it('docs/policies.md is what the field table says; `npx vitest run --project unit shared/policy/reference -u` writes it anew (DOC-1)', async () => {
  const text = policyReference(ENGINES);
  for (const path of FIELD_PATHS) expect(text).toContain(`### \`${path}\`\n`);
  await expect(text).toMatchFileSnapshot('../../../docs/policies.md');
});

it('docs/lint-rules.md is what the rules say; `npx vitest run --project unit shared/policy/reference -u` writes it anew (POL-6, DOC-1)', async () => {
  const text = lintReference();
  for (const { rule } of RULES) expect(text).toContain(`| \`${rule}\` |`);
  await expect(text).toMatchFileSnapshot('../../../docs/lint-rules.md');
});
