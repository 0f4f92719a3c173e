/** What setup tells the person: one line for each step that had something to do, with its time. */

/** @typedef {{ line(text: string): void }} Report */

/** @param {NodeJS.WritableStream} stream @returns {Report} */
export const reportTo = (stream) => ({ line: (text) => void stream.write(`${text}\n`) });

/** @param {number} ms */
export const duration = (ms) => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`);

/** A setup step that cannot go on, told in plain words. */
export class SetupError extends Error {
  /** @param {string} message @param {string} next what the person can do */
  constructor(message, next) {
    super(message);
    this.name = 'SetupError';
    this.next = next;
  }
}

/**
 * Says what is done, does it, says how long it took.
 * @template T
 * @param {Report} report @param {string} title @param {() => Promise<T>} work
 */
export async function timed(report, title, work) {
  const start = performance.now();
  report.line(`• ${title} …`);
  const result = await work();
  report.line(`  done in ${duration(performance.now() - start)}`);
  return result;
}
