/** Alerts of this process: raised from what happens, kept, told to whoever watches, and notified in batches (AUD-3). */
import { batched, due, EMPTY_BATCH, type Batch } from '#shared/alerts/batch.ts';
import { alertStep, NO_ALERTS, type AlertChange, type AlertFact } from '#shared/alerts/evaluate.ts';
import type { AlertSettings } from '#shared/alerts/rules.ts';
import { alertMessage } from '#shared/alerts/words.ts';
import type { Alert, AlertNotification, AlertRule } from '#shared/domain/alert.ts';
import type { Disposable } from '#shared/lib/lifecycle.ts';
import type { AlertsApi, AlertsMessage } from '../core.ts';
import { News } from '../runs/news.ts';
import type { AlertStore } from './alert-store.ts';

/** Between two batches of changes to a viewer, ms. */
const TELL_EVERY_MS = 250;
/** How often the count of an alert that goes on is written, ms. */
const WRITE_EVERY_MS = 500;
/** Alerts that still count; of older ones nothing more comes. */
const MOST_OPEN = 1000;

export interface AlertsDeps {
  readonly store: AlertStore;
  readonly rules: () => AlertSettings;
  /** Epoch milliseconds. */
  readonly wallNow: () => number;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  /** Shows something outside the app, where the host can. */
  readonly notify?: ((notification: AlertNotification) => void) | undefined;
}

interface Open {
  alert: Alert;
  /** Changed since it was last written. */
  writing: NodeJS.Timeout | null;
}

export class Alerts implements AlertsApi, Disposable {
  readonly #deps: AlertsDeps;
  readonly #news = new News<AlertsMessage>();
  readonly #open = new Map<string, Open>();
  readonly #batches = new Map<AlertRule, Batch>();
  readonly #timers = new Map<AlertRule, NodeJS.Timeout>();
  #state = NO_ALERTS;
  #sent = 0;
  #newest: number;

  constructor(deps: AlertsDeps) {
    this.#deps = deps;
    this.#newest = deps.store.newest();
  }

  /** Takes a fact in; returns the alert that it raised, if it did. */
  take(fact: AlertFact): Alert | null {
    const rules = this.#deps.rules();
    const { state, changes } = alertStep(this.#state, fact, rules);
    this.#state = state;
    let raised: Alert | null = null;
    for (const change of changes) {
      if (change.type === 'more') this.#more(change);
      else raised = this.#raise(change, rules);
    }
    return raised;
  }

  list(): { alerts: Alert[]; unread: number } {
    this.#write();
    const alerts = this.#deps.store.list();
    return { alerts, unread: alerts.filter(({ read }) => !read).length };
  }

  async *watch(signal?: AbortSignal): AsyncGenerator<AlertsMessage> {
    const news = this.#news.subscribe(TELL_EVERY_MS, signal);
    const first = news.next();
    yield { type: 'all', alerts: this.list().alerts };
    try {
      for (let batch = await first; !batch.done; batch = await news.next()) yield* batch.value;
    } finally {
      await news.return(undefined);
    }
  }

  /** Tells whoever watches when another process has raised alerts since the last look. */
  lookAtOthers(): void {
    const newest = this.#deps.store.newest();
    if (newest <= this.#newest) return;
    this.#newest = newest;
    this.#tellAll();
  }

  markRead(ids: readonly number[] | null): void {
    this.#write();
    this.#deps.store.markRead(ids);
    for (const open of this.#open.values())
      if (ids === null || ids.includes(open.alert.id)) open.alert = { ...open.alert, read: true };
    this.#tellAll();
  }

  clear(): void {
    this.#write();
    this.#deps.store.clear();
    // What goes on is told anew when it happens again.
    this.#open.clear();
    this.#state = { ...this.#state, bursts: new Map() };
    this.#tellAll();
  }

  dispose(): void {
    this.#write();
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  #raise(change: AlertChange, rules: AlertSettings): Alert | null {
    const { rule, cause, about, run, subject, count } = change;
    const { store, wallNow } = this.#deps;
    // An image stays old over a restart.
    if (rule === 'image-age' && store.wasTold(cause)) return null;
    const at = wallNow();
    const { severity, notify } = rules[rule];
    const message = alertMessage(about, subject, count);
    this.#close(cause);
    const alert = store.add({ rule, severity, message, run, subject, count, cause, firstAt: at, lastAt: at });
    if (rule === 'policy-violation' || rule === 'startup-failure') this.#open.set(cause, { alert, writing: null });
    const [oldest] = this.#open.keys();
    if (this.#open.size > MOST_OPEN && oldest !== undefined) this.#close(oldest);
    this.#newest = Math.max(this.#newest, store.newest());
    this.#news.publish(String(alert.id), { type: 'changed', alert });
    if (notify) {
      this.#batches.set(rule, batched(this.#batches.get(rule) ?? EMPTY_BATCH, alert));
      this.#send(rule);
    }
    return alert;
  }

  #more({ cause, about, run, subject, count }: AlertChange): void {
    const open = this.#open.get(cause);
    if (!open) return;
    const message = alertMessage(about, subject, count);
    open.alert = { ...open.alert, message, run, count, lastAt: this.#deps.wallNow() };
    open.writing ??= setTimeout(() => this.#writeOne(open), WRITE_EVERY_MS).unref();
    this.#news.publish(String(open.alert.id), { type: 'changed', alert: open.alert });
  }

  #close(cause: string): void {
    const open = this.#open.get(cause);
    if (open) this.#writeOne(open);
    this.#open.delete(cause);
  }

  #writeOne(open: Open): void {
    if (open.writing === null) return;
    clearTimeout(open.writing);
    open.writing = null;
    this.#deps.store.update(open.alert.id, open.alert);
  }

  #write(): void {
    for (const open of this.#open.values()) this.#writeOne(open);
  }

  #tellAll(): void {
    this.#news.publish('all', { type: 'all', alerts: this.list().alerts });
  }

  #send(rule: AlertRule): void {
    const { now } = this.#deps;
    const { batch, send } = due(this.#batches.get(rule) ?? EMPTY_BATCH, now());
    this.#batches.set(rule, batch);
    if (send !== null) {
      this.#news.publish(`notification ${++this.#sent}`, { type: 'notification', notification: send });
      this.#deps.notify?.(send);
    } else if (batch.waiting.length > 0 && !this.#timers.has(rule)) {
      const later = (): void => {
        this.#timers.delete(rule);
        this.#send(rule);
      };
      this.#timers.set(rule, setTimeout(later, Math.max(1, batch.until - now())).unref());
    }
  }
}
