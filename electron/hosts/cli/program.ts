/** The `bellglass` command line: parses, calls one command, reports errors in the form asked for. */
import { Command, CommanderError } from 'commander';
import { allow, type AllowOptions } from './commands/allow.ts';
import { listCommand, verifyCommand } from './commands/audit.ts';
import type { AuditOptions } from './commands/audit.ts';
import { doctor } from './commands/doctor.ts';
import type { DoctorOptions } from './commands/doctor.ts';
import { compare, history, usage, type HistoryOptions } from './commands/history/history.ts';
import { rerun } from './commands/history/rerun.ts';
import { keptCommands } from './commands/kept.ts';
import { policyCommands } from './commands/policy/register.ts';
import { pool } from './commands/pool.ts';
import { projectCommands } from './commands/project.ts';
import { run } from './commands/run/run.ts';
import type { RunOptions } from './commands/run/run-launch.ts';
import type { WorkflowRunOptions } from './commands/workflow/run.ts';
import { workflowCommands } from './commands/workflow/register.ts';
import { queueList, queueSteer } from './commands/queue.ts';
import { serve } from './commands/serve.ts';
import type { ServeOptions } from './commands/serve.ts';
import { stop } from './commands/stop.ts';
import { tokenCommands } from './commands/token.ts';
import { EXIT } from './exit-codes.ts';
import { UsageError, reportError } from './messages.ts';
import type { Outputs } from './messages.ts';
import { Output } from './output.ts';
import type { World } from './world.ts';

const RUN_HELP = `
Exit codes: the script's own; 123 a limit was passed, 124 out of time, 125 engine lost or
Bellglass error, 126 refused, 130 cancelled, 137 out of memory.

Examples:
  bellglass run hello.py
  bellglass run --trust limited --set resources.memory='192 MiB' job.py -- --fast
  cat data.csv | bellglass run --json sum.py`;

const collect = (value: string, before: string[] = []): string[] => [...before, value];

