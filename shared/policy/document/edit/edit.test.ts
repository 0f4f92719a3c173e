import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { PolicyDocument } from '../../../domain/policy-document.ts';
import { TRUST_LEVELS, type FieldPath, type ListChange } from '../../../domain/policy.ts';
import { AppError } from '../../../lib/app-error.ts';
import { FIELD_PATHS, isListPath } from '../../fields.ts';
import { readPolicy } from '../read.ts';
import * as examples from '../testing/documents.ts';
import { COMMENTED, STARTS } from '../testing/layouts.ts';
import { editPolicy, type Edit } from './edit.ts';

// The declarations of the other project name the library's other build.
const valueOf = examples.valueOf as unknown as (path: FieldPath) => fc.Arbitrary<unknown>;
const changeOf = examples.changeOf as unknown as (path: FieldPath) => fc.Arbitrary<ListChange>;
const description = examples.description as unknown as fc.Arbitrary<string>;

const read = (text: string): PolicyDocument => {
  const { document, problems } = readPolicy('p.yaml', 'p', text);
  expect(problems).toEqual([]);
  return document!;
};

const with1 = (text: string, path: Edit['path'], value: unknown) => editPolicy(text, [{ path, value }]);
const without = (text: string, path: Edit['path']) => editPolicy(text, [{ path, remove: true }]);

it.each<[Edit['path'], unknown, string, string]>([
  ['trust_level', 'trusted', 'trust_level: limited # not', 'trust_level: trusted # not'],
  [
    'description',
    'Other: "words"',
    'description: >\n  Fetches prices,\n  nothing else\n',
    'description: "Other: \\"words\\""\n',
  ],
  ['resources.cpu', 75, "'50 %'", "'75 %'"],
  ['resources.memory', 256 * 1024 ** 2, '192 MiB   #', '256 MiB   #'],
  ['resources.on_breach.output', 'kill', '"drop"', '"kill"'],
  ['network.mode', 'none', 'mode: restricted', 'mode: none'],
  ['run.tty', true, 'tty: false', 'tty: true'],
  ['network.hosts', {}, '{ db.example: 192.0.2.1, x-host: 192.0.2.2 }', '{}'],
  ['network.hosts', { 'db.example': '192.0.2.1' }, ', x-host: 192.0.2.2', ''],
  ['network.allow', ['api.prices.example', '192.0.2.0/24:8080'], '    - "*.cdn.example:443,8443"\n', ''],
  ['network.allow', ['*.cdn.example:443,8443', '192.0.2.0/24:8080'], '    - api.prices.example   # v2\n', ''],
  [
    'network.allow',
    ['api.prices.example', '*.cdn.example:443,8443', 'new.example', '192.0.2.0/24:8080'],
    '443,8443"\n',
    '443,8443"\n    - new.example\n',
  ],
  ['network.hosts', { 'db.example': '192.0.2.1', 'x-host': '192.0.2.9' }, 'x-host: 192.0.2.2', 'x-host: "192.0.2.9"'],
  ['run.env', { A: '1', B: 'no', C: 'a, b' }, 'B: no }', 'B: no, C: "a, b" }'],
  ['resources.processes', 16, '192 MiB   # measured\n', '192 MiB   # measured\n  processes: 16\n'],
  [
    'run.working_dir',
    '/workspace/a',
    '{ env: { A: "1", B: no },',
    '{ env: { A: "1", B: no }, working_dir: /workspace/a,',
  ],
  ['quota.runs', 3, '    x-why: history\n', '    x-why: history\nquota:\n  runs: 3\n'],
  [
    'files.mounts',
    [
      { type: 'bind', source: './data', target: '/data', mode: 'ro' },
      { type: 'tmpfs', target: '/cache', mode: 'rw' },
    ],
    '    x-why: history\n',
    '    x-why: history\n  - type: tmpfs\n    target: /cache\n    mode: rw\n',
  ],
])('changes only the characters of %s (POL-4)', (path, value, before, after) => {
  expect(COMMENTED.split(before)).toHaveLength(2);
  for (const [given, expected] of [
    [COMMENTED, COMMENTED.replace(before, () => after)],
    [COMMENTED.replaceAll('\n', '\r\n'), COMMENTED.replace(before, () => after).replaceAll('\n', '\r\n')],
    [`\uFEFF${COMMENTED}`, `\uFEFF${COMMENTED.replace(before, () => after)}`],
  ] as const)
    expect(with1(given, path, value)).toBe(expected);
});

it.each<[Edit['path'], string, string]>([
  ['trust_level', 'trust_level: limited # not more\n', ''],
  ['description', 'description: >\n  Fetches prices,\n  nothing else\n', ''],
  ['resources.cpu', "  cpu:   '50 %'\n", ''],
  ['resources.on_breach.memory', 'memory: kill,   ', ''],
  ['resources.on_breach.output', ',   output: "drop"', ''],
  ['network.mode', '  mode: restricted\n', ''],
  ['files.mounts', 'files:\n  mounts:\n  - source: ./data   # prices\n    target: /data\n    x-why: history\n', ''],
])('takes only %s out (POL-4)', (path, before, after) => {
  expect(COMMENTED.split(before)).toHaveLength(2);
  expect(without(COMMENTED, path)).toBe(COMMENTED.replace(before, () => after));
});

it('leaves a value alone that is there already, however it is written (POL-4)', () => {
  const text = 'resources: { memory: 1024 MiB, cpu: 0.5 }\nnetwork: { allow: ["A.example:443,80"] }\n';
  const { values } = read(text);
  for (const path of ['resources.memory', 'resources.cpu', 'network.allow'] as const)
    expect(with1(text, path, values[path])).toBe(text);
});

