/** Events of a script while it runs, as its warden reads them from their file; what it had no time for is in the file at the end. */
import { DATA_PATHS, TAKEN_LIMITS } from '#shared/domain/exchange.ts';
import type { WardenLink } from '../sandbox/warden-link.ts';
import { eventOf, type ScriptEvent } from './script-events.ts';

export class LiveEvents {
  /** Lines of the file that were told: events, and lines that are none. */
  lines = 0;
  told = 0;
  #stop = (): void => undefined;

  /** Begins to listen; each event is handed on at once. */
  listen(warden: WardenLink, onEvent: (event: ScriptEvent) => void): void {
    this.#stop();
    this.#stop = warden.onReport((report) => {
      if (report.type !== 'event' || report.text.trim() === '') return;
      this.lines++;
      const event = this.told < TAKEN_LIMITS.events ? eventOf(report.text) : null;
      if (!event) return;
      this.told++;
      onEvent(event);
    });
    warden.events(`${DATA_PATHS.output}/events.jsonl`);
  }

  /** What comes from now on is found in the file. */
  end(): void {
    this.#stop();
  }
}
