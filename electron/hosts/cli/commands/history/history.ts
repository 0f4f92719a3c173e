/** `bellglass history`, `compare` and `usage`: runs of the past on the command line. */
import { COUNT_MAX, PAGE_MAX, USAGE_KEYS } from '#shared/contract/history.ts';
import type { RunDetail } from '#shared/contract/runs.ts';
import type { RunSummary } from '#shared/domain/run.ts';
import { compareRuns, showChange, type ComparedLine } from '#shared/history/compare.ts';
import { parseFilter } from '#shared/history/filter.ts';
import { durationOf } from '#shared/history/matches.ts';
import { showBytes, showDuration } from '#shared/lib/units.ts';
import { lineDiff, type DiffLine } from '#shared/policy/diff/lines.ts';
import { fileLines, filesOf, hostLines } from './compared.ts';
import { EXIT } from '../../exit-codes.ts';
import { printJson, UsageError, type Outputs } from '../../messages.ts';
import { openCore, type OpenCore } from '../../open-core.ts';
import { oneLine } from '../../output.ts';
import type { World } from '../../world.ts';

export interface HistoryOptions {
  readonly json?: boolean;
  readonly limit?: string;
}

const LIMIT = 50;
/** Output of two runs is compared up to this many characters each. */
const COMPARED = 1024 * 1024;

async function withCore(world: World, work: (open: OpenCore) => Promise<number>): Promise<number> {
  const open = await openCore(world, 'the command line asked', 'cli', true);
  try {
    return await work(open);
  } finally {
    await open.close();
  }
}

/** Says where a filter is wrong; nothing is looked up then. */
function checkFilter(text: string): void {
  const [problem] = parseFilter(text).problems;
  if (problem === undefined) return;
  throw new UsageError(`${problem.message} (character ${problem.at + 1} of \`${text.slice(0, 200)}\`)`, problem.fix);
}

function limitOf(text: string | undefined): number {
  if (text === undefined) return LIMIT;
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > COUNT_MAX)
    throw new UsageError(`\`--limit ${text}\` is no number of runs.`, `Give a number from 1 to ${COUNT_MAX}.`);
  return limit;
}

