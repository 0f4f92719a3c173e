import fc from 'fast-check';
import { expect, it } from 'vitest';
import { AppError } from '#shared/lib/app-error.ts';
import { editSettings, readSettings, SIZE_LIMIT } from './document.ts';
import { build, ENTRIES, twin } from './table.ts';

const entry = (key: string) => {
  const found = ENTRIES.get(key);
  if (found === undefined) throw new Error(`no setting ${key}`);
  return found;
};

it('reads values as they are typed, groups and lists included', () => {
  const text = `
engine: docker-host
max_concurrent: 4
runtime_trust: { node: limited }
ceilings:
  resources: { memory: 1 GiB, disk_read: 20 MiB/s }
policy:
  resources:
    cpu: 0.5
  run:
    env: { LANG: C.UTF-8 }
x-notes: [anything, { goes: here }]
theme:
`;
  const settings = build(readSettings('settings.yaml', text));
  expect(settings).toMatchObject({
    engine: 'docker-host',
    maxConcurrent: 4,
    theme: 'system',
    sweepAgeMs: 600_000,
    retention: { bytes: 2e9 },
  });
  expect(settings.plan).toEqual({
    defaultPolicy: 'untrusted',
    perRuntime: { node: 'limited' },
    ceilings: { 'resources.memory': 1024 ** 3, 'resources.disk_read': 20 * 1024 ** 2 },
    values: { 'resources.cpu': 50, 'run.env': { LANG: 'C.UTF-8' } },
  });
});

it.each([
  ['max_concurrent: ten', 1, 17, 'a count'],
  ['theme: dark\nmax_concurent: 3', 2, 1, 'no setting `max_concurent`'],
  ['ceilings:\n  resources:\n    memory: 64', 3, 13, 'not a size'],
  ['ceilings:\n  resources:\n    memry: 64 MiB', 3, 5, 'no setting'],
  ['theme: dark\ntheme: light', 2, 1, 'YAML'],
  ['theme: [dark', 1, 13, 'YAML'],
  ['a: &a [x]\ntheme: *a', 1, 1, 'no setting'],
  ['x-a: &a dark\ntheme: *a', 2, 8, 'alias'],
  ['- theme: dark', 1, 1, 'not a map'],
  ['just words', 1, 1, 'not a map'],
  ['theme: dark\n---\ntheme: light', 2, 1, 'YAML'],
  ['ceilings: 5', 1, 11, 'needs settings below'],
  ['theme: { a: b }', 1, 8, 'expected form'],
  ['__proto__: 1', 1, 1, 'no setting'],
  ['theme: !!js/function "x"', 1, 8, 'YAML'],
  ['policy:\n  security: { user: "0:0" }', 2, 21, 'may not run as'],
])('reports %j with line %i and column %i (POL-4)', (text, line, column, message) => {
  expect(() => readSettings('/c/settings.yaml', text)).toThrow(
    expect.objectContaining({
      code: 'input-invalid',
      message: expect.stringMatching(new RegExp(`^/c/settings\\.yaml:${line}:${column}: .*${message}`)),
      next: expect.stringMatching(/./),
    }),
  );
});

it('suggests the setting that was meant', () => {
  expect(() => readSettings('s', 'max_concurent: 3')).toThrow(
    expect.objectContaining({ next: 'Did you mean `max_concurrent`?' }),
  );
});

it('refuses a file beyond its size, nesting bombs and alias bombs (POL-7)', () => {
  const bomb = `x-a: &a [1,1,1,1,1,1,1,1,1]\n${Array.from({ length: 20 }, (_, i) => `x-${i}: &b${i} [${'*a,'.repeat(9)}]`).join('\n')}\n`;
  expect(readSettings('s', bomb).size).toBe(0);
  expect(() => readSettings('s', `x-a: ${'y'.repeat(SIZE_LIMIT)}`)).toThrow(
    expect.objectContaining({ message: expect.stringContaining('too large') }),
  );
  expect(() => readSettings('s', '['.repeat(500_000))).toThrow(
    expect.objectContaining({ message: expect.stringContaining('nested too deeply') }),
  );
});

