import { axeViolations } from '../fixtures/axe.ts';
import { launchOf, startRunning } from '../fixtures/client.ts';
import type { Client } from '../fixtures/client.ts';
import { expect, test } from '../fixtures/test.ts';
import { InsightsPage } from '../pages/insights-page.ts';

async function finished(client: Client, name: string, text: string): Promise<string> {
  const { id } = await client.runs.start(launchOf(name, text));
  for await (const events of await client.runs.watch({ id, after: 0 }))
    if (events.some(({ type }) => type === 'finished')) return id;
  throw new Error(`${name} never ended`);
}

test.describe('history', () => {
  test('finds a run by what it printed, tags and notes it, finds it by the tag, and compares it with another (RUN-12)', async ({
    page,
    client,
    shell,
    runs,
    run,
  }) => {
    const first = await finished(client, 'report.py', 'print("the harvest was 4711 apples")\n');
    await finished(client, 'report_2.py', 'print("the harvest was 4712 apples")\n');
    await shell.view('Runs').click();

    await test.step('by its output', async () => {
      await runs.filter.fill('4711');
      await expect(runs.list.getByRole('row')).toHaveCount(2);
      await runs.row('report.py').click();
      await expect(run.verdict).toBeVisible();
    });

    await test.step('pinned, tagged and noted', async () => {
      await run.tab('Details').click();
      await page.getByRole('button', { name: 'Pin', exact: true }).click();
      await expect(page.locator('header').getByText('pinned', { exact: true })).toBeVisible();
      await page.getByLabel('Tags').fill('two words wrong,tag');
      await expect(page.getByText('is not a tag')).toBeVisible();
      await page.getByLabel('Tags').fill('Harvest nightly');
      await page.getByLabel('Note').fill('Better than last year.');
      await page.getByRole('button', { name: 'Save', exact: true }).click();
      await expect(page.getByText('Tags and note are saved.')).toBeVisible();
      expect((await client.runs.get({ id: first })).summary).toMatchObject({
        pinned: true,
        tags: ['harvest', 'nightly'],
        note: 'Better than last year.',
      });
      for (const scheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme: scheme });
        expect(await axeViolations(page)).toEqual([]);
      }
    });

    await test.step('found by the tag', async () => {
      await shell.view('Runs').click();
      await runs.filter.fill('tag:harvest is:pinned');
      await expect(runs.list.getByRole('row')).toHaveCount(2);
      await expect(runs.row('report.py')).toContainText('nightly');
      await runs.filter.fill('');
    });

    await test.step('compared', async () => {
      await page.getByRole('checkbox', { name: 'Select report.py' }).check();
      await page.getByRole('checkbox', { name: 'Select report_2.py' }).check();
      await page.getByRole('button', { name: 'Compare' }).click();
      await expect(shell.title).toHaveText('Compare');
      await expect(page.getByText('4711').first()).toBeVisible();
      await expect(page.getByText('4712').first()).toBeVisible();
    });
  });

  test('keeps the filter on the way back and over a reload, explains it, and saves it by keyboard (RUN-12, UX-3)', async ({
    page,
    client,
    shell,
    runs,
    run,
  }) => {
    await finished(client, 'good.py', 'print("good")\n');
    await finished(client, 'bad.py', 'raise SystemExit(3)\n');
    await shell.view('Runs').click();
    await runs.filter.fill('outcome:failed');
    await expect(page).toHaveURL(/filter=outcome%3Afailed$/);
    await runs.row('bad.py').click();
    await expect(run.verdict).toBeVisible();
    await page.goBack();
    await expect(runs.filter).toHaveValue('outcome:failed');
    await page.reload();
    await expect(runs.filter).toHaveValue('outcome:failed');
    await expect(runs.list.getByRole('row')).toHaveCount(2);

    await test.step('an example is one click', async () => {
      await page.getByRole('button', { name: 'What can be filtered by' }).click();
      expect(await axeViolations(page)).toEqual([]);
      await page.getByRole('button', { name: /^is:pinned/ }).click();
      await expect(runs.filter).toHaveValue('outcome:failed is:pinned');
      await runs.filter.fill('outcome:failed');
    });

    await test.step('its name is typed at once', async () => {
      await page.getByRole('button', { name: 'Filters and export' }).focus();
      await page.keyboard.press('Enter');
      await expect(page.getByRole('menuitem', { name: 'Save this filter…' })).toBeFocused();
      await page.keyboard.press('Enter');
      await expect(page.getByLabel('Name', { exact: true })).toBeFocused();
      await page.keyboard.type('Bad ones');
      await page.keyboard.press('Enter');
      await expect.poll(() => client.history.filters()).toEqual([{ name: 'Bad ones', filter: 'outcome:failed' }]);
    });

    await test.step('a range is two clicks', async () => {
      await runs.filter.fill('');
      await page.getByRole('checkbox', { name: 'Select bad.py' }).click();
      await page.getByRole('checkbox', { name: 'Select good.py' }).click({ modifiers: ['Shift'] });
      await expect(page.getByText('2 runs selected')).toBeVisible();
      await page.getByRole('checkbox', { name: 'Select all that are here' }).uncheck();
      await expect(page.getByText('runs selected')).toHaveCount(0);
    });
  });

  test('keeps the pin of a run that still goes on (RUN-12)', async ({ client }) => {
    const id = await startRunning(
      client,
      launchOf('slow.py', 'import time\nprint("up", flush=True)\ntime.sleep(30)\n'),
    );
    await client.history.mark({ ids: [id], pinned: true, tags: ['kept'] });
    expect((await client.runs.list()).find((one) => one.id === id)).toMatchObject({ pinned: true, tags: ['kept'] });
    await client.runs.stop({ id });
    await expect
      .poll(async () => (await client.runs.get({ id })).summary, { timeout: 30_000 })
      .toMatchObject({ state: 'finished', pinned: true, tags: ['kept'] });
  });

  test('counts runs over time, and each bar and number leads to its runs (AUD-4)', async ({
    page,
    client,
    shell,
    runs,
  }) => {
    await finished(client, 'good.py', 'print("good")\n');
    await finished(client, 'bad.py', 'raise SystemExit(3)\n');
    const insights = new InsightsPage(page);
    await shell.command('Go to Insights');
    await expect(shell.title).toHaveText('Insights');
    await insights.range('24 hours').click();
    await expect(insights.sum).toContainText('2 runs');
    await expect(insights.card('Outcomes over time')).toContainText('failed 1');
    await expect(insights.card('From the click to the first output')).toContainText('half below');
    for (const scheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: scheme });
      expect(await axeViolations(page)).toEqual([]);
    }
    await insights.card('Why runs did not succeed').getByRole('link').click();
    await expect(runs.filter).toHaveValue(/reason:"It ended by itself with exit code 3\."/);
    await expect(runs.list.getByRole('row')).toHaveCount(2);
    await expect(runs.row('bad.py')).toBeVisible();
    await page.goBack();
    await insights.tables.click();
    await insights
      .card('Outcomes over time')
      .getByRole('link', { name: /^1 succeeded/ })
      .click();
    await expect(runs.list.getByRole('row')).toHaveCount(2);
    await expect(runs.row('good.py')).toBeVisible();
    await page.goBack();
    await insights.charts.click();
    await insights.bars('Outcomes over time').last().click();
    await expect(runs.filter).toHaveValue(/outcome:\w+/);
    await expect(runs.list.getByRole('row')).toHaveCount(2);
  });
});
