import { Lock, Undo2 } from 'lucide-react';
import { useCallback, useState } from 'react';
import type { Setting } from '#shared/contract/system.ts';
import { THEME_SETTING } from '../../state/appearance.ts';
import { attempt, useClient, useLoad } from '../../state/client.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { Card, Callout } from '../../ui/card.tsx';
import { Chip } from '../../ui/chip.tsx';
import { CopyLine } from '../../ui/copy.tsx';
import { ErrorCard } from '../../ui/error-card.tsx';
import { Select, Switch, TextInput } from '../../ui/field.tsx';
import { Prose } from '../../ui/prose.tsx';
import { Skeleton } from '../../ui/states.tsx';
import { PoolNow } from './pool-now.tsx';

const RUNS = 'Runs';
/** Where a value comes from; anything else is the environment variable that sets it. */
const EDITABLE = new Set(['default', 'file']);

export function General() {
  const client = useClient();
  const { data, error, reload } = useLoad(useCallback(() => client.system.settings(), [client]));
  if (error && !data) return <ErrorCard error={error} action={<Button onClick={reload}>Try again</Button>} />;
  if (!data) return <Skeleton className="h-100" />;
  const groups = [
    ...Map.groupBy(
      data.settings.filter((setting) => setting.key !== THEME_SETTING),
      (setting) => setting.group,
    ),
  ];
  return (
    <>
      {data.error && (
        <Callout tone="red">
          <p className="font-semibold">The settings file has an error, so what it says is not used.</p>
          <p className="font-mono text-sm break-words">{data.error}</p>
        </Callout>
      )}
      <CopyLine text={data.path} />
      {groups.map(([group, settings]) => (
        <Card key={group} title={group} aside={group === RUNS && <PoolNow />}>
          {settings.map((setting) => (
            <Row key={`${setting.key} ${setting.value}`} setting={setting} onChanged={reload} />
          ))}
        </Card>
      ))}
    </>
  );
}

function Row({ setting, onChanged }: { setting: Setting; onChanged: () => void }) {
  const client = useClient();
  const locked = !EDITABLE.has(setting.source);
  const put = async (value: string | null): Promise<void> => {
    if (
      await attempt(
        client.system.setSetting({ key: setting.key, value }),
        value === null ? `${setting.label} is back at its default.` : `${setting.label} was saved.`,
      )
    )
      onChanged();
  };
  return (
    <div className="grid grid-cols-[minmax(0,1fr)_minmax(160px,240px)_104px_30px] items-start gap-3 border-b py-2.5 first:pt-1 last:border-b-0 last:pb-0">
      <div className="min-w-0">
        <p className="font-medium">{setting.label}</p>
        <p className="text-sm text-muted">
          <Prose text={setting.help} />
        </p>
        {setting.error && (
          <p role="alert" className="text-sm text-red">
            {setting.error}
          </p>
        )}
      </div>
      <Editor setting={setting} locked={locked} onPut={(value) => void put(value)} />
      <div className="pt-1">
        {locked ? (
          <Chip icon={Lock} title={`Set by the environment variable ${setting.source}; change it there`}>
            {setting.source}
          </Chip>
        ) : (
          <Chip tone={setting.source === 'file' ? 'accent' : 'neutral'}>{setting.source}</Chip>
        )}
      </div>
      {setting.source === 'file' ? (
        <IconButton label={`Back to the default of ${setting.label}`} icon={Undo2} onClick={() => void put(null)} />
      ) : (
        <span />
      )}
    </div>
  );
}

function Editor({ setting, locked, onPut }: { setting: Setting; locked: boolean; onPut: (value: string) => void }) {
  const [text, setText] = useState(setting.value);
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
