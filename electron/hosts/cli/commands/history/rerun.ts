/** `bellglass rerun ID`: what an earlier run was given, run again (RUN-12). */
import { Readable } from 'node:stream';
import { launchAgain, type GivenAgain } from '#shared/history/again.ts';
import type { WorkflowOfRun } from '#shared/domain/run.ts';
import { showShort } from '#shared/script/display.ts';
import { UsageError, type Outputs } from '../../messages.ts';
import { openCore } from '../../open-core.ts';
import type { World } from '../../world.ts';
import { runLaunch, type Prepared } from '../run/run.ts';
import { chosen, type RunOptions } from '../run/run-launch.ts';
import { openStdin } from '../run/run-stdin.ts';

async function givenTo(
  world: World,
  id: string,
): Promise<{ readonly given: GivenAgain; readonly workflow: WorkflowOfRun | null }> {
  const open = await openCore(world, 'the command line asked', 'cli', true);
  try {
    const { summary } = await open.core.runs.get(id);
    return { given: await open.core.history.launch(id), workflow: summary.workflow };
  } finally {
    await open.close();
  }
}

/** Runs it and returns the exit code, as `bellglass run` does. @throws UsageError that names the secrets that are missing. */
export async function rerun(world: World, outputs: Outputs, id: string, options: RunOptions): Promise<number> {
  return await runLaunch(world, outputs, options, async (): Promise<Prepared> => {
    const { trust, ...instead } = await chosen(options, world.env);
    const { given, workflow } = await givenTo(world, id.toLowerCase());
    const missing = given.secrets.filter((name) => !Object.hasOwn(instead.secrets ?? {}, name));
    if (missing.length > 0)
      throw new UsageError(
        `This run had ${missing.length === 1 ? 'a secret' : 'secrets'}: ${missing.map((name) => showShort(name, 80)).join(', ')}. Values of secrets are never kept.`,
        `Give ${missing.length === 1 ? 'it' : 'them'} again: ${missing.map((name) => `\`--secret ${showShort(name, 80)}=…\``).join(' ')}, or without a value to take it from the environment.`,
      );
    const { stdin, ...launch } = launchAgain(given, { ...instead, trust, policy: options.policy });
    const kept = options.stdin === undefined && stdin !== undefined;
    return {
      launch: {
        ...launch,
        ...(instead.input !== undefined && { input: instead.input }),
        ...(instead.variables !== undefined && { variables: { ...launch.variables, ...instead.variables } }),
        ...(kept && { stdin }),
        ...(options.keep && { keep: true }),
      },
      notes: [
        ...(given.whole
          ? []
          : ['Only the script and the policy of this run are still kept: files, data and environment are not there.']),
        ...(workflow === null
          ? []
          : [
              `It was step ${workflow.step} of the workflow ${workflow.workflow} and runs alone here, with the values that it had there. To run it and what needs it in its workflow: bellglass workflow retry ${workflow.id} ${workflow.step}`,
            ]),
      ],
      input: kept ? Readable.from([]) : await openStdin(options.stdin, world.stdin),
    };
  });
}
