/** What a launch gives its script to read. */
import type { ScriptProcess } from '../../sandbox/sandbox.ts';

/** What a person types to end the input of a terminal (VEOF, termios(3)): closing the connection would end the terminal too. */
export const END_OF_INPUT = '\x04';

/** Absent leaves stdin open for the terminal, null closes it. */
export function giveStdin({ streams }: ScriptProcess, stdin: string | null | undefined, tty: boolean): void {
  streams.stdin.on('error', () => {});
  if (stdin === undefined) return;
  if (tty) streams.stdin.write(`${stdin ?? ''}${END_OF_INPUT}`);
  else if (stdin === null) streams.stdin.end();
  else streams.stdin.end(stdin);
}