function build(world: World, outputs: Outputs, done: (code: number) => void): Command {
  const program = new Command('bellglass')
    .description("Run a script you don't trust, and see everything it does.")
    .version(world.version)
    .showSuggestionAfterError()
    .showHelpAfterError('(add --help for the options)');

  program
    .command('run')
    .summary('run a script or a workflow in sandboxes')
    .description('Run a script, a folder with an entry file, or each step of a workflow in a sandbox of its own.')
    .argument('<file>', 'script, folder, or YAML file with workflows')
    .argument('[args...]', 'arguments of the script, after --')
    .option('--json', 'print one JSON object per line')
    .option('--entry <path>', 'file of the folder to run (default: main.py, index.js, main.sh and the like)')
    .option('--workflow <name>', 'which workflow of the file')
    .option('--trust <level>', 'untrusted, limited, trusted or system (default: untrusted)')
    .option('--policy <name>', 'a policy by name')
    .option('--set <field=value>', 'change one value, e.g. resources.memory=128MiB; may be repeated', collect)
    .option('--env <name=value>', 'an environment variable for the script; may be repeated', collect)
    .option('--secret <name[=value]>', 'like --env, never recorded; without a value taken from here', collect)
    .option('--input <json>', 'data for the script: JSON, or a file that holds it')
    .option('--var <name=json>', 'a variable for the script; may be repeated', collect)
    .option('--out <folder>', 'copy the files that the script gives back there')
    .option('--stdin <file>', 'what the script reads; - is our own stdin (default: -)')
    .option('--keep', 'keep the sandbox afterwards, sealed, to look into it (`bellglass kept`)')
    .option('--tty', 'give the script a terminal (stdout and stderr become one)')
    .addHelpText('after', RUN_HELP)
    .action(async (file: string, args: string[], options: WorkflowRunOptions) => {
      done(await run(world, outputs, file, args, options));
    });

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

  const queue = program
    .command('queue')
    .summary('runs that wait for their turn')
    .description('Show what waits in the running app, next one first, and what each waits for.')
    .option('--json', 'print one JSON object per run')
    .action(async (options: { json?: boolean }) => done(await queueList(world, outputs, options)));
  queue
    .command('front')
    .summary('let a run start next')
    .argument('<run>', 'id of a run that waits')
    .option('--json', 'print {"front": …}')
    .action(async (id: string, _: unknown, command: Command) => {
      done(await queueSteer(world, outputs, 'front', id, command.optsWithGlobals()));
    });
  queue
    .command('cancel')
    .summary('take a run out of the queue')
    .argument('<run>', 'id of a run that waits')
    .option('--json', 'print {"cancel": …}')
    .action(async (id: string, _: unknown, command: Command) => {
      done(await queueSteer(world, outputs, 'cancel', id, command.optsWithGlobals()));
    });

  program
    .command('history')
    .summary('runs of the past')
    .description('List runs, newest first. A filter is like: outcome:failed policy:untrusted peak:>100MiB "some text".')
    .argument('[filter...]', 'which runs (default: all)')
    .option('--json', 'print one JSON object per run')
    .option('--limit <number>', 'at most so many (default: 50)')
    .action(async (filter: string[], options: HistoryOptions) => {
      done(await history(world, outputs, filter.join(' '), options));
    });

  program
    .command('rerun')
    .summary('run an earlier run again')
    .description(
      'Run what an earlier run was given once more: files, arguments, environment, stdin and data. Another policy, level or value may be chosen; secrets are never kept and are given anew.',
    )
    .argument('<run>', 'id of the run')
    .option('--json', 'print one JSON object per line')
    .option('--trust <level>', 'a trust level instead of the policy of then')
    .option('--policy <name>', 'a policy instead of the one of then')
    .option('--set <field=value>', 'change one value; may be repeated', collect)
    .option('--env <name=value>', 'one more environment variable; may be repeated', collect)
    .option('--secret <name[=value]>', 'a secret that it had; without a value taken from here', collect)
    .option('--input <json>', 'other data than then: JSON, or a file that holds it')
    .option('--var <name=json>', 'one more variable; may be repeated', collect)
    .option('--out <folder>', 'copy the files that the script gives back there')
    .option('--stdin <file>', 'what the script reads instead; - is our own stdin')
    .addHelpText('after', RUN_HELP.slice(0, RUN_HELP.indexOf('\n\nExamples')))
    .action(async (id: string, options: RunOptions) => done(await rerun(world, outputs, id, options)));

  program
    .command('compare')
    .summary('two runs side by side')
    .description('Compare policy, timings, resources, violations and output of two runs.')
    .argument('<a>', 'id of a run')
    .argument('<b>', 'id of another run')
    .option('--json', 'print one JSON object')
    .action(async (a: string, b: string, options: { json?: boolean }) => {
      done(await compare(world, outputs, a, b, options));
    });

  program
    .command('usage')
    .summary('how much was run')
    .description('Totals over the runs of the past.')
    .argument('[filter...]', 'which runs (default: all)')
    .option('--by <key>', 'policy, project, day, runtime or outcome (default: policy)')
    .option('--json', 'print one JSON object per line')
    .action(async (filter: string[], options: { json?: boolean; by?: string }) => {
      done(await usage(world, outputs, filter.join(' '), options));
    });

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

  const audit = program
    .command('audit')
    .summary('what was changed and run')
    .description('Show the audit of this data folder, or check that nobody changed it.');
  audit
    .command('verify')
    .summary('check that no record was edited, dropped or moved')
    .description(
      'Check the chain of records. Exit code 1 when it is broken: the first broken record and why are named.',
    )
    .argument('[file]', 'a copy that was exported as JSON lines, checked by itself')
    .option('--json', 'print {"ok": …, "records": …, "firstBroken": …}')
    .action(async (file: string | undefined, options: AuditOptions) =>
      done(await verifyCommand(world, outputs, { ...options, ...(file !== undefined && { file }) })),
    );
  audit
    .command('list')
    .summary('print the records')
    .description('Print every record, oldest first.')
    .option('--json', 'print one JSON object per line')
    .action(async (options: AuditOptions) => done(await listCommand(world, outputs, options)));

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
