import { expect, it } from 'vitest';
import type { RunData } from '#shared/domain/exchange.ts';
import { evaluate, readExpression, type Evaluated } from '#shared/workflow/expression.ts';
import { bounded } from './bounded.ts';
import { factsOf, resultOf, shownVariables } from './result.ts';

const NOTHING: RunData = {
  output: { state: 'absent' },
  variables: { state: 'absent' },
  condition: { state: 'absent' },
  files: [],
  bytes: 0,
  left: [],
  leftMore: 0,
  events: { told: 0, lost: 0 },
  problem: null,
};

function asked(text: string, data: Partial<RunData>, room = 1024 ** 2): Evaluated {
  const { result } = resultOf({ ...NOTHING, ...data }, 0, true, room);
  const expression = readExpression(text);
  if ('problem' in expression) throw new Error(expression.problem);
  return evaluate(expression, { steps: { a: factsOf('succeeded', result) }, variables: {}, input: null }, bounded);
}

it('gives later steps what a step gave back (WF-1)', () => {
  expect(asked('steps.a.output', { output: { state: 'given', value: { n: 1 } } })).toEqual({ value: { n: 1 } });
  expect(asked('steps.a.output', {})).toEqual({ value: null });
  expect(asked('steps.a.condition', { condition: { state: 'given', value: false } })).toEqual({ value: false });
});

it('says why an output cannot be used, to whoever asks for it and to nobody else (WF-1, RUN-9)', () => {
  const large = { output: { state: 'given', value: 'x'.repeat(2000) } } as const;
  expect(asked('steps.a.output', large, 1000)).toEqual({
    problem:
      '`steps.a.output` could not be worked out. The outputs of this workflow are more than the 64 MiB that are kept together.',
  });
  expect(asked('steps.a.state', large, 1000)).toEqual({ value: 'succeeded' });
  const huge = { output: { state: 'given', value: 'x'.repeat(11 * 1024 ** 2) } } as const;
  expect(asked('steps.a.output', huge, 1024 ** 3)).toMatchObject({
    problem: expect.stringContaining('more than the 10 MiB that another step can be given') as string,
  });
  const invalid = { output: { state: 'invalid', problem: 'output.json is empty.' } } as const;
  expect(asked('steps.a.output', invalid)).toMatchObject({
    problem: expect.stringContaining('output.json is empty.') as string,
  });
});

it('keeps no output that no step refers to (WF-1)', () => {
  const { result } = resultOf({ ...NOTHING, output: { state: 'given', value: 'x' } }, 0, false, 1000);
  expect(result).toMatchObject({ output: null, outputProblem: null });
});

it('leaves variables out that are too large, and says so (WF-1)', () => {
  const variables = { state: 'given', value: { big: 'x'.repeat(2000) } } as const;
  expect(resultOf({ ...NOTHING, variables }, 0, false, 1000)).toMatchObject({
    result: { variables: {} },
    problem: 'Its variables are 2 KiB, too much to be kept.',
  });
});

it('ends an expression that takes too long, and is ready for the next (WF-1)', () => {
  const text = `steps.a.output.matches("(a+)+$")`;
  expect(asked(text, { output: { state: 'given', value: `${'a'.repeat(40)}b` } })).toMatchObject({
    problem: expect.stringContaining('took longer than 250 ms') as string,
  });
  expect(asked(text, { output: { state: 'given', value: 'aaa' } })).toEqual({ value: true });
  const nested = 'steps.a.output.all(x, steps.a.output.all(y, steps.a.output.all(z, x + y + z >= 0)))';
  expect(asked(nested, { output: { state: 'given', value: Array(5000).fill(1) } })).toMatchObject({
    problem: expect.stringContaining('took longer than 250 ms') as string,
  });
});

it('tells a large variable by its size (WF-1)', () => {
  expect(shownVariables({ small: [1], large: 'x'.repeat(10_000) })).toEqual({ small: [1], large: '… (9.8 KiB)' });
});
