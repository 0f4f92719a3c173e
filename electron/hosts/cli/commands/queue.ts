/** `bellglass queue`: what waits in the running app, and steering it (RUN-8). */
import type { Command } from 'commander';
import { askQueues, tellRun, type QueueRequest } from '#core/control/control.ts';
import type { QueuedRunLine } from '#shared/contract/queue.ts';
import { formatDuration } from '#shared/lib/units.ts';
import { EXIT } from '../exit-codes.ts';
import { printJson, UsageError, type Outputs } from '../messages.ts';
import { collect } from '../options.ts';
import { oneLine } from '../output.ts';
import type { World } from '../world.ts';
import { secrets } from './run/run-launch.ts';

interface JsonOption {
  readonly json?: boolean;
}

interface GiveOptions extends JsonOption {
  readonly secret?: readonly string[];
}

/** Next one first; an empty queue is no error. */
async function list(world: World, outputs: Outputs, { json = false }: JsonOption): Promise<number> {
  const waiting = await askQueues(world.paths.data);
  if (waiting.length === 0 && !json) await outputs.stderr.write('Nothing waits.\n');
  for (const [at, run] of waiting.entries()) {
    if (json) await printJson(outputs.stdout, { ...run, place: at + 1 });
    else await outputs.stdout.write(`${oneLine(queueLine(at + 1, run, Date.now()))}\n`);
  }
  return EXIT.ok;
}

/** As a person reads it; `now` in epoch milliseconds. */
export function queueLine(
  place: number,
  { id, name, policy, waitsFor, createdAt }: QueuedRunLine,
  now: number,
): string {
  const since = formatDuration(Math.max(0, Math.round((now - createdAt) / 1000) * 1000));
  return `${place}. ${id}  ${name}  ${policy}  for ${since}: waits for ${waitsFor}`;
}

async function steer(
  world: World,
  outputs: Outputs,
  queue: QueueRequest['queue'],
  run: string,
  { json = false }: JsonOption,
): Promise<number> {
  await tellRun(world.paths.data, { queue, run: run.toLowerCase() });
  if (json) await printJson(outputs.stdout, { [queue]: run });
  else await outputs.stderr.write(queue === 'front' ? 'It starts next.\n' : 'It was taken out of the queue.\n');
  return EXIT.ok;
}

/** Names that are not given are taken from our own environment, so that nothing secret need stand on a command line. */
async function give(
  world: World,
  outputs: Outputs,
  given: string,
  { json = false, secret }: GiveOptions,
): Promise<number> {
  const run = given.toLowerCase();
  const wanted = (await askQueues(world.paths.data)).find(({ id }) => id === run)?.secretsWanted ?? [];
  const values = secrets(secret ?? wanted, world.env);
  const absent = wanted.filter((name) => !Object.hasOwn(values, name));
  if (absent.length > 0)
    throw new UsageError(
      `The run also waits for ${absent.join(', ')}.`,
      'Give all of them at once, or leave `--secret` out to take them from the environment.',
    );
  await tellRun(world.paths.data, { run, secrets: values });
  const names = Object.keys(values);
  if (json) await printJson(outputs.stdout, { given: run, secrets: names });
  else await outputs.stderr.write(`It has ${oneLine(names.join(', '))} and waits for its turn.\n`);
  return EXIT.ok;
}

/** Adds `queue` with its commands. */
export function queueCommands(program: Command, world: World, outputs: Outputs, done: (code: number) => void): void {
  const queue = program
    .command('queue')
    .summary('runs that wait for their turn')
    .description('Show what waits in the running app, next one first, and what each waits for.')
    .option('--json', 'print one JSON object per run')
    .action(async (options: JsonOption) => done(await list(world, outputs, options)));
  const waits = ['<run>', 'id of a run that waits'] as const;
  for (const [name, summary] of [
    ['front', 'let a run start next'],
    ['cancel', 'take a run out of the queue'],
  ] as const)
    queue
      .command(name)
      .summary(summary)
      .argument(...waits)
      .option('--json', `print {"${name}": …}`)
      .action(async (id: string, _: unknown, command: Command) =>
        // Both have `--json`, and the outer one takes it.
        done(await steer(world, outputs, name, id, command.optsWithGlobals<JsonOption>())),
      );
  queue
    .command('give')
    .summary('give a run the secrets that it waits for')
    .description(
      'Secrets are kept nowhere, so a run that waited when Bellglass ended comes back without them. Without --secret, all that it waits for are taken from the environment of this command.',
    )
    .argument(...waits)
    .option('--secret <name[=value]>', 'one of its secrets, without a value taken from here; may be repeated', collect)
    .option('--json', 'print {"given": …, "secrets": […]}')
    .action(async (id: string, _: unknown, command: Command) =>
      done(await give(world, outputs, id, command.optsWithGlobals<GiveOptions>())),
    );
}
