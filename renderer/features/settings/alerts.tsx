import { Lock, Undo2 } from 'lucide-react';
import { useCallback, useState } from 'react';
import { ALERT_TABLE } from '#shared/alerts/rules.ts';
import { ALERT_RULES, type AlertRule } from '#shared/domain/alert.ts';
import type { Setting } from '#shared/contract/system.ts';
import { outsideNow, setOutside, type Outside } from '../../state/outside.ts';
import { useClient, useLoad } from '../../state/client.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Chip } from '../../ui/chip.tsx';
import { ErrorCard } from '../../ui/error-card.tsx';
import { Switch } from '../../ui/field.tsx';
import { Skeleton } from '../../ui/states.tsx';
import { focusSetting, saveSetting } from './save.ts';
import { isLocked, SettingEditor } from './setting-editor.tsx';

const prefixOf = (rule: AlertRule): string => `alerts.${rule.replaceAll('-', '_')}.`;

/** The rules, each with everything that can be changed of it. */
export function AlertSettings() {
  const client = useClient();
  const { data, error, reload } = useLoad(useCallback(() => client.system.settings(), [client]));
  if (error && !data) return <ErrorCard error={error} action={<Button onClick={reload}>Try again</Button>} />;
  if (!data) return <Skeleton className="h-100" />;
  return (
    <>
      <OutsideCard />
      {ALERT_RULES.map((rule) => (
        <RuleCard
          key={rule}
          rule={rule}
          settings={data.settings.filter(({ key }) => key.startsWith(prefixOf(rule)))}
          onChanged={reload}
        />
      ))}
    </>
  );
}

const OUTSIDE_WORDS: Readonly<Record<Outside, string>> = {
  desktop: 'Alerts are shown behind the bell, and as notifications of this computer.',
  on: 'Alerts are shown behind the bell, and as notifications while you look at something else and this page is open.',
  off: 'Alerts are shown behind the bell only.',
  refused:
    'Alerts are shown behind the bell only: this browser refuses notifications from this address. Allow them in the settings of the browser for this page.',
  unable: 'Alerts are shown behind the bell only: this browser has no notifications.',
};

function OutsideCard() {
  const [state, setState] = useState<Outside>(outsideNow);
  const changeable = state === 'on' || state === 'off';
  return (
    <Card
      title="Notifications"
      aside={
        changeable && (
          <Switch
            label="Notifications of this browser"
            checked={state === 'on'}
            onChange={(on) => void setOutside(on).then(setState)}
          />
        )
      }
    >
      <p className="text-muted">{OUTSIDE_WORDS[state]}</p>
    </Card>
  );
}

function RuleCard({
  rule,
  settings,
  onChanged,
}: {
  rule: AlertRule;
  settings: readonly Setting[];
  onChanged: () => void;
}) {
  const client = useClient();
  const { title, help } = ALERT_TABLE[rule];
  const put = async (setting: Setting, value: string | null): Promise<string | null> => {
    const problem = await saveSetting(client, setting, value);
    if (problem === null) onChanged();
    return problem;
  };
  const on = settings.find(({ key }) => key.endsWith('.on'));
  return (
    <Card
      title={title}
      aside={
        on && (
          <span data-setting={on.key} className="inline-flex items-center gap-2">
            <Source setting={on} onReset={() => void put(on, null)} />
            <SettingEditor setting={on} onPut={(value) => put(on, value)} />
          </span>
        )
      }
    >
      <p className="text-muted">
        {help} <span className="font-mono text-sm">{rule}</span>
      </p>
      <div className="mt-3 grid grid-cols-[repeat(auto-fill,minmax(150px,1fr))] gap-x-4 gap-y-3">
        {settings
          .filter((setting) => setting !== on)
          .map((setting) => (
            <div key={setting.key} data-setting={setting.key} className="min-w-0" title={setting.help}>
              <div className="flex h-6 items-center gap-1 text-sm">
                <span aria-hidden className="truncate font-medium">
                  {setting.label}
                </span>
                <Source setting={setting} onReset={() => void put(setting, null)} />
              </div>
              <SettingEditor
                setting={{ ...setting, label: `${title}: ${setting.label}` }}
                onPut={(value) => put(setting, value)}
              />
            </div>
          ))}
      </div>
    </Card>
  );
}

/** Says who set it, and takes it back; nothing where it is the default. */
function Source({ setting, onReset }: { setting: Setting; onReset: () => void }) {
  if (isLocked(setting))
    return (
      <Chip icon={Lock} title={`Set by the environment variable ${setting.source}; change it there`}>
        fixed
      </Chip>
    );
  if (setting.source === 'default') return null;
  return (
    <IconButton
      size="sm"
      label={`Back to the default of ${setting.label}`}
      icon={Undo2}
      onClick={(event) => {
        focusSetting(event);
        onReset();
      }}
    />
  );
}
