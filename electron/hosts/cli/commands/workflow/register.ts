/** `bellglass workflow …`: check, approve, list, run a step again, stop (WF-1). */
import { join } from 'node:path';
import type { Command } from 'commander';
import { stopWorkflowElsewhere } from '#core/control/control.ts';
import { loadWorkflow } from '#core/scripts/workflow.ts';
import type { WorkflowSummary } from '#shared/domain/workflow.ts';
import { AppError } from '#shared/lib/app-error.ts';
import { EXIT } from '../../exit-codes.ts';
import { printJson, UsageError, type Outputs } from '../../messages.ts';
import { openCore } from '../../open-core.ts';
import { collect } from '../../options.ts';
import { oneLine } from '../../output.ts';
import type { World } from '../../world.ts';
import { secrets } from '../run/run-launch.ts';
import { followed, workflowLaunchOf, type WorkflowRunOptions } from './run.ts';

interface JsonOption {
  readonly json?: boolean;
}

type Options = JsonOption & Pick<WorkflowRunOptions, 'workflow' | 'trust' | 'policy' | 'set'>;

/** Exit code 1 when the file cannot run as it is. */
async function check(world: World, outputs: Outputs, file: string, options: Options): Promise<number> {
  const launch = await workflowLaunchOf(file, [], options, world.env);
  const opened = await openCore(world, 'bellglass workflow', 'cli', true);
  try {
    const plan = await opened.core.workflows.plan(launch);
    const refused = plan.steps.filter(({ refusal }) => refusal !== null);
    const ok = plan.problems.length === 0 && refused.length === 0;
    if (options.json) {
      await printJson(outputs.stdout, { ok, ...plan });
      return ok ? EXIT.ok : EXIT.notOk;
    }
    const say = (text: string): Promise<void> => outputs.stdout.write(`${oneLine(text)}\n`);
    for (const { message, fix, line, column } of plan.problems)
      await say(
        `${launch.name}${line === undefined ? '' : `:${line}:${column ?? 1}`}: ${message}${fix === undefined ? '' : ` ${fix}`}`,
      );
    if (plan.workflow === null && plan.problems.length === 0)
      await say(`Workflows: ${plan.names.join(', ')}. Choose one with --workflow.`);
    for (const { id, needs, condition, policy, summary, refusal } of plan.steps) {
      const after = needs.length === 0 ? '' : ` after ${needs.join(', ')}`;
      await say(`${id}${after}${condition === null ? '' : ` if ${condition}`} · ${policy} · ${summary}`);
      if (refusal !== null) await say(`  would be refused: ${refusal}`);
    }
    for (const { step, label, asked, kept } of plan.file?.heldBack ?? [])
      await say(`Held back until the file is approved: ${step}: ${label} ${asked} (stays ${kept}).`);
    for (const warning of plan.warnings) await say(warning);
    if (plan.secrets.length > 0) await say(`Needs the secrets ${plan.secrets.join(', ')}.`);
    return ok ? EXIT.ok : EXIT.notOk;
  } finally {
    await opened.close();
  }
}

async function approve(world: World, outputs: Outputs, file: string, { json = false }: JsonOption): Promise<number> {
  const { name, folder, text, files } = await loadWorkflow(file);
  const opened = await openCore(world, 'bellglass workflow', 'cli', true);
  const { core } = opened;
  try {
    const plan = await core.workflows.plan({ name, folder, text, files });
    const [problem] = plan.problems;
    if (problem !== undefined || plan.file === null)
      throw new AppError({
        code: 'input-invalid',
        message: `${name}:${problem?.line ?? 1}:${problem?.column ?? 1}: ${problem?.message ?? 'This is no workflow file.'}`,
        why: 'A broken file cannot be approved: what it asks for is unknown.',
        next: problem?.fix,
      });
    const path = join(folder, name);
    const { hash } = plan.file;
    await core.policies.approveProject(path, hash);
    if (json) await printJson(outputs.stdout, { path, hash, approved: true });
    else {
      for (const line of text.trimEnd().split('\n'))
        await outputs.stdout.write(`  ${/^ */.exec(line)?.[0] ?? ''}${oneLine(line)}\n`);
      await outputs.stderr.write(`Approved: ${oneLine(path)} with this content. Any change needs a new approval.\n`);
    }
    return EXIT.ok;
  } finally {
    await opened.close();
  }
}

