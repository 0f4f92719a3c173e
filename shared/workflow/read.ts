/** A workflow file's text as documents, with every mistake at its place; nothing is half-applied (WF-1). Pure. */
import { isMap, isSeq, type Node, type YAMLMap } from 'yaml';
import { WORKFLOW_LIMITS, type WorkflowProblem } from '../domain/workflow.ts';
import { disguised, isNothing } from '../policy/document/node.ts';
import { code, Report, spanOf } from '../policy/document/report.ts';
import { nodeText, parseSafely } from '../policy/document/safe-yaml.ts';
import type { StepDocument, WorkflowDocument } from './document.ts';
import { graphOf, type Graph } from './graph.ts';
import { readStep, readVariables } from './read-step.ts';
import { Keys, wrong } from './values.ts';
import { readWish } from './wish.ts';

export interface ReadWorkflow extends WorkflowDocument {
  readonly graph: Graph;
}

export interface ReadWorkflows {
  /** By name; those with mistakes are among them as far as they can be read. */
  readonly workflows: ReadonlyMap<string, ReadWorkflow>;
  /** In order of the text; the file cannot run while there are any. */
  readonly problems: WorkflowProblem[];
}

const NAME = /^[^\p{C}\p{Zl}\p{Zp}]+$/u;

function noExpressions(report: Report): (text: string, node: Node) => void {
  return (text, node) => {
    if (text.includes('${{'))
      wrong(
        report,
        spanOf(node),
        'Values of a whole workflow take no expressions.',
        'Move it to the step that needs it, or give the value at start.',
      );
  };
}

function readSteps(keys: Keys): StepDocument[] {
  const { report } = keys;
  const found = keys.take('steps');
  if (found !== undefined && !isSeq(found.node)) {
    wrong(report, spanOf(found.node), '`steps` is a list.', 'Begin each step with a dash: `- id: first`.');
    return [];
  }
  const nodes = found === undefined ? [] : ((found.node as { items: unknown }).items as (Node | null)[]);
  if (nodes.length === 0) {
    wrong(
      report,
      found === undefined ? keys.span : spanOf(found.node),
      'The workflow has no steps.',
      'Add `steps:` with at least one.',
    );
    return [];
  }
  if (nodes.length > WORKFLOW_LIMITS.steps) {
    wrong(
      report,
      spanOf(found?.node),
      `The workflow has ${nodes.length.toLocaleString('en')} steps, more than ${WORKFLOW_LIMITS.steps.toLocaleString('en')}.`,
      'Split it, or let one step do more.',
    );
    return [];
  }
  const steps: StepDocument[] = [];
  for (const [at, node] of nodes.entries()) {
    if (report.full) break;
    if (disguised(node, report)) continue;
    if (isMap(node)) steps.push(readStep(new Keys(node, report), at + 1));
    else wrong(report, spanOf(node ?? found?.node), 'A step is a map.', 'Write `- id: first` and its keys below.');
  }
  return steps;
}

function readWorkflow(name: string, map: YAMLMap, key: Node, report: Report): ReadWorkflow {
  const keys = new Keys(map, report);
  const { line, column } = report.range(spanOf(key));
  const plain = noExpressions(report);
  const description = keys.text('description')?.text.slice(0, 2000) ?? '';
  const variables = readVariables(keys, plain);
  const wish = readWish(keys, plain);
  const steps = readSteps(keys);
  keys.take('name', 'on');
  keys.rest('A workflow');
  const graph = graphOf(steps);
  for (const { step, message, fix } of graph.problems) {
    const at = steps[step];
    report.addAt(at?.line ?? line, at?.column ?? column, { code: 'graph', message, fix });
  }
  return { name, description, line, column, variables, ...wish, steps, graph };
}

/** Reads the text of a workflow file. Never throws; time and memory are linear in its bounded size. */
export function readWorkflows(file: string, text: string): ReadWorkflows {
  const yaml = parseSafely(text, { limit: WORKFLOW_LIMITS.text, schema: 'failsafe' });
  const report = new Report(file, yaml, WORKFLOW_LIMITS.text, 'workflow');
  const workflows = new Map<string, ReadWorkflow>();
  const contents = yaml.document?.contents ?? null;
  const root = isMap(contents) && !disguised(contents, report) ? new Keys(contents, report) : null;
  if (root === null) {
    if (report.problems.length === 0)
      wrong(report, [0, 0], 'This is no workflow file.', 'Begin it with `workflows:` and a name below.');
  } else {
    const map = root.map('workflows');
    root.take('version', 'name', 'description');
    root.rest('A workflow file');
    const pairs = map?.items ?? [];
    if (pairs.length === 0 && report.problems.length === 0)
      wrong(
        report,
        map === undefined ? [0, 0] : spanOf(map),
        'The file has no workflow.',
        'Write a name and `steps:` below `workflows:`.',
      );
    if (pairs.length > WORKFLOW_LIMITS.workflows)
      wrong(
        report,
        spanOf(map),
        `The file has more than ${WORKFLOW_LIMITS.workflows} workflows.`,
        'Split it into several files.',
      );
    for (const { key, value } of pairs.slice(0, WORKFLOW_LIMITS.workflows)) {
      const name = nodeText(key);
      if (report.full) break;
      if (name.startsWith('x-') || workflows.has(name)) continue;
      if (name.length > WORKFLOW_LIMITS.id || !NAME.test(name) || name.trim() !== name)
        wrong(
          report,
          spanOf(key),
          `${code(name)} cannot be the name of a workflow.`,
          `Use 1 to ${WORKFLOW_LIMITS.id} letters that can be seen.`,
        );
      if (disguised(value, report)) continue;
      if (isMap(value)) workflows.set(name, readWorkflow(name, value, key, report));
      else
        wrong(
          report,
          isNothing(value) ? spanOf(key) : spanOf(value),
          `The workflow ${code(name)} is a map.`,
          'Write `steps:` below its name.',
        );
    }
  }
  const problems = report.problems
    .filter(({ severity }) => severity === 'error')
    .toSorted((a, b) => a.line - b.line || a.column - b.column)
    .map(({ message, fix, line, column }) => ({ message, fix, line, column }));
  return { workflows, problems };
}
