import { axeViolations } from '../fixtures/axe.ts';
import { runCli } from '../fixtures/cli.ts';
import { launchOf, type Client } from '../fixtures/client.ts';
import { expect, test } from '../fixtures/test.ts';
import { AlertsPanel } from '../pages/alerts-panel.ts';
import { Shell } from '../pages/shell.ts';

/** Keeps asking for another thread while it is at its process limit: each refusal is a violation. */
const GREEDY = [
  'import threading, time',
  'for turn in range(8):',
  '    held = []',
  '    try:',
  '        for _ in range(20):',
  '            t = threading.Thread(target=time.sleep, args=(0.1,)); t.start(); held.append(t)',
  '    except RuntimeError: pass',
  '    for t in held: t.join()',
  '    time.sleep(0.3)',
].join('\n');
/** Nearly all of its 64 MiB, and no more. */
const FULL = [
  'import time',
  'cgroup = []',
  'def used():',
  '    for line in open("/proc/self/status"):',
  '        if line.startswith("VmRSS"): return int(line.split()[1]) / 1024',
  'while used() < 62: cgroup.append(bytearray(b"x") * (1 << 20))',
  'time.sleep(3)',
].join('\n');

async function ended(client: Client, name: string, text: string): Promise<string> {
  const { id } = await client.runs.start(launchOf(name, text));
  await expect.poll(async () => (await client.runs.get({ id })).summary.state, { timeout: 60_000 }).toBe('finished');
  return id;
}

