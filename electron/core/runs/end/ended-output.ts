/** What is left to read of a run that is over. Pure. */
import type { OutputState } from '../output-viewer.ts';

/** `size`: bytes of its spool; `kept`: what the history says of it. */
export function endedOutput(
  size: number,
  kept: { readonly kept: number; readonly dropped: number; readonly refused?: string | undefined } | null,
): OutputState {
  const gone = size === 0 && (kept?.kept ?? 0) > 0;
  return {
    size,
    ended: true,
    kept: gone ? 0 : (kept?.kept ?? 0),
    dropped: (kept?.dropped ?? 0) + (gone ? (kept?.kept ?? 0) : 0),
    droppedWhy: gone
      ? 'The output of this run was deleted to make room; the settings say how long output is kept.'
      : kept?.refused !== undefined
        ? `The disk refused it: ${kept.refused}`
        : 'The policy keeps no more output than this.',
  };
}
