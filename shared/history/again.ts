/** What a run was given, kept so that it can be run again as it was (RUN-12). Pure. */
import * as z from 'zod';
import { launchSchema, type Launch, type RunDetail } from '../contract/runs.ts';
import type { Tier } from '../domain/policy.ts';
import { isLevel } from '../policy/merge/resolve.ts';
import { toBase64, utf8 } from '../script/bytes.ts';
import type { NormalLaunch } from '../script/validate.ts';

export const givenAgainSchema = z.object({
  /** Without the values of its secrets. */
  launch: launchSchema.omit({ secrets: true }),
  /** Names of the secrets that it had; their values were never kept. */
  secrets: z.array(z.string()),
  /** False when only the script and its policy are known: the rest was deleted, or the run is of an earlier version. */
  whole: z.boolean(),
});
export type GivenAgain = z.infer<typeof givenAgainSchema>;

/** Everything of a launch that is not secret. `encode` makes base64, for whoever has a leaner way than {@link toBase64}. */
export function withoutSecrets(launch: NormalLaunch, encode: (bytes: Uint8Array) => string = toBase64): GivenAgain {
  const { name, entry, files, set, args, env, trust, policy, stdin, tty, folder, project } = launch;
  const { input, variables, eventMetadata, runtime, runtimeFrom, secrets } = launch;
  return {
    launch: {
      name,
      entry,
      files: files.map(({ path, bytes, executable }) => ({ path, content: encode(bytes), executable })),
      set: { ...set },
      args: [...args],
      env: { ...env },
      tty,
      ...(runtimeFrom === 'chosen' && { runtime }),
      ...(trust !== undefined && { trust }),
      ...(policy !== undefined && { policy }),
      ...(stdin !== undefined && { stdin }),
      ...(input !== undefined && { input }),
      ...(variables !== undefined && { variables: { ...variables } }),
      ...(eventMetadata !== undefined && { eventMetadata }),
      ...(folder !== undefined && { folder }),
      ...(project !== undefined && { project }),
    },
    secrets: Object.keys(secrets),
    whole: true,
  };
}

/** What these tiers chose, as a person would type it with `--set`. */
function setBy(tiers: readonly Tier[], { fields }: RunDetail['plan']): Record<string, string> {
  const set = fields.filter(({ tier, field }) => tiers.includes(tier) && field !== 'image.runtime');
  return Object.fromEntries(set.map(({ field, value }) => [field, value]));
}

/**
 * A step runs again without its workflow: what the workflow's file set for it, and what it was allowed of that, are
 * values of the run itself. Without them it could have more than it had, or do nothing at all.
 */
export function standingAlone(given: GivenAgain, { plan }: Pick<RunDetail, 'plan'>): GivenAgain {
  const { launch } = given;
  return { ...given, launch: { ...launch, set: { ...setBy(['workflow', 'step'], plan), ...launch.set } } };
}

/** What a run's record alone still knows of its launch; null when not even its script. */
export function fromDetail({ script, plan, args, summary }: RunDetail): GivenAgain | null {
  if (script === null) return null;
  const launch: GivenAgain['launch'] = {
    name: summary.name,
    entry: summary.name,
    files: [{ path: summary.name, content: toBase64(utf8(script)) }],
    runtime: plan.runtime,
    args,
    set: setBy(['workflow', 'step', 'run'], plan),
    ...(isLevel(plan.policy) ? { trust: plan.level } : { policy: plan.policy }),
  };
  return { launch, secrets: [], whole: false };
}

/** Other choices than the ones that a run was made with. */
export interface Instead {
  readonly trust?: Launch['trust'] | undefined;
  readonly policy?: string | undefined;
  readonly set?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly secrets?: Readonly<Record<string, string>>;
}

/** The same launch under what was chosen instead: a level or a policy takes the place of both, single values add to those of then. */
export function launchAgain({ launch }: GivenAgain, instead: Instead = {}): Launch {
  const { trust, policy, ...rest } = launch;
  const chosen = instead.trust !== undefined || instead.policy !== undefined ? instead : { trust, policy };
  return {
    ...rest,
    set: { ...launch.set, ...instead.set },
    env: { ...launch.env, ...instead.env },
    secrets: { ...instead.secrets },
    ...(chosen.trust !== undefined && { trust: chosen.trust }),
    ...(chosen.policy !== undefined && { policy: chosen.policy }),
  };
}
