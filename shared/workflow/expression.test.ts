import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../domain/exchange.ts';
import { evaluate, readExpression, type Bounded, type Evaluated, type Scope } from './expression.ts';
import { judge } from './condition.ts';
import { fill, fillText, readTemplate } from './template.ts';

const now: Bounded = (work) => work();

const scope: Scope = {
  steps: {
    fetch: {
      output: JSON.parse(
        '{"n": 3, "half": 1.5, "items": [1, 2, 3], "text": "hi", "none": null, "__proto__": {"x": 1}}',
      ) as Json,
      condition: true,
      state: 'succeeded',
      exit_code: 0,
    },
    'with-dash': { output: null, condition: null, state: 'skipped', exit_code: null },
  },
  variables: { currency: 'EUR', n: 2 },
  input: { since: '2024' },
};

function valueOf(text: string): Evaluated {
  const read = readExpression(text);
  if ('problem' in read) throw new Error(read.problem);
  return evaluate(read, scope, now);
}

describe('an expression', () => {
  it.each<[string, Json]>([
    ['steps.fetch.output.n + 1', 4],
    ['steps.fetch.output.n * 2 - 1', 5],
    ['steps.fetch.output.n / 2', 1.5],
    ['1 + variables.n', 3],
    ['steps.fetch.output.half * 2', 3],
    ['steps.fetch.output.n % 2', 1],
    ['steps.fetch.condition && size(steps.fetch.output.items) > 2', true],
    ['steps.fetch.output.items.map(x, x * 2)', [2, 4, 6]],
    ['steps["with-dash"].output == null', true],
    ['steps["with-dash"].state', 'skipped'],
    ['input.since + "-01"', '2024-01'],
    ['has(steps.fetch.output.missing)', false],
    ['{"sum": steps.fetch.output.n, "list": [1, "x"]}', { sum: 3, list: [1, 'x'] }],
    ['steps.fetch.exit_code == 0', true],
    ['variables', { currency: 'EUR', n: 2 }],
    ['steps.fetch.output.none', null],
  ])('%s comes to %j (WF-1)', (text, value) => {
    expect(valueOf(text)).toEqual({ value });
  });

  it.each([
    ['steps.fetch.output.missing', 'No such key: missing'],
    ['1 / 0', 'Division by zero'],
    ['steps["with-dash"].condition && true', "bool operands, got 'null'"],
    ['9007199254740993', 'a whole number that is too large'],
    ['b"bytes"', 'no value that JSON has'],
    ['timestamp("2020-01-01T00:00:00Z")', 'no value that JSON has'],
    ['duration("1s")', 'no value that JSON has'],
    ['0.0 / 0.0', 'not a finite number'],
    ['steps.fetch.output.constructor', 'No such key: constructor'],
    ['steps.fetch.output.toString', 'No such key: toString'],
  ])('%s is said not to come to a value (WF-1)', (text, why) => {
    expect(valueOf(text)).toMatchObject({ problem: expect.stringContaining(why) as string });
  });

  it('knows which steps it names, each once (WF-1)', () => {
    const read = readExpression(
      'steps.fetch.output.n > size(steps["with-dash"].output) ? [steps.fetch.state].all(x, x == steps.third.state) : false',
    );
    expect(read).toMatchObject({ steps: ['fetch', 'with-dash', 'third'] });
  });

  it.each([
    ['', 'The expression is empty.'],
    ['1 +', 'cannot be read'],
    ['steps', '`steps` is followed by the id'],
    ['steps.fetch', '`steps` is followed by the id'],
    ['steps[variables.name].output', '`steps` is followed by the id'],
    ['steps.all(x, true)', '`steps` is followed by the id'],
    ['size(steps) > 0', '`steps` is followed by the id'],
    ['steps.fetch.secret', 'A step has no `secret`.'],
    ['process.env', 'Unknown variable: process'],
    ['globalThis', 'Unknown variable: globalThis'],
    ['steps.with-dash.output', '`steps` is followed by the id'],
  ])('%s is refused with a reason (WF-1, POL-7)', (text, message) => {
    expect(readExpression(text)).toMatchObject({ problem: expect.stringContaining(message) as string });
  });

  it.each([
    ['deep', `${'('.repeat(200)}1${')'.repeat(200)}`, 'cannot be read'],
    ['wide', `[${'1,'.repeat(1000)}1]`, 'cannot be read'],
    ['long', 'x'.repeat(5000), 'more than 4000 characters'],
  ])('is refused when it is too %s (WF-1, POL-7)', (_, text, message) => {
    expect(readExpression(text)).toMatchObject({ problem: expect.stringContaining(message) as string });
  });

  it('never throws and never gives anything but JSON, whatever is written (POL-7)', () => {
    const words = [
      'steps',
      '.',
      'fetch',
      'output',
      '[',
      ']',
      '(',
      ')',
      '"',
      '__proto__',
      'x',
      '1',
      '+',
      '&&',
      '{',
      '}',
      ':',
      ',',
      'map',
      'size',
      ' ',
    ];
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(fc.constantFrom(...words)).map((all) => all.join('')),
        ),
        (text) => {
          const read = readExpression(text);
          if ('problem' in read) expect(read.problem).not.toBe('');
          else {
            const found = evaluate(read, scope, now);
            if ('value' in found) expect(JSON.parse(JSON.stringify(found.value))).toEqual(found.value);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('a text with expressions', () => {
  it.each<[string, Json]>([
    ['plain', 'plain'],
    ['${{ steps.fetch.output.items }}', [1, 2, 3]],
    ['${{steps.fetch.output.n}}', 3],
    ['n=${{ steps.fetch.output.n }}', 'n=3'],
    ['${{ steps.fetch.output.items }}${{ variables.currency }}', '[1,2,3]EUR'],
    [' ${{ steps.fetch.output.n }}', ' 3'],
    ['[${{ steps.fetch.output.none }}]', '[]'],
    ['${{ {"a": {"b": "}}"}} }}', { a: { b: '}}' } }],
    ['$ { { ${ {{ }}', '$ { { ${ {{ }}'],
  ])('%s becomes %j (WF-1)', (text, value) => {
    expect(fillText(text, scope, now)).toEqual({ value });
  });

  it.each([
    ['${{ steps.fetch.output', '`${{` is never closed.', 0],
    ['a ${{ "}} }}', '`${{` is never closed.', 2],
    ['a ${{ 1 + }}', 'cannot be read', 9],
    ['${{ }}', 'empty', 4],
  ])('%s is refused at its place (WF-1)', (text, problem, at) => {
    expect(readTemplate(text)).toMatchObject({ problem: expect.stringContaining(problem) as string, at });
  });

  it('never fills in what came out of a value: data is not read again (WF-1)', () => {
    const sly: Scope = { ...scope, variables: { sly: '${{ input.since }}' } };
    expect(fillText('${{ variables.sly }}', sly, now)).toEqual({ value: '${{ input.since }}' });
    expect(fillText('x ${{ variables.sly }}', sly, now)).toEqual({ value: 'x ${{ input.since }}' });
  });

  it('leaves keys and everything that is no text as it is (WF-1)', () => {
    const given = JSON.parse(
      '{"${{ input }}": 1, "a": [true, null, {"b": "${{ variables.n }}"}], "__proto__": "p"}',
    ) as Json;
    const found = fill(given, scope, now);
    expect(JSON.stringify('value' in found && found.value)).toBe(
      '{"${{ input }}":1,"a":[true,null,{"b":2}],"__proto__":"p"}',
    );
    expect(({} as Record<string, unknown>)['p']).toBeUndefined();
  });

  it('changes no text without an expression (WF-1)', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        fc.pre(!JSON.stringify(value).includes('${{'));
        expect(fill(value as Json, scope, now)).toEqual({ value });
      }),
    );
  });
});

describe('what expressions come to', () => {
  const large: Scope = { ...scope, variables: { text: 'x'.repeat(6 * 1024 ** 2), list: Array<number>(1000).fill(1) } };

  it.each<[string, Json]>([
    ['a text that doubles', '${{ variables.text + variables.text + variables.text + variables.text }}'],
    ['a text with many of them', '${{ variables.text }}'.repeat(1000)],
    ['a list of many of them', Array<string>(1000).fill('${{ variables.text }}')],
    [
      'a map of many of them',
      Object.fromEntries(Array.from({ length: 1000 }, (_, at) => [`k${at}`, '${{ variables.text }}'])),
    ],
    ['lists in lists', '${{ variables.list.map(x, variables.list.map(y, [y, y, y, y, y, y, y, y, y, y, y, y])) }}'],
  ])('is no more than a step can be given: %s (WF-1, RUN-9)', (_, value) => {
    expect(fill(value, large, now)).toMatchObject({
      problem: expect.stringContaining('more than a step can be given') as string,
    });
  });

  it('is shown without anything that acts on a screen (UX-4)', () => {
    const sly: Scope = { ...scope, variables: { sly: 'a\u202Eb\u001B[31m' } };
    const judged = judge('variables.sly', () => sly, now);
    expect(judged).toEqual({
      as: 'failed',
      why: 'Its condition came to "a\\u{202e}b\\u001b[31m", which is neither true nor false.',
    });
  });
});
