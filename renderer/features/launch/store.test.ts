import { expect, it } from 'vitest';
import { newPair } from '../../show/given/data.ts';
import { textSource } from './read-files.ts';
import { editDraft, givenWrong, launchOf, openDraft, useLaunch, type Draft } from './store.ts';

function drafted(change: Partial<Draft>): Draft {
  openDraft(textSource('a.py', 'a.py', 'print(1)\n'));
  editDraft(change);
  const { draft } = useLaunch.getState();
  if (!draft) throw new Error('there is no draft');
  return draft;
}

it.each<[string, Partial<Draft>]>([
  ['a quote that is not closed', { args: '--name "two words' }],
  ['a variable without a name', { env: [newPair('', 'x')] }],
  ['a secret without a name', { secrets: [newPair('', 'hush')] }],
  ['a name that is there twice', { env: [newPair('A', '1'), newPair('A', '2')] }],
  ['input that is no JSON', { input: '{' }],
])('starts nothing with %s, instead of something else than was meant (RUN-4)', (_, change) => {
  const draft = drafted(change);
  expect(givenWrong(draft)).toBe(true);
  expect(launchOf(draft)).toBeNull();
});

it('takes a variable without a value, and leaves out lines that are blank (RUN-4)', () => {
  const draft = drafted({ args: '"a b"', env: [newPair('EMPTY', ''), newPair()], secrets: [newPair()] });
  expect(givenWrong(draft)).toBe(false);
  expect(launchOf(draft)).toMatchObject({ args: ['a b'], env: { EMPTY: '' }, secrets: {} });
});
