import { expect, it } from 'vitest';
import { chooseNode } from './node.mjs';

it.each([
  ['20.20.2', true, 'bundled'],
  ['20.20.2', false, 'none'],
  ['22.17.0', false, 'none'],
  ['22.18.0', false, 'this'],
  ['22.18.0', true, 'bundled'],
  ['23.11.0', false, 'this'],
  ['24.0.0', true, 'this'],
  ['26.1.0', true, 'this'],
] as const)('under Node %s with one in the packages: %s, runs Bellglass with: %s', (version, bundled, choice) => {
  expect(chooseNode(version, bundled)).toBe(choice);
});
