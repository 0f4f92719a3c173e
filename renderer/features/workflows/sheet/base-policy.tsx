import { TRUST_LEVELS } from '#shared/domain/policy.ts';
import { isLevel } from '#shared/policy/merge/resolve.ts';
import { NO_POLICIES, usePolicies } from '../../../state/policies.ts';
import { Select } from '../../../ui/field.tsx';
import type { FlowDraft } from './draft.ts';
import { editFlow } from './store.ts';

const DEFAULT = 'as the settings say';

/** Under what steps run that name no policy, in a workflow that names none. */
export function BasePolicy({ draft }: { draft: FlowDraft }) {
  const own = usePolicies((state) => state.policies ?? NO_POLICIES);
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1 border-t pt-2.5 text-muted">
      <span className="min-w-0 flex-1 basis-56">Where the file names no policy, steps run under</span>
      <Select
        label="Policy of steps that name none"
        value={draft.policy ?? draft.trust ?? DEFAULT}
        options={[
          { value: DEFAULT, text: 'What the settings say' },
          ...TRUST_LEVELS.map((level) => ({ value: level as string, text: level as string })),
          ...own.map(({ name }) => ({ value: name, text: name })),
        ]}
        onChange={(name) =>
          editFlow({
            trust: isLevel(name) ? name : undefined,
            policy: isLevel(name) || name === DEFAULT ? undefined : name,
          })
        }
        className="text-text"
      />
    </div>
  );
}