it('starts a file from nothing, and puts fields where the table has them (POL-4)', () => {
  const edits: Edit[] = [
    { path: 'quota.runs', value: 2 },
    { path: 'resources.on_breach.memory', value: 'pause' },
    { path: 'resources.memory', value: 1024 ** 2 * 64 },
    { path: 'trust_level', value: 'limited' },
  ];
  expect(editPolicy('', edits)).toBe(
    'trust_level: limited\nresources:\n  memory: 64 MiB\n  on_breach:\n    memory: pause\nquota:\n  runs: 2\n',
  );
  expect(editPolicy('{}', edits)).toBe(
    '{ trust_level: limited, resources: { memory: 64 MiB, on_breach: { memory: pause } }, quota: { runs: 2 } }',
  );
});

it('keeps a group for the comments in it, and takes it out without any (POL-4)', () => {
  expect(without('resources:\n  # mine\n  cpu: 50 %\n', 'resources.cpu')).toBe('resources:\n  # mine\n');
  expect(without('resources:\n  on_breach:\n    memory: pause\nrun: {tty: true}\n', 'resources.on_breach.memory')).toBe(
    'run: {tty: true}\n',
  );
});

it('writes a list change in place of a list, and the other way round (POL-3, POL-4)', () => {
  const change: ListChange = { add: ['b.example'], remove: ['a.example'] };
  const text = 'network:\n  allow:\n    # why\n    - a.example\n';
  const changed = with1(text, 'network.allow', change);
  expect(read(changed).changes).toEqual({ 'network.allow': change });
  expect(changed).toContain('# why');
  expect(read(with1(changed, 'network.allow', ['c.example'])).values).toEqual({ 'network.allow': ['c.example'] });
});

it.each<[string, Edit]>([
  ['resources: [', { path: 'trust_level', value: 'limited' }],
  ['resources: { memry: 1 }', { path: 'trust_level', value: 'limited' }],
  ['', { path: 'resources.memory', value: -1 }],
  ['', { path: 'resources.memory', value: Number.NaN }],
  ['', { path: 'resources.memory', value: undefined }],
  ['', { path: 'network.allow', value: 'a.example' }],
  ['', { path: 'network.allow', value: [{}] }],
  ['', { path: 'files.mounts', value: [null] }],
  ['', { path: 'security.user', value: '0:0' }],
  ['', { path: 'trust_level', value: 'root' }],
  ['trust_level: limited\n', { path: 'security.capabilities', value: ['CHOWN'] }],
  ['trust_level: system\nsecurity: { capabilities: [CHOWN] }\n', { path: 'trust_level', value: 'limited' }],
])('refuses to edit %j with %j (POL-4, POL-7)', (text, edit) => {
  expect(() => editPolicy(text, [edit])).toThrow(AppError);
});

const anEdit: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 1, arbitrary: fc.constantFrom(...TRUST_LEVELS).map((value) => ({ path: 'trust_level' as const, value })) },
  { weight: 1, arbitrary: description.map((value) => ({ path: 'description' as const, value })) },
  {
    weight: 6,
    arbitrary: fc
      .constantFrom<FieldPath>(
        ...FIELD_PATHS.filter((path) => path !== 'security.capabilities'),
        'network.allow',
        'network.allow',
        'run.env',
        'run.env',
        'files.mounts',
        'run.command',
        'network.hosts',
      )
      .chain((path) => valueOf(path).map((value) => ({ path, value }))),
  },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom(
        ...FIELD_PATHS.filter((path) => isListPath(path) && path !== 'security.capabilities'),
        'network.allow' as const,
      )
      .chain((path) => changeOf(path).map((value) => ({ path, value }))),
  },
  {
    weight: 4,
    arbitrary: fc
      .constantFrom(...FIELD_PATHS, 'trust_level' as const, 'description' as const)
      .map((path) => ({ path, remove: true as const })),
  },
);

function expected(document: PolicyDocument, edit: Edit): PolicyDocument {
  const { path } = edit;
  if (path === 'trust_level')
    return { ...document, level: 'remove' in edit ? null : (edit.value as PolicyDocument['level']) };
  if (path === 'description') return { ...document, description: 'remove' in edit ? '' : (edit.value as string) };
  const values: Record<string, unknown> = { ...document.values };
  const changes: Record<string, unknown> = { ...document.changes };
  delete values[path];
  delete changes[path];
  if (!('remove' in edit)) {
    const isChange = isListPath(path) && !Array.isArray(edit.value);
    (isChange ? changes : values)[path] = edit.value;
  }
  return { ...document, values, changes };
}

const words = (text: string) => [...text.matchAll(/# [\w ,]+|x-\w+/g)].map(([found]) => found);
const LASTING = [
  '# Prices, hourly',
  'x-owner',
  '# keep me',
  '# how much',
  '# it needs room for the table',
  '# the end',
];

it('reads back any sequence of edits of any layout, and loses no comment of other lines (POL-4)', () => {
  fc.assert(
    fc.property(fc.constantFrom(...STARTS), fc.array(anEdit, { minLength: 1, maxLength: 8 }), (given, edits) => {
      let text = given;
      for (const edit of edits) {
        const want = expected(read(text), edit);
        text = editPolicy(text, [edit]);
        expect(read(text)).toEqual(want);
      }
      if (given.includes('# Prices')) expect(words(text)).toEqual(expect.arrayContaining(LASTING));
      if (given.includes('\r\n')) expect(text).not.toMatch(/[^\r]\n/);
    }),
    { numRuns: 300 },
  );
}, 60_000);
