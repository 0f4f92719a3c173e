/** Made-up runs for tests and measurements. */
import type { RunSummary } from '#shared/domain/run.ts';

/** A finished run; `over` replaces any of it. */
export function runOf(id: string, over: Partial<RunSummary> = {}): RunSummary {
  return {
    id,
    name: 'hello.py',
    runtime: 'python',
    level: 'untrusted',
    policy: 'untrusted',
    overrides: 0,
    state: 'finished',
    createdAt: 1_700_000_000_000,
    startedAt: 1_700_000_000_100,
    finishedAt: 1_700_000_001_100,
    memoryLimit: 64 * 1024 * 1024,
    wallLimit: 60_000,
    peakMemory: 10 * 1024 * 1024,
    sparkline: [],
    violations: 0,
    violationKinds: [],
    pinned: false,
    tags: [],
    note: '',
    workflow: null,
    verdict: {
      outcome: 'succeeded',
      exitCode: 0,
      reason: 'It ended by itself.',
      rule: null,
      next: '',
      suggestions: [],
    },
    ...over,
  };
}
