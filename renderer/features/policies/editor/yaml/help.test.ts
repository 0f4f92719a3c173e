import { expect, test } from 'vitest';
import { helpAt, isWritten, offersAt } from './help.ts';
import { placeAt } from './place.ts';

const offers = (text: string): string[] => offersAt(placeAt(text, text.length)).map(({ label }) => label);

test('offers the groups and the two words of the top at the top (POL-4)', () => {
  expect(offers('')).toEqual(
    expect.arrayContaining(['trust_level', 'description', 'resources', 'network', 'files', 'security', 'quota']),
  );
});

test('offers the fields of a group inside of it, and the breach actions one deeper', () => {
  expect(offers('resources:\n  me')).toEqual(expect.arrayContaining(['memory', 'cpu', 'on_breach']));
  expect(offers('resources:\n  on_breach:\n    ')).toEqual(expect.arrayContaining(['memory', 'output']));
  expect(offers('resources:\n  me')).not.toContain('mode');
});

test('offers the words of a choice and what the levels give for an amount', () => {
  expect(offers('network:\n  mode: ')).toEqual(['none', 'restricted', 'full']);
  expect(offers('resources:\n  memory: ')).toEqual(['64 MiB', '128 MiB', '512 MiB', '2 GiB']);
  expect(offers('trust_level: ')).toEqual(['untrusted', 'limited', 'trusted', 'system']);
});

test('offers nothing for a word that is written out, so that Enter is a new line (POL-4)', () => {
  const modes = offersAt(placeAt('network:\n  mode: full', 21));
  expect(isWritten(modes, 'full')).toBe(true);
  expect(isWritten(modes, 'ful')).toBe(false);
});

test('offers to add to a list or to take from it', () => {
  expect(offers('network:\n  allow:\n    ')).toEqual(['add', 'remove']);
});

test('says of a key what it is and what each level gives, and nothing of an unknown one', () => {
  expect(helpAt(placeAt('resources:\n  memory: 1 MiB', 14))).toMatchObject({
    title: 'Memory (resources.memory)',
    levels: 'untrusted 64 MiB · limited 128 MiB · trusted 512 MiB · system 2 GiB',
  });
  expect(helpAt(placeAt('resources:\n  memroy: 1 MiB', 14))).toBeNull();
  expect(helpAt(placeAt('x-owner: me', 3))).toBeNull();
});
