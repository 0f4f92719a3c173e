/** The known word nearest to a mistyped one, for "did you mean". */

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** Null when nothing is near enough to be meant. A path's last part alone (`memory`) finds its path. */
export function closest(word: string, known: readonly string[]): string | null {
  const wanted = word.slice(0, 80).toLowerCase().replaceAll('-', '_');
  const byEnd = known.find((name) => name.endsWith(`.${wanted}`));
  if (byEnd !== undefined) return byEnd;
  let best: string | null = null;
  let least = Math.max(2, Math.floor(wanted.length / 3)) + 1;
  for (const name of known) {
    const parts = [name, name.slice(name.lastIndexOf('.') + 1)];
    for (const part of parts) {
      const edits = distance(wanted, part);
      if (edits < least) [best, least] = [name, edits];
    }
  }
  return best;
}
