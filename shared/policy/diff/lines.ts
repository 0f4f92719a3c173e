/** Two texts line by line, for the YAML side of a comparison (POL-6). Pure. */
import { diffLines } from 'diff';

export interface DiffLine {
  readonly kind: 'same' | 'added' | 'removed';
  /** Without its line end. */
  readonly text: string;
  /** 1-based line of the first and of the second text; null where the line is not in it. */
  readonly before: number | null;
  readonly after: number | null;
}

/** Edits after which two texts count as altogether different; keeps hostile input from taking minutes. */
const MAX_EDITS = 4000;

function split(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** Lines of both texts in order: removed ones before the added ones that replace them. CRLF and LF are the same line end. */
export function lineDiff(a: string, b: string): DiffLine[] {
  const [before, after] = [a, b].map((text) =>
    split(text.replaceAll('\r\n', '\n'))
      .map((line) => `${line}\n`)
      .join(''),
  );
  const parts = diffLines(before ?? '', after ?? '', { maxEditLength: MAX_EDITS }) ?? [
    { value: before ?? '', removed: true, added: false },
    { value: after ?? '', removed: false, added: true },
  ];
  let [left, right] = [0, 0];
  return parts.flatMap((part) =>
    split(part.value).map((text): DiffLine => {
      if (part.added) return { kind: 'added', text, before: null, after: (right += 1) };
      if (part.removed) return { kind: 'removed', text, before: (left += 1), after: null };
      return { kind: 'same', text, before: (left += 1), after: (right += 1) };
    }),
  );
}