/** In the time zone of who reads it: `2026-11-21 19:43`. */
function localTime(at: number): string {
  const time = new Date(at);
  const two = (part: number): string => String(part).padStart(2, '0');
  const day = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${day} ${two(time.getHours())}:${two(time.getMinutes())}`;
}

function row(run: RunSummary, now: number): string {
  const cells = [
    run.id,
    localTime(run.createdAt),
    (run.verdict?.outcome ?? run.state).padEnd(14),
    run.policy.padEnd(12),
    showDuration(durationOf(run, now)).padStart(9),
    showBytes(run.peakMemory).padStart(10),
    oneLine(run.name),
  ];
  return `${cells.join('  ')}\n`;
}

/** Lists the runs that fit the filter, newest first. */
export async function history(
  world: World,
  outputs: Outputs,
  filter: string,
  options: HistoryOptions,
): Promise<number> {
  checkFilter(filter);
  const limit = limitOf(options.limit);
  return withCore(world, async ({ core }) => {
    let left = limit;
    for (let before: string | undefined; left > 0;) {
      const { runs } = core.history.page(filter, before, Math.min(left, PAGE_MAX));
      for (const run of runs) {
        if (options.json) await printJson(outputs.stdout, run);
        else await outputs.stdout.write(row(run, world.now()));
      }
      before = runs.at(-1)?.id;
      left -= runs.length;
      if (runs.length < PAGE_MAX) break;
    }
    if (left === limit && !options.json) await outputs.stderr.write('No run fits.\n');
    return EXIT.ok;
  });
}

function table(title: string, lines: readonly ComparedLine[]): string {
  if (lines.length === 0) return '';
  const width = Math.max(...lines.map((line) => oneLine(line.label).length));
  const rows = lines.map(({ label, a, b, same, change }) => {
    const share = change === undefined || same ? '' : ` (${showChange(change)})`;
    return `  ${oneLine(label).padEnd(width)}  ${oneLine(a) || '–'}${same ? '' : `  →  ${oneLine(b) || '–'}${share}`}`;
  });
  return `${title}\n${rows.join('\n')}\n`;
}

async function detailOf({ core }: OpenCore, id: string): Promise<RunDetail> {
  return core.runs.get(id.toLowerCase());
}

/** Compares two runs: facts, policy, timings, resources, violations, network, files and output. */
export async function compare(
  world: World,
  outputs: Outputs,
  first: string,
  second: string,
  options: { json?: boolean },
): Promise<number> {
  return withCore(world, async (open) => {
    const [a, b] = [await detailOf(open, first), await detailOf(open, second)];
    const output = async (id: string): Promise<string> => (await open.core.runs.saveOutput(id)).slice(0, COMPARED);
    const lines = lineDiff(await output(a.summary.id), await output(b.summary.id));
    const comparison = compareRuns(a, b);
    const files = await filesOf(open.core.files, a.summary.id, b.summary.id);
    if (options.json) {
      await printJson(outputs.stdout, { a: a.summary.id, b: b.summary.id, ...comparison, files, output: lines });
      return EXIT.ok;
    }
    await outputs.stdout.write(
      [
        table('Runs', comparison.facts),
        comparison.policy.length === 0 ? 'Policy\n  the same\n' : table('Policy', comparison.policy),
        table('Timings', comparison.timings),
        table('Resources', comparison.resources),
        table('Violations', comparison.violations),
        table('Network', hostLines(comparison.network)),
        table('Files', fileLines(files)),
        `Script\n  ${comparison.sameScript ? 'the same' : 'not the same, or not kept'}\n`,
      ].join(''),
    );
    const changes = async (diff: readonly DiffLine[]): Promise<void> => {
      for (const { kind, text } of diff)
        if (kind !== 'same') await outputs.stdout.write(`${kind === 'added' ? '+' : '-'} ${oneLine(text)}\n`);
    };
    for (const { path, diff } of files)
      if (diff) {
        await outputs.stdout.write(`File ${oneLine(path)}\n`);
        await changes(diff);
      }
    await outputs.stdout.write(lines.every(({ kind }) => kind === 'same') ? 'Output\n  the same\n' : 'Output\n');
    await changes(lines);
    return EXIT.ok;
  });
}

/** Totals per policy, project, day, runtime or outcome. */
export async function usage(
  world: World,
  outputs: Outputs,
  filter: string,
  options: { json?: boolean; by?: string },
): Promise<number> {
  checkFilter(filter);
  const by = USAGE_KEYS.find((key) => key === (options.by ?? 'policy'));
  if (by === undefined)
    throw new UsageError(`There is no usage by ${String(options.by)}.`, `Choose one of ${USAGE_KEYS.join(', ')}.`);
  return withCore(world, async ({ core }) => {
    const { rows } = core.history.usage(by, filter);
    if (options.json) {
      for (const one of rows) await printJson(outputs.stdout, one);
      return EXIT.ok;
    }
    for (const one of rows) {
      const cells = [
        (one.key || '–').padEnd(24),
        `${one.runs} ${one.runs === 1 ? 'run' : 'runs'}`.padStart(12),
        `${one.succeeded} succeeded`.padStart(16),
        `${one.violations} ${one.violations === 1 ? 'violation' : 'violations'}`.padStart(15),
        showDuration(one.wallTime).padStart(10),
        `CPU ${showDuration(one.cpuTime)}`.padStart(14),
        `peak ${showBytes(one.peakMemory)}`,
      ];
      await outputs.stdout.write(`${cells.join('  ')}\n`);
    }
    if (rows.length === 0) await outputs.stderr.write('No run fits.\n');
    return EXIT.ok;
  });
}
