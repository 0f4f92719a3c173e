/** How a workflow is told: lines with the step in front, or JSON lines on stdout (WF-1). */
import type { OutputMessage } from '#shared/contract/runs.ts';
import type { RunData } from '#shared/domain/exchange.ts';
import type { WorkflowDetail, WorkflowPlan, WorkflowStep } from '#shared/domain/workflow.ts';
import { printJson, type Outputs } from '../../messages.ts';
import { oneLine } from '../../output.ts';
import { dataWords, resultFields } from '../run/run-results.ts';

type Chunk = Extract<OutputMessage, { type: 'chunk' }>['chunk'];

export interface WorkflowReporter {
  planned(plan: WorkflowPlan): Promise<void>;
  began(id: string): Promise<void>;
  /** A step changed its state; `data` what its run gave back, once it has ended. */
  step(step: WorkflowStep, data: RunData | null): Promise<void>;
  output(step: string, chunk: Chunk): Promise<void>;
  /** No more output of this step. */
  outputEnded(step: string): Promise<void>;
  /** The last thing that is told. */
  finished(detail: WorkflowDetail): Promise<void>;
}

function duration(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

function countWords({ counts }: WorkflowDetail['summary']): string {
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([state, count]) => `${count} ${state}`)
    .join(', ');
}

/** Characters of a line that is still open, before it is told all the same. */
const LINE_MAX = 16 * 1024;

/** For a person: each line of a step's output with its id in front; all else goes to stderr. */
export function textReporter({ stdout, stderr }: Outputs): WorkflowReporter {
  const say = (text: string): Promise<void> => stderr.write(`bellglass: ${oneLine(text)}\n`);
  const open = new Map<string, string>();
  const writers = { stdout: stdout.scriptWriter(), stderr: stderr.scriptWriter() };
  const line = async (step: string, stream: Chunk['stream'], text: string): Promise<void> =>
    await writers[stream].write(`${step} | ${text}\n`);
  return {
    async planned(plan) {
      const { workflow, steps, order, file, warnings } = plan;
      const policies = [...new Set(steps.map(({ policy }) => policy))].join(', ');
      const many = `${steps.length} step${steps.length === 1 ? '' : 's'}`;
      await say(`${workflow ?? ''} · ${many}${order === 'list' && steps.length > 1 ? ' in order' : ''} · ${policies}`);
      if (file !== null && !file.approved && file.heldBack.length > 0) {
        const held = [...new Set(file.heldBack.map(({ label, asked, kept }) => `${label} ${asked} (stays ${kept})`))];
        await say(
          `${file.path} is not approved, so it only tightens. Held back: ${held.slice(0, 8).join('; ')}. To let it count: bellglass workflow approve '${file.path}'`,
        );
      }
      for (const warning of warnings) await say(warning);
    },
    began: async () => {},
    async step({ id, state, why, startedAt, endedAt }, data) {
      if (state === 'waiting') return;
      const took =
        startedAt === null || endedAt === null || state === 'running' ? '' : ` · ${duration(endedAt - startedAt)}`;
      await say(`${id}: ${state}${took}${why === '' ? '' : ` · ${why}`}`);
      if (state === 'succeeded' || state === 'failed')
        for (const words of dataWords(data, null, '')) await say(`${id}: ${words}`);
    },
    async output(step, { stream, text }) {
      const key = `${stream} ${step}`;
      const lines = `${open.get(key) ?? ''}${text}`.split('\n');
      const last = lines.pop() ?? '';
      for (const one of lines) await line(step, stream, one);
      if (last.length > LINE_MAX) await line(step, stream, last);
      open.set(key, last.length > LINE_MAX ? '' : last);
    },
    async outputEnded(step) {
      for (const stream of ['stdout', 'stderr'] as const) {
        const key = `${stream} ${step}`;
        const rest = open.get(key) ?? '';
        open.delete(key);
        if (rest !== '') await line(step, stream, rest);
      }
    },
    async finished({ summary, steps }) {
      if (stdout.isGone) return;
      await writers.stdout.end();
      await writers.stderr.end();
      const took = summary.endedAt === null ? '' : ` · ${duration(summary.endedAt - summary.startedAt)}`;
      await say(`${summary.workflow} ${summary.outcome ?? 'goes on'} · ${countWords(summary)}${took}`);
      if (summary.outcome === 'failed') {
        const failed = steps.find(({ state }) => state === 'failed')?.id ?? 'STEP';
        await say(`To run a step and what needs it again: bellglass workflow retry ${summary.id} ${failed}`);
      }
    },
  };
}

/** For a program: one object per line, `workflow` last. */
export function jsonReporter({ stdout }: Outputs): WorkflowReporter {
  const print = (value: unknown): Promise<void> => printJson(stdout, value);
  return {
    planned: ({ workflow, description, order, steps, file, warnings, secrets }) =>
      print({
        type: 'planned',
        workflow,
        description,
        order,
        steps: steps.map(({ id, title, needs, runtime, image, condition, policy, summary, changed, refusal }) => ({
          id,
          title,
          needs,
          runtime,
          image,
          condition,
          policy,
          summary,
          changed,
          refusal,
        })),
        file,
        warnings,
        secrets,
      }),
    began: (workflowId) => print({ type: 'began', workflowId }),
    step: ({ id, state, why, runs, outcome, startedAt, endedAt }, data) =>
      print({
        type: 'step',
        step: id,
        state,
        why,
        runId: runs[0] ?? null,
        outcome,
        startedAt,
        endedAt,
        ...(state === 'waiting' || state === 'running' ? {} : resultFields(data)),
      }),
    output: (step, { stream, text }) => print({ type: 'output', step, stream, text }),
    outputEnded: async () => {},
    finished: ({ summary, steps, variables }) =>
      print({
        type: 'workflow',
        workflowId: summary.id,
        workflow: summary.workflow,
        outcome: summary.outcome,
        counts: summary.counts,
        startedAt: summary.startedAt,
        endedAt: summary.endedAt,
        steps: steps.map(({ id, state, why, runs, outcome }) => ({ id, state, why, runs, outcome })),
        variables,
      }),
  };
}
