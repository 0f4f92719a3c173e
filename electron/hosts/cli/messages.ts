/** Errors as the CLI shows them: sentences on stderr, or one JSON object on stdout. */
import { toAppError } from '#shared/lib/app-error.ts';
import type { AppErrorData } from '#shared/lib/app-error.ts';
import { EXIT, exitOfError } from './exit-codes.ts';
import { oneLine } from './output.ts';
import type { Output } from './output.ts';

/** Where a command writes. */
export interface Outputs {
  readonly stdout: Output;
  readonly stderr: Output;
}

/** A wrong option or argument: exit code 2, with a hint. */
export class UsageError extends Error {
  readonly next: string;

  constructor(message: string, next: string) {
    super(message);
    this.name = 'UsageError';
    this.next = next;
  }
}

function sentences({ message, why, next }: Pick<AppErrorData, 'message' | 'why' | 'next'>): string {
  const lines = [message, why, next && `What you can do: ${next}`].filter((line) => line !== undefined && line !== '');
  return `${lines.map((line, index) => (index === 0 ? `bellglass: ${oneLine(line ?? '')}` : `  ${oneLine(line ?? '')}`)).join('\n')}\n`;
}

/** One JSON line. */
export async function printJson(out: Output, value: unknown): Promise<void> {
  await out.write(`${JSON.stringify(value)}\n`);
}

/** Shows an error in the form asked for and returns the exit code. */
export async function reportError(outputs: Outputs, thrown: unknown, json: boolean): Promise<number> {
  if (thrown instanceof UsageError) {
    const { message, next } = thrown;
    if (json) await printJson(outputs.stdout, { type: 'error', code: 'input-invalid', message, next });
    else await outputs.stderr.write(sentences({ message, next }));
    return EXIT.usage;
  }
  const error = toAppError(thrown);
  if (json) await printJson(outputs.stdout, { type: 'error', ...error.toData() });
  else await outputs.stderr.write(sentences(error));
  return exitOfError(error.code);
}
