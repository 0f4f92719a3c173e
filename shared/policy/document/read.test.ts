import fc from 'fast-check';
import { expect, it } from 'vitest';
import { POLICY_FILE_LIMIT } from '../../contract/policies.ts';
import type { PolicyDocument } from '../../domain/policy-document.ts';
import { FIELD_PATHS } from '../fields.ts';
import { readPolicy } from './read.ts';
import { PROBLEM_LIMIT } from './report.ts';
import { documents as made } from './testing/documents.ts';
import { COMMENTED } from './testing/layouts.ts';
import { writePolicy } from './write.ts';

const documents = made as unknown as fc.Arbitrary<PolicyDocument>;
const read = (text: string) => readPolicy('p.yaml', 'p', text);

const CANONICAL = `trust_level: limited
description: Fetches prices, nothing else
resources: { memory: 192 MiB, cpu: 50 %, wall_time: 5 min, cpu_time: 30 s, processes: 16, open_files: 64, disk_read: 10 MiB/s, disk_write: 5 MiB/s,
             scratch: 100 MiB, output: 10 MiB, on_breach: { memory: kill, output: drop } }
network:   { mode: restricted, allow: ["api.prices.example", "*.cdn.example:443,8443", "192.0.2.0/24:8080/tcp", "[2001:db8::/32]:443"], block: [], dns: system, hosts: {},
             publish: [], download: 5 MiB/s, upload: 1 MiB/s, connections: 10 }        # a bare host means 443 and 80 over TCP
files:     { mounts: [{ type: bind, source: ./data, target: /data, mode: ro }], blocked_paths: [], access: { read: [], write: [], execute: [] } }   # sources relative to the project
security:  { seccomp: strict, seccomp_rules: [], capabilities: [], user: "1000:1000", user_namespace: auto, apparmor: auto, selinux: auto, oci_runtime: auto, canaries: true }
image:     { runtime: python }
run:       { entrypoint: null, command: null, env: {}, working_dir: /workspace, tty: false, warm: true, warm_interpreter: false, observe: false }
quota:     { runs: 4, memory: 1 GiB, priority: normal }
`;

it('reads the canonical form in base units (POL-4)', () => {
  const { document, problems } = read(CANONICAL);
  expect(problems).toEqual([]);
  expect(document).toMatchObject({
    name: 'p',
    level: 'limited',
    description: 'Fetches prices, nothing else',
    changes: {},
    values: {
      'resources.memory': 192 * 1024 ** 2,
      'resources.cpu': 50,
      'resources.wall_time': 300_000,
      'resources.on_breach.memory': 'kill',
      'network.allow': ['api.prices.example', '*.cdn.example:443,8443', '192.0.2.0/24:8080', '[2001:db8::/32]:443'],
      'files.mounts': [{ type: 'bind', source: './data', target: '/data', mode: 'ro' }],
      'security.user': '1000:1000',
      'security.canaries': true,
      'run.entrypoint': null,
      'quota.memory': 1024 ** 3,
    },
  });
  expect(Object.keys(document!.values)).toHaveLength(47);
});

it('writes documents so that they read back the same (POL-4)', () => {
  fc.assert(
    fc.property(documents, (document) => {
      const text = writePolicy(document);
      const again = read(text);
      expect(again.problems).toEqual([]);
      expect(again.document).toEqual(document);
      expect(writePolicy(again.document!)).toBe(text);
    }),
    { numRuns: 1000 },
  );
});

it.each([
  '',
  '\n',
  '# only words\n',
  '---\n',
  '---\n...\n',
  '{}',
  'null',
  '~\n',
  'resources:\n',
  'description:\n',
  '\uFEFF',
  'x-a: 1\n',
  '%YAML 1.2\n---\n{}\n',
])('reads %j as a policy that says nothing (POL-4)', (text) => {
  const { document, problems } = read(text);
  expect(problems).toEqual([]);
  expect(document).toEqual({ name: 'p', level: null, description: '', values: {}, changes: {} });
});

