import { expect, it } from 'vitest';
import { closingLine, judge, playwrightFailures, playwrightTally, sum, vitestFailures, vitestTally } from './tally.mjs';

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

it('names what failed, with the beginning of its message and without its stack', () => {
  const report = {
    testResults: [
      {
        name: 'a.test.ts',
        status: 'failed',
        message: '',
        assertionResults: [
          { status: 'passed', fullName: 'holds', failureMessages: [] },
          {
            status: 'failed',
            fullName: 'counts',
            failureMessages: ['\u001b[31mexpected 1\u001b[39m\n\nto be 2\n    at x'],
          },
        ],
      },
      { name: 'b.test.ts', status: 'failed', message: 'no such module', assertionResults: [] },
    ],
  };
  expect(vitestFailures(JSON.stringify(report))).toEqual([
    'a.test.ts › counts: expected 1 · to be 2',
    'b.test.ts: no such module',
  ]);
});

it('names what failed in the browser, however deep, and what broke outside of a test', () => {
  const spec = {
    file: 'run.spec.ts',
    title: 'stops',
    ok: false,
    tests: [{ results: [{ error: { message: 'too late' } }] }],
  };
  const good = { ...spec, ok: true };
  const report = { errors: [{ message: 'no browser' }], suites: [{ specs: [good], suites: [{ specs: [spec] }] }] };
  expect(playwrightFailures(JSON.stringify(report))).toEqual(['no browser', 'run.spec.ts › stops: too late']);
});
