import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { launchOf } from '../fixtures/client.ts';
import { PoliciesPage } from '../pages/policies-page.ts';
import { WorkflowPage } from '../pages/workflow-page.ts';
import { expect, test } from '../fixtures/test.ts';

const FOLDER = join(import.meta.dirname, '..', '..', 'docs', 'pictures');
const PRICE_BOTS = `trust_level: limited
description: Fetches prices, nothing else
resources: { memory: 192 MiB, processes: 16 }
network: { mode: restricted, allow: ["api.prices.example", "*.cdn.example:443,8443"], download: 1 MiB/s }
`;
const PRICES_FLOW = `workflows:
  prices:
    description: Makes prices, checks and sums them, and tells
    steps:
      - { id: fetch, name: Make prices, runtime: python, run: "import bellglass; bellglass.output([3, 4, 5])" }
      - { id: check, name: Check the format, run: echo fine }
      - id: sum
        name: Add them up
        runtime: node
        input: "\${{ steps.fetch.output }}"
        condition: size(steps.fetch.output) > 0
        run: |
          const bellglass = require('bellglass');
          bellglass.output({ total: bellglass.input().reduce((sum, price) => sum + price, 0) });
      - { id: empty, name: Say that there are none, needs: [fetch], condition: size(steps.fetch.output) == 0, run: echo none }
      - { id: tell, name: Tell, needs: [sum, check], run: exit 3 }
      - { id: archive, name: Archive, needs: [tell], run: echo kept }
`;
const WANTED = process.env['BELLGLASS_PICTURES'] === '1';

/** The pictures of the README, taken from the real app on a real engine. */
test.describe('pictures', () => {
  test.skip(!WANTED, 'taken only when BELLGLASS_PICTURES=1');

  for (const theme of ['light', 'dark'] as const) {
    test(`of every screen, ${theme}: taken only when BELLGLASS_PICTURES=1 (DOC-1)`, async ({
      page,
      client,
      sample,
      shell,
      runs,
      samples,
      sheet,
      run,
    }) => {
      test.setTimeout(300_000);
      const policies = new PoliciesPage(page);
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      await mkdir(FOLDER, { recursive: true });
      await take(page, `first-run-${theme}`);
      for (const id of ['tidy-data-job', 'fork-bomb', 'phones-home', 'disk-filler']) {
        const { entry, text, trust } = await sample(id);
        const started = await client.runs.start(launchOf(entry, text, { trust }));
        await shell.showRun(started.id);
        await expect(run.verdict).toBeVisible({ timeout: 60_000 });
      }
      await shell.view('Runs').click();
      await page.getByRole('button', { name: 'Samples' }).click();
      await expect(samples.card('Hidden payload')).toBeVisible();
      await take(page, `samples-${theme}`);
      await samples.open('Hidden payload');
      await expect(sheet.runButton).toBeEnabled();
      await expect(sheet.script).toContainText('runs text as code');
      await take(page, `launch-${theme}`);
      await sheet.cancelButton.click();
      const bomb = await sample('memory-bomb');
      const { id } = await client.runs.start(launchOf(bomb.entry, bomb.text));
      await shell.showRun(id);
      await run.expectOutcome('Out of memory');
      await expect(run.chart('Memory')).toBeVisible();
      await take(page, `run-${theme}`);
      await shell.view('Runs').click();
      await expect(runs.row('bomb.py')).toContainText('out of memory');
      await take(page, `runs-${theme}`);
      const flow = new WorkflowPage(page);
      const prices = await client.workflows.start({ name: 'prices.yaml', text: PRICES_FLOW });
      await page.evaluate((hash) => (window.location.hash = hash), `#/workflows/${prices.id}`);
      await flow.expectState('failed');
      await flow.step('Add them up, succeeded').click();
      await expect(flow.panel('Add them up')).toContainText('"total": 12');
      await take(page, `workflow-${theme}`);
      await client.policies.save({ name: 'price-bots', text: PRICE_BOTS, revision: null });
      await shell.view('Policies').click();
      await expect(policies.column('price-bots')).toBeVisible();
      await policies.column('price-bots').click();
      await expect(policies.editor('price-bots')).toBeVisible();
      await expect(policies.slider('Memory')).toBeVisible();
      await take(page, `policies-${theme}`);
    });
  }
});

async function take(page: Page, name: string): Promise<void> {
  await page.mouse.move(0, 0);
  await page.screenshot({ path: join(FOLDER, `${name}.png`), animations: 'disabled' });
}
