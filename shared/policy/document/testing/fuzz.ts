/** Reading and editing files that are damaged at random, the same ones each time. */
import { AppError } from '../../../lib/app-error.ts';
import { FIELD_PATHS, isFieldPath } from '../../fields.ts';
import { editPolicy } from '../edit/edit.ts';
import { readPolicy } from '../read.ts';
import { PROBLEM_LIMIT } from '../report.ts';
import { writePolicy } from '../write.ts';
import { STARTS } from './layouts.ts';

/** The same numbers from 0 to 1 each time (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const PIECES = [
  ...Array.from('[]{}:,-?&*!|>\'"%@`#~\t \n\r\0\\'),
  '\r\n',
  '- ',
  ': ',
  ' #',
  '---\n',
  '...\n',
  '<<: ',
  '*a',
  '&a ',
  '!!js/function ',
  '!!binary ',
  '!<x> ',
  '\uFEFF',
  '\ud800',
  '\u2028',
  '𝕏',
  '__proto__: ',
  'constructor: ',
  'x-a: ',
  'no',
  'null',
  '.nan',
  '-.inf',
  '1e999',
  '0x7f',
  '010',
  '2001-01-01',
  '-5 MiB',
  '999999999999 TiB',
  '[[[[[[[[',
  '{a: {a: {a: ',
  '? ? ? ',
  '- - - ',
  'trust_level: system\n',
  'capabilities: [SYS_ADMIN]',
  'user: "0:0"',
  '%YAML 1.1\n',
  ...FIELD_PATHS.map((path) => `${path.split('.').at(-1)}: `),
];

function mutated(text: string, next: () => number): string {
  let out = text;
  const times = 1 + Math.floor(next() * 6);
  for (let time = 0; time < times; time += 1) {
    const at = Math.floor(next() * (out.length + 1));
    const to = Math.min(out.length, at + Math.floor(next() ** 3 * 60));
    const piece = PIECES[Math.floor(next() * PIECES.length)]!;
    const kind = next();
    if (kind < 0.35) out = out.slice(0, at) + piece + out.slice(at);
    else if (kind < 0.6) out = out.slice(0, at) + out.slice(to);
    else if (kind < 0.75) out = out.slice(0, at) + piece + out.slice(to);
    else if (kind < 0.85) out = out.slice(0, to) + out.slice(at);
    else if (kind < 0.95)
      out = out.slice(0, at) + String.fromCharCode(Math.floor(next() * 0x1_00_00)) + out.slice(at + 1);
    else out = out.slice(0, at) + piece.repeat(1 + Math.floor(next() * 3000)) + out.slice(at);
  }
  return out;
}

export interface FuzzReport {
  /** Files that were policies all the same. */
  readonly good: number;
  /** Of these, how many a field could be set in. */
  readonly edited: number;
  readonly slowestMs: number;
  readonly slowest: string;
}

function hold(claim: boolean, what: string, text: string): void {
  if (!claim) throw new Error(`${what} for ${JSON.stringify(text.slice(0, 2000))}`);
}

function checkOne(text: string): { good: boolean; edited: boolean } {
  const { document, problems } = readPolicy('f', 'f', text);
  hold(problems.length <= PROBLEM_LIMIT, 'too many problems', text);
  const failed = problems.some(({ severity }) => severity === 'error');
  hold(failed === (document === null), 'an error and a document, or neither', text);
  for (const { line, column, endLine, endColumn, message, fix } of problems) {
    const ordered = endLine > line || (endLine === line && endColumn >= column);
    hold(line >= 1 && column >= 1 && ordered && message !== '' && fix !== '', 'a problem without place or words', text);
  }
  if (document === null) return { good: false, edited: false };
  for (const path of [...Object.keys(document.values), ...Object.keys(document.changes)])
    hold(isFieldPath(path), 'a value of no field', text);
  const written = writePolicy(document);
  hold(writePolicy(readPolicy('f', 'f', written).document!) === written, 'a value that does not read back', text);
  try {
    const changed = editPolicy(text, [{ path: 'resources.processes', value: 7 }]);
    hold(
      readPolicy('f', 'f', changed).document?.values['resources.processes'] === 7,
      'an edit that is not there',
      text,
    );
    return { good: true, edited: true };
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    return { good: true, edited: false };
  }
}

/** Throws at the first file that is not refused in good order or read whole. `now` in milliseconds. */
export function fuzz(rounds: number, seed: number, now: () => number): FuzzReport {
  const next = random(seed);
  const report = { good: 0, edited: 0, slowestMs: 0, slowest: '' };
  for (let round = 0; round < rounds; round += 1) {
    const text = mutated(STARTS[Math.floor(next() * STARTS.length)]!, next);
    const started = now();
    const { good, edited } = checkOne(text);
    const ms = now() - started;
    if (ms > report.slowestMs) Object.assign(report, { slowestMs: ms, slowest: text.slice(0, 500) });
    report.good += Number(good);
    report.edited += Number(edited);
  }
  return report;
}
