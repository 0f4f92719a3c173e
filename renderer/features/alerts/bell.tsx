import clsx from 'clsx';
import { Bell as BellIcon } from 'lucide-react';
import { Popover } from 'radix-ui';
import { useCommands } from '../../state/commands.ts';
import { Icon } from '../../ui/icon.tsx';
import { AlertPanel } from './panel.tsx';
import { closeAlerts, openAlerts, usePanel } from '../../state/alerts-panel.ts';
import { useAlerts } from './store.ts';

/** More unread alerts than this are `99+`. */
const MOST = 99;
const KEYS = '$mod+Shift+l';

/** How many alerts nobody has read, and the way to them. */
export function Bell() {
  const open = usePanel((state) => state.open);
  const unread = useAlerts(({ alerts }) => alerts?.filter(({ read }) => !read).length ?? 0);
  const grave = useAlerts(({ alerts }) =>
    Boolean(alerts?.some(({ read, severity }) => !read && (severity === 'critical' || severity === 'error'))),
  );
  useCommands('alerts', [
    { id: 'alerts', title: 'Show the alerts', group: 'Go to', icon: BellIcon, keys: KEYS, run: openAlerts },
  ]);
  const words = unread === 0 ? 'no unread' : `${unread.toLocaleString('en')} unread`;
  return (
    <Popover.Root open={open} onOpenChange={(now) => (now ? openAlerts() : closeAlerts())}>
      <Popover.Trigger asChild>
        <button
          type="button"
          aria-label={`Alerts: ${words}`}
          aria-keyshortcuts="Control+Shift+L"
          className={clsx(
            'inline-flex h-7 shrink-0 items-center gap-1.5 rounded-full border bg-panel px-2 text-sm hover:bg-raised',
            unread === 0 ? 'text-muted' : 'font-medium',
          )}
        >
          <Icon of={BellIcon} size={14} className={unread === 0 ? '' : grave ? 'text-red' : 'text-amber'} />
          {unread > 0 && <span className="font-mono">{unread > MOST ? `${MOST}+` : unread}</span>}
        </button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          aria-label="Alerts"
          align="end"
          sideOffset={6}
          collisionPadding={8}
          onOpenAutoFocus={(event) => {
            // The first alert, so that arrows and Enter work at once.
            event.preventDefault();
            const layer = event.currentTarget instanceof HTMLElement ? event.currentTarget : null;
            (layer?.querySelector<HTMLElement>('[data-alert]') ?? layer)?.focus();
          }}
          className="layer-in z-50 flex max-h-[min(560px,calc(100vh-72px))] w-[min(440px,calc(100vw-16px))] flex-col rounded-md border bg-panel shadow-sm focus:outline-none"
        >
          <AlertPanel />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
