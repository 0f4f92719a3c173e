/** An earlier run as a draft: everything that it was given, but the values of its secrets (RUN-12). Pure but for ids. */
import type { GivenAgain } from '#shared/history/again.ts';
import { newPair, type Pair } from '../../show/given/data.ts';
import { givenSource, type Source } from './read-files.ts';
import type { Draft } from './store.ts';
import { joinWords } from './words.ts';

const pairs = (values: Readonly<Record<string, unknown>> | undefined, text: (value: unknown) => string): Pair[] =>
  Object.entries(values ?? {}).map(([name, value]) => newPair(name, text(value)));

/** `set` adds to the values that the run was made with. */
export function draftAgain(
  { launch, secrets }: GivenAgain,
  set: Readonly<Record<string, string>> = {},
): { readonly source: Source; readonly over: Partial<Draft> } {
  const { stdin } = launch;
  return {
    source: givenSource(launch),
    over: {
      runtime: launch.runtime,
      trust: launch.trust,
      policy: launch.policy,
      set: { ...launch.set, ...set },
      args: joinWords(launch.args ?? []),
      env: pairs(launch.env, String),
      secrets: secrets.map((name) => newPair(name)),
      stdin: stdin === undefined ? 'open' : stdin === null ? 'closed' : 'text',
      stdinText: stdin ?? '',
      tty: launch.tty ?? false,
      input: launch.input === undefined ? '' : JSON.stringify(launch.input, null, 2),
      variables: pairs(launch.variables, (value) => JSON.stringify(value)),
      eventMetadata: launch.eventMetadata,
      folder: launch.folder,
    },
  };
}
