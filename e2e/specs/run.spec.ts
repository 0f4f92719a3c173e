import { launchOf } from '../fixtures/client.ts';
import { expect, test } from '../fixtures/test.ts';
import { LaunchSheet } from '../pages/launch-sheet.ts';
import { RunPage } from '../pages/run-page.ts';
import { Shell } from '../pages/shell.ts';

test.describe('a run', () => {
  test('stops the memory bomb before your eyes, from the first card (UX-2, RUN-6, RUN-7)', async ({ runs, run }) => {
    await runs.firstSample.click();
    await expect(run.lines).toContainText('Holding 8 MiB');
    await expect(run.chart('Memory')).toBeVisible();
    await run.expectOutcome('Out of memory');
    await expect(run.verdict).toContainText('resources.memory: 64 MiB (untrusted)');
    await expect(run.chart('Memory')).toHaveAccessibleName(/64 MiB/);
    await expect(run.button('Run again')).toBeVisible();
  });

  test('shows a second, late viewer the same (RUN-5)', async ({ client, shell, run, server, browser }) => {
    const { id } = await client.runs.start(
      launchOf('count.py', 'import time\nfor i in range(60):\n    print("line", i, flush=True)\n    time.sleep(0.1)\n'),
    );
    await shell.showRun(id);
    await expect(run.lines).toContainText('line 20');
    const other = await browser.newPage();
    await new Shell(other).open(server.url);
    await new Shell(other).showRun(id);
    const second = new RunPage(other);
    await expect(second.lines).toContainText('line 59');
    await run.expectOutcome('Succeeded');
    await second.expectOutcome('Succeeded');
    expect(await second.lines.innerText()).toBe(await run.lines.innerText());
    await other.close();
  });

  test('pauses, resumes and stops (RUN-2, RUN-7)', async ({ client, shell, run }) => {
    const { id } = await client.runs.start(
      launchOf('tick.py', 'import time\nwhile True:\n    print("tick", flush=True)\n    time.sleep(0.1)\n'),
    );
    await shell.showRun(id);
    await expect(run.lines).toContainText('tick');
    await run.button('Pause').click();
    await expect(run.state('paused')).toBeVisible();
    await run.button('Resume').click();
    await expect(run.state('running')).toBeVisible();
    await run.button('Stop').click();
    await run.expectOutcome('Cancelled');
  });

  test('ends everything with Stop all, after asking (RUN-7, UX-4)', async ({ client, page, shell, runs }) => {
    for (const name of ['one.py', 'two.py']) await client.runs.start(launchOf(name, 'import time\ntime.sleep(50)\n'));
    await expect(runs.row('two.py')).toContainText('running');
    await shell.stopAll.click();
    const ask = page.getByRole('alertdialog').or(page.getByRole('dialog'));
    await ask.getByRole('button', { name: 'Stop all' }).click();
    await expect(runs.row('one.py')).toContainText('cancelled');
    await expect(runs.row('two.py')).toContainText('cancelled');
    await expect(shell.stopAll).toBeDisabled();
  });

  test('takes lines for a script that asks (RUN-4)', async ({ client, sample, shell, run }) => {
    const asks = await sample('asks-for-input');
    const { id } = await client.runs.start(launchOf(asks.entry, asks.text));
    await shell.showRun(id);
    await expect(run.lines).toContainText('What is your name?');
    await run.input.fill('Ada');
    await run.input.press('Enter');
    await expect(run.lines).toContainText('Give me a number, Ada');
    await run.input.fill('21');
    await run.input.press('Enter');
    await expect(run.lines).toContainText('Twice 21 is 42');
    await run.expectOutcome('Succeeded');
  });

  test('stays usable while a script floods, and says what was dropped (RUN-5)', async ({
    client,
    sample,
    page,
    shell,
    run,
  }) => {
    const flood = await sample('floods-the-log');
    const { id } = await client.runs.start(launchOf(flood.entry, flood.text, { trust: 'limited' }));
    await shell.showRun(id);
    await run.tab('Policy').click();
    await expect(page.getByRole('tabpanel')).toContainText('128 MiB');
    await run.tab('Timeline').click();
    await run.expectOutcome('Succeeded');
    await expect(run.output).toContainText(/MiB .*(dropped|left out)|(dropped|left out)/);
    const detail = await client.runs.get({ id });
    expect(detail.output.dropped).toBeGreaterThan(50 * 1024 * 1024);
    expect(detail.output.kept).toBeLessThanOrEqual(10 * 1024 * 1024);
  });

  test('neutralises escapes that reach outside the terminal (RUN-5)', async ({ client, page, shell, run }) => {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.evaluate(() => navigator.clipboard.writeText('mine'));
    const text = String.raw`printf '\033]0;owned\007\033]52;c;b3duZWQ=\007\033]8;;javascript:alert(1)\007click\033]8;;\007\033[31mred\033[0m\n'`;
    const { id } = await client.runs.start(launchOf('escapes.sh', text));
    await shell.showRun(id);
    await expect(run.lines).toContainText('clickred');
    await run.expectOutcome('Succeeded');
    expect(await page.title()).not.toContain('owned');
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('mine');
    await expect(page.locator('a[href^="javascript:"]')).toHaveCount(0);
  });

  test('offers the smallest change that would let it pass (RUN-7, UX-4)', async ({
    client,
    sample,
    page,
    shell,
    run,
  }) => {
    const bomb = await sample('memory-bomb');
    const { id } = await client.runs.start(launchOf(bomb.entry, bomb.text));
    await shell.showRun(id);
    await run.expectOutcome('Out of memory');
    await run.verdict.getByRole('button').first().click();
    await expect(new LaunchSheet(page).runButton).toBeVisible();
    expect((await client.runs.list()).length).toBe(1);
  });
});
