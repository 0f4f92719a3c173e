import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import type { PolicyDocument } from '../../domain/policy-document.ts';
import { DOCUMENT_PATHS } from './names.ts';
import { policyJsonSchema } from './schema.ts';
import { documents as made } from './testing/documents.ts';
import { COMMENTED } from './testing/layouts.ts';
import { writePolicy } from './write.ts';

const documents = made as unknown as fc.Arbitrary<PolicyDocument>;
const schema = policyJsonSchema() as z.core.JSONSchema.BaseSchema;
const check = z.fromJSONSchema(schema);

it('describes every field and nothing else (POL-4)', () => {
  for (const path of DOCUMENT_PATHS) {
    const at = path
      .split('.')
      .reduce<Record<string, unknown> | undefined>(
        (node, part) => (node?.['properties'] as Record<string, Record<string, unknown>> | undefined)?.[part],
        schema,
      );
    expect(at?.['description'], path).toMatch(/\.$/);
  }
  expect(JSON.parse(JSON.stringify(schema))).toEqual(schema);
});

it('accepts what we write, and files of people (POL-4)', () => {
  expect(check.safeParse(parse(COMMENTED)).error).toBeUndefined();
  fc.assert(
    fc.property(documents, (document) => {
      // The checker drops such names before it looks; editors do not.
      const text = writePolicy(document).replaceAll('__proto__', 'PROTO');
      expect(check.safeParse(parse(text)).error, text).toBeUndefined();
    }),
    { numRuns: 300 },
  );
});

it.each([
  'quux: 1',
  'trust_level: root',
  'resources: { memory: 64 }',
  'resources: { memory: 64 MiB/s }',
  'resources: { memry: 64 MiB }',
  'resources: { processes: many }',
  'security: { canaries: yes }',
  'network: { mode: open }',
  'network: { allow: a.example }',
  'files: { mounts: [{ source: a }] }',
])('warns of %j (POL-4)', (text) => {
  expect(check.safeParse(parse(text)).success).toBe(false);
});
