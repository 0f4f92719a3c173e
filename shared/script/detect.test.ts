import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RUNTIMES } from '../domain/run.ts';
import { AppError } from '../lib/app-error.ts';
import { utf8 } from './bytes.ts';
import { detectRuntime, interpreterOf, parseRuntime } from './detect.ts';

describe('detectRuntime (RUN-1)', () => {
  it.each([
    ['a.py', '', 'python', 'extension .py'],
    ['dir.sh/A.PY', '', 'python', 'extension .py'],
    ['a.mjs', '#!/bin/bash\n', 'node', 'extension .mjs'],
    ['a.bash', '', 'bash', 'extension .bash'],
    ['tool', '#!/usr/bin/env python3\n', 'python', 'shebang'],
    ['tool', '#!/usr/bin/env python3\r\nprint()\r\n', 'python', 'shebang'],
    ['tool', '#!/usr/bin/env -S python3.11 -u\n', 'python', 'shebang'],
    ['tool', '#!/usr/bin/env -Snode --no-warnings\n', 'node', 'shebang'],
    ['tool', '#!/usr/bin/env -i -u HOME A=1 bash\n', 'bash', 'shebang'],
    ['tool', '#! /bin/sh -e', 'bash', 'shebang'],
    ['tool', '\ufeff#!/bin/dash\n', 'bash', 'shebang'],
    ['tool.rb', '#!/usr/bin/env node\n', 'node', 'shebang'],
    ['.sh', '#!/usr/bin/nodejs\n', 'node', 'shebang'],
  ])('finds %s with %j to be %s by %s', (entry, text, runtime, from) => {
    expect(detectRuntime(entry, utf8(text))).toEqual({ runtime, from });
  });

  it('takes what the person chose over everything else', () => {
    expect(detectRuntime('a.py', utf8('#!/bin/sh'), 'polyglot')).toEqual({ runtime: 'polyglot', from: 'chosen' });
  });

  it.each([
    ['tool', '#!/usr/bin/env ruby\n', 'ruby'],
    ['tool', '#!/usr/bin/php\n', 'php'],
    ['tool', '#!/usr/bin/python2\n', 'python2'],
    ['tool', '#!/bin/zsh\n', 'zsh'],
    ['tool', '#!\n', 'nothing'],
    ['tool', '#!/usr/bin/env -S\n', 'env'],
    ['tool.ts', 'let a: number;', 'TypeScript'],
    ['tool.rb', 'puts 1', 'Ruby'],
    ['tool', '#!/bin/\u001b[31mevil\n', '\\u{1b}'],
  ])('refuses %s with %j and names what it found', (entry, text, word) => {
    const error = thrownBy(() => detectRuntime(entry, utf8(text)));
    expect(error).toMatchObject({ code: 'input-invalid' });
    expect(error.why).toContain(word);
    expect(error.next).toContain('python, node, bash');
  });

  it.each(['tool', 'README.md', 'constructor', 'a.constructor', ''])(
    'cannot tell the language of %j and says how to choose',
    (entry) => {
      expect(thrownBy(() => detectRuntime(entry, utf8('hello')))).toMatchObject({
        code: 'input-invalid',
        next: expect.stringContaining('Choose a runtime') as string,
      });
    },
  );

  it('only ever answers a runtime or refuses', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.uint8Array({ maxLength: 200 }), (entry, bytes) => {
        try {
          expect(RUNTIMES).toContain(detectRuntime(entry, bytes).runtime);
        } catch (error) {
          expect(error).toMatchObject({ code: 'input-invalid' });
        }
      }),
    );
  });
});

it.each([
  ['py', 'python'],
  ['JavaScript', 'node'],
  ['js', 'node'],
  [' sh ', 'bash'],
  ['shell', 'bash'],
  ['polyglot', 'polyglot'],
  ['ruby', null],
  ['constructor', null],
])('reads the runtime name %j as %j', (text, runtime) => {
  expect(parseRuntime(text)).toBe(runtime);
});

it('starts a polyglot script with what it looks like, bash when nothing tells', () => {
  expect(interpreterOf('polyglot', 'a.js', utf8(''))).toBe('node');
  expect(interpreterOf('polyglot', 'a', utf8('#!/usr/bin/python3'))).toBe('python');
  expect(interpreterOf('polyglot', 'a', utf8('echo'))).toBe('bash');
  expect(interpreterOf('node', 'a.py', utf8(''))).toBe('node');
});

function thrownBy(work: () => unknown): AppError {
  try {
    work();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