it('takes words as they are written, whatever an older YAML would make of them (POL-7)', () => {
  const text =
    'network: { allow: [no, on, null.example, 0x1f.example, 1_000.example], publish: [8080, 22:22], hosts: { no: 192.0.2.1 } }\nrun: { env: { YES: no, A: 010, B: 2001-01-01, C: 1e3, D: "" }, command: [1, true, 12:30:45] }\n';
  const { document, problems } = read(text.replace(', 1_000.example', ''));
  expect(problems).toEqual([]);
  expect(document!.values).toEqual({
    'network.allow': ['no', 'on', 'null.example', '0x1f.example'],
    'network.publish': ['8080:8080', '22:22'],
    'network.hosts': { no: '192.0.2.1' },
    'run.env': { YES: 'no', A: '010', B: '2001-01-01', C: '1e3', D: '' },
    'run.command': ['1', 'true', '12:30:45'],
  });
});

it('reads list changes, one-word commands and mounts with what was left out (POL-3, POL-4)', () => {
  const { document, problems } = read(
    'network: { allow: { add: [b.example], remove: [], x-why: new } }\nrun: { entrypoint: sh }\nfiles: { mounts: [{ source: ./a, target: /a }] }\nresources: { disk_read: Unlimited, cpu: 0.5 }\n',
  );
  expect(problems).toEqual([]);
  expect(document!.changes).toEqual({ 'network.allow': { add: ['b.example'], remove: [] } });
  expect(document!.values).toEqual({
    'resources.cpu': 50,
    'resources.disk_read': null,
    'files.mounts': [{ type: 'bind', source: './a', target: '/a', mode: 'ro' }],
    'run.entrypoint': ['sh'],
  });
});

it('leaves anything below x- keys alone, anchors, tags and repeats apart (POL-4)', () => {
  const text =
    'x-a: &a [1, !mine {b: *a}]\nresources: { x-note: !!binary aGk=, memory: 1 GiB, on_breach: { x-: ~ } }\n';
  expect(read(text)).toMatchObject({ problems: [], document: { values: { 'resources.memory': 1024 ** 3 } } });
});

it('says where each key and value stands, groups among them (POL-4)', () => {
  const { positions } = read(COMMENTED);
  const at = (path: string) => {
    const place = positions.get(path)!;
    return [place.line, place.column, place.endLine, place.endColumn];
  };
  expect(at('trust_level')).toEqual([4, 1, 4, 21]);
  expect(at('resources.memory')).toEqual([13, 3, 13, 18]);
  expect(at('run.env')).toEqual([25, 8, 25, 30]);
  expect(positions.get('resources')).toMatchObject({ line: 9, column: 1 });
  expect(read('\uFEFFtrust_level: limited').positions.get('trust_level')).toMatchObject({ line: 1, column: 1 });
  expect(read('a: [').positions.size).toBe(0);
});

/** text, line, column, end column, code, message, fix, replacement */
type Bad = [string, number, number, number, string, string, string, string?];

