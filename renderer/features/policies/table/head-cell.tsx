import { CircleX, Clock, PencilLine } from 'lucide-react';
import type { OwnPolicy, PolicyContext } from '#shared/contract/policies.ts';
import { LEVELS, LevelChip } from '../../../show/level-chip.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { Tip } from '../../../ui/layers/tooltip.tsx';
import { isUnsaved } from '../draft/draft.ts';
import { effectiveOf } from '../draft/meaning.ts';
import { shownDraft, useDrafts } from '../draft/store.ts';
import { changesOf, wantsReview, type Column } from './model.ts';

/** The heading of a column: a level, or a policy with its level, how much it changes, and what is wrong with it. */
export function HeadCell({ column, context, now }: { column: Column; context: PolicyContext; now: number }) {
  if (column.kind === 'level')
    return (
      <span title={LEVELS[column.level].who}>
        <LevelChip level={column.level} />
      </span>
    );
  return <PolicyHead policy={column.policy} context={context} now={now} />;
}

function PolicyHead({ policy, context, now }: { policy: OwnPolicy; context: PolicyContext; now: number }) {
  const opened = useDrafts((state) => state.opened[policy.name]);
  const effective = shownDraft(opened) ?? (policy.document === null ? null : effectiveOf(policy.document, context));
  const changes = effective === null ? 0 : changesOf(effective, context);
  const broken = policy.problems.find(({ severity }) => severity === 'error');
  const unsaved = opened !== undefined && isUnsaved(opened.draft);
  return (
    <span className="flex min-w-0 flex-col">
      <span className="flex min-w-0 items-center gap-1.5">
        <span className="truncate font-semibold text-text" title={policy.document?.description ?? policy.name}>
          {policy.name}
        </span>
        {broken && (
          <Tip text={`Line ${broken.line}, column ${broken.column}: ${broken.message}`}>
            <span className="inline-flex text-red">
              <Icon of={CircleX} size={14} label="broken file" />
            </span>
          </Tip>
        )}
        {unsaved && (
          <Tip text="Has changes that are not saved">
            <span className="inline-flex text-amber">
              <Icon of={PencilLine} size={14} label="unsaved" />
            </span>
          </Tip>
        )}
        {wantsReview(policy, now) && (
          <Tip text="Not opened for 90 days: look through it">
            <span className="inline-flex text-muted">
              <Icon of={Clock} size={14} label="review" />
            </span>
          </Tip>
        )}
      </span>
      <span className="truncate text-sm text-muted">
        {effective === null
          ? 'no good version'
          : `${effective.level}${changes > 0 ? ` + ${changes}` : ''}${broken ? ' · last good' : ''}`}
      </span>
    </span>
  );
}
