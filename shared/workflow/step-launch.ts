/** From a step and what is known when it begins to the launch of its run (WF-1). Pure. */
import type { Launch } from '../contract/runs.ts';
import type { WorkflowLaunch } from '../contract/workflows.ts';
import type { Json } from '../domain/exchange.ts';
import type { TierValues } from '../domain/policy.ts';
import type { Runtime } from '../domain/run.ts';
import { toBase64, utf8 } from '../script/bytes.ts';
import type { StepDocument, WorkflowDocument } from './document.ts';
import type { Bounded, Scope } from './expression.ts';
import { asText, fill } from './template.ts';

/** What a step is given; expressions are filled in. */
export interface StepValues {
  /** Files of earlier steps, beside the script. */
  readonly files?: Launch['files'];
  readonly input: Json | undefined;
  readonly variables: Readonly<Record<string, Json>>;
  readonly env: Readonly<Record<string, string>>;
  readonly command: readonly string[] | null;
}

type At = { readonly workflow: WorkflowDocument; readonly step: StepDocument };

/** Values as the file writes them, for looking at a step before anything is known. */
export function unfilled({ workflow, step }: At): StepValues {
  return { input: undefined, variables: {}, env: { ...workflow.env, ...step.env }, command: step.command };
}

/** The values of a step, or one sentence why they cannot be worked out. */
export function filled({ workflow, step }: At, scope: Scope, bounded: Bounded): StepValues | { problem: string } {
  const input = step.input === undefined ? { value: scope.input } : fill(step.input, scope, bounded);
  if ('problem' in input) return { problem: `Its input: ${input.problem}` };
  const variables = fill({ ...step.variables }, scope, bounded);
  if ('problem' in variables) return { problem: `Its variables: ${variables.problem}` };
  const env = fill({ ...step.env }, scope, bounded);
  if ('problem' in env) return { problem: `Its environment: ${env.problem}` };
  const command = step.command === null ? null : fill([...step.command], scope, bounded);
  if (command !== null && 'problem' in command) return { problem: `Its command: ${command.problem}` };
  const words = command === null ? null : (command.value as Json[]).map((word) => asText(word));
  if (words?.some((word) => word.includes('\0')) === true)
    return { problem: 'Its command: a word has a NUL character, which no program can receive.' };
  return {
    input: input.value === null && step.input === undefined ? undefined : input.value,
    variables: { ...scope.variables, ...(variables.value as Record<string, Json>) },
    env: {
      ...workflow.env,
      ...Object.fromEntries(
        Object.entries(env.value as Record<string, Json>).map(([name, value]) => [name, asText(value)]),
      ),
    },
    command: words,
  };
}

const ENDINGS: Readonly<Record<Runtime, string>> = { python: '.py', node: '.js', bash: '.sh', polyglot: '.sh' };

/** Node.js takes a module for one by its ending only. */
function endingOf({ runtime, run }: StepDocument): string {
  return runtime === 'node' && /^(?:import|export)\b/m.test(run ?? '') ? '.mjs' : ENDINGS[runtime];
}

/** What the step runs as a file: its own text, a file of the folder, or a place holder beside a command. */
function filesOf(step: StepDocument, files: WorkflowLaunch['files']): Pick<Launch, 'files' | 'entry'> {
  if (step.script !== null) {
    const { script } = step;
    return { entry: script, files: (files ?? []).filter(({ path }) => path === script) };
  }
  const entry = `${step.id}${endingOf(step)}`;
  const text = step.run ?? '# This step runs its command.\n';
  return { entry, files: [{ path: entry, content: toBase64(utf8(text)) }] };
}

/** The launch without policy and level, which are chosen by who plans it. */
export function stepLaunch({ workflow, step }: At, given: WorkflowLaunch, values: StepValues): Launch {
  const { entry, files } = filesOf(step, given.files);
  const wanted = step.secrets.filter((name) => Object.hasOwn(given.secrets ?? {}, name));
  return {
    name: `${workflow.name}/${step.id}`,
    entry,
    files: [...files, ...(values.files ?? [])],
    runtime: step.runtime,
    env: { ...values.env, ...given.env },
    stdin: null,
    ...(values.input !== undefined && { input: values.input }),
    ...(Object.keys(values.variables).length > 0 && { variables: values.variables }),
    ...(wanted.length > 0 && {
      secrets: Object.fromEntries(wanted.map((name) => [name, given.secrets?.[name] ?? ''])),
    }),
    ...(given.set !== undefined && { set: given.set }),
    ...(given.folder !== undefined && { folder: given.folder }),
    ...(given.project !== undefined && { project: given.project }),
  };
}

/** The tiers of a workflow and one of its steps. What a file says about limits only tightens until it is approved; what it runs is its own. */
export function stepTiers({ workflow, step }: At, values: StepValues, approved: boolean): TierValues[] {
  return [
    { tier: 'workflow', name: workflow.name, ...workflow.layer, tightenOnly: !approved },
    { tier: 'step', name: step.id, ...step.layer, tightenOnly: !approved },
    {
      tier: 'step',
      name: step.id,
      values: {
        ...(step.entrypoint !== null && { 'run.entrypoint': step.entrypoint }),
        ...(values.command !== null && { 'run.command': values.command }),
        ...(step.workingDir !== null && { 'run.working_dir': step.workingDir }),
      },
    },
  ];
}
