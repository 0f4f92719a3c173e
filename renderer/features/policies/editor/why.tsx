import { CircleCheck, CircleHelp, CircleX } from 'lucide-react';
import { useDeferredValue, useMemo, useState } from 'react';
import { toAppError } from '#shared/lib/app-error.ts';
import type { EffectivePolicy } from '#shared/domain/policy.ts';
import { usePolicies } from '../../../state/policies.ts';
import { TextInput } from '../../../ui/field.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { Prose } from '../../../ui/prose.tsx';
import { useDrafts } from '../draft/store.ts';
import { showField } from '../view-state.ts';
import { askPolicy, EXAMPLES, type WhyAnswer } from './ask-policy.ts';

const LOOKS = {
  yes: { icon: CircleCheck, tone: 'text-accent', word: 'Allowed' },
  no: { icon: CircleX, tone: 'text-red', word: 'Refused' },
  depends: { icon: CircleHelp, tone: 'text-amber', word: 'It depends' },
} as const;

/** *Would this be allowed?*: answered by the rules that are enforced, with the line that decides (POL-9). */
export function WhyField({ name }: { name: string }) {
  const [text, setText] = useState('');
  const effective = useDrafts(({ opened }) => opened[name]?.meaning.effective ?? null);
  const capabilities = usePolicies((state) => state.context?.capabilities ?? null);
  const asked = useDeferredValue(text.trim());
  const policy = useDeferredValue(effective);
  const answer = useMemo(
    () => (asked === '' || policy === null ? null : answered(policy, asked, capabilities)),
    [asked, policy, capabilities],
  );
  return (
    <div className="mt-1">
      <TextInput
        aria-label="Would this be allowed?"
        placeholder="Would this be allowed? connect api.example:443"
        className="w-full"
        list="why-examples"
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || text === '') return;
          event.preventDefault();
          event.stopPropagation();
          setText('');
        }}
      />
      <datalist id="why-examples">
        {EXAMPLES.map((example) => (
          <option key={example}>{example}</option>
        ))}
      </datalist>
      <div aria-live="polite" className="empty:hidden">
        {answer !== null && <Answered answer={answer} />}
      </div>
    </div>
  );
}

type Shown = WhyAnswer | { readonly wrong: string };

function answered(policy: EffectivePolicy, text: string, capabilities: Parameters<typeof askPolicy>[2]): Shown {
  try {
    return askPolicy(policy, text, capabilities);
  } catch (thrown) {
    const { message, next = '' } = toAppError(thrown);
    return { wrong: `${message} ${next}` };
  }
}

function Answered({ answer }: { answer: Shown }) {
  if ('wrong' in answer)
    return (
      <p className="mt-1.5 text-sm text-muted">
        <Prose text={answer.wrong} />
      </p>
    );
  const look = LOOKS[answer.allowed === 'depends' ? 'depends' : answer.allowed ? 'yes' : 'no'];
  const { field } = answer;
  return (
    <div className="mt-1.5 flex items-start gap-2">
      <Icon of={look.icon} className={`mt-0.5 ${look.tone}`} label={look.word} />
      <p className="min-w-0">
        <Prose text={answer.sentence} />{' '}
        {field === null ? (
          <span className="text-sm text-muted">{answer.rule}</span>
        ) : (
          <button
            type="button"
            title="Show this setting"
            onClick={() => showField(field)}
            className="rounded font-mono text-sm text-muted underline underline-offset-2 hover:text-text"
          >
            {answer.rule}
          </button>
        )}
      </p>
    </div>
  );
}
