/** The lint rules as Markdown, from the table of rules (POL-6, DOC-1). Pure. */
import { anyField } from '../fields.ts';
import { RULES, RULES_BY_GROUP } from '../lint/rules.ts';
import type { Rule } from '../lint/rule.ts';

const NAMES = { info: 'info', warning: 'warning', danger: '**danger**' } as const;

function row({ rule, severity, field, reason, reference, mends }: Rule): string {
  return `| \`${rule}\` | ${NAMES[severity]} | ${anyField(field).label} (\`${field}\`) | ${reason} | ${mends} | ${reference} |`.replaceAll(
    '\n',
    ' ',
  );
}

/** One table for each group, in the order in which findings are shown. */
export function lintReference(): string {
  const groups = Object.entries(RULES_BY_GROUP).map(([group, rules]) =>
    [
      `## ${group}`,
      '| rule | severity | field | why it matters | fix | from |',
      '| --- | --- | --- | --- | --- | --- |',
      ...rules.map((rule) => row(rule)),
      '',
    ].join('\n'),
  );
  return [
    '# Lint rules',
    'Generated from the rules; `npx vitest run --project unit shared/policy/reference -u` writes it anew.',
    '',
    `${RULES.length} rules look at the effective policy: what is in force after every tier and ceiling. \`info\` is worth knowing,`,
    '`warning` is worth a second look, `danger` gives a hostile script something that it should not have. A fix is the smallest change',
    'that takes the finding away. What a policy must never have is refused instead and has no rule here.',
    '',
    ...groups,
  ].join('\n');
}
