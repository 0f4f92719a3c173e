import { ArrowLeft } from 'lucide-react';
import type { PlannedStep } from '#shared/domain/workflow.ts';
import { showName } from '#shared/script/display.ts';
import { Button } from '../../../ui/button.tsx';
import { Callout, Card } from '../../../ui/card.tsx';
import { Chip } from '../../../ui/chip.tsx';
import { Prose } from '../../../ui/prose.tsx';
import { runtimeIcon } from '../model/looks.ts';
import { afterWords, titleOf } from '../model/words.ts';
import { Allowed, Condition, Fact, PolicyChip, ranIn, TextBlock } from '../planned-step.tsx';

/** One step before it runs. */
export function StepCard({ step, onAll }: { step: PlannedStep; onAll: () => void }) {
  const title = titleOf(step);
  return (
    <Card
      title={
        <span className="flex min-w-0 flex-wrap items-center gap-2">
          <span className="min-w-0 break-words">{title}</span>
          {title !== step.id && <code className="font-mono text-sm font-normal text-muted">{showName(step.id)}</code>}
          <Chip icon={runtimeIcon(step.runtime)}>{ranIn(step)}</Chip>
          <PolicyChip policy={step.policy} />
        </span>
      }
      aside={
        <Button size="sm" variant="ghost" icon={ArrowLeft} onClick={onAll}>
          All steps
        </Button>
      }
    >
      <div className="flex flex-col gap-2.5">
        {step.refusal !== null && (
          <Callout tone="red">
            <Prose text={step.refusal} />
          </Callout>
        )}
        <Allowed step={step} />
        <dl className="border-t pt-1.5">
          <Fact name="Runs">{afterWords(step.needs)}</Fact>
          {step.condition !== null && (
            <Fact name="Only if">
              <Condition text={step.condition} />
            </Fact>
          )}
        </dl>
        <TextBlock label={`Script of ${title}`} text={step.script} />
      </div>
    </Card>
  );
}