it.each<Bad>([
  ['memory: 1 GiB', 1, 1, 7, 'unknown-key', '`memory`', '`memory`, below `resources`'],
  ['resources.memory: 1 GiB', 1, 1, 17, 'unknown-key', '`resources.memory`', '`memory`, below `resources`'],
  ['trustLevel: limited', 1, 1, 11, 'unknown-key', '`trustLevel`', '`trust_level`', 'trust_level'],
  ['resources:\n  memry: 1 GiB', 2, 3, 8, 'unknown-key', '`resources.memry`', '`memory`', 'memory'],
  ['network: { allow: { ad: [] } }', 1, 21, 23, 'unknown-key', '`ad`', '`add`', 'add'],
  ['files: { mounts: [{ sorce: a, target: /a }] }', 1, 21, 26, 'unknown-key', '`sorce`', '`source`', 'source'],
  ['quux: 1', 1, 1, 5, 'unknown-key', '`quux`', '`x-`'],
  ['__proto__: 1', 1, 1, 10, 'unknown-key', '`__proto__`', '`x-`'],
  ['resources: { constructor: 1 }', 1, 14, 25, 'unknown-key', 'constructor', '`x-`'],
  ['<<: { trust_level: system }', 1, 1, 3, 'alias', 'merge', 'themselves'],
  ['trust_level: limted', 1, 14, 20, 'bad-value', '`limted`', '`limited`', 'limited'],
  ['trust_level:', 1, 1, 12, 'wrong-type', 'one word', 'untrusted'],
  ['trust_level: [limited]', 1, 14, 23, 'wrong-type', 'one word', 'untrusted'],
  ['description: [a]', 1, 14, 17, 'wrong-type', 'one text', 'sentence'],
  ['description: "a\\u0007"', 1, 14, 23, 'bad-value', 'plain text', 'sentence'],
  ['resources: 5', 1, 12, 13, 'wrong-type', 'group', '`memory`'],
  ['resources: { memory: 64 }', 1, 22, 24, 'unit-missing', 'unit is missing', '`128 MiB`'],
  ['resources: { wall_time: 5 }', 1, 25, 26, 'unit-missing', 'unit is missing', '`5 min`'],
  ['resources: { disk_read: 5 }', 1, 25, 26, 'unit-missing', 'a rate', '`10 MiB/s`'],
  ['resources: { cpu: 50 }', 1, 19, 21, 'bad-value', 'counts cores', '`50 %`'],
  ['resources: { memory: -1 MiB }', 1, 22, 28, 'bad-value', 'negative', '`64 MiB`'],
  ['resources: { memory: .nan }', 1, 22, 26, 'bad-value', 'real amount', '`128 MiB`'],
  ['resources: { disk_read: .inf }', 1, 25, 29, 'bad-value', 'real amount', '`unlimited`'],
  ['resources: { processes: Infinity }', 1, 25, 33, 'bad-value', 'real amount', '`10`'],
  ['resources: { memory: 99999999999999999999 GiB }', 1, 22, 46, 'bad-value', 'not a size', '`64 MiB`'],
  ['resources: { processes: 010 }', 1, 25, 28, 'bad-value', 'octal', '`10`', '10'],
  ['resources: { processes: 0x10 }', 1, 25, 29, 'bad-value', 'not a count', '`5`'],
  ['resources: { processes: 2.5 }', 1, 25, 28, 'bad-value', 'whole number', '`5`'],
  ['resources: { wall_time: 1:30 }', 1, 25, 29, 'bad-value', 'not a time', '`30 s`'],
  ['resources: { wall_time: 2001-01-01 }', 1, 25, 35, 'bad-value', 'not a time', '`30 s`'],
  ['resources: { memory: }', 1, 14, 20, 'wrong-type', 'no value', '`128 MiB`'],
  ['resources: { disk_read: null }', 1, 25, 29, 'wrong-type', 'no value', '`unlimited`', 'unlimited'],
  ['resources: { memory: [1 GiB] }', 1, 22, 29, 'wrong-type', 'not a list', '`128 MiB`'],
  ['resources: { memory: { max: 1 } }', 1, 22, 32, 'wrong-type', 'not a map', '`128 MiB`'],
  ['network: { mode: no }', 1, 18, 20, 'bad-value', '"no"', '`none`', 'none'],
  ['network: { mode: restrictd }', 1, 18, 27, 'bad-value', 'restrictd', '`restricted`', 'restricted'],
  ['security: { canaries: yes }', 1, 23, 26, 'wrong-type', '`yes`', '`true`', 'true'],
  ['run: { tty: off }', 1, 13, 16, 'wrong-type', '`off`', '`false`', 'false'],
  ['run: { tty: "true" }', 1, 13, 19, 'wrong-type', 'a text', '`true`', 'true'],
  ['run: { tty: 2 }', 1, 13, 14, 'wrong-type', '`2`', '`true` or `false`'],
  ['network: { allow: a.example }', 1, 19, 28, 'wrong-type', 'a list', '`[a.example]`', '[a.example]'],
  ['network: { allow: }', 1, 12, 17, 'wrong-type', 'no value', '`[]`'],
  ['network: { allow: ~ }', 1, 19, 20, 'wrong-type', 'no value', '`[]`', '[]'],
  ['network: { allow: [443] }', 1, 20, 23, 'bad-value', '443', '192.0.2.0/24'],
  ['network: { allow: [[a]] }', 1, 20, 23, 'wrong-type', 'not one word', 'one word'],
  ['network: { allow: [a.example, ~] }', 1, 31, 32, 'wrong-type', 'empty', 'quotes'],
  [
    'network: { allow: { add: a.example } }',
    1,
    26,
    35,
    'wrong-type',
    '`network.allow.add`',
    '[a.example]',
    '[a.example]',
  ],
  ['network: { hosts: [a] }', 1, 19, 22, 'wrong-type', 'map', '`{}`'],
  ['network: { hosts: { db: 300.0.0.1 } }', 1, 25, 34, 'bad-value', 'db=300', 'db.example'],
  ['run: { env: { A: } }', 1, 15, 16, 'wrong-type', '`A`', '`""`'],
  ['run: { env: { 1A: x } }', 1, 19, 20, 'bad-value', '1A=x', 'NAME=value'],
  ['run: { env: { A: "\\0" } }', 1, 18, 22, 'bad-value', 'not text', 'Take it out'],
  ['run: { env: { A: "\\ud800" } }', 1, 18, 26, 'bad-value', 'not text', 'Take it out'],
  [
    'run: { command: python main.py }',
    1,
    17,
    31,
    'wrong-type',
    'list of words',
    '[python, main.py]',
    '[python, main.py]',
  ],
  ['run: { command: none }', 1, 17, 21, 'wrong-type', 'list of words', '`null`', 'null'],
  ['files: { mounts: { a: b } }', 1, 18, 26, 'wrong-type', 'list of mounts', 'source'],
  [
    'files: { mounts: ["bind:./a:/a:rw"] }',
    1,
    19,
    35,
    'wrong-type',
    'is a map',
    'mode: rw',
    '{ type: bind, source: ./a, target: /a, mode: rw }',
  ],
  ['files: { mounts: [{ target: /a }] }', 1, 19, 33, 'bad-value', 'no source', './data'],
  ['files: { mounts: [{ source: a, target: /etc }] }', 1, 19, 46, 'bad-value', '`/etc`', '/data'],
  ['security: { privileged: true }', 1, 13, 23, 'forbidden', 'cannot be changed', 'out'],
  ['privileged: true', 1, 1, 11, 'forbidden', 'no new privileges', 'out'],
  ['security: { read_only: false }', 1, 13, 22, 'forbidden', 'read-only root', 'out'],
  ['security: { seccomp: unconfined }', 1, 22, 32, 'forbidden', 'unconfined', '`strict`'],
  ['security: { user: "0:0" }', 1, 19, 24, 'forbidden', 'root', '1000:1000'],
  ['security: { user: 64001:64001 }', 1, 19, 30, 'forbidden', 'Bellglass itself', '1000:1000'],
  ['security: { seccomp_rules: [+bpf] }', 1, 29, 33, 'forbidden', 'only remove', '-bpf'],
  ['security: { capabilities: [SETUID] }', 1, 28, 34, 'forbidden', 'never granted', 'user'],
  [
    'trust_level: limited\nsecurity: { capabilities: [CHOWN] }',
    2,
    27,
    34,
    'forbidden',
    'only `system`',
    'trust_level: system',
  ],
  [
    'trust_level: trusted\nsecurity: { capabilities: { add: [CHOWN] } }',
    2,
    27,
    43,
    'forbidden',
    'only `system`',
    'trust_level: system',
  ],
  ['files: { mounts: [{ source: /var/run/docker.sock, target: /s }] }', 1, 19, 63, 'forbidden', 'socket', 'mount out'],
  [
    'files: { mounts: [{ source: ../run/podman/podman.sock, target: /s }] }',
    1,
    19,
    68,
    'forbidden',
    'socket',
    'mount out',
  ],
  ['trust_level: limited\ntrust_level: system', 2, 1, 12, 'duplicate-key', '`trust_level`', 'Keep one'],
  [
    'network: { hosts: { A.example: 192.0.2.1, a.example: 192.0.2.2 } }',
    1,
    43,
    52,
    'duplicate-key',
    'a.example',
    'Keep one',
  ],
  ['x-a: &a limited\ntrust_level: *a', 2, 14, 16, 'alias', 'aliases', 'value itself'],
  ['trust_level: &a limited', 1, 17, 24, 'alias', 'anchors', 'anchor out'],
  ['trust_level: !!str limited', 1, 14, 27, 'tag', 'tags', 'without the tag'],
  ['run: { env: { A: !!binary aGk= } }', 1, 18, 31, 'tag', 'tags', 'without the tag'],
  ['description: !!js/function "x"', 1, 14, 31, 'tag', 'tags', 'without the tag'],
  ['!mine {}', 1, 1, 9, 'tag', 'tags', 'without the tag'],
  ['- trust_level: limited', 1, 1, 23, 'wrong-type', 'not a map', 'trust_level: limited'],
  ['just words', 1, 1, 11, 'wrong-type', 'not a map', 'trust_level: limited'],
  ['trust_level: limited\n---\ntrust_level: system', 2, 1, 2, 'multiple-documents', 'more than one', '`---`'],
  ['resources:\n\tmemory: 1 GiB', 2, 1, 2, 'yaml-syntax', 'tabs', 'spaces'],
  ['resources: { memory: 1 GiB', 1, 27, 28, 'yaml-syntax', 'YAML', 'Mend'],
  ['a: b: c', 1, 4, 8, 'yaml-syntax', 'YAML', 'Mend'],
  ['trust_level: limited\n\0', 2, 1, 2, 'not-text', 'U+0000', 'UTF-8'],
  ['description: \ud800', 1, 14, 15, 'not-text', 'U+D800', 'UTF-8'],
  ['\u0089PNG\r\n\u001a\n', 1, 1, 2, 'not-text', 'U+0089', 'UTF-8'],
  ['trust_level: limited\rdescription: x', 1, 21, 22, 'not-text', 'U+000D', 'UTF-8'],
])(
  'says of %j where it is wrong and what mends it (POL-4, POL-7)',
  (text, line, column, endColumn, code, message, fix, replacement) => {
    for (const given of [text, `\uFEFF${text}`]) {
      const { document, problems } = read(given);
      expect(document).toBeNull();
      const [first] = problems.filter((problem) => problem.severity === 'error');
      expect(first).toMatchObject({ file: 'p.yaml', line, column, code });
      expect(first!.message).toContain(message);
      expect(first!.fix).toContain(fix);
      expect(first!.replacement).toBe(replacement);
      if (code !== 'yaml-syntax') expect([first!.endLine, first!.endColumn]).toEqual([line, endColumn]);
    }
  },
);

