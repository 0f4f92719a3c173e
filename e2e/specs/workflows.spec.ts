import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { axeViolations } from '../fixtures/axe.ts';
import { expect, test } from '../fixtures/test.ts';
import { WorkflowPage } from '../pages/workflow-page.ts';

const PRICES = `workflows:
  prices:
    description: Makes prices and sums them up
    variables: { currency: EUR }
    steps:
      - id: fetch
        name: Make prices
        script: fetch.py
        runtime: python
        secrets: [API_TOKEN]
      - id: sum
        name: Sum them up
        needs: [fetch]
        runtime: node
        policy: limited
        input: "\${{ steps.fetch.output }}"
        condition: size(steps.fetch.output.items) > 0
        script: sum.js
      - id: many
        needs: [fetch]
        condition: size(steps.fetch.output.items) > 100
        run: echo many
`;
const FETCH = `import bellglass, os
assert os.environ["API_TOKEN"] == "s3cret"
bellglass.output({"items": [3, 4, 5], "currency": bellglass.get_variable("currency")})
bellglass.set_variable("count", 3)
`;
const SUM = `const bellglass = require('bellglass');
const { items, currency } = bellglass.input();
const total = items.reduce((sum, item) => sum + item, 0);
console.log(total + ' ' + currency + ' from ' + bellglass.get_variable('count') + ' items');
bellglass.output({ total });
`;

async function prices(home: string): Promise<string> {
  const folder = join(home, 'prices');
  await mkdir(folder);
  await writeFile(join(folder, 'flow.yaml'), PRICES);
  await writeFile(join(folder, 'fetch.py'), FETCH);
  await writeFile(join(folder, 'sum.js'), SUM);
  return folder;
}

const expectNoViolation = async (page: Page): Promise<void> => {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    expect(await axeViolations(page), colorScheme).toEqual([]);
  }
};

