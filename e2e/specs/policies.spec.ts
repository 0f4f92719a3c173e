import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures/test.ts';
import { PoliciesPage } from '../pages/policies-page.ts';

const NAME = 'price-bots';

async function violations(page: Page): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page }).analyze();
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' ')}`);
}

test.describe('policies', () => {
  test('a reviewer makes, breaks, mends and saves a policy by keyboard alone, and finds exactly it in a run (POL-2, POL-3, POL-4, UX-3)', async ({
    home,
    client,
    page,
    shell,
    runs,
    sheet,
    run,
  }) => {
    const policies = new PoliciesPage(page);
    const { keyboard } = page;

    await test.step('from a level', async () => {
      await shell.command('New policy');
      await expect(policies.dialog).toBeVisible();
      await keyboard.type(NAME);
      await keyboard.press('Enter');
      await expect(policies.editor(NAME)).toBeVisible();
      await expect(policies.column(NAME)).toContainText('limited');
    });

    await test.step('seen with source and enforcement, changed with slider and exact value', async () => {
      await policies.slider('Memory').focus();
      await expect(policies.field('Memory')).toContainText('limited gives 128 MiB');
      await expect(policies.field('Memory')).toContainText(/enforced|partly|not here/);
      await keyboard.press('ArrowRight');
      await expect(policies.slider('Memory')).toHaveAttribute('aria-valuetext', '160 MiB');
      await policies.exact('Memory').focus();
      await keyboard.press('Control+a');
      await keyboard.type('192 MiB');
      await keyboard.press('Enter');
      await expect(policies.field('Memory')).toContainText('policy');
      await expect(policies.grants).toContainText('64 MiB of memory');
      await expect(policies.unsaved).toBeVisible();
      await keyboard.press('Control+z');
      await expect(policies.exact('Memory')).not.toHaveValue('192 MiB');
      await keyboard.press('Control+Shift+z');
      await expect(policies.exact('Memory')).toHaveValue('192 MiB');
    });

    await test.step('broken in YAML and shown where', async () => {
      await keyboard.press('Alt+2');
      await policies.yaml.focus();
      await keyboard.press('Control+End');
      await keyboard.type('  memroy: 1 GiB');
      await expect(policies.problems).toContainText('memroy');
      await expect(policies.problems).toContainText('4:3');
      await expect(policies.save).toBeDisabled();
      await keyboard.press('Control+Home');
      await keyboard.press('F8');
      await expect(page.locator('.cm-tooltip-lint')).toContainText('memory');
      await keyboard.press('Control+z');
      await expect(policies.problems).toContainText('The file is valid');
    });

    await test.step('the difference in words, then saved', async () => {
      await keyboard.press('Alt+3');
      await expect(policies.editor(NAME)).toContainText('64 MiB of memory');
      await keyboard.press('Control+s');
      await expect(policies.unsaved).toBeHidden();
      const { policy, text } = await client.policies.get({ name: NAME });
      expect(text).toContain('memory: 192 MiB');
      expect(policy.document?.values['resources.memory']).toBe(192 * 1024 * 1024);
    });

    await test.step('a script under it, and the run says so', async () => {
      const script = join(home, 'hello.sh');
      await writeFile(script, 'echo "hello under a policy"\n');
      await shell.view('Runs').focus();
      await keyboard.press('Enter');
      await runs.open(script);
      const choice = sheet.policy.getByRole('radio', { name: NAME, exact: true });
      await choice.focus();
      await keyboard.press('Space');
      await expect(choice).toBeChecked();
      await expect(sheet.policy).toContainText('192 MiB');
      await expect(sheet.runButton).toBeEnabled();
      await keyboard.press('Control+Enter');
      await expect(run.lines).toContainText('hello under a policy');
      await run.expectOutcome('Succeeded');
      await run.tab('Policy').focus();
      await keyboard.press('Enter');
      await expect(page.getByRole('row', { name: /^Memory 192 MiB/ })).toContainText(NAME);
      const [summary] = await client.runs.list();
      expect(summary).toMatchObject({ policy: NAME, level: 'limited' });
      const { plan } = await client.runs.get({ id: summary?.id ?? '' });
      expect(plan.fields.find(({ field }) => field === 'resources.memory')).toMatchObject({
        value: '192 MiB',
        tier: 'policy',
        source: NAME,
      });
    });
  });

  test('a cell is edited in place with the keys of a grid, into the draft and not into the file (POL-3, UX-3)', async ({
    client,
    page,
    shell,
  }) => {
    await client.policies.save({ name: NAME, text: 'trust_level: limited\n', revision: null });
    const policies = new PoliciesPage(page);
    await shell.view('Policies').click();
    await policies.column(NAME).focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('F2');
    await page.keyboard.type('twelve');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('alert').filter({ hasText: 'not a size' })).toBeVisible();
    await page.keyboard.press('Control+a');
    await page.keyboard.type('96 MiB');
    await page.keyboard.press('Enter');
    await expect(policies.focused).toContainText('96 MiB');
    await expect(policies.focused).toContainText('changed');
    await expect(policies.unsaved.first()).toBeAttached();
    expect((await client.policies.get({ name: NAME })).text).toBe('trust_level: limited\n');
    await page.keyboard.press('F2');
    await page.keyboard.type('1 GiB');
    await page.keyboard.press('Escape');
    await expect(policies.focused).toContainText('96 MiB');
    await page.keyboard.press('Delete');
    await expect(policies.focused).toContainText('128 MiB');
  });

  test('a file that changes on disk meanwhile is shown beside the draft, and neither is lost (POL-4)', async ({
    client,
    page,
    shell,
  }) => {
    const { policy } = await client.policies.save({ name: NAME, text: 'trust_level: limited\n', revision: null });
    const policies = new PoliciesPage(page);
    await shell.command(`Open policy ${NAME}`);
    await policies.exact('Memory').fill('192 MiB');
    await page.keyboard.press('Enter');
    await writeFile(policy.path, '# by hand\ntrust_level: limited\nresources:\n  memory: 80 MiB\n');
    const conflict = policies.editor(NAME).getByText(`The file of ${NAME} changed while you changed it here.`);
    await expect(conflict).toBeVisible();
    await expect(policies.save).toBeDisabled();
    await expect(policies.exact('Memory')).toHaveValue('192 MiB');
    await policies.editor(NAME).getByRole('button', { name: 'Take the file' }).click();
    await expect(policies.exact('Memory')).toHaveValue('80 MiB');
    await expect(policies.unsaved).toBeHidden();
    await page.keyboard.press('Control+z');
    await expect(policies.exact('Memory')).toHaveValue('192 MiB');
    expect(await readFile(policy.path, 'utf8')).toContain('# by hand');
  });

  test('a question is answered with the line that decides, live (POL-9)', async ({ client, page, shell }) => {
    await client.policies.save({ name: NAME, text: 'trust_level: limited\n', revision: null });
    const policies = new PoliciesPage(page);
    await shell.command(`Open policy ${NAME}`);
    await policies.question.fill('memory 160 MiB');
    await expect(policies.grants.getByRole('img', { name: 'Refused' })).toBeVisible();
    await expect(policies.grants).toContainText('resources.memory: 128 MiB (limited)');
    await policies.exact('Memory').fill('512 MiB');
    await page.keyboard.press('Enter');
    await expect(policies.grants.getByRole('img', { name: 'Allowed' })).toBeVisible();
  });

  test('what a project file asks beyond the level is held back, shown and taken only after approval (POL-3)', async ({
    home,
    client,
    runs,
    sheet,
    run,
    page,
  }) => {
    await mkdir(join(home, 'tool'));
    await writeFile(join(home, 'tool', 'main.sh'), 'echo "in a project"\n');
    await writeFile(join(home, 'tool', 'bellglass.yaml'), 'resources:\n  memory: 512 MiB\n  processes: 4\n');
    await runs.drop(join(home, 'tool'));
    await expect(sheet.policy).toContainText('The project asks for more than you allow: 1 setting held back.');
    await expect(sheet.policy).toContainText('asks for 512 MiB, stays 64 MiB');
    await sheet.policy.getByRole('button', { name: 'Approve…' }).click();
    const dialog = page.getByRole('dialog');
    await expect(dialog.getByRole('row', { name: 'Memory 64 MiB 512 MiB' })).toBeVisible();
    await expect(dialog.getByRole('region', { name: 'The project file' })).toContainText('processes: 4');
    await dialog.getByRole('button', { name: 'Approve this content' }).click();
    await expect(sheet.policy).toContainText('which you approved');
    await expect(sheet.runButton).toBeEnabled();
    await sheet.runButton.click();
    await run.expectOutcome('Succeeded');
    const [summary] = await client.runs.list();
    const { plan } = await client.runs.get({ id: summary?.id ?? '' });
    expect(plan.fields.find(({ field }) => field === 'resources.memory')).toMatchObject({
      value: '512 MiB',
      tier: 'project',
    });
  });

  for (const theme of ['light', 'dark'] as const)
    test(`table, form, YAML and difference have no violations in the ${theme} theme (UX-3)`, async ({
      client,
      page,
      shell,
    }) => {
      await page.emulateMedia({ colorScheme: theme });
      await client.policies.save({
        name: NAME,
        text: 'trust_level: limited\nresources:\n  memory: 192 MiB\n  scratch: 400 MiB\nnetwork:\n  mode: restricted\n  allow: ["*.cdn.example:443"]\n',
        revision: null,
      });
      const policies = new PoliciesPage(page);
      await shell.view('Policies').click();
      await expect(policies.column(NAME)).toBeVisible();
      expect(await violations(page)).toEqual([]);
      await policies.column(NAME).click();
      await expect(policies.slider('Memory')).toBeVisible();
      expect(await violations(page)).toEqual([]);
      for (const tab of ['YAML', 'Diff'] as const) {
        await policies.tab(tab).click();
        await expect(tab === 'YAML' ? policies.yaml : policies.editor(NAME)).toBeVisible();
        expect(await violations(page)).toEqual([]);
      }
    });
});
