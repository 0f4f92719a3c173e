/** Steps as nodes of the graph: what is planned, or how far it is. */
import type { PlannedStep, WorkflowStep } from '#shared/domain/workflow.ts';
import { showName } from '#shared/script/display.ts';
import { showDuration } from '#shared/lib/units.ts';
import { Elapsed } from '../../show/time.tsx';
import type { GraphNode } from './graph/node.tsx';
import { runtimeIcon, stepLook } from './model/looks.ts';
import { spokenStep, titleOf } from './model/words.ts';
import { ranIn } from './planned-step.tsx';

/** Before anything runs: what it runs in, under which policy. */
export function plannedNodes(steps: readonly PlannedStep[]): GraphNode[] {
  return steps.map((step) => {
    const { id, needs, rank, refusal, findings } = step;
    const worst = findings.some(({ severity }) => severity === 'danger');
    const marks = [
      ranIn(step),
      showName(step.policy),
      refusal === null ? '' : 'would be refused',
      step.condition === null ? '' : 'only on a condition',
    ];
    return {
      id,
      needs,
      rank,
      title: titleOf(step),
      icon: runtimeIcon(step.runtime),
      tone: refusal !== null ? 'red' : worst ? 'amber' : 'neutral',
      line: refusal === null ? `${ranIn(step)} · ${showName(step.policy)}` : 'would be refused',
      spoken: spokenStep(step, ...marks),
      conditional: step.condition !== null,
    };
  });
}

const IDLE: ReadonlySet<WorkflowStep['state']> = new Set(['skipped', 'not-reached', 'cancelled']);

/** How long a step took; empty before it started. */
export const tookWords = ({ startedAt, endedAt }: Pick<WorkflowStep, 'startedAt' | 'endedAt'>): string =>
  startedAt === null || endedAt === null ? '' : showDuration(Math.max(0, endedAt - startedAt));

/** While it runs and after: state, word, time. */
export function liveNodes(steps: readonly WorkflowStep[], planned: readonly PlannedStep[]): GraphNode[] {
  const plans = new Map(planned.map((step) => [step.id, step]));
  return steps.map((step) => {
    const look = stepLook(step);
    const took = step.state === 'running' || IDLE.has(step.state) ? '' : tookWords(step);
    return {
      id: step.id,
      needs: step.needs,
      rank: step.rank,
      title: titleOf(step),
      icon: look.icon,
      ...(look.spin ? { spin: true } : {}),
      tone: look.tone,
      line: (
        <>
          {look.word}
          {step.state === 'running' && step.startedAt !== null && (
            <>
              {' · '}
              <Elapsed from={step.startedAt} to={null} />
            </>
          )}
          {took !== '' && ` · ${took}`}
        </>
      ),
      spoken: spokenStep(step, look.word, took),
      conditional: (plans.get(step.id)?.condition ?? null) !== null,
      idle: IDLE.has(step.state),
    };
  });
}
