import { useEffect, useId, useState } from 'react';
import type { Setting } from '#shared/contract/system.ts';
import { Select, Switch, TextInput } from '../../ui/field.tsx';
import { Prose } from '../../ui/prose.tsx';

/** Where a value comes from; anything else is the environment variable that sets it. */
const EDITABLE = new Set(['default', 'file']);

/** Set by the environment, so that it cannot be changed here. */
export function isLocked({ source }: Setting): boolean {
  return !EDITABLE.has(source);
}

/** The control of one setting, by its kind. `onPut` resolves to what is wrong with the value: it is said below the control. */
export function SettingEditor({
  setting,
  onPut,
}: {
  setting: Setting;
  onPut: (value: string) => Promise<string | null>;
}) {
  const [problem, setProblem] = useState<string | null>(null);
  const about = useId();
  useEffect(() => setProblem(null), [setting.value]);
  return (
    <div className="min-w-0">
      <Control
        setting={setting}
        about={problem === null ? undefined : about}
        onPut={(value) => void onPut(value).then(setProblem)}
        onBack={() => setProblem(null)}
      />
      {problem !== null && (
        <p
          id={about}
          ref={(line) => line?.scrollIntoView({ block: 'nearest' })}
          role="alert"
          className="mt-1 text-sm text-red"
        >
          <Prose text={problem} />
        </p>
      )}
    </div>
  );
}

function Control({
  setting,
  about,
  onPut,
  onBack,
}: {
  setting: Setting;
  /** Id of what says that the typed value is wrong. */
  about: string | undefined;
  onPut: (value: string) => void;
  /** The typed value was taken back. */
  onBack: () => void;
}) {
  const [text, setText] = useState(setting.value);
  // One wrong text is tried once, not at every turn of the focus.
  const [tried, setTried] = useState(setting.value);
  useEffect(() => {
    setText(setting.value);
    setTried(setting.value);
  }, [setting.value]);
  const locked = isLocked(setting);
  switch (setting.kind) {
    case 'boolean':
      return (
        <span className="inline-flex h-7.5 items-center">
          <Switch
            label={setting.label}
            checked={setting.value === 'true'}
            disabled={locked}
            onChange={(on) => onPut(String(on))}
          />
        </span>
      );
    case 'choice':
      return (
        <Select
          label={setting.label}
          value={setting.value}
          disabled={locked}
          options={[...new Set([setting.value, ...(setting.choices ?? [])])].map((value) => ({ value, text: value }))}
          onChange={onPut}
          className="w-full"
        />
      );
    default: {
      const put = (): void => {
        if (text === tried) return;
        setTried(text);
        if (text === setting.value) onBack();
        else onPut(text);
      };
      return (
        <TextInput
          mono
          aria-label={setting.label}
          aria-invalid={setting.error !== undefined || about !== undefined}
          aria-describedby={about}
          inputMode={setting.kind === 'number' ? 'numeric' : 'text'}
          value={text}
          disabled={locked}
          onChange={(event) => setText(event.target.value)}
          onBlur={put}
          onKeyDown={(event) => {
            if (event.key === 'Enter') put();
            if (event.key === 'Escape') {
              setText(setting.value);
              setTried(setting.value);
              onBack();
            }
          }}
          className="w-full"
        />
      );
    }
  }
}
