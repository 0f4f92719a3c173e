/** Puts the alerts together: what is heard of runs, how old our images are, and where it is kept (AUD-3). */
import { performance } from 'node:perf_hooks';
import type { DatabaseSync } from 'node:sqlite';
import type { AlertSettings } from '#shared/alerts/rules.ts';
import type { ImageCard } from '#shared/contract/system.ts';
import type { AlertNotification } from '#shared/domain/alert.ts';
import { Store, type Disposable } from '#shared/lib/lifecycle.ts';
import type { RunTold } from '../runs/told.ts';
import type { Log } from '../storage/log.ts';
import { AwakeClock } from '../watch/awake-clock.ts';
import { createAlertStore, usualTime } from './alert-store.ts';
import { Alerts } from './alerts.ts';
import { RunEars } from './hear-runs.ts';

/** How often it is looked whether a command beside this app has raised alerts, ms. */
const OTHERS_EVERY_MS = 5000;
/** How often the age of images is looked at, ms. */
const IMAGES_EVERY_MS = 6 * 3_600_000;

export interface CreateAlertsDeps {
  readonly database: DatabaseSync;
  readonly rules: () => AlertSettings;
  readonly images: () => Promise<readonly Pick<ImageCard, 'runtime' | 'reference' | 'created'>[]>;
  readonly notify: ((notification: AlertNotification) => void) | undefined;
  /** Look for alerts of other processes too: this one stays. */
  readonly others: boolean;
  readonly log: Log;
}

export interface CreatedAlerts extends Disposable {
  readonly api: Alerts;
  readonly told: RunTold;
  /** Time while this computer was awake. */
  readonly awake: AwakeClock;
  /** Looks at the age of images now, and from then on now and then. */
  watchImages(): void;
}

export function createAlerts({ database, rules, images, notify, others, log }: CreateAlertsDeps): CreatedAlerts {
  const store = new Store();
  const awake = store.add(new AwakeClock({ monotonic: () => performance.now(), epoch: () => Date.now() }));
  const api = store.add(
    new Alerts({
      store: createAlertStore(database, log),
      rules,
      wallNow: () => Date.now(),
      now: awake.passed,
      notify,
    }),
  );
  const ears = store.add(
    new RunEars({
      now: awake.passed,
      awake: awake.now,
      usual: (name) => usualTime(database, name),
      tell(fact, record) {
        const raised = api.take(fact);
        if (raised !== null) record.addAlert(raised);
      },
    }),
  );
  store.defer(awake.onSleep((ms) => ears.slept(ms)));
  const look = (): void => {
    images().then(
      (cards) => {
        for (const { runtime, reference, created } of cards) {
          if (created === null) continue;
          api.take({ type: 'image', at: awake.passed(), runtime, id: reference, age: Date.now() - created });
        }
      },
      (failure: unknown) => log.warn('the age of images is not known', { problem: String(failure) }),
    );
  };
  if (others) {
    const timer = setInterval(() => api.lookAtOthers(), OTHERS_EVERY_MS).unref();
    store.defer(() => clearInterval(timer));
  }
  let looking: NodeJS.Timeout | null = null;
  store.defer(() => {
    if (looking !== null) clearInterval(looking);
  });
  return {
    api,
    told: ears,
    awake,
    watchImages() {
      look();
      looking ??= setInterval(look, IMAGES_EVERY_MS).unref();
    },
    dispose: () => store.dispose(),
  };
}
