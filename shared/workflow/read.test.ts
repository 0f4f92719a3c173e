import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WORKFLOW_LIMITS } from '../domain/workflow.ts';
import { readWorkflows, type ReadWorkflow } from './read.ts';

const GOOD = `# A comment stays a comment.
version: 1
x-note: free
workflows:
  prices:
    description: Fetches prices and charts them
    policy: fetcher
    env: { LOG: debug, PORT: 8080 }
    variables: { currency: EUR, n: 3, quoted: "3", yes: true, none: null, list: [1, a] }
    resources: { cpu_limit: "2.0", mem_limit: "4Gi", processes: 16 }
    quota: { runs: 2 }
    network: { mode: restricted, allow: { add: [a.example] } }
    steps:
      - id: fetch
        name: Fetch prices
        runtime: python
        run: |
          print("\${HOME} and $\{{ other }}")
        input: { since: "\${{ variables.since }}", deep: [1, "\${{ input }}"] }
        secrets: [API_TOKEN]
        timeout: 30s
        set: { resources.memory: 192 MiB }
      - id: chart
        needs: [fetch]
        runtime: js
        script: ./lib/chart.js
        env: [TITLE=a=b, EMPTY=]
        condition: \${{ steps.fetch.condition }}
        trust_level: untrusted
        continue_on_error: true
      - name: golang
        image: "golang:1.22"
        depends_on: fetch
        run: go version
        files_from: [fetch]
        command: [-c, "\${{ steps.chart.output }}"]
        working_dir: /workspace/src
`;

function one(text: string): ReadWorkflow {
  const { workflows, problems } = readWorkflows('flow.yaml', text);
  expect(problems).toEqual([]);
  return [...workflows.values()][0] as ReadWorkflow;
}

/** A workflow around these lines of a step or of the workflow. */
const step = (lines: string): string => `workflows:\n  w:\n    steps:\n      - id: a\n        run: echo\n${lines}`;

describe('a workflow file', () => {
  it('is read with everything that it says (WF-1)', () => {
    const { steps, graph, ...workflow } = one(GOOD);
    expect(workflow).toMatchObject({
      name: 'prices',
      policy: 'fetcher',
      trust: null,
      env: { LOG: 'debug', PORT: '8080' },
      variables: { currency: 'EUR', n: 3, quoted: '3', yes: true, none: null, list: [1, 'a'] },
    });
    expect(workflow.layer).toEqual({
      values: {
        'resources.cpu': 200,
        'resources.memory': 4 * 1024 ** 3,
        'resources.processes': 16,
        'quota.runs': 2,
        'network.mode': 'restricted',
      },
      changes: { 'network.allow': { add: ['a.example'], remove: [] } },
    });
    expect(steps).toMatchObject([
      {
        id: 'fetch',
        title: 'Fetch prices',
        line: 14,
        column: 9,
        runtime: 'python',
        needs: null,
        refers: [],
        input: { since: '${{ variables.since }}', deep: [1, '${{ input }}'] },
        secrets: ['API_TOKEN'],
        layer: { values: { 'resources.wall_time': 30_000, 'resources.memory': 192 * 1024 ** 2 } },
      },
      {
        id: 'chart',
        runtime: 'node',
        run: null,
        script: 'lib/chart.js',
        env: { TITLE: 'a=b', EMPTY: '' },
        condition: 'steps.fetch.condition',
        refers: ['fetch'],
        trust: 'untrusted',
        continueOnError: true,
      },
      {
        id: 'golang',
        runtime: 'bash',
        needs: ['fetch'],
        refers: ['fetch', 'chart'],
        filesFrom: ['fetch'],
        layer: { values: { 'image.name': 'golang:1.22' } },
        command: ['-c', '${{ steps.chart.output }}'],
        workingDir: '/workspace/src',
      },
    ]);
    expect(graph.order).toBe('graph');
    expect([...graph.needs.values()]).toEqual([[], ['fetch'], ['fetch', 'chart']]);
  });

  it('is read in the shape found in the wild: bash when neither image nor runtime is given (WF-1, POL-4)', () => {
    const found = one(
      'workflows:\n  ci:\n    resources: {cpu_limit: "2.0", mem_limit: "4Gi"}\n    steps:\n      - {name: Build it, image: "golang:1.22", run: go build}\n      - {run: echo done, resources: {MEM_LIMIT: 512Mi}}\n',
    );
    expect(found.steps).toMatchObject([
      { id: 'step_1', title: 'Build it', runtime: 'bash', layer: { values: { 'image.name': 'golang:1.22' } } },
      { id: 'step_2', title: 'step_2', runtime: 'bash', layer: { values: { 'resources.memory': 512 * 1024 ** 2 } } },
    ]);
    expect(found.graph).toMatchObject({ order: 'list' });
  });

  it('takes a thousand steps, and not one more (WF-1)', () => {
    const many = (count: number): string =>
      `workflows:\n  w:\n    steps:\n${Array.from({ length: count }, (_, at) => `      - { id: s${at}, run: "echo ${at}" }\n`).join('')}`;
    expect(one(many(1000)).steps).toHaveLength(1000);
    expect(readWorkflows('f', many(1001)).problems).toMatchObject([
      { message: 'The workflow has 1,001 steps, more than 1,000.', line: 4 },
    ]);
  });

  it('keeps names that objects have for themselves apart (POL-7)', () => {
    const found = one(
      'workflows:\n  __proto__:\n    variables: { __proto__: { x: 1 }, constructor: 2 }\n    env: { __proto__: v }\n    steps:\n      - { id: __proto__, run: echo }\n      - { id: constructor, needs: [__proto__], run: echo, condition: "steps[\\"__proto__\\"].output == null" }\n',
    );
    expect(found.name).toBe('__proto__');
    expect(JSON.stringify(found.variables)).toBe('{"__proto__":{"x":1},"constructor":2}');
    expect(found.graph.ids).toEqual(['__proto__', 'constructor']);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });
});

