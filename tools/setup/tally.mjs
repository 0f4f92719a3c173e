/** Adds up what several test runners report. */

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
