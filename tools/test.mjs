/** `npm test [-- PART [FILTER…]]`: check, unit, engine and browser tests, added up in one closing line. */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { handOver } from './setup/child.mjs';
import { main, setup } from './setup/index.mjs';
import { withNode } from './setup/node.mjs';
import { CACHE, inRoot, ROOT } from './setup/place.mjs';
import { duration } from './setup/report.mjs';
import {
  closingLine,
  judge,
  playwrightFailures,
  playwrightTally,
  sum,
  vitestFailures,
  vitestTally,
} from './setup/tally.mjs';

const REPORTS = join(CACHE, 'reports');
const VITEST = inRoot('node_modules', 'vitest', 'vitest.mjs');
const PLAYWRIGHT = inRoot('node_modules', '@playwright', 'test', 'cli.js');

/** @param {string} project @param {string} report @param {string[]} filters */
const vitest = (project, report, filters) => [
  VITEST,
  'run',
  `--project=${project}`,
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${report}`,
  ...filters,
];

/**
 * @type {Record<string, { needs: import('./setup/index.mjs').Need[],
 *   args: (report: string, filters: string[]) => string[], tally: (json: string) => import('./setup/tally.mjs').Tally,
 *   failures: (json: string) => string[] }>}
 */
const PARTS = {
  unit: {
    needs: [],
    args: (report, filters) => vitest('unit', report, filters),
    tally: vitestTally,
    failures: vitestFailures,
  },
  engine: {
    needs: ['tests'],
    args: (report, filters) => vitest('engine', report, filters),
    tally: vitestTally,
    failures: vitestFailures,
  },
  e2e: {
    needs: ['tests', 'app'],
    args: (_report, filters) => [PLAYWRIGHT, 'test', '--reporter=list,json', ...filters],
    tally: playwrightTally,
    failures: playwrightFailures,
  },
};

/** @template T @param {string} path @param {(json: string) => T} read @returns {T | null} */
function readReport(path, read) {
  try {
    return read(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}

/** @param {string} node @param {string} name @param {string[]} filters */
async function runPart(node, name, filters) {
  const part = PARTS[name];
  if (part === undefined) {
    const code = await handOver(node, [inRoot('tools', 'check.mjs')], { cwd: ROOT });
    const tally = { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
    return { code, failures: [], ...judge(tally, code) };
  }
  const report = join(REPORTS, `${name}.json`);
  rmSync(report, { force: true });
  const env = { ...withNode(node), PLAYWRIGHT_JSON_OUTPUT_FILE: report };
  const code = await handOver(node, part.args(report, filters), { cwd: ROOT, env });
  const failures = readReport(report, part.failures) ?? [];
  return { code, failures, ...judge(readReport(report, part.tally), code) };
}

await main(async () => {
  const [wanted, ...filters] = process.argv.slice(2);
  const all = ['check', ...Object.keys(PARTS)];
  if (wanted !== undefined && !all.includes(wanted)) {
    process.stderr.write(`There is no part "${wanted}". Parts: ${all.join(', ')}.\n`);
    return 2;
  }
  const names = wanted === undefined ? all : [wanted];
  const { node } = await setup([...new Set(names.flatMap((name) => PARTS[name]?.needs ?? []))]);
  mkdirSync(REPORTS, { recursive: true });
  const tallies = [];
  const lines = [];
  for (const name of names) {
    console.log(`\n── ${name}`);
    const start = performance.now();
    const { tally, complaint, failures, code } = await runPart(node, name, filters);
    tallies.push(tally);
    lines.push(`${name.padEnd(7)} ${closingLine(tally)} in ${duration(performance.now() - start)}`);
    // Once more at the end: of a long run's output often only the end is kept.
    lines.push(...failures.map((line) => `        ✗ ${line.replace(`${ROOT}/`, '')}`));
    if (complaint !== null) lines.push(`        ${name} ${complaint}`);
    if (code > 128) break;
  }
  const total = sum(tallies);
  const missing = names.length - tallies.length;
  if (missing > 0) lines.push(`interrupted: ${missing} of ${names.length} parts were not run`);
  console.log(`\n${lines.join('\n')}\n\n${closingLine(total)}`);
  return total.failed > 0 || missing > 0 ? 1 : 0;
});