it('says the same of a file with CRLF (POL-4)', () => {
  const [problem] = read('trust_level: limited\r\nresources:\r\n  memry: 1 GiB\r\n').problems;
  expect(problem).toMatchObject({ line: 3, column: 3, endLine: 3, endColumn: 8, replacement: 'memory' });
});

it('mends a file when each replacement is put where it says (POL-4)', () => {
  const bad =
    'trustLevel: limted\nnetwork: { mode: no, allow: a.example, download: null }\nrun: { tty: yes, command: python main.py }\nresources: { proceses: 010 }\n';
  let text = bad;
  for (let round = 0; round < 12; round += 1) {
    const problem = read(text).problems.find(({ replacement }) => replacement !== undefined);
    if (problem === undefined) break;
    const lines = text.split('\n');
    const line = lines[problem.line - 1]!;
    lines[problem.line - 1] =
      line.slice(0, problem.column - 1) + problem.replacement! + line.slice(problem.endColumn - 1);
    text = lines.join('\n');
  }
  expect(read(text)).toMatchObject({
    problems: [],
    document: {
      level: 'limited',
      values: {
        'network.mode': 'none',
        'network.allow': ['a.example'],
        'network.download': null,
        'run.tty': true,
        'run.command': ['python', 'main.py'],
        'resources.processes': 10,
      },
    },
  });
});

