import { Lock, Undo2 } from 'lucide-react';
import { useCallback } from 'react';
import type { Setting } from '#shared/contract/system.ts';
import { THEME_SETTING } from '../../state/appearance.ts';
import { useClient, useLoad } from '../../state/client.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { Card, Callout } from '../../ui/card.tsx';
import { Chip } from '../../ui/chip.tsx';
import { CopyLine } from '../../ui/copy.tsx';
import { ErrorCard } from '../../ui/error-card.tsx';
import { Prose } from '../../ui/prose.tsx';
import { Skeleton } from '../../ui/states.tsx';
import { PoolNow } from './pool-now.tsx';
import { focusSetting, saveSetting } from './save.ts';
import { isLocked, SettingEditor } from './setting-editor.tsx';

const RUNS = 'Runs';
/** They have a part of their own. */
const ALERTS = 'Alerts';

export function General() {
  const client = useClient();
  const { data, error, reload } = useLoad(useCallback(() => client.system.settings(), [client]));
  if (error && !data) return <ErrorCard error={error} action={<Button onClick={reload}>Try again</Button>} />;
  if (!data) return <Skeleton className="h-100" />;
  const groups = [
    ...Map.groupBy(
      data.settings.filter(({ key, group }) => key !== THEME_SETTING && group !== ALERTS),
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
            <Row key={setting.key} setting={setting} onChanged={reload} />
          ))}
        </Card>
      ))}
    </>
  );
}

function Row({ setting, onChanged }: { setting: Setting; onChanged: () => void }) {
  const client = useClient();
  const locked = isLocked(setting);
  const put = async (value: string | null): Promise<string | null> => {
    const problem = await saveSetting(client, setting, value);
    if (problem === null) onChanged();
    return problem;
  };
  return (
    <div
      data-setting={setting.key}
      className="grid grid-cols-[minmax(0,1fr)_minmax(160px,240px)_104px_30px] max-[860px]:grid-cols-[minmax(0,1fr)_104px_30px] items-start gap-3 border-b py-2.5 first:pt-1 last:border-b-0 last:pb-0"
    >
      <div className="min-w-0 max-[860px]:col-span-full">
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
      <SettingEditor setting={setting} onPut={put} />
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
        <IconButton
          label={`Back to the default of ${setting.label}`}
          icon={Undo2}
          onClick={(event) => {
            focusSetting(event);
            void put(null);
          }}
        />
      ) : (
        <span />
      )}
    </div>
  );
}
