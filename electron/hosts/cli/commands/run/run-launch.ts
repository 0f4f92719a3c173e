/** `bellglass run`'s options become a launch. */
import type { Launch } from '#shared/contract/runs.ts';
import { TRUST_LEVELS } from '#shared/domain/policy.ts';
import type { TrustLevel } from '#shared/domain/policy.ts';
import { loadLaunch } from '#core/scripts/load.ts';
import { UsageError } from '../../messages.ts';
import { givenData } from './run-data.ts';

export interface RunOptions {
  readonly json?: boolean;
  readonly entry?: string;
  readonly trust?: string;
  readonly policy?: string;
  readonly set?: readonly string[];
  readonly env?: readonly string[];
  readonly secret?: readonly string[];
  readonly stdin?: string;
  readonly input?: string;
  readonly var?: readonly string[];
  readonly out?: string;
  readonly tty?: boolean;
  readonly keep?: boolean;
}

function pairs(option: string, given: readonly string[] = []): Record<string, string> {
  return Object.fromEntries(
    given.map((text) => {
      const at = text.indexOf('=');
      const form = option === '--set' ? 'FIELD=VALUE`, like `--set resources.memory=128MiB' : 'NAME=VALUE';
      if (at < 1)
        throw new UsageError(
          `\`${option} ${text}\` has no ${at === 0 ? 'name' : 'value'}.`,
          `Write it as \`${option} ${form}\`.`,
        );
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}

/** What `--secret` gives, from here or from our own environment. @throws UsageError for one that is not there. */
export function secrets(
  given: readonly string[] = [],
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  return Object.fromEntries(
    given.map((text) => {
      const at = text.indexOf('=');
      if (at >= 1) return [text.slice(0, at), text.slice(at + 1)];
      if (at === 0 || text === '')
        throw new UsageError('`--secret` names no secret.', 'Write `--secret NAME`, or `--secret NAME=VALUE`.');
      const value = env[text];
      if (value === undefined) {
        throw new UsageError(
          `There is no secret ${text} in the environment.`,
          'Set the variable before, or write `--secret NAME=VALUE`.',
        );
      }
      return [text, value];
    }),
  );
}

const isLevel = (text: string): text is TrustLevel => (TRUST_LEVELS as readonly string[]).includes(text);

/** What a person chose on the command line. @throws UsageError for a wrong option. */
export async function chosen(
  options: RunOptions,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Pick<Launch, 'set' | 'env' | 'secrets' | 'input' | 'variables'> & { trust: TrustLevel | undefined }> {
  const { trust } = options;
  if (trust !== undefined && !isLevel(trust)) {
    throw new UsageError(`There is no trust level ${trust}.`, `Choose one of ${TRUST_LEVELS.join(', ')}.`);
  }
  return {
    trust,
    set: pairs('--set', options.set),
    env: pairs('--env', options.env),
    secrets: secrets(options.secret, env),
    ...(await givenData(options)),
  };
}

/**
 * Reads the file and puts the launch together.
 * @throws UsageError for a wrong option, AppError `input-invalid` for a file that cannot be read.
 */
export async function launchOf(
  file: string,
  args: readonly string[],
  options: RunOptions,
  env: Readonly<Record<string, string | undefined>>,
): Promise<{ launch: Launch; notes: readonly string[] }> {
  const { policy, tty, keep } = options;
  const { trust, ...given } = await chosen(options, env);
  const { name, entry, files, folder, project, notes } = await loadLaunch(file, {
    ...(options.entry !== undefined && { entry: options.entry }),
  });
  const launch: Launch = {
    name,
    entry,
    files,
    folder,
    args: [...args],
    ...given,
    ...(project !== undefined && { project }),
    ...(trust !== undefined && { trust }),
    ...(policy !== undefined && { policy }),
    ...(tty && { tty }),
    ...(keep && { keep }),
  };
  return { launch, notes };
}
