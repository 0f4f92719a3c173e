/** The reference of policy fields as Markdown, from the field table (DOC-1). Pure. */
import type { Capabilities } from '../../domain/engine.ts';
import { TRUST_LEVELS, type FieldPath } from '../../domain/policy.ts';
import { GROUPS, type Kind } from '../field.ts';
import { anyField, FIELD_PATHS } from '../fields.ts';
import { QUESTION_EXAMPLES } from '../why/question.ts';

const FORMS: Readonly<Record<Kind<unknown>['name'], string>> = {
  bytes: 'a size such as `64 MiB` (`KiB`, `MiB`, `GiB`, `Mi`, `m`: powers of 1024; `kB`, `MB`, `GB`: of 1000)',
  rate: 'a rate such as `10 MiB/s`',
  duration: 'a time such as `500 ms`, `30 s`, `5 min`, `1 h`',
  cpu: 'a share of one core such as `50 %`, `0.5` or `500m`; more than 100 % is several cores',
  count: 'a whole number',
  choice: 'one of',
  boolean: '`true` or `false`',
  text: 'a text',
  list: 'a list',
  map: 'names with values',
};

function form(kind: Kind<unknown>): string {
  const { name, choices, min, max } = kind;
  const words = name === 'choice' ? `one of ${(choices ?? []).map((word) => `\`${word}\``).join(', ')}` : FORMS[name];
  return min === undefined || max === undefined ? words : `${words}, from ${kind.format(min)} to ${kind.format(max)}`;
}

/** What a reader of Markdown would take for markup stays text. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
}

/** Every reason for less than full enforcement on these engines, once. */
function gaps(path: FieldPath, engines: Readonly<Record<string, Capabilities>>): string[] {
  const field = anyField(path);
  const facts = Object.values(engines).flatMap((engine) =>
    [undefined, ...TRUST_LEVELS.map((level) => field.defaults[level])].map((value) => field.enforcement(engine, value)),
  );
  const words = facts
    .filter(({ state }) => state !== 'enforced')
    .map(
      ({ state, why, fix }) =>
        `${state === 'partly' ? 'Partly' : 'Not enforced'}: ${why}${fix === undefined ? '' : ` ${fix}`}`,
    );
  return [...new Set(words)];
}

function section(path: FieldPath, engines: Readonly<Record<string, Capabilities>>): string {
  const field = anyField(path);
  const { label, help, kind, defaults } = field;
  const choices = kind.choices ?? [];
  const missing = [...new Set(choices.map((word) => field.notYet?.(kind.parse(word)) ?? null))].filter(
    (why) => why !== null,
  );
  const values = TRUST_LEVELS.map((level) => cell(kind.format(defaults[level])));
  const order =
    kind.looser === null
      ? 'A project file that nobody approved cannot change it.'
      : 'A project file that nobody approved can only tighten it.';
  const notes = [...gaps(path, engines), ...missing];
  return [
    `### \`${path}\``,
    `**${label}.** ${cell(help)}`,
    '',
    `| ${TRUST_LEVELS.join(' | ')} |`,
    `| ${TRUST_LEVELS.map(() => '---').join(' | ')} |`,
    `| ${values.join(' | ')} |`,
    '',
    `Written as ${form(kind)}. ${order}`,
    ...(notes.length === 0 ? ['Enforced on every engine.'] : ['', ...notes.map((note) => `- ${cell(note)}`)]),
    '',
  ].join('\n');
}

const HEAD = `# Policy reference
Generated from the field table; \`npx vitest run --project unit shared/policy/reference -u\` writes it anew.

A policy is one YAML file of snake_case keys; its name is the file's. It begins with a trust level and says what differs:

\`\`\`yaml
trust_level: limited
description: Fetches prices, nothing else
resources: { memory: 192 MiB, processes: 16 }
network: { mode: restricted, allow: ["api.prices.example:443"] }
\`\`\`

Every field is optional. \`--set\` takes the dotted path: \`--set resources.wall_time=2s\`. Lists may be changed instead of replaced:
\`--set network.allow.add=api.example.org\`, \`.remove\` likewise. Values merge in this order, the later wins: trust level, settings,
project file, policy, workflow, step, this run. A ceiling of the settings cuts every one of them, and says so.

Fixed at every level: read-only root, no new privileges, private namespaces, no devices, masked kernel paths, never root.
`;

const QUESTIONS = `## Would this be allowed?
\`bellglass policy why FILE QUESTION\` answers by the same rules that are enforced, with the line and the tier that decided.

| question | example |
| --- | --- |
${Object.entries(QUESTION_EXAMPLES)
  .map(([kind, example]) => `| \`${kind}\` | \`${example}\` |`)
  .join('\n')}
`;

/** `engines` are those whose gaps are listed. */
export function policyReference(engines: Readonly<Record<string, Capabilities>>): string {
  const groups = GROUPS.map((group) => {
    const paths = FIELD_PATHS.filter((path) => anyField(path).group === group);
    return `## ${group}\n${paths.map((path) => section(path, engines)).join('\n')}`;
  });
  return [HEAD, ...groups, QUESTIONS].join('\n');
}