const LIST_MAX = 500;

function lineOf({ id, workflow, file, state, outcome, startedAt, counts }: WorkflowSummary): string {
  const done = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([word, count]) => `${count} ${word}`);
  return `${id}  ${new Date(startedAt).toISOString()}  ${outcome ?? state}  ${workflow}  ${file}  ${done.join(', ')}`;
}

async function list(
  world: World,
  outputs: Outputs,
  { json = false, limit = '50' }: JsonOption & { limit?: string },
): Promise<number> {
  const most = Number(limit);
  if (!Number.isInteger(most) || most < 1 || most > LIST_MAX)
    throw new UsageError(`\`--limit ${limit}\` is no number of workflows.`, `Give a number from 1 to ${LIST_MAX}.`);
  const opened = await openCore(world, 'bellglass workflow', 'cli', true);
  try {
    const found = opened.core.workflows.list(undefined, most);
    if (found.length === 0 && !json) await outputs.stderr.write('No workflow has run yet.\n');
    for (const summary of found)
      if (json) await printJson(outputs.stdout, summary);
      else await outputs.stdout.write(`${oneLine(lineOf(summary))}\n`);
    return EXIT.ok;
  } finally {
    await opened.close();
  }
}

async function retry(
  world: World,
  outputs: Outputs,
  given: string,
  step: string,
  options: JsonOption & { readonly secret?: readonly string[] },
): Promise<number> {
  const id = given.toLowerCase();
  return await followed(world, outputs, options.json === true, async (core) => {
    const { steps } = core.workflows.get(id);
    await core.workflows.retry(id, step, secrets(options.secret, world.env));
    return { id, steps };
  });
}

async function stop(world: World, outputs: Outputs, given: string, { json = false }: JsonOption): Promise<number> {
  const id = given.toLowerCase();
  await stopWorkflowElsewhere(world.paths.data, id);
  if (json) await printJson(outputs.stdout, { stopped: id });
  else await outputs.stderr.write('It was stopped.\n');
  return EXIT.ok;
}

/** Registers the commands. */
export function workflowCommands(program: Command, world: World, outputs: Outputs, done: (code: number) => void): void {
  const workflow = program
    .command('workflow')
    .summary('check, approve and steer workflows')
    .description('A workflow file has steps, each a run of its own: bellglass run flow.yaml starts it.');
  workflow
    .command('check')
    .summary('say what a file would do')
    .description('Read a workflow file and say what each step would run under. Exit code 1 when it cannot run.')
    .argument('<file>', 'a YAML file with workflows')
    .option('--workflow <name>', 'which one of the file')
    .option('--trust <level>', 'as for bellglass run')
    .option('--policy <name>', 'as for bellglass run')
    .option('--set <field=value>', 'as for bellglass run', collect)
    .option('--json', 'print {"ok": …, "steps": …}')
    .action(async (file: string, options: Options) => done(await check(world, outputs, file, options)));
  workflow
    .command('approve')
    .summary('let a file count as it is now')
    .description(
      'Until you approve its content, a workflow file only tightens. bellglass project revoke takes it back.',
    )
    .argument('<file>', 'a YAML file with workflows')
    .option('--json', 'print {"path": …, "hash": …}')
    .action(async (file: string, options: JsonOption) => done(await approve(world, outputs, file, options)));
  workflow
    .command('list')
    .summary('workflows of the past and those that go on')
    .option('--json', 'print one JSON object per workflow')
    .option('--limit <number>', 'at most so many (default: 50)')
    .action(async (options: JsonOption & { limit?: string }) => done(await list(world, outputs, options)));
  workflow
    .command('retry')
    .summary('run a step and what needs it again')
    .description('The steps before it keep what they gave back.')
    .argument('<id>', 'id of a workflow that is over')
    .argument('<step>', 'id of the step')
    .option('--secret <name[=value]>', 'a secret that the steps need; may be repeated', collect)
    .option('--json', 'print one JSON object per line')
    .action(async (id: string, step: string, options: JsonOption & { secret?: string[] }) =>
      done(await retry(world, outputs, id, step, options)),
    );
  workflow
    .command('stop')
    .summary('end a workflow of a running app')
    .argument('<id>', 'id of a workflow that goes on')
    .option('--json', 'print {"stopped": …}')
    .action(async (id: string, options: JsonOption) => done(await stop(world, outputs, id, options)));
}
