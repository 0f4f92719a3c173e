/** The app log as core uses it (AUD-5). */
export interface Log {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
  /** A log that adds these fields to each line, e.g. the run's id. */
  child(fields: Readonly<Record<string, unknown>>): Log;
}

const nothing = (): void => {};

/** For tests and tools that keep no log. */
export const silentLog: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing, child: () => silentLog };
