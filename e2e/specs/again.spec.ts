import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { axeViolations } from '../fixtures/axe.ts';
import { runCli } from '../fixtures/cli.ts';
import { connect, type Client } from '../fixtures/client.ts';
import { ended } from '../fixtures/ended.ts';
import { expect, test } from '../fixtures/test.ts';
import { RunsPage } from '../pages/runs-page.ts';
import { Shell } from '../pages/shell.ts';
import type { Launch } from '#shared/contract/runs.ts';

const WEEK_MS = 7 * 24 * 3_600_000;

const SCRIPT = String.raw`
import json, os, sys
data = json.load(open('/workspace/data/input.json'))
variables = json.load(open('/workspace/data/variables.json'))
print('harvest', data['year'], 'of', variables['fruit'], 'in', os.environ['FARM'], 'by', sys.argv[1])
print('token has', len(os.environ['TOKEN']), 'letters; stdin says', sys.stdin.read().strip())
print('rows:', open('rows.txt').read().strip())
open('/workspace/output/summary.txt', 'w').write('harvest\nof ' + str(data['year']) + '\nend\n')
open('/workspace/output/same.txt', 'w').write('always the same\n')
`;

const launch = (year: number): Launch => ({
  name: 'harvest',
  entry: 'main.py',
  files: [
    { path: 'main.py', content: Buffer.from(SCRIPT).toString('base64') },
    { path: 'rows.txt', content: Buffer.from('seven rows').toString('base64') },
  ],
  args: ['Ann Other'],
  env: { FARM: 'the valley' },
  secrets: { TOKEN: 'sesame-4711' },
  stdin: 'hello from then',
  input: { year },
  variables: { fruit: 'apples' },
  set: { 'resources.memory': '96 MiB' },
});

/** Puts the runs of a home that no app uses a week back. */
function aWeekAgo(home: string): void {
  const database = new DatabaseSync(join(home, 'data', 'bellglass.db'));
  database.exec(`UPDATE history SET created_at = created_at - ${WEEK_MS}, started_at = started_at - ${WEEK_MS}, finished_at = finished_at - ${WEEK_MS};
    UPDATE run_bodies SET summary = json_set(summary, '$.createdAt', (summary ->> '$.createdAt') - ${WEEK_MS},
      '$.startedAt', (summary ->> '$.startedAt') - ${WEEK_MS}, '$.finishedAt', (summary ->> '$.finishedAt') - ${WEEK_MS});`);
  database.close();
}

const day = (at: number): string => new Date(at).toISOString().slice(0, 10);

async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const { client, close } = await connect(url);
  try {
    return await work(client);
  } finally {
    close();
  }
}