test.describe('alerts', () => {
  test('of real runs ring the bell, and lead to the run by keyboard (AUD-3)', async ({
    client,
    page,
    shell: _,
    run,
  }) => {
    const alerts = new AlertsPanel(page);
    await expect(alerts.bell('no unread')).toBeVisible();
    await page.keyboard.press('Control+Shift+L');
    await expect(alerts.panel).toContainText('No alerts');
    expect(await axeViolations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await expect(alerts.panel).toBeHidden();

    const greedy = await ended(client, 'greedy.py', GREEDY);
    await expect(alerts.bell('1 unread')).toBeVisible();
    const full = await ended(client, 'full.py', FULL);
    await expect(alerts.bell('2 unread')).toBeVisible();
    const { alerts: all } = await client.alerts.list();
    expect(all).toMatchObject([
      { rule: 'resource-exhaustion', severity: 'warning', run: full, count: 1 },
      { rule: 'policy-violation', severity: 'critical', run: greedy },
    ]);
    const violations = (await client.runs.get({ id: greedy })).violations.find(({ kind }) => kind === 'processes');
    expect(all[1]?.count).toBe(violations?.count);

    await page.keyboard.press('Control+Shift+L');
    await expect(alerts.line('full.py reached')).toBeFocused();
    expect(await axeViolations(page)).toEqual([]);
    await page.keyboard.press('ArrowDown');
    await expect(alerts.line('greedy.py broke its policy')).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(alerts.panel).toBeHidden();
    await run.expectOutcome('Succeeded');
    await expect(page).toHaveURL(new RegExp(`#/runs/${greedy}$`));
    await expect(alerts.bell('1 unread')).toBeVisible();
    await run.tab('Timeline').click();
    await expect(page.getByText(/^greedy\.py broke its policy/).first()).toBeVisible();

    await alerts.bell('1 unread').click();
    await alerts.button('Mark all as read').click();
    await expect(alerts.bell('no unread')).toBeVisible();
    await alerts.button('Clear all alerts').click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Clear' }).click();
    await alerts.bell('no unread').click();
    await expect(alerts.panel).toContainText('No alerts');
    expect(await client.alerts.list()).toEqual({ alerts: [], unread: 0 });
  });

  test('say in its header that a run takes long, which goes on when the page is closed (RUN-14)', async ({
    client,
    page,
    shell,
    run,
  }) => {
    await client.system.setSetting({ key: 'alerts.long_running.threshold', value: '5 %' });
    const text = 'import time\nfor i in range(60):\n    print("tick", i, flush=True)\n    time.sleep(0.5)\n';
    const { id } = await client.runs.start(launchOf('slow.py', text));
    await shell.showRun(id);
    await expect(run.lines).toContainText('tick 1');
    const address = page.url();
    await page.goto('about:blank');
    await expect
      .poll(async () => (await client.alerts.list()).alerts, { timeout: 30_000 })
      .toMatchObject([
        {
          rule: 'long-running',
          run: id,
          message: expect.stringMatching(/^slow\.py has used \d+ % of its wall time of 1 min\.$/),
        },
      ]);
    await page.goto(address);
    await expect(page.getByText('takes long')).toBeVisible();
    await expect(run.lines).toContainText('tick 59', { timeout: 60_000 });
    await run.expectOutcome('Succeeded');
    await expect(page.getByText('takes long')).toBeHidden();
    // What was printed while no page was there is there too.
    expect((await client.runs.saveOutput({ id })).text.match(/^tick \d+$/gm)).toHaveLength(60);
  });

  test('are as loud as their rules say, which are edited in Settings (AUD-3, HOST-6)', async ({
    client,
    page,
    shell,
  }) => {
    await shell.showRun('x');
    await page.evaluate(() => (location.hash = '#/settings/alerts'));
    const threshold = page.getByRole('textbox', { name: 'Many violations: Violations' });
    await expect(threshold).toHaveValue('5');
    expect(await axeViolations(page)).toEqual([]);
    await threshold.fill('nine');
    await threshold.press('Enter');
    await expect(page.getByText(/is not a count/)).toBeVisible();
    await threshold.fill('5000');
    await threshold.press('Enter');
    await expect(page.getByText('Violations was saved.')).toBeVisible();
    await page.getByRole('switch', { name: 'Memory runs out', exact: true }).click();
    await expect(page.getByRole('switch', { name: 'Memory runs out', exact: true })).not.toBeChecked();
    await ended(client, 'greedy.py', GREEDY);
    await ended(client, 'full.py', FULL);
    expect(await client.alerts.list()).toEqual({ alerts: [], unread: 0 });
    await page.getByRole('button', { name: 'Back to the default of Violations' }).click();
    await expect(threshold).toHaveValue('5');
    expect(
      (await client.system.settings()).settings.find(({ key }) => key === 'alerts.resource_exhaustion.on'),
    ).toMatchObject({ value: 'false', source: 'file' });
  });

  test('tell of runs that do not start (AUD-3)', async ({ client, page, shell: _ }) => {
    const alerts = new AlertsPanel(page);
    const missing = { 'image.name': 'bellglass-e2e-none:1', 'image.pull': 'never' };
    for (let turn = 1; turn <= 4; turn++) {
      const { id } = await client.runs.start(launchOf('never.py', 'print(1)', { set: missing }));
      await expect
        .poll(async () => (await client.runs.get({ id })).summary.verdict?.outcome, { timeout: 60_000 })
        .toBe('engine-error');
      if (turn === 3) expect((await client.alerts.list()).alerts).toEqual([]);
    }
    await expect(alerts.bell('1 unread')).toBeVisible();
    await alerts.bell('1 unread').click();
    await expect(alerts.line('4 runs did not start; the last was never.py')).toBeVisible();
  });

  test('are shown by the browser where that was switched on and nobody looks (AUD-3, UX-5)', async ({
    client,
    page,
    server,
  }) => {
    await page.addInitScript(() => {
      const shown: { title: string; body: string; click: () => void }[] = [];
      class Shown extends EventTarget {
        static permission = 'default';
        static async requestPermission() {
          Shown.permission = 'granted';
          return 'granted';
        }
        constructor(title: string, { body }: { body: string }) {
          super();
          shown.push({ title, body, click: () => this.dispatchEvent(new Event('click')) });
        }
        close() {}
      }
      Object.assign(window, { Notification: Shown, shown });
      document.hasFocus = () => false;
    });
    const shell = new Shell(page);
    await shell.open(server.url);
    const titles = () =>
      page.evaluate(() => (window as unknown as { shown: { title: string }[] }).shown.map(({ title }) => title));
    await ended(client, 'full.py', FULL);
    await expect.poll(async () => (await client.alerts.list()).unread).toBe(1);
    expect(await titles()).toEqual([]);
    await page.evaluate(() => (location.hash = '#/settings/alerts'));
    await expect(page.getByText('Alerts are shown behind the bell only.')).toBeVisible();
    await page.getByRole('switch', { name: 'Notifications of this browser' }).click();
    await expect(page.getByText('as notifications while you look at something else')).toBeVisible();
    const id = await ended(client, 'again.py', FULL);
    await expect.poll(titles).toEqual(['Memory runs out: again.py']);
    await page.evaluate(() => (window as unknown as { shown: { click: () => void }[] }).shown[0]?.click());
    await expect(page).toHaveURL(new RegExp(`#/runs/${id}$`));
  });

  test('are told on the command line, in words and as JSON (AUD-3)', async ({ home, server }) => {
    expect(server.port).toBeGreaterThan(0);
    const file = test.info().outputPath('full.py');
    const { writeFile } = await import('node:fs/promises');
    await writeFile(file, FULL);
    const told = await runCli({ home, args: ['run', file] });
    expect(told.stderr).toMatch(
      /^bellglass: alert resource-exhaustion \(warning\): full\.py reached 9\d % of its memory/m,
    );
    const { lines } = await runCli({ home, args: ['run', '--json', file] });
    expect(lines.filter(({ type }) => type === 'alert')).toMatchObject([
      { rule: 'resource-exhaustion', severity: 'warning' },
    ]);
    expect(lines.filter(({ type, kind }) => type === 'warning' && kind === 'memory')).toHaveLength(1);
  });
});
