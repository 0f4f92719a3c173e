/** The alerts, kept up to date by the core. */
import { create } from 'zustand';
import type { Alert } from '#shared/domain/alert.ts';
import { subscribe, type Client } from '../../rpc/client.ts';
import { showOutside } from '../../state/outside.ts';

/** Newest first; null until the first answer. */
export const useAlerts = create<{ alerts: readonly Alert[] | null }>(() => ({ alerts: null }));

/** The list after one alert came or changed. */
export function withAlert(alerts: readonly Alert[], changed: Alert): readonly Alert[] {
  const at = alerts.findIndex(({ id }) => id === changed.id);
  return at < 0 ? [changed, ...alerts] : alerts.with(at, changed);
}

/** Follows the alerts until `signal` aborts. */
export function followAlerts(client: Client, signal: AbortSignal): void {
  void subscribe(
    (inner) => client.alerts.watch(undefined, { signal: inner }),
    (message) => {
      if (message.type === 'notification') showOutside(message.notification);
      else if (message.type === 'all') useAlerts.setState({ alerts: message.alerts });
      else useAlerts.setState(({ alerts }) => ({ alerts: withAlert(alerts ?? [], message.alert) }));
    },
    signal,
  );
}
