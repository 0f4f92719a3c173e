/** One holder on this machine at a time, whichever process it is in: for tests that use what there is only one of. */
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_EVERY_MS = 200;

/**
 * Waits until nobody holds `name`, then holds it; resolves with how to let go. The kernel lets go of it when the process
 * ends, however that is: it is an abstract socket, which no folder keeps. Linux only.
 */
export async function holdAlone(name: string): Promise<() => Promise<void>> {
  for (;;) {
    const server = createServer();
    const held = await new Promise<boolean>((resolve, reject) => {
      server.once('error', (failure: NodeJS.ErrnoException) =>
        failure.code === 'EADDRINUSE' ? resolve(false) : reject(failure),
      );
      server.listen(`\0${name}`, () => resolve(true));
    });
    if (held) {
      server.unref();
      return () => new Promise((resolve) => server.close(() => resolve()));
    }
    await sleep(LOOK_EVERY_MS);
  }
}
