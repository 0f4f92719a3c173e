/** The app log as JSON lines in a file: redacted, rotated at 10 MB, three files kept (AUD-5). */
import { dirname, basename } from 'node:path';
import pino from 'pino';
import { createStream } from 'rotating-file-stream';
import type { Log } from './log.ts';
import { redactFields, redactText } from './redact.ts';
import { makeFolder } from './folder.ts';

export interface LogFileOptions {
  /** Path of the current file; older ones get `.1` and `.2` appended. */
  readonly path: string;
  readonly level?: 'debug' | 'info' | 'warn' | 'error';
  /** Size at which a new file is begun, as `10M`; for tests. */
  readonly size?: `${number}${'B' | 'K' | 'M'}`;
}

export interface LogFile extends Log {
  /** Writes what waits and closes the file. */
  close(): Promise<void>;
}

function wrap(logger: pino.Logger): Log {
  const at =
    (level: 'debug' | 'info' | 'warn' | 'error') =>
    (message: string, fields: Readonly<Record<string, unknown>> = {}): void =>
      logger[level](redactFields(fields), redactText(message));
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (fields) => wrap(logger.child(redactFields(fields))),
  };
}

/**
 * Opens the log; makes its folder. Lines: `{"level","time","message",…}`, time as ISO text.
 * A full or failing disk loses lines, it never stops the app.
 * @throws when the folder cannot be made.
 */
export async function openLogFile({ path, level = 'info', size = '10M' }: LogFileOptions): Promise<LogFile> {
  makeFolder(dirname(path));
  const stream = createStream(basename(path), {
    path: dirname(path),
    size,
    rotate: 2,
    mode: 0o600,
    initialRotation: true,
  });
  stream.on('error', () => undefined);
  stream.on('warning', () => undefined);
  const logger = pino(
    {
      level,
      base: null,
      messageKey: 'message',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    stream,
  );
  return {
    ...wrap(logger),
    close: () =>
      new Promise((resolve) => {
        stream.once('error', () => resolve());
        stream.end(() => resolve());
      }),
  };
}
