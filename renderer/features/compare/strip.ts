/** Output as plain text: what a terminal would take for a command is left out. */
/* oxlint-disable no-control-regex -- escape sequences are made of control characters */

const SEQUENCES =
  /\u001B(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001B]*(?:\u0007|\u001B\\)?|[PX^_][^\u001B]*(?:\u001B\\)?|[ -/]*[0-~])/gu;
const CONTROLS = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/gu;

/** What is left of a line that was written over, as a progress bar is. */
function lastWritten(line: string): string {
  const end = line.endsWith('\r') ? line.length - 1 : line.length;
  return line.slice(line.lastIndexOf('\r', end - 1) + 1, end);
}

/** Keeps letters, tabs and line ends; of a line that was written over what stood there last. */
export function stripTerminal(text: string): string {
  const plain = text.replaceAll('\r\n', '\n').replaceAll(SEQUENCES, '');
  const lines = plain.includes('\r') ? plain.split('\n').map(lastWritten).join('\n') : plain;
  return lines.replaceAll(CONTROLS, '');
}
