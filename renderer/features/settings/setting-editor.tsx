import { useState } from 'react';
import type { Setting } from '#shared/contract/system.ts';
import { Select, Switch, TextInput } from '../../ui/field.tsx';

/** Where a value comes from; anything else is the environment variable that sets it. */
const EDITABLE = new Set(['default', 'file']);

/** Set by the environment, so that it cannot be changed here. */
export function isLocked({ source }: Setting): boolean {
  return !EDITABLE.has(source);
}

/** The control of one setting, by its kind. */
export function SettingEditor({ setting, onPut }: { setting: Setting; onPut: (value: string) => void }) {
  const [text, setText] = useState(setting.value);
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
        if (text !== setting.value) onPut(text);
      };
      return (
        <TextInput
          mono
          aria-label={setting.label}
          aria-invalid={setting.error !== undefined}
          inputMode={setting.kind === 'number' ? 'numeric' : 'text'}
          value={text}
          disabled={locked}
          onChange={(event) => setText(event.target.value)}
          onBlur={put}
          onKeyDown={(event) => {
            if (event.key === 'Enter') put();
            if (event.key === 'Escape') setText(setting.value);
          }}
          className="w-full"
        />
      );
    }
  }
}
