import { ListFilter, Search } from 'lucide-react';
import { memo, useEffect, useMemo, useRef, useState } from 'react';
import { TRUST_LEVELS, type FieldPath, type TrustLevel } from '#shared/domain/policy.ts';
import { GROUPS } from '#shared/policy/field.ts';
import { anyField, FIELD_PATHS } from '#shared/policy/fields.ts';
import { Button } from '../../../ui/button.tsx';
import { Choice, TextInput } from '../../../ui/field.tsx';
import { Empty } from '../../../ui/states.tsx';
import { isBroken } from '../draft/draft.ts';
import { isSet } from '../draft/edit.ts';
import { draftOf, edit, useDrafts } from '../draft/store.ts';
import { Typed } from './controls/typed.tsx';
import { FieldCard } from './field.tsx';
import { usePolicyView } from '../view-state.ts';

const TEXT = { parse: (text: string): unknown => text, format: String };
type Shown = 'set' | 'all';

/** Every setting with its control; first those that this policy changes. */
export const Form = memo(function Form({ name }: { name: string }) {
  const broken = useDrafts(({ opened }) => {
    const draft = opened[name]?.draft;
    return draft !== undefined && isBroken(draft);
  });
  const level = useDrafts(({ opened }) => opened[name]?.draft.document.level ?? null);
  const effectiveLevel = useDrafts(({ opened }) => opened[name]?.meaning.effective.level ?? 'untrusted');
  const description = useDrafts(({ opened }) => opened[name]?.draft.document.description ?? '');
  const setNow = useDrafts(({ opened }) => {
    const document = opened[name]?.draft.document;
    return document ? FIELD_PATHS.filter((path) => isSet(document, path)).join(' ') : '';
  });
  // What was set once stays in the short list, so that reverting a field does not take it away under the hand.
  const kept = useRef(new Set<string>());
  for (const path of setNow.split(' ')) kept.current.add(path);
  const [shown, setShown] = useState<Shown>(() => {
    const document = draftOf(name)?.document;
    return document && FIELD_PATHS.some((path) => isSet(document, path)) ? 'set' : 'all';
  });
  const [text, setText] = useState('');
  const goTo = usePolicyView((state) => state.goToField);
  const wanted = text.trim().toLowerCase();
  const paths = useMemo(
    () =>
      FIELD_PATHS.filter((path) => {
        const { label, group, help } = anyField(path);
        if (wanted !== '') return `${label} ${path} ${group} ${help}`.toLowerCase().includes(wanted);
        return shown === 'all' || kept.current.has(path) || path === goTo?.path;
      }),
    // oxlint-disable-next-line react/exhaustive-deps -- `setNow` stands for what `kept` holds
    [wanted, shown, setNow, goTo],
  );
  const body = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (goTo === null) return;
    const card = body.current?.querySelector(`[data-field="${CSS.escape(goTo.path)}"]`);
    if (!card) return;
    card.scrollIntoView({ block: 'center' });
    card.querySelector<HTMLElement>('[role=slider], input, [role=radio][tabindex="0"], button[role=switch]')?.focus();
    usePolicyView.setState({ goToField: null });
  }, [goTo, paths]);
  const count = setNow === '' ? 0 : setNow.split(' ').length;
  return (
    <div ref={body} className="flex flex-col gap-3 p-4">
      <section aria-label="About this policy" className="rounded-md border bg-panel px-3.5 py-3">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
          <h3 className="font-semibold">Level</h3>
          <Choice
            label="Level"
            value={level ?? effectiveLevel}
            choices={TRUST_LEVELS.map((one) => ({ value: one, text: one }))}
            disabled={broken}
            onChange={(next: TrustLevel) => edit(name, { to: 'level', level: next })}
          />
        </div>
        {level === null && (
          <p className="mt-1 text-sm text-muted">
            The policy names no level: runs take the one of the settings, {effectiveLevel} now.
          </p>
        )}
        <Typed
          label="Description"
          mono={false}
          placeholder="What it is for, in one sentence"
          kind={TEXT}
          value={description}
          disabled={broken}
          className="mt-2"
          onValue={(next) => edit(name, { to: 'description', description: String(next) })}
        />
      </section>
      <div className="flex flex-wrap items-center gap-2">
        <Choice
          label="Which settings are shown"
          value={shown}
          choices={[
            { value: 'set', text: `Set here ${count}` },
            { value: 'all', text: `All ${FIELD_PATHS.length}` },
          ]}
          onChange={setShown}
        />
        <span className="relative min-w-32 flex-1">
          <Search aria-hidden size={14} strokeWidth={1.5} className="absolute top-2 left-2 text-muted" />
          <TextInput
            aria-label="Find a setting"
            placeholder="Find a setting to change"
            className="w-full pl-7"
            value={text}
            onChange={(event) => setText(event.target.value)}
            onKeyDown={(event) => {
              if (event.key !== 'Escape' || text === '') return;
              event.stopPropagation();
              event.preventDefault();
              setText('');
            }}
          />
        </span>
      </div>
      {GROUPS.map((group) => {
        const of = paths.filter((path) => anyField(path).group === group);
        if (of.length === 0) return null;
        return (
          <div key={group} role="group" aria-label={`${group} settings`} className="flex flex-col gap-2.5">
            <h2 className="sticky top-0 z-10 -mx-4 bg-background px-4 py-1 font-semibold text-muted">{group}</h2>
            {of.map((path: FieldPath) => (
              <FieldCard key={path} name={name} path={path} />
            ))}
          </div>
        );
      })}
      {paths.length === 0 && (
        <Empty
          icon={ListFilter}
          title={wanted === '' ? 'Nothing is changed yet' : 'No setting has that name'}
          action={
            <Button
              onClick={() => {
                setText('');
                setShown('all');
              }}
            >
              Show all settings
            </Button>
          }
        >
          {wanted === '' && `Everything is as ${effectiveLevel} gives it.`}
        </Empty>
      )}
    </div>
  );
});
