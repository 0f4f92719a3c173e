import { expect, test } from 'vitest';
import type { PolicyContext } from '#shared/contract/policies.ts';
import type { PolicyDocument } from '#shared/domain/policy-document.ts';
import { FIELD_PATHS } from '#shared/policy/fields.ts';
import { meaningOf } from './meaning.ts';

const MIB = 1024 * 1024;
const context: PolicyContext = {
  values: { 'resources.output': 5 * MIB },
  ceilings: { 'resources.memory': 512 * MIB },
  defaultPolicy: 'limited',
  perRuntime: {},
  mountFolders: [],
  capabilities: null,
  folder: '/policies',
};
const document = (memory: number): PolicyDocument => ({
  name: 'prices',
  level: 'limited',
  description: '',
  values: { 'resources.memory': memory, 'network.allow': ['api.example:443'] },
  changes: {},
});

test('keeps the objects of what did not change, so that only what did is drawn anew', () => {
  const before = meaningOf(document(192 * MIB), context);
  const after = meaningOf(document(200 * MIB), context, before);
  const other = FIELD_PATHS.filter((path) => path !== 'resources.memory');
  for (const path of other) expect(after.effective.fields[path]).toBe(before.effective.fields[path]);
  expect(after.effective.fields['resources.memory'].value).toBe(200 * MIB);
  for (const path of FIELD_PATHS) expect(after.below.fields[path]).toBe(before.below.fields[path]);
});

test('says of every value where it came from and what it goes back to (POL-3)', () => {
  const { effective, below } = meaningOf(document(1024 * MIB), context);
  expect(effective.fields['resources.memory']).toMatchObject({
    value: 512 * MIB,
    clampedFrom: 1024 * MIB,
    tier: 'policy',
  });
  expect(below.fields['resources.memory']).toMatchObject({ value: 128 * MIB, tier: 'level', name: 'limited' });
  expect(effective.fields['resources.output']).toMatchObject({ value: 5 * MIB, tier: 'settings' });
});

test('takes the level of the settings for a policy that names none (POL-3)', () => {
  expect(meaningOf({ ...document(192 * MIB), level: null }, context).effective.level).toBe('limited');
});
