import clsx from 'clsx';
import { BellOff, CheckCheck, Settings, Trash2 } from 'lucide-react';
import type { KeyboardEvent } from 'react';
import { ALERT_TABLE } from '#shared/alerts/rules.ts';
import { SEVERITY_WORDS } from '#shared/alerts/words.ts';
import type { Alert } from '#shared/domain/alert.ts';
import { SEVERITY_LOOKS } from '../../show/severity.ts';
import { Ago } from '../../show/time.tsx';
import { attempt, useClient } from '../../state/client.tsx';
import { go, hrefOf, type Route } from '../../state/route.ts';
import { IconButton } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { ask } from '../../ui/layers/dialog.tsx';
import { Busy, Empty } from '../../ui/states.tsx';
import { closeAlerts } from '../../state/alerts-panel.ts';
import { useAlerts } from './store.ts';

/** Where an alert leads: to its run, or to what it is about. */
function placeOf({ run, rule }: Alert): Route {
  if (run !== null) return { at: 'run', id: run };
  return rule === 'image-age' ? { at: 'images' } : { at: 'runs' };
}

const MOVES: Readonly<Record<string, (at: number, last: number) => number>> = {
  ArrowDown: (at, last) => Math.min(last, at + 1),
  ArrowUp: (at) => Math.max(0, at - 1),
  Home: () => 0,
  End: (_at, last) => last,
};

function move(event: KeyboardEvent<HTMLElement>): void {
  const next = MOVES[event.key];
  if (!next) return;
  const lines = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-alert]')];
  const at = lines.findIndex((line) => line === document.activeElement);
  event.preventDefault();
  lines[next(at, lines.length - 1)]?.focus();
}

/** The alerts, newest first. */
export function AlertPanel() {
  const client = useClient();
  const alerts = useAlerts((state) => state.alerts);
  const unread = alerts?.filter(({ read }) => !read).length ?? 0;
  const clear = async (): Promise<void> => {
    closeAlerts();
    const count = alerts?.length ?? 0;
    const yes = await ask({
      title: `Clear ${count === 1 ? 'the alert' : `all ${count} alerts`}?`,
      text: 'They leave this list. What happened stays in the runs and in the audit.',
      action: 'Clear',
      destructive: true,
    });
    if (yes) await attempt(client.alerts.clear(), 'The alerts were cleared.');
  };
  return (
    <>
      <div className="flex items-center gap-1 border-b py-1.5 pr-1.5 pl-3.5">
        <h2 className="mr-auto font-semibold">
          Alerts
          <span className="ml-2 font-normal text-muted">{unread === 0 ? '' : `${unread} unread`}</span>
        </h2>
        <IconButton
          label="Mark all as read"
          icon={CheckCheck}
          disabled={unread === 0}
          onClick={() => void attempt(client.alerts.markRead({ ids: null }))}
        />
        <IconButton
          label="Clear all alerts"
          icon={Trash2}
          disabled={!alerts || alerts.length === 0}
          onClick={() => void clear()}
        />
        <IconButton
          label="Settings of alerts"
          icon={Settings}
          onClick={() => {
            closeAlerts();
            go({ at: 'settings', part: 'alerts' });
          }}
        />
      </div>
      {alerts === null && (
        <div className="p-4">
          <Busy>Asking for the alerts</Busy>
        </div>
      )}
      {alerts?.length === 0 && (
        <Empty icon={BellOff} title="No alerts">
          When memory runs out, a script keeps breaking its policy, runs do not start or take unusually long, it is said
          here.
        </Empty>
      )}
      {alerts && alerts.length > 0 && (
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- arrows move between the links inside
        <ul className="min-h-0 overflow-y-auto" onKeyDown={move}>
          {alerts.map((alert) => (
            <Line key={alert.id} alert={alert} />
          ))}
        </ul>
      )}
    </>
  );
}

function Line({ alert }: { alert: Alert }) {
  const client = useClient();
  const { severity, rule, message, count, lastAt, read } = alert;
  const look = SEVERITY_LOOKS[severity];
  const place = placeOf(alert);
  return (
    <li className="border-b last:border-b-0">
      <a
        data-alert
        href={hrefOf(place)}
        onClick={() => {
          if (!read) void attempt(client.alerts.markRead({ ids: [alert.id] }));
          closeAlerts();
        }}
        className={clsx(
          'flex gap-2.5 px-3.5 py-2.5 hover:bg-raised focus-visible:-outline-offset-2',
          read && 'text-muted',
        )}
      >
        <Icon of={look.icon} className={clsx('mt-0.5', look.text)} />
        <span className="min-w-0 flex-1">
          <span className="flex items-baseline gap-2 text-sm">
            <span className={clsx('font-medium', look.text)}>{SEVERITY_WORDS[severity]}</span>
            <span className="truncate text-muted">{ALERT_TABLE[rule].title}</span>
            {count > 1 && <span className="font-mono text-muted">× {count.toLocaleString('en')}</span>}
            <span className="ml-auto shrink-0 text-muted">
              <Ago at={lastAt} />
            </span>
          </span>
          <span className={clsx('block break-words', !read && 'font-medium')}>{message}</span>
        </span>
        <span
          aria-hidden
          className={clsx('mt-2 size-2 shrink-0 rounded-full', read ? 'bg-transparent' : 'bg-accent')}
        />
        {!read && <span className="sr-only">unread</span>}
      </a>
    </li>
  );
}