test.describe('workflows', () => {
  test.setTimeout(180_000);

  test('a dropped folder with a workflow is looked at first, then passes data from Python to Node.js (WF-1)', async ({
    home,
    client,
    page,
    runs,
    run,
    shell,
  }) => {
    const flow = new WorkflowPage(page);
    await runs.drop(await prices(home));

    await test.step('nothing runs before it was seen', async () => {
      await expect(shell.title).toContainText('flow.yaml');
      await expect(flow.graph.getByRole('option')).toHaveCount(3);
      await expect(flow.step('Make prices')).toHaveAccessibleName('Make prices, Python, untrusted, needs nothing');
      await expect(flow.step('many')).toHaveAccessibleName(/only on a condition, needs fetch$/);
      await expect(flow.sheet).toContainText('The secret API_TOKEN is missing.');
      await expect(flow.runButton).toBeDisabled();
      expect(await client.workflows.list({})).toEqual([]);
      expect(await client.runs.list()).toEqual([]);
    });

    await test.step('each step says what it may do, by keyboard', async () => {
      await flow.step('Make prices').focus();
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('ArrowLeft');
      await expect(flow.step('Make prices')).toBeFocused();
      await flow.step('Sum them up').click();
      await expect(flow.sheet).toContainText('size(steps.fetch.output.items) > 0');
      await expect(flow.sheet).toContainText('after fetch');
      await expect(flow.sheet).toContainText('const bellglass');
      await expectNoViolation(page);
    });

    await test.step('and what the file asks beyond that is held back', async () => {
      await expect(flow.sheet).toContainText('The file asks for more than you allow');
      await flow.sheet.getByRole('button', { name: 'Approve…' }).click();
      await expect(flow.dialog).toContainText('limited');
      await flow.dialog.getByRole('button', { name: 'Approve this content' }).click();
      await expect(flow.sheet).toContainText('which you approved');
      await expect(flow.step('Sum them up')).toHaveAccessibleName(/Node\.js, limited/);
    });

    await test.step('both run, one after the other, with the data handed on', async () => {
      await flow.sheet.getByLabel('Value of the secret API_TOKEN').fill('s3cret');
      await expect(flow.runButton).toBeEnabled();
      await page.keyboard.press('Control+Enter');
      await flow.expectState('succeeded');
      await expect(flow.step('Make prices, succeeded')).toBeVisible();
      await expect(flow.step('many, skipped')).toBeVisible();
      await flow.step('Sum them up, succeeded').click();
      await expect(flow.panel('Sum them up').getByRole('region', { name: 'Output' })).toContainText('"total": 12');
      await expectNoViolation(page);
    });

    await test.step('the chosen step is part of the address, and the timeline shows the same', async () => {
      await page.reload();
      await expect(flow.panel('Sum them up')).toBeVisible();
      await page.keyboard.press('t');
      await expect(flow.shape('Timeline')).toBeChecked();
      await expect(flow.step('Sum them up, succeeded')).toHaveAttribute('aria-selected', 'true');
      await expectNoViolation(page);
    });

    await test.step('a step is a run like any other, and leads back', async () => {
      await flow.step('Sum them up').focus();
      await page.keyboard.press('Enter');
      await expect(run.lines).toContainText('12 EUR from 3 items');
      await page.getByRole('link', { name: 'step sum of prices' }).click();
      await expect(flow.panel('Sum them up')).toBeVisible();
    });

    await test.step('it opens as new with all that it was given, but the secret', async () => {
      await flow.button('Open as new').click();
      await expect(flow.sheet).toContainText('which you approved');
      await expect(flow.sheet).toContainText('The secret API_TOKEN is missing.');
      await expect(flow.graph.getByRole('option')).toHaveCount(3);
      await page.keyboard.press('Escape');
    });

    await test.step('the list has it, and forgets it when asked', async () => {
      await shell.view('Runs').click();
      await expect(runs.row('prices')).toHaveCount(2);
      await flow.way('Workflows').click();
      await expect(flow.row('prices')).toContainText('2 succeeded, 1 skipped');
      await expectNoViolation(page);
      await flow.row('prices').focus();
      await page.keyboard.press('Delete');
      await page.getByRole('alertdialog').getByRole('button', { name: 'Forget' }).click();
      await expect(page.getByText('No workflow has been started')).toBeVisible();
      expect(await client.workflows.list({})).toEqual([]);
      expect(await client.runs.list()).toHaveLength(2);
    });
  });

  test('a failed step keeps those after it from starting, and a retry goes on from it (WF-1)', async ({
    client,
    page,
    runs,
  }) => {
    const flow = new WorkflowPage(page);
    await runs.paste(`workflows:
  nightly:
    steps:
      - id: make
        run: echo made
      - id: check
        needs: [make]
        secrets: [PASS]
        run: test "$PASS" = right
      - id: send
        needs: [check]
        run: echo sent
`);
    await flow.sheet.getByLabel('Value of the secret PASS').fill('wrong');
    await expect(flow.runButton).toBeEnabled();
    await flow.runButton.click();
    await flow.expectState('failed');
    await flow.step('send, not reached').click();
    await expect(flow.button('Retry from here')).toBeHidden();
    await flow.panel('send').getByText('To reach it, retry from').getByRole('button', { name: 'check' }).click();
    await expect(flow.panel('check')).toContainText('exit code 1');
    await flow.button('Retry from here').click();
    await expect(flow.dialog).toContainText('The results of the other step stay as they are.');
    await expect(flow.dialog.getByRole('listitem')).toHaveText(['check', 'send']);
    await expect(flow.dialog.getByRole('button', { name: 'Retry' })).toBeDisabled();
    await expectNoViolation(page);
    await flow.dialog.getByLabel('Value of the secret PASS').fill('right');
    await flow.dialog.getByRole('button', { name: 'Retry' }).click();
    await flow.expectState('succeeded');
    await expect(flow.step('send, succeeded')).toBeVisible();
    const [summary] = await client.workflows.list({});
    const { steps } = await client.workflows.get({ id: summary?.id ?? '' });
    expect(steps.map(({ id, runs: of }) => [id, of.length])).toEqual([
      ['make', 1],
      ['check', 2],
      ['send', 1],
    ]);
    await flow.step('check, succeeded').click();
    await expect(flow.panel('check').getByRole('link', { name: 'Attempt 1' })).toBeVisible();
    expect(await page.content()).not.toContain('wrong');
  });

  test('steps that need nothing run side by side, and Stop ends them (WF-1)', async ({ client, page, runs }) => {
    const flow = new WorkflowPage(page);
    await runs.paste(`workflows:
  slow:
    steps:
      - { id: a, run: sleep 50 }
      - { id: b, run: sleep 50 }
      - { id: c, needs: [a, b], run: echo never }
`);
    await expect(flow.runButton).toBeEnabled();
    await page.keyboard.press('Control+Enter');
    await expect(flow.step('a, running')).toBeVisible();
    await expect(flow.step('b, running')).toBeVisible();
    await expect(flow.step('c, waiting')).toBeVisible();
    await expect
      .poll(async () => (await client.runs.list()).filter(({ state }) => state === 'running').length, {
        timeout: 60_000,
      })
      .toBe(2);
    await expectNoViolation(page);
    await flow.button('Stop').click();
    await flow.expectState('cancelled');
    await expect(flow.step('a, cancelled')).toBeVisible();
    await expect(flow.step('c, cancelled')).toBeVisible();
    expect((await client.runs.list()).map(({ verdict }) => verdict?.outcome)).toEqual(['cancelled', 'cancelled']);
  });

  test('a file with mistakes says them at their place, and can be mended (WF-1, UX-4)', async ({ page, runs }) => {
    const flow = new WorkflowPage(page);
    await runs.paste(`workflows:
  circle:
    steps:
      - { id: a, needs: [b], run: echo a }
      - { id: b, needs: [a], run: echo b }
`);
    await expect(flow.sheet).toContainText('The file has');
    await expect(flow.runButton).toBeDisabled();
    await expect(flow.file.locator('.cm-lintRange-error').first()).toBeVisible();
    await flow.sheet
      .getByRole('button', { name: /^Go to 4:/ })
      .first()
      .click();
    await expect(flow.text).toBeFocused();
    await expectNoViolation(page);
    await flow.text.fill('workflows:\n  line:\n    steps:\n      - { id: a, run: echo a }\n');
    await expect(flow.runButton).toBeEnabled();
    await expect(flow.file).toContainText('changed here');
    await flow.runButton.focus();
    await page.keyboard.press('Escape');
    await page.getByRole('alertdialog').getByRole('button', { name: 'Leave' }).click();
    await expect(page.getByText('No workflow has been started')).toBeVisible();
  });

  test('of several files one is chosen, and a step that would be refused says so at its place (WF-1, UX-4)', async ({
    home,
    client,
    page,
    runs,
  }) => {
    const flow = new WorkflowPage(page);
    const folder = join(home, 'several');
    await mkdir(folder);
    await writeFile(join(folder, 'a.yaml'), 'workflows:\n  one: { steps: [{ id: good, run: echo good }] }\n');
    await writeFile(
      join(folder, 'b.yaml'),
      'workflows:\n  two:\n    steps:\n      - { id: bad, policy: nobody, run: echo bad }\n  three: { steps: [{ id: c, run: echo c }] }\n',
    );
    await runs.drop(folder);
    await expect(flow.step('good')).toBeVisible();
    await page.getByRole('combobox', { name: 'File with workflows' }).click();
    await page.getByRole('option', { name: 'b.yaml' }).click();
    await expect(flow.sheet).toContainText('Choose which workflow to run.');
    await page.getByRole('combobox', { name: 'Workflow to run' }).click();
    await page.getByRole('option', { name: 'two' }).click();
    await expect(flow.sheet).toContainText('One step would be refused');
    await expect(flow.step('bad')).toHaveAccessibleName(/would be refused/);
    await expect(flow.file.locator('.cm-lintRange-error').first()).toContainText('{');
    await expect(flow.runButton).toBeDisabled();
    await expectNoViolation(page);
    expect(await client.runs.list()).toEqual([]);
  });

  test('without any, it teaches with an example that runs (UX-4)', async ({ page, shell }) => {
    const flow = new WorkflowPage(page);
    await page.evaluate(() => (window.location.hash = '#/workflows/01NOTHING'));
    await expect(page.getByRole('main')).toContainText('There is no workflow');
    await page.getByRole('button', { name: 'Back to workflows' }).click();
    await expect(flow.way('Workflows')).toHaveAttribute('aria-current', 'page');
    await shell.view('Runs').click();
    await shell.command('Go to Workflows');
    await expect(page.getByRole('region', { name: 'An example of a workflow' })).toContainText('bellglass.output');
    await expectNoViolation(page);
    await page.getByRole('button', { name: 'Open this example' }).click();
    await expect(flow.runButton).toBeEnabled();
    await flow.runButton.click();
    await flow.expectState('succeeded');
    await flow.step('sum, succeeded').click();
    await expect(flow.panel('sum').getByRole('region', { name: 'Output' })).toContainText('"total": 385');
  });

  test('a thousand steps are drawn, moved through and zoomed (WF-1)', async ({ home, page, runs }) => {
    const flow = new WorkflowPage(page);
    const steps = Array.from({ length: 1_000 }, (_, index) => {
      const needs =
        index < 200 ? '' : `needs: [s${index - 200}, s${((index - 200) % 200) + 200 * Math.floor(index / 200 - 1)}], `;
      return `      - { id: s${index}, ${needs}run: echo ${index} }`;
    });
    const path = join(home, 'wide.yaml');
    await writeFile(path, `workflows:\n  wide:\n    steps:\n${steps.join('\n')}\n`);
    await runs.drop(path);
    await expect(flow.step('s0')).toBeVisible({ timeout: 60_000 });
    await expect(flow.graph.getByRole('option').first()).toHaveAttribute('aria-setsize', '1000');
    expect(await flow.graph.getByRole('option').count()).toBeLessThan(300);
    await flow.step('s0').click();
    for (let times = 0; times < 4; times += 1) await page.keyboard.press('ArrowRight');
    await expect(flow.step('s800')).toBeFocused();
    await page.keyboard.press('End');
    await expect(flow.step('s999')).toBeFocused();
    await page.getByRole('button', { name: 'Show the whole graph' }).click();
    await expect(flow.step('s999')).toBeInViewport();
    await flow.step('s999').focus();
    for (let times = 0; times < 20; times += 1) await page.keyboard.press('+');
    await expect(page.getByText('150 %')).toBeVisible();
    await expect(flow.step('s999')).toBeInViewport();
    await page.keyboard.press('0');
    await expect(page.getByText('150 %')).toBeHidden();
  });
});
