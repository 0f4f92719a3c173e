/** Two runs side by side: what was allowed, how long it took, what it used, what came of it (RUN-12). Pure. */
import type { RunDetail } from '../contract/runs.ts';
import type { ViolationKind } from '../domain/run.ts';
import { compareNetwork, type ComparedHost } from './compare-network.ts';
import { showBytes, showDuration } from '../lib/units.ts';
import { PHASE_WORDS, PHASES } from './phases.ts';

/** One thing that both runs have, as a person reads it; an empty text means that a run has none. */
export interface ComparedLine {
  readonly label: string;
  readonly a: string;
  readonly b: string;
  readonly same: boolean;
  /** How much larger b is than a, where both are amounts and a is not 0: 0.5 is half as much again. */
  readonly change?: number;
}

export interface RunComparison {
  readonly facts: readonly ComparedLine[];
  /** Only fields that differ. */
  readonly policy: readonly (ComparedLine & { readonly field: string })[];
  readonly timings: readonly ComparedLine[];
  readonly resources: readonly ComparedLine[];
  /** How often each kind of violation occurred. */
  readonly violations: readonly ComparedLine[];
  readonly sameScript: boolean;
  /** Whom they talked to; empty when neither had anything to do with a network. */
  readonly network: readonly ComparedHost[];
}

function text(label: string, a: string, b: string): ComparedLine {
  return { label, a, b, same: a === b };
}

function amount(
  label: string,
  a: number | undefined,
  b: number | undefined,
  show: (value: number) => string,
): ComparedLine {
  const line = text(label, a === undefined ? '' : show(a), b === undefined ? '' : show(b));
  return a === undefined || b === undefined || a === 0 ? line : { ...line, change: (b - a) / a };
}

function facts(a: RunDetail, b: RunDetail): ComparedLine[] {
  const outcome = (run: RunDetail): string => run.summary.verdict?.outcome ?? run.summary.state;
  const exit = (run: RunDetail): string => String(run.summary.verdict?.exitCode ?? '');
  return [
    text('Name', a.summary.name, b.summary.name),
    text('Runtime', a.summary.runtime, b.summary.runtime),
    text('Policy', a.summary.policy, b.summary.policy),
    text('Trust level', a.summary.level, b.summary.level),
    text('Arguments', a.args.join(' '), b.args.join(' ')),
    text('Outcome', outcome(a), outcome(b)),
    text('Exit code', exit(a), exit(b)),
    text('Why', a.summary.verdict?.reason ?? '', b.summary.verdict?.reason ?? ''),
    amount('Output', a.peaks.output, b.peaks.output, showBytes),
  ].filter(told);
}

function policy(a: RunDetail, b: RunDetail): RunComparison['policy'] {
  const before = new Map(a.plan.fields.map((field) => [field.field, field]));
  const after = new Map(b.plan.fields.map((field) => [field.field, field]));
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((field) => {
    const [one, other] = [before.get(field), after.get(field)];
    const line = text(one?.label ?? other?.label ?? field, one?.value ?? '', other?.value ?? '');
    return line.same ? [] : [{ field, ...line }];
  });
}

function violations(a: RunDetail, b: RunDetail): ComparedLine[] {
  const count = (run: RunDetail, kind: ViolationKind): number =>
    run.violations.filter((one) => one.kind === kind).reduce((sum, one) => sum + one.count, 0);
  const kinds = new Set([...a.violations, ...b.violations].map((one) => one.kind));
  return [...kinds].toSorted().map((kind) => amount(kind, count(a, kind), count(b, kind), String));
}

/** One of them has it. */
const told = ({ a, b }: ComparedLine): boolean => a !== '' || b !== '';

/** A change as a person reads it: `+12 %`, `−99.7 %`, `× 12`; never all of it while something is left. */
export function showChange(change: number): string {
  if (change >= 9) return `× ${Math.round(1 + change).toLocaleString('en')}`;
  const percent = Math.round(change * 100);
  if (percent === 0) return 'under 1 %';
  const shown = percent === -100 && change > -1 ? (Math.ceil(change * 1000) / 10).toFixed(1) : String(percent);
  return `${change > 0 ? '+' : ''}${shown.replace('-', '−')} %`;
}

/** Everything that can be told without the output; who has both outputs compares them line by line. */
export function compareRuns(a: RunDetail, b: RunDetail): RunComparison {
  return {
    facts: facts(a, b),
    policy: policy(a, b),
    timings: PHASES.map((key) => amount(PHASE_WORDS[key], a.timings[key], b.timings[key], showDuration)).filter(told),
    resources: [
      amount('Memory at most', a.peaks.memory, b.peaks.memory, showBytes),
      amount('CPU at most', a.peaks.cpu, b.peaks.cpu, (value) => `${Math.round(value)} %`),
      amount('CPU time', a.peaks.cpuTime, b.peaks.cpuTime, showDuration),
      amount('Processes at most', a.peaks.processes, b.peaks.processes, String),
      amount('Open files at most', a.peaks.openFiles, b.peaks.openFiles, String),
      amount('Scratch at most', a.peaks.scratch, b.peaks.scratch, showBytes),
    ].filter(told),
    violations: violations(a, b),
    network: compareNetwork(a, b),
    sameScript: a.script !== null && a.script === b.script,
  };
}
