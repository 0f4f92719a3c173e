import { expect, it } from 'vitest';
import { checkReference, fullReference } from './image-reference.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;

it.each([
  'golang',
  'golang:1.22',
  'a/b/c:x_y',
  'registry.example:5000/team/tool:2',
  `a@${DIGEST}`,
  `a:1@${DIGEST}`,
  '[::1]:5000/a',
])('takes %s as the name of an image (IMG-2)', (name) => {
  expect(() => checkReference(name)).not.toThrow();
});

it.each([
  '',
  'Golang',
  'a:',
  'a:b:c',
  '-a',
  'a/',
  '/a',
  'a b',
  'a@sha256:12',
  'a..b',
  'http://a/b',
  'a:'.padEnd(300, 'b'),
  '../a',
])('refuses %j before anybody is asked for it (IMG-2)', (name) => {
  expect(() => checkReference(name)).toThrow();
});

it('never asks for every tag (IMG-2)', () => {
  expect(fullReference('golang')).toBe('golang:latest');
  expect(fullReference('host:5000/golang')).toBe('host:5000/golang:latest');
  expect(fullReference('golang:1')).toBe('golang:1');
  expect(fullReference(`golang@${DIGEST}`)).toBe(`golang@${DIGEST}`);
});
