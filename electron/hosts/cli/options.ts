/** Options that several commands have, said once (HOST-4). */
import type { Command } from 'commander';

/** Gathers an option that may be repeated. */
export const collect = (value: string, before: string[] = []): string[] => [...before, value];

/** Under what a run runs: the same words for `run` and `rerun`. */
export function underPolicy(command: Command, trust: string, policy: string): Command {
  return command
    .option('--trust <level>', trust)
    .option('--policy <name>', policy)
    .option('--set <field=value>', 'change one value, e.g. resources.memory=128MiB; may be repeated', collect);
}

/** What a script is given, and what is taken from it: the same for `run` and `rerun`. */
export function withData(command: Command): Command {
  return command
    .option('--env <name=value>', 'an environment variable for the script; may be repeated', collect)
    .option('--secret <name[=value]>', 'like --env, never recorded; without a value taken from here', collect)
    .option('--input <json>', 'data for the script: JSON, or a file that holds it')
    .option('--var <name=json>', 'a variable for the script; may be repeated', collect)
    .option('--out <folder>', 'copy the files that the script gives back there')
    .option('--stdin <file>', 'what the script reads: a file, or - for our own stdin, as `run` does by itself');
}