const COMMENTED = `# my settings
theme: dark # at night

# not more, the laptop is old
max_concurrent: 3
ceilings: # house rules
  resources:
    memory: 1 GiB   # enough
x-note: keep me
`;

it('keeps comments and order of all other lines when one key changes (POL-4)', () => {
  const edited = editSettings('s', COMMENTED, entry('max_concurrent'), '5');
  expect(edited).toBe(COMMENTED.replace('max_concurrent: 3', 'max_concurrent: 5'));
  const removed = editSettings('s', COMMENTED, entry('ceilings.resources.memory'), null);
  expect(removed).not.toContain('memory');
  for (const words of ['# my settings', '# at night', '# not more, the laptop is old', 'x-note: keep me'])
    expect(removed).toContain(words);
  expect(editSettings('s', COMMENTED, entry('theme'), 'light')).toContain('theme: light # at night');
});

it('starts a file from nothing, and from comments only', () => {
  expect(editSettings('s', '', entry('ceilings.resources.memory'), '1 GiB')).toBe(
    'ceilings:\n  resources:\n    memory: 1 GiB\n',
  );
  expect(editSettings('s', '# hello\n', entry('theme'), 'dark')).toBe('# hello\n\ntheme: dark\n');
});

it('never edits a broken file', () => {
  expect(() => editSettings('s', 'theme: [', entry('theme'), 'dark')).toThrow(AppError);
});

it('reads back any sequence of edits (HOST-6)', () => {
  const edits = fc.array(
    fc.constantFrom<[string, string | null]>(
      ['theme', 'dark'],
      ['theme', null],
      ['max_concurrent', '7'],
      ['max_concurrent', null],
      ['ceilings.resources.memory', '1 GiB'],
      ['ceilings.resources.memory', null],
      ['policy.resources.cpu', '0.5'],
      ['allow_private_engine', 'false'],
      ['engine', 'socket:/run/x y.sock # z'],
      ['runtime_trust.node', 'limited'],
      ['policy.run.env', 'A=1,B=2'],
      ['policy.network.allow', 'a.example,*.b.example:443'],
    ),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(
      fc.constantFrom('', COMMENTED, '{}', '{ theme: light }', '# only words\n', 'x-a: 1\n'),
      edits,
      (start, list) => {
        let text: string = start;
        const expected = new Map(readSettings('s', start));
        for (const [key, value] of list) {
          text = editSettings('s', text, entry(key), value);
          if (value === null) expected.delete(key);
          else expected.set(key, value);
        }
        expect(build(readSettings('s', text))).toEqual(build(expected));
        if (start === COMMENTED) expect(text).toContain('x-note: keep me');
      },
    ),
    { numRuns: 200 },
  );
});

it('throws nothing but AppErrors for any bytes (POL-7)', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.string({
          unit: fc.constantFrom(
            'a',
            ':',
            ' ',
            '\n',
            '-',
            '[',
            ']',
            '{',
            '}',
            '&',
            '*',
            '!',
            '"',
            "'",
            '#',
            '|',
            '>',
            '?',
            '\t',
            ',',
          ),
        }),
      ),
      (text) => {
        try {
          readSettings('s', text);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(AppError);
        }
      },
    ),
    { numRuns: 1500 },
  );
});

it('gives every key its own environment twin (HOST-6)', () => {
  expect(twin('max_concurrent')).toBe('BELLGLASS_MAX_CONCURRENT');
  const names = [...ENTRIES.keys()].map(twin);
  expect(
    new Set([...names, 'BELLGLASS_HOME', 'BELLGLASS_RUN_ID', 'BELLGLASS_DATA_DIR', 'BELLGLASS_OUTPUT_DIR']).size,
  ).toBe(names.length + 4);
});