it('reports every mistake of a file, in order, and a hundred at most (POL-4)', () => {
  const { problems } = read('resources: { memory: 64, cpu: x }\nquux: 1\nsecurity: { user: "0:0" }\n');
  expect(problems.map(({ line, code }) => [line, code])).toEqual([
    [1, 'unit-missing'],
    [1, 'bad-value'],
    [2, 'unknown-key'],
    [3, 'forbidden'],
  ]);
  const many = Array.from({ length: 5000 }, (_, index) => `k${index}: 1\n`).join('');
  expect(read(many).problems).toHaveLength(PROBLEM_LIMIT);
});

it('warns of an entry that is there twice, and keeps one (POL-4)', () => {
  const { document, problems } = read('network: { allow: [a.example, "A.example:443,80", a.example] }');
  expect(problems).toMatchObject([{ severity: 'warning', code: 'duplicate-entry', column: 51 }]);
  expect(document!.values['network.allow']).toEqual(['a.example', 'a.example:80,443']);
});

it.each([
  ['100 MB', 'x-a: '.padEnd(100_000_000, 'y'), 'too-large'],
  ['one byte too many', `x-a: ${'é'.repeat(POLICY_FILE_LIMIT / 2 - 2)}`, 'too-large'],
  ['depth 10,000 in brackets', '['.repeat(10_000), 'too-deep'],
  ['depth 10,000 in braces', '{a: '.repeat(10_000), 'too-deep'],
  ['depth 10,000 behind quoted brackets', '["]]]]", '.repeat(10_000), 'too-deep'],
  ['depth 10,000 in dashes', `${'- '.repeat(10_000)}a`, 'too-deep'],
  ['depth 10,000 in questions', `${'? '.repeat(10_000)}a`, 'too-deep'],
  ['depth 600 in lines', Array.from({ length: 600 }, (_, at) => `${' '.repeat(at)}a:\n`).join(''), 'too-deep'],
])('refuses %s (POL-7)', (_what, text, code) => {
  const { document, problems } = read(text);
  expect(document).toBeNull();
  expect(problems.map((problem) => problem.code)).toContain(code);
});