test.describe('again', () => {
  test('finds last week’s run, compares it with today’s and runs it once more as it was (RUN-12, RUN-4)', async ({
    page,
    home,
    start,
    run,
  }) => {
    // Four runs, two starts of the app and five commands.
    test.setTimeout(240_000);
    // Its own server on this home must be the only one.
    const runs = new RunsPage(page);
    const before = await start();
    const old = await withClient(before.url, (client) => ended(client, launch(2025)));
    await before.stop();
    aWeekAgo(home);
    const server = await start();
    const shell = new Shell(page);
    await shell.open(server.url);
    await withClient(server.url, (client) => ended(client, launch(2026)));

    await test.step('found by its day and by what it printed', async () => {
      await shell.view('Runs').click();
      await expect(runs.row('harvest')).toHaveCount(2);
      await runs.filter.fill(`before:${day(Date.now() - 3 * 24 * 3_600_000)} "harvest 2025"`);
      await expect(runs.list.getByRole('row')).toHaveCount(2);
      await expect(runs.row('harvest')).toHaveCount(1);
      await runs.filter.fill('');
      await expect(runs.row('harvest')).toHaveCount(2);
    });

    await test.step('compared', async () => {
      for (const box of await page.getByRole('checkbox', { name: 'Select harvest' }).all()) await box.check();
      await page.getByRole('button', { name: 'Compare' }).click();
      await expect(shell.title).toHaveText('Compare');
      const files = page.getByRole('table').filter({ hasText: 'summary.txt' });
      await expect(files.getByRole('row', { name: /summary\.txt/ })).toContainText('changed');
      await expect(files).not.toContainText('same.txt');
      await page.getByRole('button', { name: 'summary.txt' }).click();
      const lines = page.getByRole('region', { name: 'Differences of summary.txt' });
      await expect(lines).toContainText('of 2025');
      await expect(lines).toContainText('of 2026');
      await page.getByRole('button', { name: /Show all 2 files/ }).click();
      await expect(files.getByRole('row', { name: /same\.txt/ })).toContainText('the same');
      await expect(page.getByText('Neither tried to reach a host.')).toBeVisible();
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        expect(await axeViolations(page)).toEqual([]);
      }
    });

    await test.step('repeated: everything is there but the secret, which is asked for', async () => {
      await shell.showRun(old);
      await expect(run.verdict).toBeVisible();
      await run.button('Run again').click();
      await expect(page.getByText('Secrets are never kept: type TOKEN again, or remove it.')).toBeVisible();
      await expect(page.getByRole('button', { name: /^Run\b/ }).last()).toBeDisabled();
      await expect(page.getByRole('button', { name: /^Arguments/ })).toContainText('Ann Other');
      await expect(page.getByRole('button', { name: /^Data/ })).toContainText('input, 1 variable');
      await expect(page.getByRole('button', { name: /^Environment/ })).toContainText('FARM');
      expect(await axeViolations(page)).toEqual([]);
      await page.getByLabel('Value of secret 1').fill('sesame-4711');
      await expect(page.getByRole('button', { name: /^Run\b/ }).last()).toBeEnabled();
      await page.keyboard.press('Control+Enter');
      await expect(run.verdict).toContainText('succeeded', { ignoreCase: true, timeout: 60_000 });
      await expect(run.lines).toContainText('harvest 2025 of apples in the valley by Ann Other');
      await expect(run.lines).toContainText('token has 11 letters; stdin says hello from then');
      await expect(run.lines).toContainText('rows: seven rows');
    });

    await test.step('and on the command line', async () => {
      const asked = await runCli({ home, args: ['rerun', old] });
      expect(asked.code).not.toBe(0);
      expect(asked.stderr).toContain('This run had a secret: TOKEN.');
      const again = await runCli({ home, args: ['rerun', old, '--secret', 'TOKEN=four'] });
      expect(again.stdout).toContain('harvest 2025 of apples in the valley by Ann Other');
      expect(again.stdout).toContain('token has 4 letters; stdin says hello from then');
      const compared = await runCli({ home, args: ['history', '--json', 'harvest'] });
      const ids = compared.lines.map(({ id }) => String(id));
      expect(ids).toHaveLength(4);
      const { stdout } = await runCli({ home, args: ['compare', old, ids[2] ?? ''] });
      expect(stdout).toContain('File summary.txt\n- of 2025\n+ of 2026\n');
    });

    await test.step('no secret is on the disk', async () => {
      const { code, stdout } = await runCli({ home, args: ['history', '--json', 'sesame'] });
      expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    });
  });

  test('says that the history is damaged, and begins a fresh one without losing a byte (RUN-12, UX-4)', async ({
    page,
    home,
    start,
  }) => {
    // Its own server on this home must be the only one.
    const runs = new RunsPage(page);
    const before = await start();
    await withClient(before.url, (client) => ended(client, launch(2025)));
    await before.stop();
    const path = join(home, 'data', 'bellglass.db');
    await writeFile(path, Buffer.alloc(65_536, 'not a database any more. '));
    const said = await runCli({ home, args: ['history'] });
    expect(said.code).not.toBe(0);
    expect(said.stderr).toContain('bellglass doctor --fresh-history');

    const server = await start();
    const shell = new Shell(page);
    await shell.open(server.url);
    const banner = page.getByRole('alert').filter({ hasText: 'The history is damaged.' });
    await expect(banner).toBeVisible();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await axeViolations(page)).toEqual([]);
    }
    const meanwhile = await withClient(server.url, (client) => ended(client, { ...launch(2026), name: 'meanwhile' }));
    await expect(runs.row('meanwhile')).toBeVisible();
    await banner.getByRole('button', { name: 'Start fresh…' }).press('Enter');
    await expect(page.getByRole('alertdialog')).toContainText('Nothing is overwritten or deleted');
    expect(await axeViolations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await expect(banner).toBeVisible();
    await banner.getByRole('button', { name: 'Start fresh…' }).click();
    await page.getByRole('button', { name: 'Put aside and start fresh' }).click();
    await expect(banner).toBeHidden();
    await expect(page.getByText(/A fresh history has begun/)).toContainText('bellglass.db.damaged-');
    await expect(runs.row('meanwhile')).toBeVisible();
    await server.stop();
    const kept = await runCli({ home, args: ['history', '--json'] });
    expect(kept.lines.map(({ id }) => id)).toEqual([meanwhile]);
  });
});
