/** An engine of Bellglass' own (ENG-4). */
import type { Attempt } from '#shared/domain/engine.ts';
import { AppError } from '#shared/lib/app-error.ts';
import type { EngineAddress } from '../adapter/address.ts';
import type { Surroundings } from '../discovery/surroundings.ts';
import type { Log } from '../../storage/log.ts';

/** Id of the attempt that stands for the private engine. */
export const PRIVATE_ID = 'private';

export interface PrivateEngineOptions {
  /** Where its data, sockets and locks live. */
  readonly folder: string;
  readonly assets: string;
  readonly around: Surroundings;
  readonly log: Log;
}

export interface PrivateEngine {
  /** Whether a program for it is installed and may be used here. */
  available(): Promise<boolean>;
  /** What the doctor page says of it. */
  attempt(): Promise<Attempt>;
  /** Adopts the one that runs or starts one; resolves when it answers. Throws AppError `engine-unreachable`. */
  start(onStep: (step: string) => void): Promise<EngineAddress>;
  /** Lets go of it; the last user stops it. */
  stop(): Promise<void>;
}

export function privateEngine(_options: PrivateEngineOptions): PrivateEngine {
  const attempt: Attempt = {
    id: PRIVATE_ID,
    label: 'An engine of Bellglass',
    address: '',
    usable: false,
    reason: 'Not available.',
  };
  return {
    available: () => Promise.resolve(false),
    attempt: () => Promise.resolve(attempt),
    start: () => Promise.reject(new AppError({ code: 'engine-unreachable', message: 'There is no private engine.' })),
    stop: () => Promise.resolve(),
  };
}
