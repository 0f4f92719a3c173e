/** Makes what a run was and what it printed findable. */
import type { History } from '../../history/history.ts';
import type { Log } from '../../storage/log.ts';
import { OutputSpool } from '../output-spool.ts';

/** Characters of a script and bytes of its output by which a run is found again. */
const INDEXED = 64 * 1024;

/** Never rejects: a run that cannot be found by its text is still in the list. */
export async function indexOutput(
  { history, log }: { readonly history: History; readonly log: Log },
  id: string,
  script: string | null,
  path: string,
): Promise<void> {
  try {
    const spool = await OutputSpool.open(path);
    try {
      const output = (await spool.read(0, INDEXED)).map((record) => record.text).join('');
      history.index(id, (script ?? '').slice(0, INDEXED), output);
    } finally {
      await spool.close();
    }
  } catch (failure) {
    log.warn('a run cannot be found by its text', { run: id, problem: String(failure) });
  }
}
