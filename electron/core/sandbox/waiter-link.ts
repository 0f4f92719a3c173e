/** Talking with a waiter before it becomes the script. */
import { AppError } from '#shared/lib/app-error.ts';
import type { Exec } from '../engine/port.ts';

/** Starting a process inside takes tens of milliseconds; a loaded machine may need a hundred times that. */
const READY_TIMEOUT_MS = 20_000;

/** Resolves when the engine took the bytes. */
export async function write(exec: Exec, bytes: Uint8Array): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    exec.stdin.write(bytes, (failure) => (failure ? reject(failure) : resolve()));
  });
}

/** Reads the waiter's first line, `ready PID`. Throws AppError `container-start`. */
export async function readReady(exec: Exec): Promise<number> {
  return Number((await answer(exec, /^ready (\d+)\r?$/))[1]);
}

/** Reads the waiter's next line, which must match, and leaves everything after it on the stream. Throws AppError `container-start`. */
export async function answer(exec: Exec, pattern: RegExp): Promise<RegExpExecArray> {
  let complaint = '';
  exec.stderr.on('data', collect);
  function collect(chunk: Buffer): void {
    complaint = (complaint + chunk.toString('latin1')).slice(0, 500);
  }
  try {
    return await new Promise<RegExpExecArray>((resolve, reject) => {
      let text = '';
      const timer = setTimeout(() => settle(notReady('It did not answer in time.')), READY_TIMEOUT_MS);
      function settle(result: RegExpExecArray | AppError): void {
        clearTimeout(timer);
        exec.stdout.off('readable', take);
        exec.stdout.off('end', ended);
        if (result instanceof AppError) reject(result);
        else resolve(result);
      }
      function take(): void {
        for (
          let chunk = exec.stdout.read() as Buffer | null;
          chunk !== null;
          chunk = exec.stdout.read() as Buffer | null
        ) {
          text += chunk.toString('latin1');
          const end = text.indexOf('\n');
          const match = pattern.exec(text.slice(0, end));
          if (end >= 0 && match) {
            if (text.length > end + 1) exec.stdout.unshift(Buffer.from(text.slice(end + 1), 'latin1'));
            settle(match);
            return;
          }
          if (end >= 0 || text.length > 64) settle(notReady(`It said: ${text.trim().slice(0, 300)}`));
        }
      }
      function ended(): void {
        settle(notReady(complaint || 'It ended at once.'));
      }
      exec.stdout.on('readable', take);
      exec.stdout.on('end', ended);
      exec.done.catch((failure: unknown) => settle(notReady(String(failure))));
      take();
    });
  } finally {
    exec.stderr.off('data', collect);
    exec.stderr.pause();
  }
}

function notReady(why: string): AppError {
  return new AppError({
    code: 'container-start',
    message: 'The sandbox started, but nothing in it waits for a script.',
    why,
    next: 'Rebuild the image in Images, or run `bellglass doctor`.',
  });
}
