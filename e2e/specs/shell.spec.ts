import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { launchOf } from '../fixtures/client.ts';
import { expect, test } from '../fixtures/test.ts';
import type { View } from '../pages/shell.ts';

async function violations(page: Page): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'])
    .analyze();
  return found.map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(' ')).join(', ')}`);
}

test.describe('the frame', () => {
  test('reaches every view by key and keeps it over back and reload (UX-1, UX-3)', async ({ page, shell }) => {
    const views: View[] = ['Runs', 'Policies', 'Drill', 'Images', 'Audit', 'Settings'];
    for (const [index, view] of views.entries()) {
      await page.keyboard.press(`Control+${index + 1}`);
      await expect(shell.view(view)).toHaveAttribute('aria-current', 'page');
      await expect(shell.title).toHaveText(view);
    }
    await page.goBack();
    await expect(shell.view('Audit')).toHaveAttribute('aria-current', 'page');
    await page.reload();
    await expect(shell.view('Audit')).toHaveAttribute('aria-current', 'page');
  });

  test('fits a window that is seen at 200 %, with nothing beside it (UX-3)', async ({ page, shell }) => {
    await page.setViewportSize({ width: 640, height: 400 });
    for (const view of ['Runs', 'Policies', 'Images', 'Audit', 'Settings'] as const) {
      await shell.view(view).click();
      await expect(shell.title).toHaveText(view);
      await expect(shell.title).toBeInViewport({ ratio: 1 });
      await expect(shell.stopAll).toBeInViewport({ ratio: 1 });
      await expect(shell.enginePill).toBeInViewport({ ratio: 1 });
    }
    await page.evaluate(() => (location.hash = '#/settings/general'));
    const words = page.getByText('More runs than this wait in a queue');
    await words.scrollIntoViewIfNeeded();
    expect((await words.boundingBox())?.width).toBeGreaterThan(200);
  });

  test('the palette does everything by name, and Escape closes only it (UX-3)', async ({ page, shell }) => {
    await page.keyboard.press('F1');
    await expect(shell.palette).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(shell.palette).toBeHidden();
    await shell.command('Open the engine doctor');
    await expect(shell.view('Settings')).toHaveAttribute('aria-current', 'page');
    await expect(page.getByRole('main')).toContainText('DOCKER_HOST');
    await shell.command('Switch to the dark theme');
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
    await page.reload();
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  });

  test('lists the keys of the view behind ? (UX-3)', async ({ page, shell: _ }) => {
    await page.keyboard.press('?');
    await expect(page.getByRole('dialog', { name: 'Keys of this view' })).toContainText('Go to Settings');
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toBeHidden();
  });

  test('gives the focus back to where it was when a layer closes (UX-3)', async ({
    page,
    client,
    shell,
    runs,
    run,
  }) => {
    const samples = runs.launch.getByRole('button', { name: 'Samples' });
    await samples.focus();
    await page.keyboard.press('Control+k');
    await expect(shell.palette).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(samples).toBeFocused();
    await shell.command('Show the keys of this view');
    await expect(page.getByRole('dialog', { name: 'Keys of this view' })).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(samples).toBeFocused();
    const { id } = await client.runs.start(launchOf('hi.py', 'print("hello")\n'));
    await shell.showRun(id);
    await run.expectOutcome('Succeeded');
    await page.getByRole('button', { name: 'Copy as' }).click();
    await page.getByRole('menuitem', { name: /^docker run/ }).click();
    await expect(page.getByRole('dialog')).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(page.getByRole('button', { name: 'Copy as' })).toBeFocused();
    await page.keyboard.press('Control+1');
    await runs.row('hi.py').focus();
    await page.keyboard.press('Delete');
    await expect(page.getByRole('alertdialog')).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(runs.row('hi.py')).toBeFocused();
  });

  test('runs a sample with the keyboard alone (UX-3)', async ({ page, shell, runs, run }) => {
    await expect(runs.firstSample).toBeEnabled();
    for (let presses = 0; presses < 40; presses += 1) {
      await page.keyboard.press('Tab');
      if (await runs.firstSample.evaluate((button) => button === document.activeElement)) break;
    }
    await expect(runs.firstSample).toBeFocused();
    await page.keyboard.press('Enter');
    await run.expectOutcome('Out of memory');
    await page.keyboard.press('Control+1');
    await expect(shell.title).toHaveText('Runs');
    await expect(runs.row('bomb.py')).toBeVisible();
  });

  for (const theme of ['light', 'dark'] as const) {
    test(`has no axe violation on any screen, ${theme} (UX-3)`, async ({
      page,
      client,
      shell,
      runs,
      samples,
      sheet,
      run,
    }) => {
      test.setTimeout(240_000);
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      const found: Record<string, string[]> = {};
      const look = async (screen: string): Promise<void> => {
        const here = await violations(page);
        if (here.length > 0) found[screen] = here;
      };
      await expect(runs.firstSample).toBeVisible();
      await look('first run');
      await runs.launch.getByRole('button', { name: 'Samples' }).click();
      await expect(samples.card('Hidden payload')).toBeVisible();
      await look('samples');
      await samples.open('Hidden payload');
      await expect(sheet.runButton).toBeEnabled();
      await look('launch sheet');
      await sheet.cancelButton.click();
      const { id } = await client.runs.start(launchOf('hi.py', 'print("hello")\nraise SystemExit(3)\n'));
      await shell.showRun(id);
      await run.expectOutcome('Failed');
      for (const tab of ['Timeline', 'Network', 'Files', 'Policy', 'Details']) {
        await run.tab(tab).click();
        await expect(run.tab(tab)).toHaveAttribute('aria-selected', 'true');
        await look(`run, ${tab}`);
      }
      for (const view of ['Runs', 'Policies', 'Drill', 'Images', 'Audit', 'Settings'] as const) {
        await shell.view(view).click();
        await expect(shell.title).toHaveText(view);
        await expect(page.getByRole('main').getByText(/\w/).first()).toBeVisible();
        await look(view);
      }
      await page.keyboard.press('Control+k');
      await expect(shell.palette).toBeFocused();
      await look('palette');
      expect(found).toEqual({});
    });
  }
});
