/** `bellglass history`, `compare` and `usage`: their options and help (HOST-4). */
import type { Command } from 'commander';
import type { Outputs } from '../../messages.ts';
import type { World } from '../../world.ts';
import { compare, history, usage, type HistoryOptions } from './history.ts';

/** Adds the commands. */
export function historyCommands(program: Command, world: World, outputs: Outputs, done: (code: number) => void): void {
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
    .command('compare')
    .summary('two runs side by side')
    .description('Compare policy, timings, resources, violations, network, files and output of two runs.')
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
}
