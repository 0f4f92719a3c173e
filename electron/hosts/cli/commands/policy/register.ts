/** The `bellglass policy …` commands. */
import type { Command } from 'commander';
import { policyJsonSchema } from '#shared/policy/document/index.ts';
import { closest } from '#shared/lib/closest.ts';
import { EXIT } from '../../exit-codes.ts';
import { UsageError, type Outputs } from '../../messages.ts';
import type { World } from '../../world.ts';
import { check } from './check.ts';
import { convertCommand, type ConvertOptions } from './convert.ts';
import { exportCommand, type ExportOptions } from './export.ts';
import { diff, lintCommand, list, show, why, type LookOptions } from './show.ts';

const HELP = `
A FILE is a path, - for standard input, a trust level, or the name of one of your policies.
Documents of other tools (Compose, Kubernetes, a docker run line) are read too.

Exit codes: 0, 1 mistakes found by check, 2 a wrong option, 125 Bellglass error, 126 refused.

Examples:
  bellglass policy check --json team.yaml
  bellglass policy show --effective limited
  bellglass policy why team.yaml 'connect api.example:443'
  echo 'docker run -m 512m python:3.12' | bellglass policy convert -`;

export function policyCommands(program: Command, world: World, outputs: Outputs, done: (code: number) => void): void {
  const policy = program
    .command('policy')
    .summary('look at policies, convert and export them')
    .description('Check, show, compare, convert and export policies. No engine is needed.')
    .usage('[options] <command>')
    .argument('[command]')
    .addHelpText('after', HELP)
    .action((given?: string) => {
      if (given !== undefined) {
        const near = closest(
          given,
          policy.commands.map((command) => command.name()),
        );
        throw new UsageError(
          `There is no command policy ${given}.`,
          near === null ? 'See `bellglass policy --help`.' : `Did you mean \`${near}\`?`,
        );
      }
      policy.outputHelp();
    });
  const json = '--json';
  const asJson = 'print one JSON object per line';

  policy
    .command('check')
    .summary('every mistake with its place and what mends it')
    .argument('<files...>', 'policy files')
    .option(json, asJson)
    .action(async (files: string[], options: LookOptions) => done(await check(world, outputs, files, options)));
  policy
    .command('show')
    .summary('what a policy says and where each value comes from')
    .argument('<file>', 'policy')
    .option('--effective', 'every field, not only what the policy itself sets')
    .option('--engine', 'ask the engine how far each field is enforced')
    .option(json, asJson)
    .action(async (file: string, options: LookOptions) => done(await show(world, outputs, file, options)));
  policy
    .command('diff')
    .summary('what the second policy grants and takes away')
    .argument('<a>', 'policy')
    .argument('<b>', 'policy')
    .option(json, asJson)
    .action(async (a: string, b: string, options: LookOptions) => done(await diff(world, outputs, a, b, options)));
  policy
    .command('lint')
    .summary('what a reviewer would say, and the risk')
    .argument('<file>', 'policy')
    .option(json, asJson)
    .action(async (file: string, options: LookOptions) => done(await lintCommand(world, outputs, file, options)));
  policy
    .command('convert')
    .summary('a document of another tool as a policy')
    .argument('<file>', 'Compose file, Kubernetes Pod, docker run line, …')
    .option('--out <path>', 'write there: a file, or a folder for several policies')
    .option(json, asJson)
    .action(async (file: string, options: ConvertOptions) => done(await convertCommand(world, outputs, file, options)));
  policy
    .command('export')
    .summary('a policy in the words of another tool')
    .argument('<file>', 'policy')
    .option('--as <form>', 'docker-run, compose, kubernetes or bellglass-run')
    .option('--runtime <name>', 'python, node, bash or polyglot (default: python)')
    .option('--image <reference>', 'image to name (default: the runtime’s own)')
    .option('--script <file>', 'script to name')
    .option(json, asJson)
    .action(async (file: string, options: ExportOptions) => done(await exportCommand(world, outputs, file, options)));
  policy
    .command('why')
    .summary('whether something would be allowed, and which line decides')
    .argument('<file>', 'policy')
    .argument('<question>', "'connect api.example:443', 'write /tmp/x 20 MiB', 'memory 300 MiB', …")
    .option('--runtime <name>', 'python, node, bash or polyglot (default: python)')
    .option('--engine', 'ask the engine how far it is enforced')
    .option(json, asJson)
    .action(async (file: string, question: string, options: LookOptions) =>
      done(await why(world, outputs, file, question, options)),
    );
  policy
    .command('list')
    .summary('trust levels and your policies')
    .option(json, asJson)
    .action(async (options: LookOptions) => done(await list(world, outputs, options)));
  policy
    .command('schema')
    .summary('JSON Schema of policy files, for editors')
    .action(async () => {
      await outputs.stdout.write(`${JSON.stringify(policyJsonSchema(), null, 2)}\n`);
      done(EXIT.ok);
    });
  // At the end: commands take it over when they are made, and theirs are to be seen.
  policy.configureHelp({ visibleArguments: () => [] });
}
