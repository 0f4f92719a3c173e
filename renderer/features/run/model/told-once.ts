/** Which happenings get a line of their own. Pure. */
import type { Happening } from './journal.ts';

/** Their places. What was refused on the network is an event and then a violation: the event says more, so it is the line. */
export function toldOnce(happenings: readonly Happening[]): number[] {
  return happenings.flatMap((event, index) => {
    const before = happenings[index - 1];
    const repeats =
      event.type === 'violation' &&
      event.violation.kind === 'network' &&
      before?.type === 'network' &&
      before.verdict === 'denied';
    return repeats ? [] : [index];
  });
}

/** The line that stands for a happening: its own, or the one that says the same before it; -1 when there is none. */
export function lineFor(lines: readonly number[], happening: number): number {
  return lines.findLastIndex((index) => index <= happening);
}
