/** Adds up what several test runners report. */
import { stripVTControlCharacters } from 'node:util';

/** @typedef {{ passed: number, failed: number, skipped: number }} Tally */

/**
 * A runner that ends badly without a failed test of its own, or that ran nothing, counts as one failure.
 * @param {Tally | null} counted null when it left no report @param {number} code its exit code
 * @returns {{ tally: Tally, complaint: string | null }}
 */
export function judge(counted, code) {
  const tally = counted ?? { passed: 0, failed: 0, skipped: 0 };
  const ran = tally.passed + tally.failed;
  const complaint =
    counted === null
      ? `left no report and ended with ${code}`
      : tally.failed > 0
        ? null
        : code !== 0
          ? `ended with ${code} without a failed test`
          : ran === 0
            ? 'ran no test'
            : null;
  return { tally: complaint === null ? tally : { ...tally, failed: tally.failed + 1 }, complaint };
}

/** @param {Tally[]} tallies @returns {Tally} */
export const sum = (tallies) => ({
  passed: tallies.reduce((total, { passed }) => total + passed, 0),
  failed: tallies.reduce((total, { failed }) => total + failed, 0),
  skipped: tallies.reduce((total, { skipped }) => total + skipped, 0),
});

/** The closing line that CI reads. @param {Tally} tally */
export const closingLine = ({ passed, failed, skipped }) => `${passed} passed, ${failed} failed, ${skipped} skipped`;

/** Reads Vitest's JSON report. @param {string} json @returns {Tally} */
export function vitestTally(json) {
  const report = JSON.parse(json);
  /** Files that could not even be loaded have no failed test of their own. */
  const broken = report.testResults.filter(
    (/** @type {{ status: string, assertionResults: unknown[] }} */ file) =>
      file.status === 'failed' && file.assertionResults.length === 0,
  ).length;
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/** Reads Playwright's JSON report; a flaky test is a failed one. @param {string} json @returns {Tally} */
export function playwrightTally(json) {
  const { stats, errors } = JSON.parse(json);
  return {
    passed: stats.expected,
    failed: stats.unexpected + stats.flaky + errors.length,
    skipped: stats.skipped,
  };
}

/** As much of a failure's message as says what it is about. @param {string | undefined} message */
const firstLines = (message) =>
  stripVTControlCharacters(message ?? '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('at '))
    .slice(0, 6)
    .join(' · ')
    .slice(0, 600);

/** What failed according to Vitest's JSON report: file, test and message, a line each. @param {string} json @returns {string[]} */
export function vitestFailures(json) {
  /** @type {{ name: string, status: string, message: string, assertionResults: { status: string, fullName: string, failureMessages: string[] }[] }[]} */
  const files = JSON.parse(json).testResults;
  return files.flatMap(({ name, status, message, assertionResults }) =>
    status === 'failed' && assertionResults.length === 0
      ? [`${name}: ${firstLines(message)}`]
      : assertionResults
          .filter((test) => test.status === 'failed')
          .map((test) => `${name} › ${test.fullName}: ${firstLines(test.failureMessages[0])}`),
  );
}

/** What failed according to Playwright's JSON report, a line each. @param {string} json @returns {string[]} */
export function playwrightFailures(json) {
  /** @typedef {{ title: string, file: string, specs?: Spec[], suites?: Suite[] }} Suite */
  /** @typedef {{ title: string, file: string, ok: boolean, tests: { results: { error?: { message?: string } }[] }[] }} Spec */
  /** @type {{ suites: Suite[], errors: { message?: string }[] }} */
  const report = JSON.parse(json);
  /** @param {Suite} suite @returns {string[]} */
  const within = ({ specs = [], suites = [] }) => [
    ...specs
      .filter(({ ok }) => !ok)
      .map(({ file, title, tests }) => {
        const error = tests.flatMap(({ results }) => results).find((result) => result.error !== undefined)?.error;
        return `${file} › ${title}: ${firstLines(error?.message)}`;
      }),
    ...suites.flatMap(within),
  ];
  return [...report.errors.map(({ message }) => firstLines(message)), ...report.suites.flatMap(within)];
}
