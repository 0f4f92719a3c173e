/** Which step waits for which, and what cannot be (WF-1). Pure. */
import { closest } from '../lib/closest.ts';
import type { StepDocument } from './document.ts';

export interface GraphProblem {
  readonly step: number;
  readonly message: string;
  readonly fix: string;
}

export interface Graph {
  /** `list`: nobody says what it needs, so steps run in order. */
  readonly order: 'list' | 'graph';
  /** Ids in the order of the file. */
  readonly ids: readonly string[];
  /** Direct needs of each step. */
  readonly needs: ReadonlyMap<string, readonly string[]>;
  /** Position from the left: 0 needs nothing. */
  readonly rank: ReadonlyMap<string, number>;
  readonly problems: readonly GraphProblem[];
}

type Linked = Pick<StepDocument, 'id' | 'needs' | 'refers'>;

const quoted = (id: string): string => `\`${id.slice(0, 60)}\``;

function wantedBy(steps: readonly Linked[], problems: GraphProblem[]): Map<string, readonly string[]> {
  const known = new Set(steps.map(({ id }) => id));
  const isList = steps.every(({ needs, refers }) => needs === null && refers.length === 0);
  const needs = new Map<string, readonly string[]>();
  const seen = new Set<string>();
  for (const [at, step] of steps.entries()) {
    if (seen.has(step.id)) {
      problems.push({
        step: at,
        message: `Two steps have the id ${quoted(step.id)}.`,
        fix: 'Give each step an id of its own.',
      });
      continue;
    }
    seen.add(step.id);
    if (isList) {
      const before = steps[at - 1]?.id;
      needs.set(step.id, before === undefined ? [] : [before]);
      continue;
    }
    const all = [...new Set([...(step.needs ?? []), ...step.refers])];
    for (const id of all) {
      if (known.has(id)) continue;
      const near = closest(id, [...known]);
      problems.push({
        step: at,
        message: `Step ${quoted(step.id)} needs ${quoted(id)}, which is no step of this workflow.`,
        fix: near === null ? `The steps are ${[...known].slice(0, 8).join(', ')}.` : `Did you mean \`${near}\`?`,
      });
    }
    needs.set(
      step.id,
      all.filter((id) => known.has(id)),
    );
  }
  return needs;
}

/** The first cycle among these, in order; each needs the next one. */
function cycleOf(open: ReadonlySet<string>, needs: ReadonlyMap<string, readonly string[]>): string[] {
  const [first = ''] = open;
  const path: string[] = [];
  for (let at = first; ;) {
    const seen = path.indexOf(at);
    if (seen >= 0) return path.slice(seen);
    path.push(at);
    at = (needs.get(at) ?? []).find((id) => open.has(id)) ?? first;
  }
}

/** Links the steps; with a problem the rest is as good as it can be. Time is linear in steps and needs. */
export function graphOf(steps: readonly Linked[]): Graph {
  const problems: GraphProblem[] = [];
  const needs = wantedBy(steps, problems);
  const ids = [...needs.keys()];
  const rank = new Map<string, number>();
  const dependents = new Map<string, string[]>(ids.map((id) => [id, []]));
  const left = new Map<string, number>();
  for (const [id, all] of needs) {
    left.set(id, all.length);
    for (const need of all) dependents.get(need)?.push(id);
  }
  const ready = ids.filter((id) => left.get(id) === 0);
  for (let at = 0; at < ready.length; at++) {
    const id = ready[at] as string;
    rank.set(id, Math.max(-1, ...(needs.get(id) ?? []).map((need) => rank.get(need) ?? 0)) + 1);
    for (const next of dependents.get(id) ?? []) {
      const open = (left.get(next) ?? 0) - 1;
      left.set(next, open);
      if (open === 0) ready.push(next);
    }
  }
  const open = new Set(ids.filter((id) => !rank.has(id)));
  if (open.size > 0) {
    const cycle = cycleOf(open, needs);
    const shown = [...cycle.slice(0, 6), ...(cycle.length > 6 ? ['…'] : []), cycle[0] ?? ''];
    problems.push({
      step: steps.findIndex(({ id }) => id === cycle[0]),
      message:
        cycle.length === 1
          ? `Step ${quoted(cycle[0] ?? '')} needs itself.`
          : `Steps wait for each other: ${shown.join(' → ')}.`,
      fix: 'Take one of the needs out.',
    });
    for (const id of open) rank.set(id, 0);
  }
  const isList = steps.every(({ needs: own, refers }) => own === null && refers.length === 0);
  return { order: isList ? 'list' : 'graph', ids, needs, rank, problems };
}

/** Everything that a step waits for, directly or not, in the order of the file. */
export function ancestorsOf({ ids, needs }: Pick<Graph, 'ids' | 'needs'>, step: string): string[] {
  const found = new Set<string>();
  const open = [...(needs.get(step) ?? [])];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (found.has(id)) continue;
    found.add(id);
    open.push(...(needs.get(id) ?? []));
  }
  return ids.filter((id) => found.has(id));
}
