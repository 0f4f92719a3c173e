/** `bellglass pool`: what the running app has waiting (RUN-11). */
import { askPools } from '#core/control/control.ts';
import type { PoolStatus } from '#shared/contract/pool.ts';
import { showBytes } from '#shared/lib/units.ts';
import { EXIT } from '../exit-codes.ts';
import { printJson, type Outputs } from '../messages.ts';
import { oneLine } from '../output.ts';
import type { World } from '../world.ts';

/** One answer for each app of this data folder that runs; none is no error. */
export async function pool(world: World, outputs: Outputs, { json = false }: { json?: boolean }): Promise<number> {
  const found = await askPools(world.paths.data);
  if (found.length === 0 && !json) await outputs.stderr.write('Bellglass is not running, so no sandbox waits.\n');
  for (const status of found) {
    if (json) await printJson(outputs.stdout, status);
    else await outputs.stdout.write(`${poolLines(status).map(oneLine).join('\n')}\n`);
  }
  return EXIT.ok;
}

/** As a person reads it. */
export function poolLines({ on, why, hits, misses, memory, budget, sizes }: PoolStatus): string[] {
  if (!on) return [`Off. ${why}`];
  return [
    `${hits} of ${hits + misses} runs found a sandbox waiting.`,
    `${showBytes(memory)} of ${showBytes(budget)} set aside.`,
    ...sizes.map(
      ({ image, booted, waiting, making, wanted }) =>
        `${waiting} of ${wanted} wait${making > 0 ? `, ${making} on the way` : ''}: ${image}${booted ? ', its interpreter started' : ''}`,
    ),
  ];
}
