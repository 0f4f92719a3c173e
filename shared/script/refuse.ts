import { AppError } from '../lib/app-error.ts';

/** Ends the checking of a launch with `input-invalid`. */
export function refuse(message: string, why: string, next: string): never {
  throw new AppError({ code: 'input-invalid', message, why, next });
}

/** Bytes as a person reads them: `12 KiB`, `1.5 MiB`. Rounded up, so that what is over a limit never reads as the limit. */
export function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} ${bytes === 1 ? 'byte' : 'bytes'}`;
  const [unit, name] = bytes < 1024 ** 2 ? [1024, 'KiB'] : bytes < 1024 ** 3 ? [1024 ** 2, 'MiB'] : [1024 ** 3, 'GiB'];
  return `${Math.ceil((bytes / unit) * 10) / 10} ${name}`;
}
