import { expect, test } from 'vitest';
import type { PolicyDocument } from '#shared/domain/policy-document.ts';
import { changeTo, edited, editsOf, isSet } from './edit.ts';

const document: PolicyDocument = {
  name: 'p',
  level: 'limited',
  description: '',
  values: { 'network.allow': ['a.example'] },
  changes: { 'network.block': { add: ['b.example'], remove: [] } },
};

test('keeps a list in one form: its own entries, or changes of the list below (POL-3)', () => {
  const change = { add: ['c.example'], remove: [] };
  const changed = edited(document, { to: 'change', field: 'network.allow', change });
  expect(changed.values).toEqual({});
  expect(changed.changes['network.allow']).toEqual(change);
  const replaced = edited(document, { to: 'value', field: 'network.block', value: [] });
  expect(replaced.changes).toEqual({});
  expect(replaced.values['network.block']).toEqual([]);
});

test('takes a field back to its level in both forms', () => {
  for (const field of ['network.allow', 'network.block'] as const) {
    expect(isSet(document, field)).toBe(true);
    expect(isSet(edited(document, { to: 'level-default', field }), field)).toBe(false);
  }
});

test('brings the fix of a finding into the form that the list has', () => {
  expect(editsOf({ 'network.allow.remove': 'a.example' }, document)).toEqual([
    { to: 'value', field: 'network.allow', value: [] },
  ]);
  expect(editsOf({ 'network.block.add': 'd.example' }, document)).toEqual([
    { to: 'change', field: 'network.block', change: { add: ['b.example', 'd.example'], remove: [] } },
  ]);
  expect(editsOf({ 'resources.memory': '64 MiB' }, document)).toEqual([
    { to: 'value', field: 'resources.memory', value: 64 * 1024 * 1024 },
  ]);
  expect(() => editsOf({ 'resources.memory': 'much' }, document)).toThrow('not a size');
});

test('says what has to be added and taken to make one list of another', () => {
  expect(changeTo(['a', 'b'], ['b', 'c'])).toEqual({ add: ['c'], remove: ['a'] });
});
