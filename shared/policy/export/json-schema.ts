/** JSON Schema (draft 2020-12) of policy files, made from the field table, for editors (POL-4). Pure. */
import { TRUST_LEVELS, type FieldPath } from '../../domain/policy.ts';
import { anyField, FIELD_PATHS, isListPath } from '../fields.ts';

type Schema = Record<string, unknown>;

const TEXTS: Schema = { type: 'array', items: { type: ['string', 'number'] }, maxItems: 1000 };
const MOUNT: Schema = {
  type: 'object',
  required: ['target'],
  additionalProperties: false,
  properties: {
    type: { enum: ['bind', 'volume', 'tmpfs'] },
    source: { type: 'string' },
    target: { type: 'string' },
    mode: { enum: ['ro', 'rw'] },
  },
};

function valueSchema(path: FieldPath): Schema {
  const { kind } = anyField(path);
  if (path === 'files.mounts') return { type: 'array', items: MOUNT };
  if (isListPath(path))
    return {
      anyOf: [TEXTS, { type: 'object', additionalProperties: false, properties: { add: TEXTS, remove: TEXTS } }],
    };
  switch (kind.name) {
    case 'choice':
      return { enum: kind.choices };
    case 'boolean':
      return { type: 'boolean' };
    case 'count':
      return {
        type: ['integer', 'string', 'null'],
        minimum: kind.min ?? 0,
        maximum: kind.max ?? Number.MAX_SAFE_INTEGER,
      };
    case 'map':
      return { type: 'object', additionalProperties: { type: ['string', 'number', 'boolean'] } };
    case 'list':
      return { type: ['array', 'null'], items: { type: ['string', 'number'] } };
    case 'cpu':
      return { type: ['string', 'number'] };
    default:
      return { type: ['string', 'null'] };
  }
}

function described(path: FieldPath): Schema {
  const { label, help, kind, defaults } = anyField(path);
  const levels = TRUST_LEVELS.map((level) => `${level}: ${kind.format(defaults[level])}`).join(', ');
  return { title: label, description: `${help} Defaults: ${levels}.`, ...valueSchema(path) };
}

function group(): Schema {
  return { type: ['object', 'null'], additionalProperties: false, patternProperties: { '^x-': {} }, properties: {} };
}

/** Values are checked more closely by Bellglass itself: units, bounds and what no policy may have. */
export function jsonSchema(): Schema {
  const root: Schema = { ...group(), type: 'object' };
  const properties = root['properties'] as Record<string, Schema>;
  properties['trust_level'] = { title: 'Trust level', enum: [...TRUST_LEVELS] };
  properties['description'] = { title: 'Description', type: 'string' };
  for (const path of FIELD_PATHS) {
    const parts = path.split('.');
    const last = parts.pop() ?? '';
    let at = properties;
    for (const part of parts) {
      at[part] ??= group();
      at = at[part]['properties'] as Record<string, Schema>;
    }
    at[last] = described(path);
  }
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', title: 'Bellglass policy', ...root };
}
