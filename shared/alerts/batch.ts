/** Notifications at most once in a while for each rule, none lost: those that come too soon wait and go as one (AUD-3). Pure. */
import type { Alert, AlertNotification } from '../domain/alert.ts';
import { SEVERITIES } from '../domain/alert.ts';
import { ALERT_TABLE } from './rules.ts';

/** Between two notifications of one rule, ms. */
export const NOTIFY_EVERY_MS = 5000;

export type Told = Pick<Alert, 'rule' | 'severity' | 'message' | 'run' | 'subject'>;

/** Of one rule. */
export interface Batch {
  readonly waiting: readonly Told[];
  /** Before this time nothing more is sent. */
  readonly until: number;
}

export const EMPTY_BATCH: Batch = { waiting: [], until: -Infinity };

/** Messages that a batch keeps to show; the rest is only counted. */
const SHOWN = 3;

/** Takes one alert in. */
export function batched(batch: Batch, alert: Told): Batch {
  return { ...batch, waiting: [...batch.waiting, alert] };
}

/** What to send now, if anything; call it again at `batch.until` while something waits. */
export function due(batch: Batch, now: number): { readonly batch: Batch; readonly send: AlertNotification | null } {
  if (batch.waiting.length === 0 || now < batch.until) return { batch, send: null };
  return { batch: { waiting: [], until: now + NOTIFY_EVERY_MS }, send: notificationOf(batch.waiting) };
}

/** One notification for alerts of one rule; there must be at least one. */
export function notificationOf(alerts: readonly Told[]): AlertNotification {
  const latest = alerts.at(-1)!;
  const severity = SEVERITIES[Math.max(...alerts.map((alert) => SEVERITIES.indexOf(alert.severity)))]!;
  const { rule } = latest;
  if (alerts.length === 1) {
    return {
      rule,
      severity,
      title: `${ALERT_TABLE[rule].title}: ${latest.subject}`,
      body: latest.message,
      run: latest.run,
    };
  }
  const more = alerts.length - SHOWN;
  const lines = alerts.slice(-SHOWN).map(({ message }) => message);
  const runs = new Set(alerts.map(({ run }) => run));
  return {
    rule,
    severity,
    title: `${ALERT_TABLE[rule].title}: ${alerts.length.toLocaleString('en')} alerts`,
    body: [...lines, ...(more > 0 ? [`and ${more.toLocaleString('en')} more`] : [])].join('\n'),
    run: runs.size === 1 ? latest.run : null,
  };
}
