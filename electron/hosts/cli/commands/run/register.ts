/** `bellglass run` and `bellglass rerun`: their options and help (HOST-4). */
import type { Command } from 'commander';
import { underPolicy, withData } from '../../options.ts';
import type { Outputs } from '../../messages.ts';
import type { World } from '../../world.ts';
import { rerun } from '../history/rerun.ts';
import type { WorkflowRunOptions } from '../workflow/run.ts';
import { run } from './run.ts';
import type { RunOptions } from './run-launch.ts';

const EXIT_CODES = `
Exit codes: the script's own; 123 a limit was passed, 124 out of time, 125 engine lost or
Bellglass error, or not everything copied for --out; 126 refused, 130 cancelled, 137 out of
memory.`;

const EXAMPLES = `

Examples:
  bellglass run hello.py
  bellglass run --trust limited --set resources.memory='192 MiB' job.py -- --fast
  cat data.csv | bellglass run --json sum.py`;

const JSON_LINES = ['--json', 'print one JSON object per line'] as const;
const KEEP = ['--keep', 'keep the sandbox afterwards, sealed, to look into it (`bellglass kept`)'] as const;

/** Adds both commands. */
export function runCommands(program: Command, world: World, outputs: Outputs, done: (code: number) => void): void {
  const first = program
    .command('run')
    .summary('run a script or a workflow in sandboxes')
    .description('Run a script, a folder with an entry file, or each step of a workflow in a sandbox of its own.')
    .argument('<file>', 'script, folder, or YAML file with workflows')
    .argument('[args...]', 'arguments of the script, after --')
    .option(...JSON_LINES)
    .option('--entry <path>', 'file of the folder to run (default: main.py, index.js, main.sh and the like)')
    .option('--workflow <name>', 'which workflow of the file');
  withData(underPolicy(first, 'untrusted, limited, trusted or system (default: untrusted)', 'a policy by name'))
    .option(...KEEP)
    .option(
      '--tty',
      'give the script a terminal (stdout and stderr become one; Ctrl+C is its own, three in a second end it)',
    )
    .addHelpText('after', EXIT_CODES + EXAMPLES)
    .action(async (file: string, args: string[], options: WorkflowRunOptions) => {
      done(await run(world, outputs, file, args, options));
    });

  const again = program
    .command('rerun')
    .summary('run an earlier run again')
    .description(
      'Run what an earlier run was given once more: files, arguments, environment, stdin and data. What is given here takes the place of what it had, and what it did not have is added; secrets are never kept and are given anew.',
    )
    .argument('<run>', 'id of the run')
    .option(...JSON_LINES);
  withData(underPolicy(again, 'a trust level instead of the policy of then', 'a policy instead of the one of then'))
    .option(...KEEP)
    .addHelpText('after', EXIT_CODES)
    .action(async (id: string, options: RunOptions) => done(await rerun(world, outputs, id, options)));
}
