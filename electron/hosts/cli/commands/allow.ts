/** `bellglass allow`: one more allowed host for a run that is going, in whichever process of this data folder it runs. */
import { tellRun } from '#core/control/control.ts';
import { EXIT } from '../exit-codes.ts';
import { printJson } from '../messages.ts';
import type { Outputs } from '../messages.ts';
import type { World } from '../world.ts';

export interface AllowOptions {
  readonly json?: boolean;
  readonly save?: boolean;
}

export async function allow(
  world: World,
  outputs: Outputs,
  given: string,
  rule: string,
  { json = false, save = false }: AllowOptions,
): Promise<number> {
  const run = given.toLowerCase();
  const { policy } = await tellRun(world.paths.data, { run, rule, save });
  if (json) await printJson(outputs.stdout, { allowed: rule, run, policy });
  else await outputs.stderr.write(`${rule} is allowed${policy === null ? '' : `, and added to ${policy}`}.\n`);
  return EXIT.ok;
}
