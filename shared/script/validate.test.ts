import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LAUNCH_LIMITS } from '../contract/runs.ts';
import type { Launch } from '../contract/runs.ts';
import { AppError } from '../lib/app-error.ts';
import { toBase64, utf8 } from './bytes.ts';
import { showName } from './display.ts';
import { validateLaunch } from './validate.ts';

const file = (path: string, content: string | Uint8Array): Launch['files'][number] => ({
  path,
  content: toBase64(typeof content === 'string' ? utf8(content) : content),
});

function launch(change: Partial<Launch> = {}): Launch {
  return { name: 'a.py', entry: 'a.py', files: [file('a.py', 'print(1)\n')], ...change };
}

const script = (content: string | number[], entry = 'a.py'): Launch =>
  launch({ entry, files: [file(entry, typeof content === 'string' ? content : Uint8Array.from(content))] });

function refusalOf(one: Launch): AppError {
  try {
    validateLaunch(one);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('the launch was not refused');
}

describe('validateLaunch (RUN-1, RUN-4)', () => {
  it('decodes files, finds the runtime and keeps the bytes as given', () => {
    const bytes = utf8('\ufeff#!/usr/bin/env python3\r\nprint("é")\r\n');
    const normal = validateLaunch(
      launch({
        name: 'tool',
        entry: './tool',
        files: [file('tool', bytes), file('lib//b.txt', 'x')],
        args: ['a'],
        env: { A: '1' },
        stdin: null,
      }),
    );
    expect(normal).toMatchObject({
      name: 'tool',
      entry: 'tool',
      runtime: 'python',
      runtimeFrom: 'shebang',
      interpreter: 'python',
      args: ['a'],
      env: { A: '1' },
      stdin: null,
      tty: false,
      warnings: [],
    });
    expect(normal.files.map((one) => one.path)).toEqual(['tool', 'lib/b.txt']);
    expect(normal.files[0]?.bytes).toEqual(bytes);
  });

  it.each<[string, Launch, string]>([
    ['an empty script', script(''), 'is empty'],
    ['a script of white space', script(' \r\n\t\n'), 'is empty'],
    ['a script of a byte order mark only', script('\ufeff\n'), 'is empty'],
    ['a missing entry', launch({ entry: 'b.py' }), 'not among the files'],
    ['no files at all', launch({ files: [] }), 'not among the files'],
    ['an empty entry', launch({ entry: '' }), 'names no file'],
    ['a folder as entry', launch({ entry: 'a/' }), 'names no file'],
    ['an absolute path', launch({ files: [file('/etc/passwd', 'x')] }), 'is absolute'],
    ['a path upwards', launch({ files: [file('a/../../b', 'x')] }), 'leads upwards'],
    ['a name of our own folders', launch({ files: [file('./.home', 'x')] }), 'cannot be used'],
    ['a NUL in a name', launch({ files: [file('a\0.py', 'x')] }), 'NUL'],
    ['half a character in a name', launch({ files: [file('a\ud800', 'x')] }), 'not valid text'],
    ['a name that is too long', launch({ files: [file('a'.repeat(256), 'x')] }), 'too long'],
    ['a tree that is too deep', launch({ files: [file('a/'.repeat(70) + 'b', 'x')] }), 'folders deep'],
    ['one path twice', launch({ files: [file('a.py', 'x'), file('./a.py', 'x')] }), 'is there twice'],
    ['a file that is also a folder', launch({ files: [file('a.py', 'x'), file('a.py/b', 'x')] }), 'also a folder'],
    ['content that is no base64', launch({ files: [{ path: 'a.py', content: '%%%' }] }), 'not valid base64'],
    ['an ELF program', script([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0], 'tool'), 'a Linux program'],
    ['an ELF program that is called a script', script([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0]), 'a Linux program'],
    ['a Windows program', script([0x4d, 0x5a, 0x90, 0, 3, 0], 'a.exe'), 'a Windows program'],
    ['a zip for Node', script([0x50, 0x4b, 3, 4, 20, 0], 'a.js'), 'a zip archive'],
    ['a picture', script([0x89, 0x50, 0x4e, 0x47, 13, 10], 'a.png'), 'a picture'],
    ['compiled Python of another version', script([0x55, 0x0d, 0x0d, 0x0a, 0, 0]), 'of another version'],
    ['a NUL in the text', script([0x70, 0x61, 0x73, 0x73, 0x0a, 0x23, 0x00, 0x0a]), 'NUL byte at position 6'],
    ['UTF-16 with a mark', script([0xff, 0xfe, 0x70, 0, 0x0a, 0]), 'UTF-16LE'],
    ['UTF-16 without a mark', script([0, 0x70, 0, 0x61, 0, 0x73, 0, 0x73]), 'UTF-16BE'],
    ['UTF-32', script([0xff, 0xfe, 0, 0, 0x70, 0, 0, 0]), 'UTF-32LE'],
    ['an unknown language', script('hello', 'notes'), 'cannot tell which language'],
    ['an unknown runtime', launch({ set: { 'image.runtime': 'ruby' } }), 'no runtime ruby'],
    ['a NUL in an argument', launch({ args: ['ok', 'a\0b'] }), 'Argument 2 has a NUL'],
    ['an argument over 128 KiB', launch({ args: ['é'.repeat(LAUNCH_LIMITS.argument / 2 + 1)] }), 'longer than 128 KiB'],
    [
      'arguments over 1 MiB together',
      launch({ args: Array.from({ length: 9 }, () => 'x'.repeat(120 * 1024)) }),
      'more than 1 MiB',
    ],
    ['a bad environment name', launch({ env: { 'A-B': '' } }), 'no name for an environment variable'],
    ['our own environment names', launch({ env: { BELLGLASS_RUN_ID: 'x' } }), 'cannot be set'],
    ['a NUL in the environment', launch({ secrets: { A: 'x\0' } }), 'NUL'],
    [
      'one name plain and secret',
      launch({ env: { A: '1' }, secrets: { A: '2' } }),
      'as environment variable and as secret',
    ],
    [
      'an environment over its size',
      launch({ env: { A: 'x'.repeat(100_000), B: 'x'.repeat(100_000), C: 'x'.repeat(100_000) } }),
      'The environment takes',
    ],
    ['stdin over 10 MiB', launch({ stdin: 'x'.repeat(LAUNCH_LIMITS.stdin + 1) }), 'The stdin of this launch'],
    [
      'too many files',
      launch({ files: Array.from({ length: LAUNCH_LIMITS.fileCount + 1 }, (_, index) => file(`f${index}`, '')) }),
      'more than 2000',
    ],
    [
      'files over 16 MiB',
      launch({ files: [{ path: 'a.py', content: 'AAAA'.repeat(6 * 1024 * 1024) }] }),
      'more than 16 MiB',
    ],
  ])('refuses %s and says what to do', (_, one, message) => {
    const error = refusalOf(one);
    expect(error.code).toBe('input-invalid');
    expect(error.message).toContain(message);
    expect(error.why).toBeTruthy();
    expect(error.next).toBeTruthy();
  });

  it('takes exactly the limits', () => {
    const args = [
      ...Array.from({ length: 7 }, () => 'x'.repeat(LAUNCH_LIMITS.argument)),
      'x'.repeat(LAUNCH_LIMITS.argument),
    ];
    expect(validateLaunch(launch({ args, stdin: 'x'.repeat(LAUNCH_LIMITS.stdin) })).args).toHaveLength(8);
  });

  it('takes a runtime that was set for this run, by any of its names', () => {
    const normal = validateLaunch({ ...script('console.log(1)', 'notes'), set: { 'image.runtime': 'JavaScript' } });
    expect(normal).toMatchObject({ runtime: 'node', runtimeFrom: 'chosen' });
  });

  it('never shows the value of a secret', () => {
    const error = refusalOf(launch({ secrets: { KEY: `hunter2${'x'.repeat(LAUNCH_LIMITS.argument)}\0` } }));
    expect(JSON.stringify(error.toData())).not.toContain('hunter2');
  });

  it('keeps names with newlines and escapes, and shows them harmlessly', () => {
    const path = 'a\n\u001b[2J\u202e.py';
    const normal = validateLaunch(launch({ name: path, entry: path, files: [file(path, 'print(1)')] }));
    expect(normal.entry).toBe(path);
    expect(normal.name).toBe('a\\u{a}\\u{1b}[2J\\u{202e}.py');
  });

  it('lets names that differ in case be two files', () => {
    expect(validateLaunch(launch({ files: [file('a.py', 'x'), file('A.py', 'y')] })).files).toHaveLength(2);
  });

  it('cuts a name that is too long to show', () => {
    expect(validateLaunch(launch({ name: 'n'.repeat(5000) })).name).toHaveLength(LAUNCH_LIMITS.name);
  });

  it.each<[string, Launch, string]>([
    ['CRLF in bash', script('#!/bin/bash\r\necho hi\r\n', 'a.sh'), 'CRLF'],
    ['a byte order mark in bash', script('\ufeffecho hi\n', 'a.sh'), 'byte order mark'],
    ['bytes that are not UTF-8 in Python', script([0x23, 0xe9, 0x0a]), 'not valid UTF-8'],
    ['a loader variable', launch({ env: { LD_PRELOAD: '/x.so' } }), 'LD_PRELOAD'],
  ])('warns of %s and lets it run', (_, one, message) => {
    const { warnings } = validateLaunch(one);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]?.message).toContain(message);
  });

  it('shows the rest of a script that is not UTF-8, so that its lines are still marked', () => {
    expect(validateLaunch(script([0x23, 0xe9, 0x0a, 0x78])).script).toBe('#\ufffd\nx');
  });

  it('does not warn of CRLF where the language reads it', () => {
    expect(validateLaunch(script('print(1)\r\n')).warnings).toEqual([]);
  });

  it('lets Python run a zip application and its own compiled code', () => {
    expect(validateLaunch(script([0x50, 0x4b, 3, 4, 20, 0], 'app.pyz'))).toMatchObject({
      runtime: 'python',
      script: null,
    });
    expect(validateLaunch(script([0xa7, 0x0d, 0x0d, 0x0a, 0, 0, 0, 0], 'app.pyc'))).toMatchObject({
      runtime: 'python',
      script: null,
    });
  });

  it('either answers paths inside the folder or refuses, whatever comes in', () => {
    const part = fc.oneof(
      fc.constantFrom('..', '.', '', 'a', '\0', '\n', '\\', 'C:'),
      fc.string({ unit: 'binary', maxLength: 6 }),
    );
    const path = fc.array(part, { maxLength: 6 }).map((parts) => parts.join('/'));
    fc.assert(
      fc.property(path, path, fc.uint8Array({ maxLength: 64 }), (one, two, bytes) => {
        try {
          const normal = validateLaunch({
            name: one,
            entry: one,
            files: [file(one, bytes), file(two, bytes)],
            runtime: 'bash',
          });
          for (const kept of normal.files)
            expect(
              kept.path
                .split('/')
                .every((name) => name !== '' && name !== '.' && name !== '..' && !name.includes('\0')),
            ).toBe(true);
        } catch (error) {
          expect(error).toMatchObject({ code: 'input-invalid' });
        }
      }),
    );
  });
});

it('shows no character that acts on a terminal', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(showName(text)).not.toMatch(/[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069\u200b\ufeff]/u);
    }),
  );
  expect(showName('naïve 東京 👩‍🔬.py')).toContain('naïve 東京');
});

it.each([
  ['/home/ann/job/bellglass.yaml', '/home/ann/job'],
  ['C:\\job\\bellglass.yaml', 'C:\\job'],
  ['job/bellglass.yaml', '/from/here'],
  ['bellglass.yaml', '/from/here'],
])(
  'starts relative mounts of the project file %j at %j, and never at the folder that we run in (POL-8)',
  (path, folder) => {
    const files = [{ path: 'a.sh', content: 'dHJ1ZQ==' }];
    const given = { name: 'a.sh', entry: 'a.sh', files, folder: '/from/here', project: { path, text: '' } };
    expect(validateLaunch(given).folder).toBe(folder);
  },
);
