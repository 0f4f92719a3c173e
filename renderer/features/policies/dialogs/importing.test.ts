import { expect, test } from 'vitest';
import { importing, nameOfFile } from './importing.ts';

test('takes a policy of ours as it is, comments included, under a name that is free (POL-4)', () => {
  const text = '# ours\ntrust_level: limited\n';
  const [one] = importing([{ name: 'prices.yaml', text }], ['prices']);
  expect(one?.policies).toHaveLength(1);
  expect(one?.policies[0]).toMatchObject({ name: 'prices-2', text });
});

test('shows where one of ours is broken and makes nothing of it (POL-7)', () => {
  const [one] = importing([{ name: 'prices.yaml', text: 'trust_level: limted\n' }], []);
  expect(one?.policies).toEqual([]);
  expect(one?.problems[0]).toMatchObject({ line: 1, column: 14 });
});

test('converts other shapes with a report, refused things among it (POL-4, POL-1)', () => {
  const text = 'services:\n  web:\n    image: python:3\n    mem_limit: 512m\n    privileged: true\n';
  const [one] = importing([{ name: 'compose.yaml', text }], []);
  expect(one?.policies.map(({ name }) => name)).toEqual(['web']);
  expect(one?.policies[0]?.text).toContain('memory: 512 MiB');
  expect(one?.report.some(({ result, from }) => result === 'refused' && from.includes('privileged'))).toBe(true);
});

test('gives files of one name different names, and says what it does not know', () => {
  const text = 'trust_level: limited\n';
  const both = importing(
    [
      { name: 'a/x.yaml', text },
      { name: 'b/x.yml', text },
      { name: 'note.txt', text: 'hello' },
    ],
    [],
  );
  const names = both.flatMap(({ policies }) => policies.map(({ name }) => name));
  expect(new Set(names).size).toBe(2);
  expect(both[2]).toMatchObject({ policies: [], shape: 'not known' });
  expect(both[2]?.problems).not.toEqual([]);
});

test.each([
  ['data team.yaml', 'data-team'],
  ['.yaml', 'imported'],
  ['../../etc/passwd', 'etc-passwd'],
  ['ü.json', 'imported'],
  [`${'x'.repeat(200)}.yaml`, 'x'.repeat(60)],
])('makes of %j the name %j', (file, name) => expect(nameOfFile(file)).toBe(name));
