/** Why an image could not be built, in plain words (ENG-7). */
import { AppError, toAppError } from '#shared/lib/app-error.ts';
import type { ImageName } from './recipes.ts';

const FULL = /no space left|disk quota exceeded|ENOSPC|don't have enough free space/i;
const OFFLINE =
  /temporary failure (in name resolution|resolving)|could not resolve|unable to (fetch|connect)|failed to fetch|network is unreachable|connection (timed out|refused)/i;

/** What the engine's builder says around the output of the steps. */
const NOISE = /^(STEP \d|--->|Removing intermediate container|>> )/i;
const COMPLAINT = /\b(error|not found|fail(ed|ure)?|cannot|can't|unable|denied|bellglass:|E:)/i;

/** The line of the output that most likely says what went wrong. */
function tellingLine(tail: string): string | undefined {
  const lines = tail.split('\n').filter((line) => line !== '' && !NOISE.test(line));
  return lines.findLast((line) => COMPLAINT.test(line)) ?? lines.at(-1);
}

/** The person or the program gave up on it. */
export const cancelled = (): AppError =>
  new AppError({
    code: 'image-build',
    message: 'The build was cancelled.',
    why: 'It was stopped before its end.',
    next: 'Build the image again when you need it.',
  });

/**
 * Names the step that failed and the cause, from the failure and the end of the builder's output.
 * A lost engine stays what it is.
 */
export function buildFailure(runtime: ImageName, step: string, tail: string, failure: unknown): AppError {
  const known = toAppError(failure);
  if (known.code === 'engine-unreachable' || known.code === 'engine-unsupported') return known;
  const text = [tail, known.message, known.why, known.details].filter(Boolean).join('\n');
  const message = `The ${runtime} image could not be built: the step “${step}” failed.`;
  const common = { code: 'image-build', message, details: text.slice(-4000) } as const;
  if (FULL.test(text)) {
    return new AppError(
      {
        ...common,
        why: 'The disk of the engine or of this machine is full: no space is left.',
        next: 'Free at least 2 GB, for example with `docker image prune`, then build again.',
      },
      { cause: failure },
    );
  }
  if (OFFLINE.test(text)) {
    return new AppError(
      {
        ...common,
        why: 'Debian’s packages could not be fetched.',
        next: 'Connect this machine to the internet, or set its proxy, then build again.',
      },
      { cause: failure },
    );
  }
  if (known.code === 'image-build' && known.next && !tail) return known;
  return new AppError(
    {
      ...common,
      why: tellingLine(tail) ?? known.why ?? 'The builder gave no reason.',
      next: 'Look at the build output in the details, then build again.',
    },
    { cause: failure },
  );
}
