/** What the commands know of the outside; main.ts gives the real one, tests another. */
import type { Readable, Writable } from 'node:stream';
import type { Core, CoreOptions } from '#core/core.ts';
import type { Paths } from '#core/storage/paths.ts';

export type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

export interface InputStream extends Readable {
  readonly isTTY?: boolean;
  setRawMode?(raw: boolean): unknown;
}

export interface OutputStream extends Writable {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

export interface World {
  readonly stdin: InputStream;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly paths: Paths;
  readonly version: string;
  /** Calls back for each signal that asks us to end; returns how to stop listening. */
  onSignal(listener: (signal: StopSignal) => void): () => void;
  createCore(options: CoreOptions): Promise<Core>;
  /** Milliseconds since some fixed point. */
  now(): number;
}
