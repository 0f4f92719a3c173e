import { expect, it } from 'vitest';
import { closingLine, judge, playwrightTally, sum, vitestTally } from './tally.mjs';

const good = { passed: 3, failed: 0, skipped: 1 };

it('takes a clean run as it is', () => {
  expect(judge(good, 0)).toEqual({ tally: good, complaint: null });
});

it('does not count a failure twice when the runner also ends with an error', () => {
  const tally = { passed: 3, failed: 2, skipped: 0 };
  expect(judge(tally, 1)).toEqual({ tally, complaint: null });
});

it('counts a runner that crashed after passing tests as one failure', () => {
  expect(judge(good, 139).tally).toEqual({ passed: 3, failed: 1, skipped: 1 });
});

it('counts a runner that left no report as one failure', () => {
  expect(judge(null, 0).tally).toEqual({ passed: 0, failed: 1, skipped: 0 });
});

it('counts a runner that ran nothing, or only skipped, as one failure', () => {
  expect(judge({ passed: 0, failed: 0, skipped: 7 }, 0)).toEqual({
    tally: { passed: 0, failed: 1, skipped: 7 },
    complaint: 'ran no test',
  });
});

it('adds up in the words that CI reads', () => {
  expect(closingLine(sum([good, { passed: 1, failed: 2, skipped: 0 }]))).toBe('4 passed, 2 failed, 1 skipped');
});

it('counts a test file that could not be loaded', () => {
  const report = {
    numPassedTests: 1,
    numFailedTests: 0,
    numPendingTests: 0,
    numTodoTests: 0,
    testResults: [
      { status: 'failed', assertionResults: [] },
      { status: 'passed', assertionResults: [{}] },
    ],
  };
  expect(vitestTally(JSON.stringify(report))).toEqual({ passed: 1, failed: 1, skipped: 0 });
});

it('counts a flaky browser test and an error outside of any test as failed', () => {
  const report = { stats: { expected: 5, unexpected: 1, flaky: 1, skipped: 2 }, errors: [{ message: 'no browser' }] };
  expect(playwrightTally(JSON.stringify(report))).toEqual({ passed: 5, failed: 3, skipped: 2 });
});
