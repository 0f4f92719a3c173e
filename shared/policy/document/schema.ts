/** The JSON Schema of policy files, for editors; made from the field table (POL-4). Pure. */
import { POLICY_FILE_LIMIT } from '../../contract/policies.ts';
import { TRUST_LEVELS, type FieldPath } from '../../domain/policy.ts';
import { anyField, isListPath } from '../fields.ts';
import { LIST_MAX } from '../kinds.ts';
import { NAMES, type DocumentPath, type Names } from './names.ts';
import { plainValue } from './plain.ts';
import { DESCRIPTION_LIMIT } from './read.ts';
import type { Plain } from './scalar.ts';

type Schema = { readonly [key: string]: unknown };

const FREE = { patternProperties: { '^x-': true }, additionalProperties: false } as const;

const BYTES = '\\d+(\\.\\d+)? ?([Bb]|[kmgt]|[KkMmGgTt][Ii]?[Bb]|[KkMmGgTt][Ii])';
/** Coarser than what reading takes: an editor warns of what is surely wrong. */
const AMOUNTS: Readonly<Record<string, string>> = {
  bytes: `^${BYTES}$`,
  rate: `^${BYTES}/[sS]$`,
  duration: '^\\d+(\\.\\d+)? ?([Mm][Ss]|[Ss]|[Ss][Ee][Cc]|[Mm]|[Mm][Ii][Nn]|[Hh]|[Dd])$',
  cpu: '^(\\d+(\\.\\d+)? ?(%|m)|\\d(\\.\\d+)?)$',
};

const WORDS: Schema = { type: 'array', maxItems: LIST_MAX, items: { type: ['string', 'number'] } };

const MOUNTS: Schema = {
  type: 'array',
  items: {
    type: 'object',
    required: ['target'],
    properties: {
      type: { enum: ['bind', 'volume', 'tmpfs'], default: 'bind' },
      source: {
        type: 'string',
        description: 'A folder, relative to the project, or the name of a volume; a tmpfs has none.',
      },
      target: { type: 'string', pattern: '^/', description: 'Where the script sees it.' },
      mode: { enum: ['ro', 'rw'], default: 'ro' },
    },
    ...FREE,
  },
};

function valueSchema(path: FieldPath): Schema {
  const { kind } = anyField(path);
  const orNull = (schema: Schema, type: string): Schema =>
    kind.nullWord === 'none' ? { ...schema, type: [type, 'null'] } : { ...schema, type };
  if (path === 'files.mounts') return MOUNTS;
  switch (kind.name) {
    case 'choice':
      return { enum: kind.choices };
    case 'boolean':
      return { type: 'boolean' };
    case 'count': {
      const number = { type: 'integer', minimum: kind.min, maximum: kind.max };
      return kind.nullWord === 'unlimited' ? { anyOf: [number, { const: 'unlimited' }] } : number;
    }
    case 'bytes':
    case 'rate':
    case 'duration':
    case 'cpu': {
      const amount = { type: kind.name === 'cpu' ? ['string', 'number'] : 'string', pattern: AMOUNTS[kind.name] };
      return kind.nullWord === 'unlimited' ? { anyOf: [amount, { const: 'unlimited' }] } : amount;
    }
    case 'text':
      return orNull({}, 'string');
    case 'map':
      return {
        type: 'object',
        maxProperties: LIST_MAX,
        additionalProperties: { type: ['string', 'number', 'boolean'] },
      };
    case 'list':
      return isListPath(path)
        ? { anyOf: [WORDS, { type: 'object', properties: { add: WORDS, remove: WORDS }, ...FREE }] }
        : { anyOf: [WORDS, { type: 'string' }, { type: 'null' }] };
  }
}

/** Base units as words: the default of each level. */
function defaults(path: FieldPath): { title: string; description: string; default?: Plain } {
  const { help, label, kind, defaults: by } = anyField(path);
  const words = TRUST_LEVELS.map((level) => kind.format(by[level]));
  const same = new Set(words).size === 1;
  const what = `${help} Default: ${same ? words[0] : TRUST_LEVELS.map((level, at) => `${level} ${words[at]}`).join(', ')}.`;
  const shown = { title: label, description: what };
  return same ? { ...shown, default: plainValue(path, by.untrusted) } : shown;
}

function leaf(path: DocumentPath): Schema {
  if (path === 'trust_level')
    return { enum: TRUST_LEVELS, description: 'The level whose values hold where the policy says nothing.' };
  if (path === 'description')
    return { type: ['string', 'null'], maxLength: DESCRIPTION_LIMIT, description: 'What the policy is for.' };
  return { ...valueSchema(path), ...defaults(path) };
}

function group(names: Names): Schema {
  const properties = [...names.keys].map(([key, below]) => [
    key,
    typeof below === 'string' ? leaf(below) : { ...group(below), type: ['object', 'null'] },
  ]);
  return { properties: Object.fromEntries(properties) as Schema, ...FREE };
}

/** JSON Schema, draft 2020-12. It accepts every file that reading accepts; what it cannot say, reading does. */
export function policyJsonSchema(): object {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Bellglass policy',
    description: `Limits and rights of a sandbox; at most ${POLICY_FILE_LIMIT / 1024} KiB. The name is the file's name.`,
    type: ['object', 'null'],
    ...group(NAMES),
  };
}
