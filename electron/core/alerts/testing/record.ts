/** Records of runs that no engine knows, for tests of what is heard of runs. */
import type { Launch } from '#shared/contract/runs.ts';
import { effective } from '#shared/policy/merge/effective.ts';
import { parseSet } from '#shared/policy/merge/set.ts';
import type { NormalLaunch } from '#shared/script/validate.ts';
import { scriptedPlan } from '../../rpc/testing/scripted-plan.ts';
import { RunRecord } from '../../runs/run-record.ts';
import type { RunTold } from '../../runs/told.ts';

const LAUNCH: Launch = { name: 'a.py', entry: 'a.py', files: [{ path: 'a.py', content: btoa('1') }] };

/** A run that waits. */
export function recordOf(id: string, now: () => number, set: Record<string, string> = {}): RunRecord {
  return new RunRecord({
    id,
    name: 'a.py',
    runtime: 'python',
    policy: effective({
      level: 'untrusted',
      name: 'untrusted',
      tiers: [{ tier: 'run', name: 'this run', ...parseSet(set) }],
      ceilings: {},
    }),
    plan: scriptedPlan(LAUNCH),
    args: [],
    script: '1',
    now,
  });
}

/** Tells of a new run as the run service does. */
export function begin(told: RunTold, record: RunRecord, name = 'a.py'): void {
  told.began(record, { ...LAUNCH, name } as unknown as NormalLaunch, scriptedPlan(LAUNCH), {
    hidden: false,
    by: null,
    workflow: null,
    broughtBack: false,
  });
}

/** The steps from the queue to a script that runs. */
export function startScript(record: RunRecord): void {
  record.move({ type: 'prepare' });
  record.move({ type: 'start' });
  record.move({ type: 'run' });
}
