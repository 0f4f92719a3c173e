/** Makes what a run was and what it printed findable. */
import type { History } from '../../history/history.ts';
import { OutputSpool } from '../output-spool.ts';

/** Characters of a script and bytes of its output by which a run is found again. */
const INDEXED = 64 * 1024;

/** Throws where the spool cannot be read. */
export async function indexOutput(history: History, id: string, script: string | null, path: string): Promise<void> {
  const spool = await OutputSpool.open(path);
  try {
    const output = (await spool.read(0, INDEXED)).map((record) => record.text).join('');
    history.index(id, (script ?? '').slice(0, INDEXED), output);
  } finally {
    await spool.close();
  }
}
