/** The `bellglass` command line: parses, calls one command, reports errors in the form asked for. */
import { Command, CommanderError } from 'commander';
import { closest } from '#shared/lib/closest.ts';
import { allow, type AllowOptions } from './commands/allow.ts';
import { auditCommands } from './commands/audit.ts';
import { doctor } from './commands/doctor.ts';
import type { DoctorOptions } from './commands/doctor.ts';
import { historyCommands } from './commands/history/register.ts';
import { keptCommands } from './commands/kept.ts';
import { policyCommands } from './commands/policy/register.ts';
import { pool } from './commands/pool.ts';
import { projectCommands } from './commands/project.ts';
import { workflowCommands } from './commands/workflow/register.ts';
import { queueCommands } from './commands/queue.ts';
import { runCommands } from './commands/run/register.ts';
import { serve } from './commands/serve.ts';
import type { ServeOptions } from './commands/serve.ts';
import { stop } from './commands/stop.ts';
import { tokenCommands } from './commands/token.ts';
import { EXIT } from './exit-codes.ts';
import { UsageError, reportError } from './messages.ts';
import type { Outputs } from './messages.ts';
import { Output, oneLine } from './output.ts';
import type { World } from './world.ts';

function build(world: World, outputs: Outputs, done: (code: number) => void): Command {
  const program = new Command('bellglass')
    .description("Run a script you don't trust, and see everything it does.")
    .version(world.version)
    .showSuggestionAfterError()
    .showHelpAfterError('(add --help for the options)');

  runCommands(program, world, outputs, done);

  program
    .command('serve')
    .summary('the app in a browser')
    .description('Serve the app to a browser on this computer, until Ctrl+C.')
    .option('--port <number>', 'port to use (default: the setting, else 7717 or the next free one)')
    .option('--json', 'print {"url": …} first, then one object per line')
    .option('--open <file>', 'open this script in the page')
    .option('--host-why <text>', 'why the browser and not the window, for the doctor page')
    .action(async (options: ServeOptions) => done(await serve(world, outputs, options)));

  program
    .command('stop')
    .summary('end the running app')
    .description('End the app that runs with this data folder, and every run of it.')
    .option('--json', 'print {"stopped": …}')
    .action(async (options: { json?: boolean }) => done(await stop(world, outputs, options)));

  program
    .command('allow')
    .summary('let a running script reach one more host')
    .description('Allow one more host, like api.example.org or api.example.org:8443, for a run that is going.')
    .argument('<run>', 'id of the run')
    .argument('<host>', 'a rule as in network.allow')
    .option('--save', 'also add it to the policy of the run')
    .option('--json', 'print {"allowed": …}')
    .action(async (id: string, host: string, options: AllowOptions) => {
      done(await allow(world, outputs, id, host, options));
    });

  program
    .command('pool')
    .summary('sandboxes that wait for a run')
    .description('Show what the running app has waiting, and how often that was of use.')
    .option('--json', 'print one JSON object per running app')
    .action(async (options: { json?: boolean }) => done(await pool(world, outputs, options)));

  queueCommands(program, world, outputs, done);
  historyCommands(program, world, outputs, done);
  policyCommands(program, world, outputs, done);
  projectCommands(program, world, outputs, done);
  tokenCommands(program, world, outputs, done);
  workflowCommands(program, world, outputs, done);
  keptCommands(program, world, outputs, done);

  program
    .command('doctor')
    .summary('what was found and what is enforced here')
    .description('Show the engines that were looked for and what the chosen one enforces.')
    .option('--json', 'print JSON')
    .option('--self-check', 'run scripts that try to break out, and say what came of it')
    .option('--bundle', 'show everything that a bug report needs')
    .option('--fresh-history', 'put a damaged history aside, so that the next start makes a fresh one')
    .action(async (options: DoctorOptions) => done(await doctor(world, outputs, options)));

  auditCommands(program, world, outputs, done);

  const overrideAll = (command: Command): void => {
    const summary = command.summary();
    if (command.description() === '') command.description(`${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`);
    command.exitOverride().configureOutput({
      writeOut: (text) => void outputs.stdout.write(text),
      writeErr: () => undefined,
    });
    for (const sub of command.commands) overrideAll(sub);
  };
  overrideAll(program);
  return program;
}

/** The deepest command that the words name. */
function commandOf(program: Command, words: readonly string[]): Command {
  const [first, ...rest] = words;
  const found = program.commands.find((command) => command.name() === first);
  return found === undefined ? program : commandOf(found, rest);
}

function fullName(command: Command): string {
  return command.parent === null ? command.name() : `${fullName(command.parent)} ${command.name()}`;
}

/** What is wrong about the name of a command, null when that is not what is wrong. */
function wrongName(error: CommanderError, program: Command, words: readonly string[]): UsageError | null {
  const group = commandOf(program, words);
  const names = group.commands.map((command) => command.name());
  if (names.length === 0) return null;
  const all = `Choose one of ${names.join(', ')}; \`${fullName(group)} --help\` says more.`;
  if (error.code === 'commander.help') return new UsageError(`${fullName(group)} wants a command.`, all);
  if (error.code !== 'commander.unknownCommand' && error.code !== 'commander.excessArguments') return null;
  const given = words[group.parent === null ? 0 : 1] ?? '';
  const near = closest(given, names);
  const message = `There is no command \`${fullName(group)} ${oneLine(given).slice(0, 80)}\`.`;
  return new UsageError(message, near === null ? all : `Did you mean \`${fullName(group)} ${near}\`?`);
}

function usageOf(error: CommanderError): UsageError {
  const [first = '', ...rest] = error.message.replace(/^error: /, '').split('\n');
  const hint = rest.find((line) => line.startsWith('(Did you mean'))?.replace(/^\((.*)\)$/, '$1');
  const message = `${first.charAt(0).toUpperCase()}${first.slice(1)}${/[.?]$/.test(first) ? '' : '.'}`;
  return new UsageError(message, hint ?? 'Add --help to see the options.');
}

/** Runs one command line and returns its exit code; never throws. */
export async function runCli(args: readonly string[], world: World): Promise<number> {
  const outputs = { stdout: new Output(world.stdout), stderr: new Output(world.stderr) };
  const own = args.slice(0, args.includes('--') ? args.indexOf('--') : args.length);
  const json = own.includes('--json');
  let code: number = EXIT.ok;
  const program = build(world, outputs, (result) => (code = result));
  try {
    if (args.length === 0) await outputs.stdout.write(program.helpInformation());
    else await program.parseAsync([...args], { from: 'user' });
  } catch (thrown) {
    if (thrown instanceof CommanderError && thrown.exitCode === 0) code = EXIT.ok;
    else {
      const words = own.filter((word) => !word.startsWith('-'));
      const told = thrown instanceof CommanderError ? (wrongName(thrown, program, words) ?? usageOf(thrown)) : thrown;
      code = await reportError(outputs, told, json);
    }
  }
  await outputs.stdout.flush();
  await outputs.stderr.flush();
  return code;
}
