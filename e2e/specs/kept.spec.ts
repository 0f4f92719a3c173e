import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { axeViolations } from '../fixtures/axe.ts';
import { runCli } from '../fixtures/cli.ts';
import { containersOfApp } from '../fixtures/containers.ts';
import { expect, test } from '../fixtures/test.ts';

const SCRIPT = 'open("note.txt", "w").write("left inside"); print("done")\n';

test.describe('a sandbox that stays', () => {
  test('is asked for in the launch sheet, shown in the details of its run, and removed there (RUN-14)', async ({
    page,
    home,
    shell,
    runs,
    sheet,
    run,
    client,
  }) => {
    const file = join(home, 'leaves.py');
    await writeFile(file, SCRIPT);
    await runs.open(file);
    await expect(sheet.runButton).toBeEnabled();
    await page.getByRole('button', { name: /^Sandbox removed afterwards/ }).click();
    await page.getByRole('switch', { name: 'Keep the sandbox' }).click();
    expect(await axeViolations(page)).toEqual([]);
    await sheet.runButton.click();
    await run.expectOutcome('Succeeded');
    await expect.poll(async () => (await client.kept.list()).length).toBe(1);
    await page.reload();
    await shell.expectEngine(/Docker|Podman/);
    await run.tab('Details').click();
    await expect(page.getByText(/sealed, until/)).toBeVisible();
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Remove the sandbox' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click();
    await expect(page.getByText(/sealed, until/)).toBeHidden();
    // Those that wait for a run are none of ours here.
    await expect.poll(async () => (await containersOfApp(home)).filter((name) => !name.includes('pool'))).toEqual([]);
  });

  test('outlives the command that ran it, and is looked into from the command line (RUN-14)', async ({
    home,
    server,
  }) => {
    expect(server.port).toBeGreaterThan(0);
    const file = join(home, 'leaves.py');
    await writeFile(file, SCRIPT);
    const { stderr } = await runCli({ home, args: ['run', '--keep', file] });
    const command = /bellglass kept copy (\S+) FOLDER/.exec(stderr);
    expect(command).not.toBeNull();
    const id = command![1]!;
    expect((await runCli({ home, args: ['kept', '--json'] })).lines).toMatchObject([{ run: id, name: 'leaves.py' }]);
    const out = join(home, 'out');
    expect(await runCli({ home, args: ['kept', 'copy', id, out] })).toMatchObject({ code: 0 });
    expect(await readFile(join(out, 'note.txt'), 'utf8')).toBe('left inside');
    const { last } = await runCli({ home, args: ['run', '--json', '--keep', file] });
    expect(last).toMatchObject({ type: 'finished', kept: true });
    expect(await runCli({ home, args: ['kept', 'remove', '--all'] })).toMatchObject({ code: 0 });
    expect(await containersOfApp(home)).toEqual([]);
    const { lines } = await runCli({ home, args: ['audit', 'list', '--json'] });
    const acts = lines.map(({ action }) => String(action)).filter((action) => action.startsWith('kept.'));
    expect(acts).toEqual(['kept.seal', 'kept.look', 'kept.seal', 'kept.remove', 'kept.remove']);
  });
});
