/** Words for a POSIX shell. Pure. */

/** The word as a shell reads it back, whatever it holds. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) && !word.startsWith('~') ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** A command over several lines, flags two spaces in. */
export function commandText(
  lead: readonly string[],
  flags: readonly (readonly string[])[],
  tail: readonly string[],
  end = '',
): string {
  const join = (words: readonly string[]): string => words.map((word) => shellWord(word)).join(' ');
  const lines = [join(lead), ...flags.map(join), `${join(tail)}${end}`].filter((line) => line !== '');
  return `${lines.join(' \\\n  ')}\n`;
}

/** One field of the comma-separated value of `--mount`. */
export function csvField(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
