/** The `bellglass` command line: parses, calls one command, reports errors in the form asked for. */
import { Command, CommanderError } from 'commander';
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
import { Output } from './output.ts';
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
    command.exitOverride().configureOutput({
      writeOut: (text) => void outputs.stdout.write(text),
      writeErr: () => undefined,
    });
    for (const sub of command.commands) overrideAll(sub);
  };
  overrideAll(program);
  return program;
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
  try {
    const program = build(world, outputs, (result) => (code = result));
    if (args.length === 0) await outputs.stdout.write(program.helpInformation());
    else await program.parseAsync([...args], { from: 'user' });
  } catch (thrown) {
    if (thrown instanceof CommanderError && thrown.exitCode === 0) code = EXIT.ok;
    else code = await reportError(outputs, thrown instanceof CommanderError ? usageOf(thrown) : thrown, json);
  }
  await outputs.stdout.flush();
  await outputs.stderr.flush();
  return code;
}
