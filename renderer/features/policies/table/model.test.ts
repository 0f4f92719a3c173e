import { expect, test } from 'vitest';
import type { OwnPolicy, PolicyContext } from '#shared/contract/policies.ts';
import { FIELD_PATHS } from '#shared/policy/fields.ts';
import { effectiveOf } from '../draft/meaning.ts';
import { cellOf, changesOf, matching, ROWS, wantsReview } from './model.ts';

const MIB = 1024 * 1024;
const DAY = 24 * 3_600_000;
const context: PolicyContext = {
  values: {},
  ceilings: { 'resources.memory': 512 * MIB },
  defaultPolicy: 'untrusted',
  perRuntime: {},
  mountFolders: [],
  capabilities: null,
  folder: '/policies',
};
const own = (name: string, more: Partial<OwnPolicy> = {}): OwnPolicy => ({
  name,
  path: `/policies/${name}.yaml`,
  revision: '1',
  document: { name, level: 'limited', description: 'Fetches prices', values: {}, changes: {} },
  problems: [],
  modifiedAt: 0,
  openedAt: null,
  usedBy: [],
  ...more,
});

test('has a row for every field of the table and a heading for every group (POL-2)', () => {
  expect(ROWS.flatMap((row) => (row.kind === 'field' ? [row.path] : [])).toSorted()).toEqual(FIELD_PATHS.toSorted());
});

test('marks what differs from the level, and what a ceiling cut (POL-3)', () => {
  const document = {
    name: 'prices',
    level: 'limited' as const,
    description: '',
    values: { 'resources.memory': 1024 * MIB },
    changes: {},
  };
  const policy = effectiveOf(document, context);
  expect(cellOf(policy.level, policy.fields['resources.memory'], 'resources.memory', context)).toEqual({
    text: '512 MiB',
    full: '512 MiB',
    changed: true,
    asked: '1 GiB',
  });
  expect(cellOf(policy.level, policy.fields['resources.cpu'], 'resources.cpu', context).changed).toBe(false);
  expect(changesOf(policy, context)).toBe(1);
});

test('says long lists as a number and keeps the whole for hover', () => {
  const hosts = ['a.example', 'b.example'];
  const document = {
    name: 'p',
    level: 'limited' as const,
    description: '',
    values: { 'network.allow': hosts },
    changes: {},
  };
  const policy = effectiveOf(document, context);
  const cell = cellOf(policy.level, policy.fields['network.allow'], 'network.allow', context);
  expect(cell.text).toBe('2 entries');
  expect(cell.full).toBe('a.example, b.example');
});

test('finds policies by name and description, whatever the case', () => {
  const all = [own('prices'), own('nightly', { document: null })];
  expect(matching(all, 'PRI').map(({ name }) => name)).toEqual(['prices']);
  expect(matching(all, 'fetches').map(({ name }) => name)).toEqual(['prices']);
  expect(matching(all, ' ')).toHaveLength(2);
});

test('asks for a review after 90 days without being opened or changed (POL-6)', () => {
  expect(wantsReview(own('a', { openedAt: 0 }), 90 * DAY)).toBe(false);
  expect(wantsReview(own('a', { openedAt: 0 }), 90 * DAY + 1)).toBe(true);
  expect(wantsReview(own('a', { openedAt: null, modifiedAt: DAY }), 91 * DAY)).toBe(false);
  expect(wantsReview(own('a', { openedAt: DAY, modifiedAt: 0 }), 91 * DAY)).toBe(false);
});
