/** One step of a workflow file (WF-1). Pure. */
import type { Node } from 'yaml';
import type { Json } from '../domain/exchange.ts';
import type { Runtime } from '../domain/run.ts';
import { WORKFLOW_LIMITS } from '../domain/workflow.ts';
import { closest } from '../lib/closest.ts';
import { RUNTIMES } from '../domain/run.ts';
import { code, spanOf, type Report } from '../policy/document/report.ts';
import { detectRuntime, parseRuntime } from '../script/detect.ts';
import { normalPath } from '../script/paths.ts';
import { AppError } from '../lib/app-error.ts';
import type { StepDocument } from './document.ts';
import { readExpression } from './expression.ts';
import { readTemplate } from './template.ts';
import { jsonOf, wrong, type Keys } from './values.ts';
import { readWish } from './wish.ts';

const ID = /^[A-Za-z_][\w-]*$/;

/** What looks like one of our expressions; a script's own `${{` is left alone. */
const IN_SCRIPT = /\$\{\{\s*(?:steps|variables|input|env|secrets)\b/;

/** Where an expression inside a text stands: at its own place in a text of one line, else at the text's. */
function place(node: Node, text: string, at: number, report: Report): readonly [number, number] {
  const [from, to] = spanOf(node);
  const begin = report.text.indexOf(text.slice(at, at + 20), from);
  return begin >= 0 && begin < to && !text.includes('\n') ? [begin, Math.min(to, begin + 3)] : [from, to];
}

/** Checks each text for expressions and gathers the steps that they name. */
export function gather(report: Report, refers: Set<string>): (text: string, node: Node) => void {
  return (text, node) => {
    if (!text.includes('${{')) return;
    const read = readTemplate(text);
    if ('problem' in read) wrong(report, place(node, text, read.at, report), read.problem, read.fix);
    else for (const part of read.parts) if (typeof part !== 'string') for (const step of part.steps) refers.add(step);
  };
}

function readId(keys: Keys, number: number): { id: string; title: string } {
  const id = keys.text('id');
  const name = keys.text('name');
  if (id !== undefined && (!ID.test(id.text) || id.text.length > WORKFLOW_LIMITS.id))
    wrong(
      keys.report,
      spanOf(id.node),
      `${code(id.text)} cannot be the id of a step.`,
      `Use letters, digits, \`_\` and \`-\`, at most ${WORKFLOW_LIMITS.id}, beginning with a letter.`,
    );
  const named = name !== undefined && ID.test(name.text) && name.text.length <= WORKFLOW_LIMITS.id ? name.text : null;
  const own = id?.text ?? named ?? `step_${number}`;
  return { id: own, title: name?.text.trim().slice(0, 200) || own };
}

function readRuntime(keys: Keys, script: string | null): Runtime {
  const runtime = keys.text('runtime', 'language');
  if (runtime !== undefined) {
    const known = parseRuntime(runtime.text);
    if (known !== null) return known;
    const near = closest(runtime.text, RUNTIMES);
    wrong(
      keys.report,
      spanOf(runtime.node),
      `There is no runtime ${code(runtime.text)}.`,
      near === null ? `Write one of ${RUNTIMES.join(', ')}.` : `Did you mean \`${near}\`?`,
    );
    return 'bash';
  }
  try {
    return script === null ? 'bash' : detectRuntime(script, new Uint8Array(), undefined).runtime;
  } catch {
    return 'bash';
  }
}

function readScript(keys: Keys): { run: string | null; script: string | null } {
  const run = keys.text('run');
  const script = keys.text('script');
  if (run !== undefined && script !== undefined)
    wrong(keys.report, spanOf(script.node), 'A step has `run` or `script`, not both.', 'Take one of them out.');
  if (run !== undefined && run.text.trim() === '')
    wrong(keys.report, spanOf(run.node), '`run` is empty.', 'Write the script below it, after `run: |`.');
  const found = run === undefined ? null : IN_SCRIPT.exec(run.text);
  if (run !== undefined && found !== null)
    wrong(
      keys.report,
      place(run.node, run.text, found.index, keys.report),
      '`${{ }}` is not filled in inside a script: what another step gave back would become code.',
      'Pass the value by `input` or `env`, and read it in the script.',
    );
  let path: string | null = script?.text ?? null;
  if (script !== undefined) {
    try {
      path = normalPath(script.text, 'entry');
    } catch (thrown) {
      if (!(thrown instanceof AppError)) throw thrown;
      wrong(keys.report, spanOf(script.node), thrown.message, thrown.next ?? 'Name a file of the folder.');
    }
  }
  return { run: run?.text ?? null, script: path };
}

function readCondition(keys: Keys, refers: Set<string>): string | null {
  const found = keys.text('condition', 'if');
  if (found === undefined) return null;
  // The shape of other tools: the whole condition inside `${{ }}`.
  const bare = /^\s*\$\{\{([\s\S]*)\}\}\s*$/.exec(found.text)?.[1] ?? found.text;
  const read = readExpression(bare);
  if ('problem' in read) {
    wrong(keys.report, spanOf(found.node), read.problem, read.fix);
    return null;
  }
  for (const step of read.steps) refers.add(step);
  return read.text;
}

function readWords(keys: Keys, name: string, onText: (text: string, node: Node) => void): string[] | null {
  const found = keys.texts(name);
  found?.texts.forEach((text, index) => onText(text, found.nodes[index] as Node));
  return found?.texts ?? null;
}

function readMap(keys: Keys, onText: (text: string, node: Node) => void): Record<string, Json> {
  const map = keys.map('variables', 'vars');
  const value = map === undefined ? {} : jsonOf(map, keys.report, onText);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

/** Reads a step; mistakes go to the report. `number` is 1 for the first. */
export function readStep(keys: Keys, number: number): StepDocument {
  const { report, span } = keys;
  const refers = new Set<string>();
  const onText = gather(report, refers);
  const { line, column } = report.range(span);
  const { id, title } = readId(keys, number);
  const { run, script } = readScript(keys);
  const runtime = readRuntime(keys, script);
  const needs = keys.texts('needs', 'depends_on')?.texts ?? null;
  const input = keys.take('input');
  const filesFrom = [...new Set(keys.texts('files_from')?.texts ?? [])];
  for (const id of filesFrom) refers.add(id);
  const step: StepDocument = {
    id,
    title,
    line,
    column,
    needs,
    runtime,
    run,
    script,
    entrypoint: readWords(keys, 'entrypoint', (text, node) => {
      if (text.includes('${{'))
        wrong(
          report,
          spanOf(node),
          '`entrypoint` takes no expressions.',
          'Put the value into `command`, `env` or `input`.',
        );
    }),
    command: readWords(keys, 'command', onText),
    workingDir: keys.text('working_dir', 'workdir')?.text ?? null,
    input: input === undefined ? undefined : jsonOf(input.node, report, onText),
    variables: readMap(keys, onText),
    secrets: keys.texts('secrets')?.texts ?? [],
    filesFrom,
    condition: readCondition(keys, refers),
    continueOnError: keys.flag('continue_on_error'),
    ...readWish(keys, onText),
    refers: [],
  };
  keys.take('description');
  keys.rest('A step');
  if (step.run === null && step.script === null && step.command === null && step.entrypoint === null)
    wrong(report, span, `Step ${code(id)} runs nothing.`, 'Give it `run`, `script` or `command`.');
  return { ...step, refers: [...refers] };
}

export { readMap as readVariables };
