/** Which language a script is written in: chosen by the person, else its extension, else its first line. */
import { RUNTIMES } from '../domain/run.ts';
import type { Runtime } from '../domain/run.ts';
import { AppError } from '../lib/app-error.ts';
import { roughTextOf } from './bytes.ts';
import { showShort } from './display.ts';

/** A program inside the image that runs a script; `polyglot` images hold all of them. */
export type Interpreter = 'python' | 'node' | 'bash';

const ALIASES: Readonly<Record<string, Runtime>> = {
  py: 'python',
  python3: 'python',
  js: 'node',
  javascript: 'node',
  nodejs: 'node',
  sh: 'bash',
  shell: 'bash',
};

const EXTENSIONS: Readonly<Record<string, Interpreter>> = {
  py: 'python',
  pyw: 'python',
  pyz: 'python',
  pyc: 'python',
  js: 'node',
  cjs: 'node',
  mjs: 'node',
  sh: 'bash',
  bash: 'bash',
};

/** Languages that people will try and that no image of ours can run. */
const FOREIGN_EXTENSIONS: Readonly<Record<string, string>> = {
  ts: 'TypeScript',
  tsx: 'TypeScript',
  jsx: 'JSX',
  rb: 'Ruby',
  php: 'PHP',
  pl: 'Perl',
  lua: 'Lua',
  ps1: 'PowerShell',
  bat: 'a Windows batch file',
  cmd: 'a Windows batch file',
  exe: 'a Windows program',
  go: 'Go',
  rs: 'Rust',
  c: 'C',
  cpp: 'C++',
  java: 'Java',
  jar: 'Java',
  r: 'R',
  zsh: 'Z shell',
  fish: 'fish',
  ipynb: 'a notebook',
};

const CHOOSE =
  'Choose a runtime: python, node, bash or polyglot (`--set image.runtime=python`, `language` over REST, or the runtime menu of the launch sheet).';

/** Reads a runtime's name or alias; null when it is neither. */
export function parseRuntime(text: string): Runtime | null {
  const wanted = text.trim().toLowerCase();
  return (
    RUNTIMES.find((runtime) => runtime === wanted) ??
    (Object.hasOwn(ALIASES, wanted) ? (ALIASES[wanted] ?? null) : null)
  );
}

function programRuntime(program: string): Interpreter | null {
  if (/^(?:python|python3(?:\.\d+)?|pypy3?)$/.test(program)) return 'python';
  if (/^(?:node|nodejs)$/.test(program)) return 'node';
  if (/^(?:bash|sh|dash|ash)$/.test(program)) return 'bash';
  return null;
}

/** The program that a first line asks for, without its folder; null when there is no `#!`. `env` is looked through, with `-S` and assignments. */
export function shebangProgram(content: Uint8Array): string | null {
  const head = roughTextOf(content.subarray(0, 1024)).replace(/^\ufeff/, '');
  if (!head.startsWith('#!')) return null;
  const line = head.slice(2).split(/[\r\n]/, 1)[0] ?? '';
  const words = line.trim().split(/[ \t]+/);
  let program = baseName(words.shift() ?? '');
  if (program === 'env') {
    while (words.length > 0) {
      const word = words.shift() ?? '';
      if (word.startsWith('-S') && word.length > 2) words.unshift(word.slice(2));
      else if (word === '-u' || word === '--unset' || word === '-C') words.shift();
      else if (word.startsWith('--split-string=')) words.unshift(word.slice('--split-string='.length));
      else if (!word.startsWith('-') && !/^[A-Za-z_]\w*=/.test(word)) {
        program = baseName(word);
        break;
      }
    }
  }
  return program;
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Lower-case extension without its dot; empty when there is none (`.profile` has none). */
export function extensionOf(path: string): string {
  const name = baseName(path);
  const dot = name.lastIndexOf('.');
  return dot > 0 ? name.slice(dot + 1).toLowerCase() : '';
}

function find(
  entry: string,
  content: Uint8Array,
): { interpreter: Interpreter; from: string } | { foreign: string } | null {
  const extension = extensionOf(entry);
  const byExtension = Object.hasOwn(EXTENSIONS, extension) ? EXTENSIONS[extension] : undefined;
  if (byExtension) return { interpreter: byExtension, from: `extension .${extension}` };
  const program = shebangProgram(content);
  if (program !== null) {
    const interpreter = programRuntime(program);
    return interpreter
      ? { interpreter, from: 'shebang' }
      : { foreign: `its first line asks for \`${showShort(program, 60) || 'nothing'}\`` };
  }
  const foreign = Object.hasOwn(FOREIGN_EXTENSIONS, extension) ? FOREIGN_EXTENSIONS[extension] : undefined;
  return foreign ? { foreign: `the extension .${extension} is ${foreign}` } : null;
}

/**
 * The runtime of a script and how it was found: `chosen`, `extension .py` or `shebang`.
 * @throws AppError `input-invalid` when nothing tells, or when it is a language that we have no image for.
 */
export function detectRuntime(
  entry: string,
  content: Uint8Array,
  chosen?: Runtime,
): { runtime: Runtime; from: string } {
  if (chosen !== undefined) return { runtime: chosen, from: 'chosen' };
  const found = find(entry, content);
  if (found && 'interpreter' in found) return { runtime: found.interpreter, from: found.from };
  const name = showShort(baseName(entry), 80);
  if (found) {
    throw new AppError({
      code: 'input-invalid',
      message: `Bellglass has no runtime for ${name}.`,
      why: `It runs Python, Node.js and bash, and ${found.foreign}.`,
      next: `If it is one of these all the same, say so. ${CHOOSE}`,
    });
  }
  throw new AppError({
    code: 'input-invalid',
    message: `Bellglass cannot tell which language ${name} is written in.`,
    why: 'It has no extension that we know and no `#!` line.',
    next: CHOOSE,
  });
}

/** The interpreter to start: the runtime itself, or for `polyglot` what the script looks like (bash when nothing tells). */
export function interpreterOf(runtime: Runtime, entry: string, content: Uint8Array): Interpreter {
  if (runtime !== 'polyglot') return runtime;
  const found = find(entry, content);
  return found && 'interpreter' in found ? found.interpreter : 'bash';
}
