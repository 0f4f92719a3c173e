/** Opens the core and its log for one command. */
import { join } from 'node:path';
import type { Core, CoreOptions } from '#core/core.ts';
import { openLogFile } from '#core/storage/log-file.ts';
import type { LogFile } from '#core/storage/log-file.ts';
import { silentLog } from '#core/storage/log.ts';
import type { World } from './world.ts';

export interface OpenCore {
  readonly core: Core;
  readonly log: LogFile;
  /** Ends every run of this process and closes everything. */
  close(): Promise<void>;
}

/** Opens the log; a folder that cannot be written is said by the core, which needs it more. */
export async function openLog(world: World, host: CoreOptions['host']): Promise<LogFile> {
  const path = join(world.paths.data, 'logs', `${host}.log`);
  return openLogFile({ path }).catch(() => ({ ...silentLog, close: async () => undefined }));
}

/** Opens log and core; `offline` without any engine. @throws AppError as `createCore` does. */
export async function openCore(
  world: World,
  hostWhy: string,
  host: CoreOptions['host'] = 'cli',
  offline = false,
): Promise<OpenCore> {
  const { paths, env, version } = world;
  const log = await openLog(world, host);
  try {
    const core = await world.createCore({ host, hostWhy, paths, env, version, log, offline });
    return {
      core,
      log,
      async close() {
        await core.dispose().catch((thrown: unknown) => log.error('the core did not close', { error: thrown }));
        await log.close();
      },
    };
  } catch (thrown) {
    await log.close();
    throw thrown;
  }
}
