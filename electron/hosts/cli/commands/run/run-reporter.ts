/** How a run is told: sentences on stderr around the script's own output, or JSON lines on stdout. */
import type { OutputMessage, Plan } from '#shared/contract/runs.ts';
import type { RunData } from '#shared/domain/exchange.ts';
import type { RunEvent, Suggestion } from '#shared/domain/run.ts';
import { dataWords, resultFields } from './run-results.ts';
import { oneLine } from '../../output.ts';
import { printJson } from '../../messages.ts';
import type { Outputs } from '../../messages.ts';
import type { Copied } from './run-data.ts';

type Chunk = Extract<OutputMessage, { type: 'chunk' }>['chunk'];
type Gap = Extract<OutputMessage, { type: 'gap' }>;
type Finished = Extract<RunEvent, { type: 'finished' }>;

export interface RunReporter {
  note(text: string): Promise<void>;
  planned(plan: Plan): Promise<void>;
  /** The run has an id, by which it can be told something (`bellglass allow`). */
  began(runId: string): Promise<void>;
  event(event: Exclude<RunEvent, Finished>): Promise<void>;
  output(chunk: Chunk): Promise<void>;
  gap(gap: Gap): Promise<void>;
  /** The last thing that is told. */
  finished(runId: string, event: Finished, left: Left): Promise<void>;
}

/** What there is of a run besides its verdict. */
export interface Left {
  readonly data: RunData | null;
  /** Null: nothing was to be copied. */
  readonly copied: Copied | null;
  /** Whether its sandbox stays; null when that was not asked for. */
  readonly kept: boolean | null;
}

function bytes(count: number): string {
  if (count < 1024) return `${count} bytes`;
  const mib = count / 1024 ** 2;
  return mib < 1 ? `${(count / 1024).toFixed(1)} KiB` : `${mib.toFixed(1)} MiB`;
}

function duration(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** `--set network.allow.add='a.example, b.example'`: options for a shell. */
function setWords({ set }: Suggestion): string {
  return Object.entries(set)
    .map(([field, value]) => `--set ${field}='${value}'`)
    .join(' ');
}

/** What was refused again within such a time is not told again, ms: a lookup asks for two kinds of address. */
const AGAIN_MS = 10_000;
/** Messages that are remembered for that. */
const SAID_MAX = 1000;

/** True for the first of several that are alike. */
function firstOnes(): (message: string, at: number) => boolean {
  const said = new Map<string, number>();
  return (message, at) => {
    const before = said.get(message);
    if (before !== undefined && at - before < AGAIN_MS) return false;
    if (said.size >= SAID_MAX) said.clear();
    said.set(message, at);
    return true;
  };
}

/** For a person: the script's output passes as it is, all else goes to stderr. */
export function textReporter({ stdout, stderr }: Outputs): RunReporter {
  const out = stdout.scriptWriter();
  const err = stderr.scriptWriter();
  const say = (text: string): Promise<void> => stderr.write(`bellglass: ${oneLine(text)}\n`);
  const isFirst = firstOnes();
  let column = '';
  let dropped = { bytes: 0, why: '' };
  return {
    note: say,
    async planned(plan) {
      const changed = plan.fields.filter((field) => field.changed).length;
      const policy = plan.policy === plan.level ? plan.level : `${plan.policy} (${plan.level})`;
      await say(`${plan.name} · ${policy}${changed > 0 ? ` + ${changed} changed` : ''} · ${plan.summary}`);
      const { project } = plan;
      if (project !== null && project.heldBack.length > 0)
        await say(
          `${project.path} is not approved, so it only tightens. Held back: ${project.heldBack.map(({ label, asked }) => `${label} ${asked}`).join('; ')}. To let it count: bellglass project approve '${project.path}'`,
        );
      for (const { message, suggestion } of plan.warnings) {
        await say(`${message}${suggestion ? ` To change it: ${setWords(suggestion)}` : ''}`);
      }
    },
    began: async () => {},
    async event(event) {
      if (event.type === 'violation') {
        const { message, at } = event.violation;
        if (isFirst(message, at)) await say(message);
      } else if (event.type === 'warning') await say(event.message);
      else if (event.type === 'alert') await say(`alert ${event.rule} (${event.severity}): ${event.message}`);
      else if (event.type === 'state' && (event.state === 'queued' || event.state === 'paused') && event.why)
        await say(event.why);
    },
    async output({ stream, text }) {
      await (stream === 'stdout' ? out : err).write(text);
      column = text.slice(-1);
    },
    async gap(gap) {
      dropped = { bytes: dropped.bytes + gap.bytes, why: gap.why };
    },
    async finished(runId, { verdict, timings, peaks }, { data, copied, kept }) {
      // Nobody reads any longer (`| head`): end without a word.
      if (stdout.isGone) return;
      await out.end();
      await err.end();
      if (stderr.isTerminal && column !== '' && column !== '\n') await stderr.write('\n');
      if (dropped.bytes > 0) await say(`${bytes(dropped.bytes)} of output were dropped. ${dropped.why}`);
      const took = timings.script === undefined ? '' : ` · ${duration(timings.script)}`;
      for (const line of dataWords(data, copied)) await say(line);
      if (kept === true) await say(`The sandbox is kept, sealed. To look into it: bellglass kept copy ${runId} FOLDER`);
      else if (kept === false) await say('The sandbox could not be kept.');
      const rule = verdict.rule === null ? '' : ` [${verdict.rule}]`;
      const next = verdict.next === '' ? '' : ` ${verdict.next}`;
      await say(`${verdict.outcome}${took} · peak ${bytes(peaks.memory)} · ${verdict.reason}${rule}${next}`);
      for (const suggestion of verdict.suggestions)
        await say(`${suggestion.label}: run it again with ${setWords(suggestion)}`);
    },
  };
}

/** For a program: one object per line, `finished` last. */
export function jsonReporter({ stdout, stderr }: Outputs): RunReporter {
  const print = (value: unknown): Promise<void> => printJson(stdout, value);
  return {
    note: (text) => stderr.write(`bellglass: ${oneLine(text)}\n`),
    planned: ({ name, summary, level, policy, policyRevision, runtime, warnings, project }) =>
      print({ type: 'planned', name, summary, level, policy, policyRevision, runtime, warnings, project }),
    began: (runId) => print({ type: 'began', runId }),
    event: (event) => print(event),
    output: ({ stream, text }) => print({ type: 'output', stream, text }),
    gap: (gap) => print(gap),
    finished: (runId, { verdict, timings, peaks }, { data, copied, kept }) => {
      const { outcome, exitCode, reason, rule, next, suggestions } = verdict;
      const told = { type: 'finished', runId, outcome, exitCode, reason, rule, next, suggestions, timings, peaks };
      return print({
        ...told,
        ...resultFields(data),
        ...(copied === null ? {} : { copied }),
        ...(kept === null ? {} : { kept }),
      });
    },
  };
}
