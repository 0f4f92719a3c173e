/** `bellglass kept …`: sandboxes that stay after their run, and what is in them (RUN-14). */
import type { Command } from 'commander';
import type { Core } from '#core/core.ts';
import { KEPT_LIMITS, type KeptSandbox } from '#shared/domain/kept.ts';
import { AppError } from '#shared/lib/app-error.ts';
import { showDuration } from '#shared/lib/units.ts';
import { settledEngine } from '../engine-ready.ts';
import { EXIT } from '../exit-codes.ts';
import { printJson, UsageError, type Outputs } from '../messages.ts';
import { openCore } from '../open-core.ts';
import { oneLine } from '../output.ts';
import type { World } from '../world.ts';
import { copyOut, makeTarget } from './run/run-data.ts';

interface KeptOptions {
  readonly json?: boolean;
}

interface RemoveOptions extends KeptOptions {
  readonly all?: boolean;
}

/** `engine`: what is done needs one. */
async function withCore<T>(world: World, engine: boolean, work: (core: Core) => Promise<T>): Promise<T> {
  const opened = await openCore(world, 'bellglass kept', 'cli', !engine);
  try {
    if (engine) {
      const status = await settledEngine(opened.core, new AbortController().signal);
      if (status.state === 'none') throw new AppError(status.error as ConstructorParameters<typeof AppError>[0]);
    }
    return await work(opened.core);
  } finally {
    await opened.close();
  }
}

function lineOf({ run, name, container, until }: KeptSandbox, now: number): string {
  return oneLine(`${run}  ${name}  ${container.slice(0, 12)}  goes in ${showDuration(Math.max(0, until - now))}`);
}

async function list(world: World, outputs: Outputs, { json = false }: KeptOptions): Promise<number> {
  const all = await withCore(world, false, (core) => core.kept.list());
  for (const one of all) {
    if (json) await printJson(outputs.stdout, one);
    else await outputs.stdout.write(`${lineOf(one, Date.now())}\n`);
  }
  if (all.length === 0 && !json) await outputs.stderr.write('No sandbox is kept.\n');
  return EXIT.ok;
}

async function copy(
  world: World,
  outputs: Outputs,
  given: string,
  folder: string,
  { json = false }: KeptOptions,
): Promise<number> {
  const run = given.toLowerCase();
  await makeTarget(folder, 'of the copy');
  const { look, copied } = await withCore(world, true, async (core) => {
    const found = await core.kept.look(run);
    const read = (id: string, path: string | null, from: number, length: number) =>
      core.kept.read(id, found.files, path ?? '', from, length);
    return { look: found, copied: await copyOut({ read }, run, found, folder) };
  });
  const { left, leftMore, problem } = look;
  if (json) await printJson(outputs.stdout, { run, ...copied, left, leftMore, problem });
  else {
    await outputs.stderr.write(
      `${copied.files} ${copied.files === 1 ? 'file' : 'files'} copied to ${copied.folder}.\n`,
    );
    for (const { path, reason } of left) await outputs.stderr.write(`${oneLine(`Left: ${path} (${reason})`)}\n`);
    if (leftMore > 0) await outputs.stderr.write(`Left: ${leftMore} more\n`);
    for (const one of copied.failed) await outputs.stderr.write(`${oneLine(`Not copied: ${one}`)}\n`);
    if (problem !== null) await outputs.stderr.write(`${problem}\n`);
  }
  return problem === null && copied.failed.length === 0 ? EXIT.ok : EXIT.notOk;
}

async function remove(
  world: World,
  outputs: Outputs,
  run: string | undefined,
  { json = false, all = false }: RemoveOptions,
): Promise<number> {
  if (run !== undefined && all)
    throw new UsageError('Both a run and `--all` are given.', 'Give the id of its run, or --all.');
  if (run === undefined && !all) throw new UsageError('Which one is not said.', 'Give the id of its run, or --all.');
  const gone = await withCore(world, true, async (core) => {
    const runs = run === undefined ? (await core.kept.list()).map((one) => one.run) : [run.toLowerCase()];
    for (const one of runs) await core.kept.remove(one);
    return runs;
  });
  if (json) await printJson(outputs.stdout, { removed: gone });
  else await outputs.stderr.write(`${gone.length} kept ${gone.length === 1 ? 'sandbox' : 'sandboxes'} removed.\n`);
  return EXIT.ok;
}

/** Adds `kept` with its commands. */
export function keptCommands(program: Command, world: World, outputs: Outputs, done: (code: number) => void): void {
  const json = ['--json', 'print JSON'] as const;
  const kept = program
    .command('kept')
    .summary('sandboxes that stay after their run')
    .description(
      `Sandboxes of \`bellglass run --keep\`: sealed, so that nothing runs in them ever again. At most ${KEPT_LIMITS.count}, for ${showDuration(KEPT_LIMITS.age)}.`,
    )
    .option(...json)
    .action(async (options: KeptOptions) => done(await list(world, outputs, options)));
  kept
    .command('copy')
    .summary('copy what is in one to a folder')
    .description(
      'Copy the files of /workspace and /tmp, as they were at the end, to a folder. Links and devices stay out.',
    )
    .argument('<run>', 'id of its run')
    .argument('<folder>', 'made when it is not there')
    .option(...json)
    .action(async (run: string, folder: string, _: unknown, command: Command) =>
      // Both have `--json`, and the outer one takes it.
      done(await copy(world, outputs, run, folder, command.optsWithGlobals<KeptOptions>())),
    );
  kept
    .command('remove')
    .summary('remove one, or all')
    .argument('[run]', 'id of its run')
    .option('--all', 'all of them')
    .option(...json)
    .action(async (run: string | undefined, _: unknown, command: Command) =>
      done(await remove(world, outputs, run, command.optsWithGlobals<RemoveOptions>())),
    );
}
