/** A core that plays a script: every view and state of the app without an engine. For tests and for drawing only. */
import type { Launch } from '#shared/contract/runs.ts';
import { AppError } from '#shared/lib/app-error.ts';
import type { Core, ListMessage } from '../../core.ts';
import { Broadcast } from './broadcast.ts';
import { scriptedAlerts } from './scripted-alerts.ts';
import { scriptedAudit } from './scripted-audit.ts';
import { scriptedFiles } from './scripted-files.ts';
import { scriptedKept } from './scripted-kept.ts';
import { scriptedPolicies } from './scripted-policies.ts';
import { scriptedHistory } from './scripted-history.ts';
import { scriptedRemote, scriptedTokens } from './scripted-remote.ts';
import { scriptedLevels, scriptedPlan } from './scripted-plan.ts';
import { ScriptedRun } from './scripted-run.ts';
import { scriptedWorkflows } from './scripted-workflows.ts';
import { scriptedSystem } from './scripted-system.ts';
import type { ScriptedEngine } from './scripted-system.ts';

export interface ScriptedOptions {
  readonly engine?: ScriptedEngine;
  /** Runs there from the start: finished ones of every outcome and some that go on. */
  readonly seeded?: boolean;
}

export interface ScriptedCore extends Core {
  /** Switches the engine's state. */
  engine(state: ScriptedEngine): void;
}

const SEEDS: readonly (Pick<Launch, 'name' | 'trust'> & { state?: 'queued' })[] = [
  { name: 'tidy_data.py' },
  { name: 'memory_bomb.py' },
  { name: 'fork_bomb.sh' },
  { name: 'cpu_miner.mjs', trust: 'limited' },
  { name: 'slow_report.py', trust: 'trusted' },
  { name: 'phones_home.py' },
  { name: 'floods_log.sh' },
  { name: 'asks_input.sh' },
  { name: 'waiting.py', state: 'queued' },
];

function launchOf(name: string, trust: Launch['trust']): Launch {
  const text = name.endsWith('.py') ? 'import socket\nprint("hello")\nimport subprocess\n' : 'echo hello\n';
  return { name, entry: name, trust, files: [{ path: name, content: btoa(text) }] };
}

/** Makes the scripted core; `dispose` stops what plays. */
export function createScriptedCore(options: ScriptedOptions = {}): ScriptedCore {
  const runs = new Map<string, ScriptedRun>();
  const list = new Broadcast<ListMessage>();
  const system = scriptedSystem(options.engine ?? 'ready');
  let count = 0;

  const create = (launch: Launch): ScriptedRun => {
    count += 1;
    const id = `01SCRIPTED${String(count).padStart(16, '0')}`;
    const run = new ScriptedRun(id, launch, (summary) => list.send({ type: 'changed', run: structuredClone(summary) }));
    runs.set(id, run);
    list.send({ type: 'changed', run: structuredClone(run.summary) });
    return run;
  };
  const find = (id: string): ScriptedRun => {
    const run = runs.get(id);
    if (run) return run;
    throw new AppError({ code: 'input-invalid', message: `There is no run ${id}.`, next: 'Choose one from the list.' });
  };
  const newest = () => [...runs.values()].map((run) => structuredClone(run.summary)).toReversed();

  if (options.seeded) {
    for (const { name, trust } of SEEDS) void create(launchOf(name, trust)).play(/input/.test(name) ? 1 : 0);
    for (const name of ['memory_bomb.py', 'slow_report.py']) void create(launchOf(name, 'untrusted')).play();
    const waiting = create(launchOf('waits_its_turn.py', 'system'));
    waiting.summary.waitsFor = '2 GiB of free memory';
  }

  return {
    engine: (state) => system.engine(state),
    system,
    alerts: scriptedAlerts(options.seeded === true ? newest()[0]!.id : null),
    audit: scriptedAudit(),
    kept: scriptedKept(),
    workflows: scriptedWorkflows(),
    policies: scriptedPolicies(),
    files: scriptedFiles((id) => find(id).summary.name),
    tokens: scriptedTokens(),
    remote: scriptedRemote(),
    history: scriptedHistory(
      newest,
      (changed) => {
        Object.assign(find(changed.id).summary, changed);
        list.send({ type: 'changed', run: structuredClone(changed) });
      },
      (id) => {
        runs.delete(id);
        list.send({ type: 'removed', id });
      },
      async (id) => find(id).detail(),
    ),
    runs: {
      plan: async (launch) => scriptedPlan(launch),
      levels: scriptedLevels,
      async start(launch) {
        const { refusal } = scriptedPlan(launch);
        if (refusal) throw new AppError({ ...refusal, code: 'plan-refused' });
        const run = create(launch);
        void run.play();
        return { id: run.summary.id };
      },
      list: newest,
      async *watchList(signal) {
        yield { type: 'all', runs: newest(), limit: 10, older: 0 };
        yield* list.listen(signal);
      },
      get: async (id) => structuredClone(find(id).detail()),
      watch: (id, after, signal) => find(id).watch(after, signal),
      output: (id, from, signal) => find(id).output(`viewer-${id}-${Math.random()}`, from, signal),
      ack: (viewer, seq) => {
        for (const run of runs.values()) run.ack(viewer, seq);
      },
      saveOutput: async (id, limit) => find(id).text.slice(0, limit),
      stdin: async (id, data) => find(id).answer(data),
      resize: async (id) => void find(id),
      pause: async (id) => find(id).pause(true),
      resume: async (id) => find(id).pause(false),
      allow: async (id, rule, save) => find(id).allow(rule, save),
      stop: async (id) => find(id).stop(),
      async stopAll() {
        const going = [...runs.values()].filter((run) => run.summary.state !== 'finished');
        for (const run of going) run.stop();
        return going.length;
      },
      reorder: async (id) => void find(id),
      giveSecrets: async (id) => void find(id),
      async remove(id) {
        runs.delete(find(id).summary.id);
        list.send({ type: 'removed', id });
      },
    },
    async dispose() {
      for (const run of runs.values()) run.stop();
    },
  };
}
