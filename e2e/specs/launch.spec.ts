import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '../fixtures/test.ts';

test.describe('bringing a script in', () => {
  test('dropping shows it, what is worth a look and what it may do, and never runs it (RUN-1)', async ({
    home,
    client,
    page,
    runs,
    sheet,
  }) => {
    const path = join(home, 'fetch.py');
    await writeFile(path, 'import socket\nimport os\nos.remove("x")\nprint("ran")\n');
    await runs.drop(path);
    await expect(sheet.script).toContainText('import socket');
    await expect(sheet.script).toContainText('loads a network library');
    await expect(sheet.script.getByRole('button', { name: /2 lines worth a look/ })).toBeVisible();
    await expect(sheet.policy).toContainText('No network');
    await expect(sheet.runButton).toBeEnabled();
    expect(await client.runs.list()).toEqual([]);
    await page.keyboard.press('Escape');
    await expect(runs.launch).toBeVisible();
    expect(await client.runs.list()).toEqual([]);
  });

  test('a dropped folder brings its files and its entry (RUN-1)', async ({ home, runs, sheet, run }) => {
    await mkdir(join(home, 'tool', 'lib'), { recursive: true });
    await writeFile(join(home, 'tool', 'main.py'), 'from lib.words import WORD\nprint(WORD)\n');
    await writeFile(join(home, 'tool', 'lib', 'words.py'), 'WORD = "from the folder"\n');
    await runs.drop(join(home, 'tool'));
    await expect(sheet.script).toContainText('main.py');
    await sheet.runButton.click();
    await expect(run.lines).toContainText('from the folder');
    await run.expectOutcome('Succeeded');
  });

  test('a chosen file runs under the chosen level, by keyboard (RUN-1, UX-3)', async ({
    home,
    client,
    page,
    runs,
    sheet,
    run,
  }) => {
    const path = join(home, 'hello.sh');
    await writeFile(path, 'echo "hello from bash"\n');
    await runs.open(path);
    await sheet.level('untrusted').focus();
    // A level is chosen when it gets the focus while the key is down.
    await page.keyboard.down('ArrowRight');
    await expect(sheet.level('limited')).toBeFocused();
    await page.keyboard.up('ArrowRight');
    await expect(sheet.level('limited')).toBeChecked();
    await expect(sheet.policy).toContainText('128 MiB');
    await expect(sheet.runButton).toBeEnabled();
    await page.keyboard.press('Control+Enter');
    await expect(run.lines).toContainText('hello from bash');
    await run.expectOutcome('Succeeded');
    expect((await client.runs.list())[0]).toMatchObject({ level: 'limited', name: 'hello.sh' });
  });

  test('pasted text opens the sheet, with its language found or asked for (RUN-1)', async ({ runs, sheet }) => {
    await runs.paste('#!/usr/bin/env python3\nprint("pasted")\n');
    await expect(sheet.script).toContainText('print("pasted")');
    await expect(sheet.runButton).toBeEnabled();
    await sheet.cancelButton.click();
    await runs.paste('just some words');
    await expect(sheet.policy).toContainText('cannot tell which language');
    await expect(sheet.runButton).toBeDisabled();
    await sheet.policy.getByRole('button', { name: 'Bash' }).click();
    await expect(sheet.runButton).toBeEnabled();
  });

  test('a level with network runs behind its gateway, and can be run without network (POL-1, NET-2)', async ({
    home,
    runs,
    sheet,
    run,
  }) => {
    const path = join(home, 'hello.sh');
    await writeFile(path, 'echo "hello behind a gateway"\n');
    await runs.open(path);
    await sheet.level('trusted').click();
    await expect(sheet.policy).toContainText('512 MiB');
    await sheet.runButton.click();
    await expect(run.lines).toContainText('hello behind a gateway');
  });

  test('the tidy sample succeeds under limited from the gallery (UX-2)', async ({ page, runs, samples, run }) => {
    await runs.launch.getByRole('button', { name: 'Samples' }).click();
    await expect(page.getByRole('heading', { level: 2 })).toHaveCount(10);
    await samples.run('Tidy data job');
    await expect(run.lines).toContainText('Done in');
    await run.expectOutcome('Succeeded');
  });

  const BAD: [what: string, name: string, content: string | Buffer, words: RegExp][] = [
    ['an empty script', 'empty.py', '', /is empty/],
    ['a program', 'tool.py', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0]), /no script but a Linux program/],
    ['UTF-16', 'wide.py', Buffer.from('\ufeffprint(1)', 'utf16le'), /UTF-16/],
    ['a file that is too large', 'large.py', Buffer.alloc(17 * 1024 * 1024, 35), /16 MiB/],
  ];
  for (const [what, name, content, words] of BAD) {
    test(`refuses ${what} and says what to do (RUN-1, UX-4)`, async ({ home, client, page, runs, sheet }) => {
      const path = join(home, name);
      await writeFile(path, content);
      await runs.drop(path);
      await expect(page.getByRole('main')).toContainText(words);
      if (await sheet.runButton.isVisible()) await expect(sheet.runButton).toBeDisabled();
      expect(await client.runs.list()).toEqual([]);
    });
  }

  test('shows a name with escapes harmlessly (RUN-1, RUN-5)', async ({ home, page, runs, sheet }) => {
    const path = join(home, 'a\u202egnp.py');
    await writeFile(path, 'print(1)\n');
    await runs.drop(path);
    await expect(sheet.runButton).toBeEnabled();
    expect(await page.getByRole('main').innerText()).not.toContain('\u202e');
  });
});
