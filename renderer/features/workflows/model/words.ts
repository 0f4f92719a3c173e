/** What is said of workflows and their steps. Pure. */
import { STEP_STATES, type StepState, type WorkflowSummary } from '#shared/domain/workflow.ts';
import { showName, showShort } from '#shared/script/display.ts';
import { count } from '../../../show/format.ts';

/** Characters of a step's title in a list; the whole stands on hover. */
const TITLE = 120;

/** Titles and ids come with a file that nobody trusts yet. */
export const titleOf = ({ title, id }: { title: string; id: string }): string => showShort(title || id, TITLE);

/** `needs nothing`, `needs fetch and chart`, `needs fetch, chart and 3 more`. */
export function needsWords(needs: readonly string[]): string {
  const [first, second, ...more] = needs.map(showName);
  if (first === undefined) return 'needs nothing';
  if (second === undefined) return `needs ${first}`;
  if (more.length === 0) return `needs ${first} and ${second}`;
  return more.length === 1
    ? `needs ${first}, ${second} and ${more[0]}`
    : `needs ${first}, ${second} and ${more.length} more`;
}

/** `at once`, `after fetch and chart`. */
export function afterWords(needs: readonly string[]): string {
  return needs.length === 0 ? 'at once' : needsWords(needs).replace(/^needs/u, 'after');
}

/** A step for those who hear it: `fetch, succeeded, needs nothing`. */
export function spokenStep(
  { id, title, needs }: { id: string; title: string; needs: readonly string[] },
  ...facts: readonly string[]
): string {
  return [titleOf({ id, title }), ...facts.filter((fact) => fact !== ''), needsWords(needs)].join(', ');
}

/** Those that were never run do not count, so that what was stopped does not look complete. */
const DONE: ReadonlySet<StepState> = new Set(['succeeded', 'failed', 'skipped']);

export interface Progress {
  readonly done: number;
  readonly all: number;
  readonly running: number;
}

/** How many steps have had their turn, of how many. */
export function progressOf(counts: WorkflowSummary['counts']): Progress {
  const sum = (wanted: (state: StepState) => boolean): number =>
    STEP_STATES.filter(wanted).reduce((total, state) => total + (counts[state] ?? 0), 0);
  return { done: sum((state) => DONE.has(state)), all: sum(() => true), running: counts.running ?? 0 };
}

const COUNTED: readonly (readonly [StepState, string])[] = [
  ['succeeded', 'succeeded'],
  ['failed', 'failed'],
  ['running', 'running'],
  ['waiting', 'waiting'],
  ['skipped', 'skipped'],
  ['not-reached', 'not reached'],
  ['cancelled', 'cancelled'],
];

/** `2 succeeded, 1 failed, 1 not reached`. */
export function countsWords(counts: WorkflowSummary['counts']): string {
  return COUNTED.filter(([state]) => (counts[state] ?? 0) > 0)
    .map(([state, word]) => `${(counts[state] ?? 0).toLocaleString('en')} ${word}`)
    .join(', ');
}

/** `3 steps, in order` or `3 steps, side by side where they can`. */
export function orderWords(order: 'list' | 'graph', steps: number): string {
  if (steps < 2) return count(steps, 'step');
  return `${count(steps, 'step')}, ${order === 'list' ? 'in order' : 'side by side where they can'}`;
}
