import { expect, it } from 'vitest';
import { givenOf, nameProblems } from './data.ts';

const pair = (id: number, name: string, value: string) => ({ id, name, value });

it('reads any JSON value, and nothing from blanks (RUN-9)', () => {
  expect(givenOf(' ', [pair(1, '', '')]).data).toEqual({});
  expect(givenOf('null', []).data).toEqual({ input: null });
  expect(givenOf('{"a": [1]}', [pair(1, 'n', '1'), pair(2, '__proto__', '"x"')]).data).toMatchObject({
    input: { a: [1] },
    variables: { n: 1 },
  });
});

it('says where a mistake is, and keeps it out of the launch (RUN-9)', () => {
  const { data, input, variables } = givenOf('{\n  "a": tru\n}', [
    pair(1, 'text', 'hello'),
    pair(2, '', '1'),
    pair(3, 'n', '1'),
    pair(4, 'n', '2'),
  ]);
  expect(data).toEqual({ variables: { n: 1 } });
  expect(input).toEqual({ problem: 'It is no valid JSON: line 2, column 8.', at: 9 });
  expect([...variables.keys()]).toEqual([1, 2, 4]);
  expect(variables.get(1)).toContain('quotation marks');
});

it('says which variables and secrets would be lost: those without a name, and a name that is there twice (RUN-4)', () => {
  const problems = nameProblems([pair(1, 'A', '1'), pair(2, '', 'hush'), pair(3, 'A', ''), pair(4, '', '')]);
  expect([...problems]).toEqual([
    [2, 'It has no name.'],
    [3, 'This name is there twice.'],
  ]);
  expect(nameProblems([pair(1, '', ''), pair(2, '', ''), pair(3, 'B', '')]).size).toBe(0);
});
