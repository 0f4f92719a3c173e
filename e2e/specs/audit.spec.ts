import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { axeViolations } from '../fixtures/axe.ts';
import { launchOf } from '../fixtures/client.ts';
import { runCli } from '../fixtures/cli.ts';
import { expect, test } from '../fixtures/test.ts';
import { AuditPage } from '../pages/audit-page.ts';

test.describe('audit', () => {
  test('shows a run, a policy and a change from outside as they happen, leads to the run, and exports what can be checked (AUD-1, UX-1)', async ({
    home,
    page,
    client,
    shell,
    run,
  }) => {
    const audit = new AuditPage(page);
    await shell.view('Audit').click();
    await client.policies.save({ name: 'bots', text: 'trust_level: limited\n', revision: null });
    await expect(audit.rows('policy.create')).toHaveCount(1);
    const { id } = await client.runs.start(launchOf('hello.py', 'print("hello")\n'));
    await expect(audit.rows('run.finish').first()).toContainText('succeeded', { timeout: 60_000 });
    await writeFile(join(home, 'config', 'policies', 'bots.yaml'), 'trust_level: untrusted\n');
    await expect(audit.rows('policy.changed-outside').first()).toContainText('bots', { timeout: 30_000 });
    await expect(audit.chain).toContainText(/[\d,]+ records, intact/, { timeout: 15_000 });

    await test.step('filtered, with the mistake pointed at', async () => {
      await audit.filter.fill(`run:${id} action:run`);
      await expect(audit.records.getByRole('row')).toHaveCount(3);
      await audit.filter.fill('action:polcy');
      await expect(page.getByText('Did you mean')).toBeVisible();
      expect(await axeViolations(page)).toEqual([]);
      await audit.filter.press('Escape');
    });

    await test.step('by keyboard to the details and the run', async () => {
      await audit.filter.fill(`run:${id} action:run`);
      await audit.rows('run.finish').focus();
      await page.keyboard.press('Enter');
      await expect(audit.details).toContainText('run.finish');
      await expect(audit.details).toContainText('@sha256:');
      await page.keyboard.press('ArrowDown');
      await expect(audit.details).toContainText('run.start');
      for (const scheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme: scheme });
        expect(await axeViolations(page)).toEqual([]);
      }
      await page.keyboard.press('Escape');
      await expect(audit.details).toBeHidden();
      await page.keyboard.press('Enter');
      await audit.details.getByRole('link', { name: 'Open the run' }).click();
      await expect(run.verdict).toBeVisible();
      await page.goBack();
    });

    await test.step('a copy that can be checked elsewhere', async () => {
      const copy = await audit.export(/JSON lines/);
      const whole = await runCli({ home, args: ['audit', 'verify', copy] });
      expect(whole).toMatchObject({ code: 0, stdout: expect.stringContaining('whole and in order') });
      await writeFile(`${copy}.changed`, (await readFile(copy, 'utf8')).replace('succeeded', 'sukceeded'));
      expect((await runCli({ home, args: ['audit', 'verify', `${copy}.changed`] })).code).toBe(1);
    });
  });

  test('points at the record in which a byte was changed (AUD-1)', async ({ home, page, client, shell }) => {
    const audit = new AuditPage(page);
    for (const name of ['one', 'two', 'three'])
      await client.policies.save({ name, text: 'trust_level: limited\n', revision: null });
    await shell.view('Audit').click();
    await audit.filter.fill('action:policy');
    await expect(audit.rows('policy.create')).toHaveCount(3);
    await expect(audit.chain).toContainText('intact');
    const file = join(home, 'data', 'audit', 'audit.jsonl');
    const text = await readFile(file, 'utf8');
    const changed = text.replace('"what":"two"', '"what":"twa"');
    expect(changed).not.toBe(text);
    await writeFile(file, changed);
    const lines = text.split('\n');
    const number = lines.findIndex((line) => line.includes('"what":"two"')) + 1;
    await expect(audit.chain).toContainText(`Broken at record ${number}.`, { timeout: 15_000 });
    expect(await axeViolations(page)).toEqual([]);
    await audit.button('Show it').click();
    await expect(audit.details).toContainText('The record was edited');
    await expect(audit.details).toContainText('twa');
    await expect(audit.records.getByRole('row', { name: new RegExp(`^Broken: ${number},`) })).toBeVisible();
  });
});
