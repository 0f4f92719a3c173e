/** A scripted core keeps no sandbox. */
import { AppError } from '#shared/lib/app-error.ts';
import type { KeptApi } from '../../core.ts';

export function scriptedKept(): KeptApi {
  const none = async (): Promise<never> => {
    throw new AppError({ code: 'input-invalid', message: 'No sandbox is kept.', next: 'Run one with `--keep`.' });
  };
  return { list: async () => [], look: none, read: none, remove: none };
}
