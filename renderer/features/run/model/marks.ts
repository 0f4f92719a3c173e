/** What the charts mark on their time axis. */
import type { Happening } from './journal.ts';

export interface Mark {
  /** Which happening it is, by its place in the timeline. */
  readonly index: number;
  /** Milliseconds since the script started; never negative. */
  readonly at: number;
  readonly kind: 'violation' | 'warning' | 'pause' | 'resume' | 'phase';
  readonly text: string;
}

/** The event of the start may be a little older than the start that the core says. */
const CLOCK_SLACK_MS = 50;

/** Violations of one kind closer than this share a mark: a flood is one place on the axis, not a wall over the chart. */
const FLOOD_MS = 1000;

/** Marks of everything that happened while the script ran. `origin` is epoch ms of its start. */
export function marksOf(happenings: readonly Happening[], origin: number): Mark[] {
  const marks: Mark[] = [];
  let paused = false;
  // The charts' axis is the time of the script, which does not go on while the computer sleeps.
  let slept = 0;
  const marked = new Map<string, { at: number; mark: number; more: number; text: string }>();
  for (const [index, event] of happenings.entries()) {
    if (event.type === 'note') slept += event.slept ?? 0;
    const at = event.at - origin - slept;
    const add = (kind: Mark['kind'], text: string): void => {
      if (at >= -CLOCK_SLACK_MS) marks.push({ index, at: Math.max(0, at), kind, text });
    };
    if (event.type === 'violation') {
      const { kind, message } = event.violation;
      const before = marked.get(kind);
      if (before && at - before.at < FLOOD_MS && marks[before.mark]) {
        before.more += 1;
        marks[before.mark] = { ...marks[before.mark]!, text: `${before.text} (and ${before.more} more)` };
      } else {
        const mark = marks.length;
        add('violation', message);
        if (marks.length > mark) marked.set(kind, { at, mark, more: 0, text: message });
      }
    }
    if (event.type === 'note' && event.slept !== undefined) add('phase', event.message);
    if (event.type === 'warning') add('warning', event.message);
    else if (event.type === 'state') {
      if (event.state === 'paused') add('pause', 'paused');
      else if (event.state === 'running') add(paused ? 'resume' : 'phase', paused ? 'resumed' : 'running');
      else add('phase', event.state);
      paused = event.state === 'paused';
    }
  }
  return marks;
}

/** The mark nearest to a time, at most `within` ms away; null when there is none. */
export function nearestMark(marks: readonly Mark[], at: number, within: number): Mark | null {
  let nearest: Mark | null = null;
  for (const mark of marks) {
    const away = Math.abs(mark.at - at);
    if (away <= within && (nearest === null || away <= Math.abs(nearest.at - at))) nearest = mark;
  }
  return nearest;
}
