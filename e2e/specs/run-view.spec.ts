import { launchOf } from '../fixtures/client.ts';
import { expect, test } from '../fixtures/test.ts';

const COUNT = 'import time\nfor i in range(400):\n    print("line", i, flush=True)\n    time.sleep(0.1)\n';
/** Asks the terminal three questions and says whether anything came back on stdin. */
const ASKS = [
  'import sys, os, select, time, termios',
  'old = termios.tcgetattr(0); new = termios.tcgetattr(0); new[3] &= ~(termios.ICANON | termios.ECHO)',
  'termios.tcsetattr(0, termios.TCSANOW, new)',
  'sys.stdout.write("\\x1b[6n\\x1b[c\\x1b]11;?\\x07asked\\n"); sys.stdout.flush()',
  'print("answered" if select.select([0], [], [], 2)[0] else "not answered", flush=True)',
  'print("key", os.read(0, 1).decode(), flush=True)',
].join('\n');

test.describe('the view of a run', () => {
  test('finds text in the output and counts the matches (RUN-5)', async ({ client, page, shell, run }) => {
    const { id } = await client.runs.start(launchOf('lines.py', 'for i in range(30):\n    print("line", i)\n'));
    await shell.showRun(id);
    await expect(run.lines).toContainText('line 29');
    await page.keyboard.press('Control+f');
    await page.getByRole('textbox', { name: 'Search the output' }).fill('line 1');
    await expect(page.getByRole('search')).toContainText('of 11');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Escape');
    await expect(page.getByRole('search')).toBeHidden();
    // The focus is in the output, which takes no text: the keys of the view go on working (UX-3).
    await expect(page.getByRole('textbox', { name: 'Output of the script' })).toBeFocused();
    await page.keyboard.press('?');
    await expect(page.getByRole('dialog', { name: 'Keys of this view' })).toBeVisible();
  });

  test('says, where it can be seen, that a script printed nothing (UX-4)', async ({ client, shell, run }) => {
    const { id } = await client.runs.start(launchOf('silent.sh', 'true\n'));
    await shell.showRun(id);
    await run.expectOutcome('Succeeded');
    const words = run.output.getByText('The script printed nothing.');
    await expect(words).toBeVisible();
    const seen = await words.screenshot();
    await words.evaluate((element) => (element.style.color = 'transparent'));
    // Words that something lies upon make no difference to the picture.
    expect(seen.equals(await words.screenshot())).toBe(false);
  });

  test('holds the output still, says what waits, and goes on where it was (RUN-5)', async ({ client, shell, run }) => {
    const { id } = await client.runs.start(launchOf('count.py', COUNT));
    await shell.showRun(id);
    await expect(run.lines).toContainText('line 5');
    const hold = run.output.getByRole('button', { name: 'Pause the output' });
    await hold.click();
    await expect(run.output.getByRole('status')).toContainText('waiting');
    const still = await run.lines.innerText();
    await expect(run.output.getByRole('status')).toContainText(/paused, \d+ B waiting/);
    expect(await run.lines.innerText()).toBe(still);
    await hold.click();
    await expect.poll(() => run.lines.innerText()).not.toBe(still);
    const shown = [...(await run.lines.innerText()).matchAll(/line (\d+)/g)].map(([, number]) => Number(number));
    expect(shown).toEqual(shown.map((_, at) => (shown[0] ?? 0) + at));
    await run.button('Stop').click();
    await run.expectOutcome('Cancelled');
  });

  test('offers a line for the script only while it can read one (RUN-4)', async ({ client, page, shell, run }) => {
    const start = async (stdin?: null): Promise<void> => {
      const text = 'echo on; cat; sleep 60\n';
      const { id } = await client.runs.start(launchOf('reads.sh', text, stdin === undefined ? {} : { stdin }));
      await shell.showRun(id);
      await expect(run.lines).toContainText('on');
    };
    await start(null);
    await expect(run.button('Stop')).toBeEnabled();
    await expect(run.input).toHaveCount(0);
    await start();
    await run.input.fill('hello');
    await run.input.press('Enter');
    await expect(run.lines).toContainText('hello');
    await run.input.press('Control+d');
    await expect(run.input).toHaveCount(0);
    // The page knows it also when it is opened anew.
    await page.reload();
    await expect(run.lines).toContainText('hello');
    await expect(run.input).toHaveCount(0);
    await run.button('Stop').click();
    await run.expectOutcome('Cancelled');
  });

  test('gives a terminal keys and a size, and answers no question of the script (RUN-4, RUN-5)', async ({
    client,
    page,
    shell,
    run,
  }) => {
    const { id } = await client.runs.start(launchOf('asks.py', ASKS, { tty: true }));
    await shell.showRun(id);
    await expect(run.lines).toContainText('not answered');
    await page.getByRole('textbox', { name: 'Terminal of the script' }).focus();
    await page.keyboard.press('p');
    await expect(run.lines).toContainText('key p');
    await run.expectOutcome('Succeeded');
  });

  test('is steered by keys, and lists them (UX-3)', async ({ client, page, shell, run }) => {
    const { id } = await client.runs.start(launchOf('count.py', COUNT));
    await shell.showRun(id);
    await expect(run.state('running')).toBeVisible();
    await page.keyboard.press('p');
    await expect(run.state('paused')).toBeVisible();
    await page.keyboard.press('Space');
    await expect(run.state('running')).toBeVisible();
    await page.keyboard.press(']');
    await expect(run.tab('Network')).toHaveAttribute('aria-selected', 'true');
    await page.keyboard.press('Shift+?');
    await expect(page.getByRole('dialog', { name: 'Keys of this view' })).toBeVisible();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+.');
    await run.expectOutcome('Cancelled');
  });

  test('reads a chart by keyboard: time, value and share of the limit (UX-3, RUN-6)', async ({
    client,
    page,
    shell,
    run,
  }) => {
    const { id } = await client.runs.start(launchOf('short.py', 'import time\ntime.sleep(2)\n'));
    await shell.showRun(id);
    await run.expectOutcome('Succeeded');
    const cursor = page.getByRole('slider', { name: 'Cursor of Memory' });
    await cursor.focus();
    await page.keyboard.press('ArrowLeft');
    await expect(cursor).toHaveAttribute('aria-valuetext', /^00:0\d\.\d .* of 64( MiB)?, \d+ %$/);
  });
});