describe('a mistake in a workflow file is told at its place, with what to write instead', () => {
  it.each<[string, string, number, number, string]>([
    ['no workflows', 'steps: []\n', 1, 1, 'A workflow file has no `steps`.'],
    ['nothing', '', 1, 1, 'This is no workflow file.'],
    ['a list', '- a\n', 1, 1, 'This is no workflow file.'],
    ['an empty map', 'workflows: {}\n', 1, 12, 'The file has no workflow.'],
    ['no steps', 'workflows:\n  w: {}\n', 2, 6, 'The workflow has no steps.'],
    ['steps that are no list', 'workflows:\n  w:\n    steps: {a: b}\n', 3, 12, '`steps` is a list.'],
    ['a step that is no map', 'workflows:\n  w:\n    steps: [echo]\n', 3, 13, 'A step is a map.'],
    ['a step that runs nothing', 'workflows:\n  w:\n    steps:\n      - id: a\n', 4, 9, 'Step `a` runs nothing.'],
    ['run and script', step('        script: b.sh\n'), 6, 17, 'A step has `run` or `script`, not both.'],
    ['a typo', step('        conditon: true\n'), 6, 9, 'A step has no `conditon`.'],
    [
      'a bad id',
      'workflows:\n  w:\n    steps:\n      - { id: "a b", run: echo }\n',
      4,
      15,
      '`a b` cannot be the id of a step.',
    ],
    ['a bad runtime', step('        runtime: ruby\n'), 6, 18, 'There is no runtime `ruby`.'],
    ['a bad level', step('        trust_level: limitd\n'), 6, 22, 'There is no trust level `limitd`.'],
    [
      'a bad flag',
      step('        continue_on_error: sure\n'),
      6,
      28,
      '`continue_on_error` is neither true nor false here.',
    ],
    ['a bad image', step('        image: "a b"\n'), 6, 16, 'image.name: '],
    ['a bad limit', step('        resources: { memory: 12 }\n'), 6, 30, 'resources.memory: '],
    ['a bad foreign limit', step('        resources: { mem_limit: lots }\n'), 6, 33, 'resources.memory: '],
    [
      'an unknown limit',
      step('        resources: { memry: 12 MiB }\n'),
      6,
      22,
      'There is no policy field `resources.memry`.',
    ],
    [
      'an unknown path',
      step('        set: { resources.memry: 12 MiB }\n'),
      6,
      16,
      'There is no policy field `resources.memry`.',
    ],
    ['a fixed thing', step('        security: { privileged: true }\n'), 6, 21, '`privileged` cannot be changed'],
    [
      'a script outside',
      'workflows:\n  w:\n    steps:\n      - { id: a, script: ../b.sh }\n',
      4,
      26,
      'The entry ../b.sh leads upwards',
    ],
    ['an open expression', step('        input: "x ${{ variables.y"\n'), 6, 19, '`${{` is never closed.'],
    ['a wrong expression', step('        env: { A: "${{ 1 + }}" }\n'), 6, 27, 'The expression cannot be read'],
    [
      'an expression in a script',
      'workflows:\n  w:\n    steps:\n      - { id: a, run: "echo ${{ steps.a.output }}" }\n',
      4,
      29,
      '`${{ }}` is not filled in inside a script',
    ],
    [
      'an expression for a whole workflow',
      'workflows:\n  w:\n    env: { A: "${{ input }}" }\n    steps: [{ id: a, run: echo }]\n',
      3,
      15,
      'Values of a whole workflow take no expressions.',
    ],
    ['a condition that is none', step('        condition: "a &&"\n'), 6, 20, 'The expression cannot be read'],
    [
      'a cycle',
      step('        needs: [b]\n      - { id: b, needs: [a], run: echo }\n'),
      4,
      9,
      'Steps wait for each other: a → b → a.',
    ],
    ['itself', step('        condition: steps.a.condition\n'), 4, 9, 'Step `a` needs itself.'],
    [
      'an unknown step',
      step('        input: "${{ steps.zzz.output }}"\n'),
      4,
      9,
      'Step `a` needs `zzz`, which is no step of this workflow.',
    ],
    ['a repeated id', step('      - { id: a, run: echo }\n'), 6, 9, 'Two steps have the id `a`.'],
    [
      'a repeated key',
      'workflows:\n  w:\n    steps: [{ id: a, run: echo }]\n    steps: []\n',
      4,
      5,
      '`steps` is there twice.',
    ],
    [
      'an alias',
      'workflows:\n  w:\n    env: &e { A: b }\n    steps: [{ id: a, run: echo, env: *e }]\n',
      3,
      13,
      'Workflows do not use anchors',
    ],
    ['a tag', step('        input: !!js/function x\n'), 6, 16, 'Workflows do not use tags'],
    ['a tab', 'workflows:\n\tw: 1\n', 2, 1, 'YAML does not allow tabs'],
    ['two documents', 'workflows: {}\n---\na: b\n', 2, 1, 'The file holds more than one document.'],
    ['a NUL', 'workflows: "\u0000"\n', 1, 13, 'The workflow file holds a character that is not text'],
    [
      'a name of blanks',
      'workflows:\n  " ":\n    steps: [{ id: a, run: echo }]\n',
      2,
      3,
      'cannot be the name of a workflow',
    ],
  ])('%s (WF-1, POL-4)', (_, text, line, column, message) => {
    const { problems } = readWorkflows('flow.yaml', text);
    expect(problems[0]).toMatchObject({ line, column, message: expect.stringContaining(message) as string });
    expect(problems[0]?.fix).not.toBe('');
  });

  it('a file that is too large or nested without end is refused at once (POL-7)', () => {
    expect(readWorkflows('f', 'x'.repeat(WORKFLOW_LIMITS.text + 1)).problems).toMatchObject([
      { message: 'The workflow file is too large.' },
    ]);
    expect(readWorkflows('f', '['.repeat(500_000)).problems[0]?.message).toContain('nested too deeply');
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghi'
      .split('')
      .map((name, at) => `${name}: &${name} [${Array(9).fill(`*${'abcdefghi'[at]}`).join(',')}]\n`)
      .join('')}workflows: *i\n`;
    expect(readWorkflows('f', bomb).problems.length).toBeGreaterThan(0);
  });

  it('never throws, whatever a file holds (POL-7)', () => {
    const pieces = GOOD.split(/(?<=[\s:,{}[\]"])/);
    const mangled = fc
      .record({ from: fc.nat(pieces.length), count: fc.nat(6), put: fc.oneof(fc.string(), fc.constantFrom(...pieces)) })
      .map(({ from, count, put }) => pieces.toSpliced(from, count, put).join(''));
    fc.assert(
      fc.property(fc.oneof(mangled, fc.string()), (text) => {
        const { problems, workflows } = readWorkflows('flow.yaml', text);
        for (const { message, line } of problems) {
          expect(message).not.toBe('');
          expect(line).toBeGreaterThan(0);
        }
        if (problems.length === 0) expect([...workflows.values()].every(({ steps }) => steps.length > 0)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});
