/** `bellglass token …`: who may use the REST API of `bellglass serve` (HOST-3). */
import type { Command } from 'commander';
import type { Core } from '#core/core.ts';
import { TRUST_LEVELS } from '#shared/domain/policy.ts';
import { DEFAULT_TOKEN_QUOTA, type NewToken, type TokenCard } from '#shared/domain/token.ts';
import { AppError } from '#shared/lib/app-error.ts';
import { closest } from '#shared/lib/closest.ts';
import { EXIT } from '../exit-codes.ts';
import { printJson, UsageError, type Outputs } from '../messages.ts';
import { openCore } from '../open-core.ts';
import { collect } from '../options.ts';
import { oneLine } from '../output.ts';
import type { World } from '../world.ts';

interface TokenOptions {
  readonly json?: boolean;
}

interface AddOptions extends TokenOptions {
  readonly policy?: string;
  readonly allow?: string[];
  readonly ceiling?: string[];
  readonly runs?: string;
  readonly perMinute?: string;
}

async function withCore<T>(world: World, work: (core: Core) => Promise<T>): Promise<T> {
  const opened = await openCore(world, 'bellglass token', 'cli', true);
  try {
    return await work(opened.core);
  } finally {
    await opened.close();
  }
}

function amountOf(text: string | undefined, option: string, usual: number | null): number | null {
  if (text === undefined) return usual;
  if (text === 'unlimited') return null;
  const amount = Number(text);
  if (/^\d{1,7}$/.test(text) && amount >= 1 && amount <= 1_000_000) return amount;
  throw new UsageError(`${option} is ${oneLine(text) || 'empty'}.`, 'Give a number from 1 to 1000000, or unlimited.');
}

function ceilingsOf(given: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    given.map((text) => {
      const at = text.indexOf('=');
      if (at < 1)
        throw new UsageError(`--ceiling ${oneLine(text)} has no value.`, 'Write it like resources.memory=512MiB.');
      return [text.slice(0, at).trim(), text.slice(at + 1).trim()];
    }),
  );
}

async function checkPolicies(core: Core, names: readonly string[]): Promise<void> {
  const known = [...TRUST_LEVELS, ...(await core.policies.list()).policies.map(({ name }) => name)];
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const near = closest(unknown, known);
  throw new AppError({
    code: 'input-invalid',
    message: `There is no policy ${JSON.stringify(unknown.slice(0, 80))}.`,
    next: near === null ? `Choose one of ${known.slice(0, 12).join(', ')}.` : `Did you mean \`${near}\`?`,
  });
}

function lineOf({ name, created, policy, policies, ceilings, quota }: TokenCard): string {
  const bounds = Object.entries(ceilings).map(([field, value]) => `${field} ${value}`);
  const parts = [
    `${policy}${policies.length > 0 ? ` (also ${policies.join(', ')})` : ''}`,
    bounds.length > 0 ? `at most ${bounds.join(', ')}` : 'no value beyond its policy',
    `${quota.runs ?? 'any number of'} ${quota.runs === 1 ? 'run' : 'runs'} at once, ${quota.perMinute ?? 'any number'} a minute`,
    `since ${created.slice(0, 10)}`,
  ];
  return oneLine(`${name}: ${parts.join('; ')}`);
}

async function add(world: World, outputs: Outputs, name: string, options: AddOptions): Promise<number> {
  const { policy = 'untrusted', allow = [] } = options;
  const wanted: NewToken = {
    policy,
    policies: allow,
    ceilings: ceilingsOf(options.ceiling ?? []),
    quota: {
      runs: amountOf(options.runs, '--runs', DEFAULT_TOKEN_QUOTA.runs),
      perMinute: amountOf(options.perMinute, '--per-minute', DEFAULT_TOKEN_QUOTA.perMinute),
    },
  };
  const { token, card } = await withCore(world, async (core) => {
    await checkPolicies(core, [policy, ...allow]);
    return await core.tokens.add(name, wanted);
  });
  if (options.json) await printJson(outputs.stdout, { token, ...card });
  else {
    await outputs.stderr.write('Keep this token: it is shown once, and only its hash is kept.\n');
    await outputs.stdout.write(`${token}\n`);
  }
  return EXIT.ok;
}

async function list(world: World, outputs: Outputs, { json = false }: TokenOptions): Promise<number> {
  const cards = await withCore(world, (core) => core.tokens.list());
  for (const card of cards) {
    if (json) await printJson(outputs.stdout, card);
    else await outputs.stdout.write(`${lineOf(card)}\n`);
  }
  if (cards.length === 0 && !json) await outputs.stderr.write('There are no tokens.\n');
  return EXIT.ok;
}

async function remove(world: World, outputs: Outputs, name: string, { json = false }: TokenOptions): Promise<number> {
  await withCore(world, (core) => core.tokens.remove(name));
  if (json) await printJson(outputs.stdout, { removed: name });
  else await outputs.stderr.write(`The token ${name} is not taken any more.\n`);
  return EXIT.ok;
}

/** Adds `token` with its commands. */
export function tokenCommands(program: Command, world: World, outputs: Outputs, done: (code: number) => void): void {
  const json = ['--json', 'print JSON'] as const;
  const token = program
    .command('token')
    .summary('who may use the REST API')
    .description('Tokens of the REST API of `bellglass serve`, in the file `tokens.yaml` of the configuration.');
  token
    .command('add')
    .summary('make a token and print it, once')
    .argument('<name>', 'what to call it, like ci')
    .option('--policy <name>', 'policy or trust level of its runs (default: untrusted)')
    .option('--allow <name>', 'another policy or level that its requests may name; may be repeated', collect)
    .option(
      '--ceiling <field=value>',
      'how far its requests may go, like resources.memory=512MiB; may be repeated',
      collect,
    )
    .option('--runs <number>', `runs at once, or unlimited (default: ${DEFAULT_TOKEN_QUOTA.runs})`)
    .option('--per-minute <number>', `runs a minute, or unlimited (default: ${DEFAULT_TOKEN_QUOTA.perMinute})`)
    .option(...json)
    .action(async (name: string, options: AddOptions) => done(await add(world, outputs, name, options)));
  token
    .command('list')
    .summary('names of the tokens, and what they may do')
    .option(...json)
    .action(async (options: TokenOptions) => done(await list(world, outputs, options)));
  token
    .command('remove')
    .summary('take a token no more')
    .argument('<name>', 'its name')
    .option(...json)
    .action(async (name: string, options: TokenOptions) => done(await remove(world, outputs, name, options)));
}
