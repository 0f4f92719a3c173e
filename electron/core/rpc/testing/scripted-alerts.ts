/** The alerts of a scripted core: two from the start when it is seeded. */
import type { Alert } from '#shared/domain/alert.ts';
import type { AlertsApi, AlertsMessage } from '../../core.ts';
import { Broadcast } from './broadcast.ts';

const HOUR = 3_600_000;

export function scriptedAlerts(run: string | null): AlertsApi {
  const now = Date.now();
  const news = new Broadcast<AlertsMessage>();
  let alerts: Alert[] =
    run === null
      ? []
      : [
          {
            id: 2,
            rule: 'policy-violation',
            severity: 'critical',
            message: 'phones_home.py broke its policy 12 times: more than 5 in 1 min.',
            run,
            subject: 'phones_home.py',
            count: 12,
            firstAt: now - HOUR,
            lastAt: now - HOUR + 20_000,
            read: false,
          },
          {
            id: 1,
            rule: 'image-age',
            severity: 'warning',
            message: 'The python image was built 31 days ago. Build it anew to get newer security updates.',
            run: null,
            subject: 'python',
            count: 1,
            firstAt: now - 2 * HOUR,
            lastAt: now - 2 * HOUR,
            read: true,
          },
        ];
  const all = (): AlertsMessage => ({ type: 'all', alerts: structuredClone(alerts) });
  return {
    list: () => ({ alerts, unread: alerts.filter(({ read }) => !read).length }),
    async *watch(signal) {
      yield all();
      yield* news.listen(signal);
    },
    markRead(ids) {
      alerts = alerts.map((alert) => ({ ...alert, read: alert.read || ids === null || ids.includes(alert.id) }));
      news.send(all());
    },
    clear() {
      alerts = [];
      news.send(all());
    },
  };
}
