import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ALERT_TABLE } from '#shared/alerts/rules.ts';
import { ALERT_RULES } from '#shared/domain/alert.ts';
import { silentLog } from '../storage/log.ts';
import { createSettings, type SettingsStore } from './index.ts';
import { build, twin } from './table.ts';

let home: string;
const stores: SettingsStore[] = [];
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'bellglass-alert-settings-'));
});
afterEach(async () => {
  for (const store of stores.splice(0)) await store.dispose();
  await rm(home, { recursive: true });
});

async function open(text: string, env: Record<string, string> = {}): Promise<SettingsStore> {
  await writeFile(join(home, 'settings.yaml'), text);
  const paths = { config: home, data: home, assets: home, renderer: home };
  const store = await createSettings({ paths, env, log: silentLog });
  stores.push(store);
  return store;
}

it('has the values of the table where nobody said anything else (AUD-3)', () => {
  const { alerts } = build(new Map());
  for (const rule of ALERT_RULES) expect(ALERT_TABLE[rule]).toMatchObject(alerts[rule]);
});

it('takes rules from the file and the environment, with their units (AUD-3, HOST-6)', async () => {
  const store = await open(
    'alerts:\n  policy_violation: { threshold: 20, window: 30 s, severity: error }\n  resource_exhaustion: { threshold: 75 %, notify: false }\n  image_age: { threshold: 10 d }\n',
    { BELLGLASS_ALERTS_POLICY_VIOLATION_THRESHOLD: '7', BELLGLASS_ALERTS_LONG_RUNNING_ON: 'false' },
  );
  const { alerts } = store.current();
  expect(alerts['policy-violation']).toEqual({
    on: true,
    threshold: 7,
    window: 30_000,
    severity: 'error',
    notify: true,
  });
  expect(alerts['resource-exhaustion']).toMatchObject({ threshold: 75, notify: false });
  expect(alerts['image-age'].threshold).toBe(10 * 86_400_000);
  expect(alerts['long-running'].on).toBe(false);
  expect(twin('alerts.startup_failure.window')).toBe('BELLGLASS_ALERTS_STARTUP_FAILURE_WINDOW');
  expect(store.list().find(({ key }) => key === 'alerts.policy_violation.threshold')).toMatchObject({
    value: '7',
    source: 'BELLGLASS_ALERTS_POLICY_VIOLATION_THRESHOLD',
  });
});

it.each([
  ['alerts.resource_exhaustion.threshold', '90'],
  ['alerts.resource_exhaustion.threshold', '100 %'],
  ['alerts.resource_exhaustion.threshold', '0 %'],
  ['alerts.policy_violation.threshold', '5 %'],
  ['alerts.policy_violation.window', '60'],
  ['alerts.long_running.severity', 'fatal'],
  ['alerts.image_age.threshold', '1 h'],
  ['alerts.image-age.on', 'true'],
])('refuses %s = %s', async (key, value) => {
  await expect((await open('')).set(key, value)).rejects.toMatchObject({ code: 'input-invalid' });
});
