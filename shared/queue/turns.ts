/**
 * Whose turn it is (RUN-8): importance first, then the project with the fewest runs going, then the one that has waited longest.
 * A project that is passed over grows in importance, and one that has waited very long counts as if it had fewer going:
 * so nobody waits for ever, whatever arrives. Pure.
 */
import type { PolicyValues } from '../domain/policy.ts';
import type { Situation, Waiting } from './admission.ts';

const BASE: Readonly<Record<PolicyValues['quota.priority'], number>> = { low: 0, normal: 1, high: 2 };
/** Waiting this long counts as much as one step of priority, ms. */
export const AGE_MS = 30_000;
/** Waiting this long counts as much as one going run less, ms. */
export const PATIENCE_MS = 300_000;

/** The waiting runs of one project. */
interface Line {
  /** Next one first: importance grown by its own age, then arrival. */
  readonly runs: readonly Waiting[];
  at: number;
  going: number;
  served: number;
}

/** A line's claim on the next turn. */
interface Claim {
  readonly line: Line;
  readonly run: Waiting;
  readonly importance: number;
  readonly share: number;
  readonly waited: number;
}

function claimOf(line: Line, now: number): Claim | null {
  const run = line.runs[line.at];
  if (run === undefined) return null;
  // A project that is served all the time does not wait, however old its runs are.
  const waited = Math.max(0, now - Math.max(run.since, line.served));
  return {
    line,
    run,
    importance: BASE[run.priority] + Math.floor(waited / AGE_MS),
    share: Math.max(0, line.going - Math.floor(waited / PATIENCE_MS)),
    waited,
  };
}

const ahead = (a: Claim, b: Claim): boolean =>
  (a.importance - b.importance || b.share - a.share || a.waited - b.waited || b.run.since - a.run.since) > 0;

function withinProject(runs: readonly Waiting[], now: number): Waiting[] {
  const rank = ({ priority, since }: Waiting): number => BASE[priority] + Math.max(0, now - since) / AGE_MS;
  return runs
    .map((run, at) => ({ run, at, rank: rank(run) }))
    .toSorted((a, b) => b.rank - a.rank || a.at - b.at)
    .map(({ run }) => run);
}

/**
 * Calls `decide` for every waiting run, in turn; it says whether the run starts, which changes whose turn is next.
 * Ends early once `more` says that nobody else can start.
 */
export function inTurn(
  { now, waiting, going, served }: Pick<Situation, 'now' | 'waiting' | 'going' | 'served'>,
  decide: (run: Waiting) => boolean,
  more: () => boolean = () => true,
): void {
  const lines = new Map<string, Line>();
  for (const [project, runs] of Map.groupBy(
    waiting.filter((run) => run.place === undefined),
    (run) => run.project,
  ))
    lines.set(project, {
      runs: withinProject(runs, now),
      at: 0,
      going: 0,
      served: served.get(project) ?? Number.NEGATIVE_INFINITY,
    });
  const begun = (project: string): void => {
    const line = lines.get(project);
    if (line !== undefined) line.going += 1;
  };
  for (const run of going) begun(run.project);
  const placed = waiting.filter((run) => run.place !== undefined).toSorted((a, b) => a.place! - b.place!);
  for (const run of placed) if (decide(run)) begun(run.project);
  // A claim changes only when its own line moves on.
  const claims = [...lines.values()].flatMap((line) => claimOf(line, now) ?? []);
  while (claims.length > 0 && more()) {
    let at = 0;
    for (let other = 1; other < claims.length; other += 1) if (ahead(claims[other]!, claims[at]!)) at = other;
    const { line, run } = claims[at]!;
    line.at += 1;
    if (decide(run)) {
      line.going += 1;
      line.served = now;
    }
    const next = claimOf(line, now);
    if (next !== null) claims[at] = next;
    else claims.splice(at, 1);
  }
}