it('never writes aliases out, so that a bomb of them is a few bytes (POL-7)', () => {
  const lines = Array.from({ length: 30 }, (_, at) => `x-${at + 1}: &b${at + 1} [${`*b${at}, `.repeat(9)}]\n`);
  const bomb = `x-0: &b0 [1, 2]\n${lines.join('')}network:\n  allow: *b30\n`;
  expect(read(bomb)).toMatchObject({ document: null, problems: [{ code: 'alias', line: 33 }] });
  expect(read(bomb.replace('*b30', '[]')).document).not.toBeNull();
});

it('reads tens of thousands of keys without comparing each with each (POL-7)', () => {
  const keys = Array.from({ length: 20_000 }, (_, at) => `  x${at}: \n`).join('');
  expect(read(`x-many:\n${keys}`).problems).toEqual([]);
  expect(read(`network: { allow: [${'a,'.repeat(1001)}] }`).problems).toMatchObject([{ code: 'bad-value' }]);
});

it('knows every field of the table, and no more (POL-4)', () => {
  for (const path of FIELD_PATHS) {
    const parts = path.split('.');
    const text = parts.map((part, depth) => `${'  '.repeat(depth)}${part}:`).join('\n');
    expect(read(`${text} !odd 1`).problems.map(({ code, field }) => [code, field])).toEqual([['tag', path]]);
  }
});
