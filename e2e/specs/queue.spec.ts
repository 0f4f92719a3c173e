import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { axeViolations } from '../fixtures/axe.ts';
import { runCli } from '../fixtures/cli.ts';
import { connect, launchOf, startRunning, type Client } from '../fixtures/client.ts';
import { expect, test } from '../fixtures/test.ts';
import { LaunchSheet } from '../pages/launch-sheet.ts';
import { QueuePanel } from '../pages/queue-panel.ts';
import { RunPage } from '../pages/run-page.ts';
import { RunsPage } from '../pages/runs-page.ts';
import { Shell } from '../pages/shell.ts';

const LONG = launchOf('long.sh', 'echo on; sleep 600\n', { stdin: null, set: { 'resources.wall_time': '15 min' } });
const ONE_AT_ONCE = { env: { BELLGLASS_MAX_CONCURRENT: '1' } };
const named = (name: string, change: Parameters<typeof launchOf>[2] = {}) =>
  launchOf(name, `echo ${name}\n`, { stdin: null, ...change });

async function queued(client: Client, names: readonly string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const name of names) ids.push((await client.runs.start(named(name))).id);
  return ids;
}

/** Outcomes of all runs, by name. */
async function outcomes(client: Client): Promise<Record<string, string | undefined>> {
  return Object.fromEntries((await client.runs.list()).map((run) => [run.name, run.verdict?.outcome]));
}

test.describe('runs that wait', () => {
  test('are listed in their order with the reason, put in another one by button and key, and cancelled (RUN-8)', async ({
    page,
    start,
  }) => {
    const server = await start(ONE_AT_ONCE);
    const { client, close } = await connect(server.url);
    const going = await startRunning(client, LONG);
    const ids = await queued(client, ['a.sh', 'b.sh', 'c.sh', 'd.sh']);
    const queue = new QueuePanel(page);
    await new Shell(page).open(server.url);
    await expect(queue.strip).toContainText('4 runs waiting');
    await expect(queue.strip).toContainText('next: a.sh, waits for one of 1 running to end');
    await expect(new RunsPage(page).row('b.sh')).toContainText('2nd in the queue');
    expect(await new RunsPage(page).names()).toEqual(['long.sh', 'a.sh', 'b.sh', 'c.sh', 'd.sh']);
    await queue.open();
    await expect.poll(() => queue.names()).toEqual(['a.sh', 'b.sh', 'c.sh', 'd.sh']);
    expect(await axeViolations(page)).toEqual([]);
    await queue.row('d.sh').getByRole('button', { name: 'Run d.sh next' }).click();
    await expect.poll(() => queue.names()).toEqual(['d.sh', 'a.sh', 'b.sh', 'c.sh']);
    await queue.row('b.sh').focus();
    await page.keyboard.press('Alt+ArrowUp');
    await expect.poll(() => queue.names()).toEqual(['d.sh', 'b.sh', 'a.sh', 'c.sh']);
    await expect(queue.row('b.sh')).toBeFocused();
    await page.keyboard.press('Alt+End');
    await expect.poll(() => queue.names()).toEqual(['d.sh', 'a.sh', 'c.sh', 'b.sh']);
    await queue.row('a.sh').focus();
    await page.keyboard.press('Delete');
    await expect.poll(() => queue.names()).toEqual(['d.sh', 'c.sh', 'b.sh']);
    // The row that takes the place of the one that went.
    await expect(queue.row('c.sh')).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(queue.banner).toContainText('2nd of 3 in the queue.');
    await queue.banner.getByRole('button', { name: 'Run next' }).click();
    await expect(queue.banner).toContainText('1st of 3 in the queue.');
    await client.runs.stop({ id: going });
    await expect
      .poll(() => outcomes(client), { timeout: 60_000 })
      .toMatchObject({
        'a.sh': 'cancelled',
        'b.sh': 'succeeded',
        'c.sh': 'succeeded',
        'd.sh': 'succeeded',
      });
    const begun = await Promise.all(
      [ids[2], ids[3], ids[1]].map(async (id) => (await client.runs.get({ id: id! })).summary.startedAt ?? 0),
    );
    expect(begun).toEqual(begun.toSorted((a, b) => a - b));
    close();
  });

  test('are told and steered from the command line (RUN-8, HOST-4)', async ({ home, start }) => {
    const server = await start(ONE_AT_ONCE);
    const { client, close } = await connect(server.url);
    const going = await startRunning(client, LONG);
    const [a, b] = await queued(client, ['a.sh', 'b.sh']);
    const listed = async (): Promise<unknown[]> => (await runCli({ home, args: ['queue', '--json'] })).lines;
    expect(await listed()).toMatchObject([
      { place: 1, id: a, name: 'a.sh', waitsFor: 'one of 1 running to end' },
      { place: 2, id: b },
    ]);
    expect((await runCli({ home, args: ['queue', 'front', b!] })).code).toBe(0);
    expect(await listed()).toMatchObject([{ id: b }, { id: a }]);
    expect((await runCli({ home, args: ['queue', 'cancel', a!] })).code).toBe(0);
    expect(await listed()).toMatchObject([{ id: b }]);
    expect((await runCli({ home, args: ['queue', 'cancel', going] })).code).not.toBe(0);
    expect((await runCli({ home, args: ['queue', 'front', a!] })).code).not.toBe(0);
    close();
  });

  test('are held up by the quota of their project, whatever their policy, and other projects pass them (RUN-8)', async ({
    client,
  }) => {
    const of = (folder: string): Parameters<typeof launchOf>[2] => ({
      project: { path: `/projects/${folder}/bellglass.yaml`, text: 'quota: { runs: 1 }\n' },
    });
    const going = await startRunning(client, { ...LONG, ...of('shop') });
    const { id } = await client.runs.start(named('second.sh', { ...of('shop'), trust: 'limited' }));
    const other = await client.runs.start(named('other.sh', { ...of('mill'), trust: 'limited' }));
    const summary = async (run: string) => (await client.runs.get({ id: run })).summary;
    await expect.poll(async () => (await summary(other.id)).verdict?.outcome, { timeout: 60_000 }).toBe('succeeded');
    expect(await summary(id)).toMatchObject({
      state: 'queued',
      waitsFor: 'a run of the project shop to end: its quota is 1 at once',
    });
    await client.runs.stop({ id: going });
    await expect.poll(async () => (await summary(id)).verdict?.outcome, { timeout: 60_000 }).toBe('succeeded');
    await expect(
      client.runs.plan(
        named('big.sh', { project: { path: '/projects/x/bellglass.yaml', text: 'quota: { memory: 32 MiB }\n' } }),
      ),
    ).resolves.toMatchObject({
      refusal: { code: 'plan-refused', suggestion: { set: { 'resources.memory': '32 MiB' } } },
    });
  });

  test('come back after kill -9, one with secrets asks for them on its page (RUN-8, RUN-4)', async ({
    page,
    start,
  }) => {
    const first = await start(ONE_AT_ONCE);
    const before = await connect(first.url);
    await startRunning(before.client, LONG);
    await queued(before.client, ['a.sh']);
    const secret = { secrets: { API_KEY: 'open sesame' } };
    const { id } = await before.client.runs.start(launchOf('uses-key.sh', 'echo "key of ${#API_KEY}"\n', secret));
    await expect
      .poll(async () => (await runCli({ home: first.home, args: ['queue', '--json'] })).lines)
      .toMatchObject([
        { name: 'a.sh', kept: true },
        { name: 'uses-key.sh', kept: true },
      ]);
    first.process.kill('SIGKILL');
    await once(first.process, 'exit');
    before.close();
    const next = await start(ONE_AT_ONCE);
    const after = await connect(next.url);
    await expect
      .poll(() => outcomes(after.client), { timeout: 60_000 })
      .toMatchObject({
        'a.sh': 'succeeded',
        'long.sh': 'engine-error',
        'uses-key.sh': undefined,
      });
    const queue = new QueuePanel(page);
    await new Shell(page).open(next.url);
    await queue.strip.getByRole('button', { name: '1 needs its secrets' }).click();
    await expect(queue.secrets).toContainText('It needs its secrets again.');
    await shoot(page, 'secrets');
    expect(await axeViolations(page)).toEqual([]);
    const send = queue.secrets.getByRole('button', { name: 'Queue it' });
    await expect(send).toBeDisabled();
    await queue.secrets.getByLabel('API_KEY').fill('open sesame');
    await send.click();
    await expect(new RunPage(page).lines).toContainText('key of 11');
    await expect(queue.secrets).toBeHidden();
    expect((await after.client.runs.get({ id })).summary.verdict?.outcome).toBe('succeeded');
    after.close();
  });

  test('ten scripts dropped at once run in order under one policy, each with its files (RUN-8, RUN-1)', async ({
    page,
    home,
    start,
  }) => {
    test.setTimeout(180_000);
    const server = await start({ env: { BELLGLASS_MAX_CONCURRENT: '3' } });
    const { client, close } = await connect(server.url);
    const folder = join(home, 'jobs');
    await mkdir(folder);
    const names = Array.from({ length: 10 }, (_, at) => `tidy-${at + 1}.py`);
    const script = (name: string): string =>
      `import csv\nrows = list(csv.reader(open("prices.csv")))\nwith open("output/${name}.txt", "w") as out:\n    print(len(rows), file=out)\nprint("${name} read", len(rows), "rows")\n`;
    for (const name of names) await writeFile(join(folder, name), script(name));
    await writeFile(join(folder, 'prices.csv'), 'a,1\nb,2\n');
    await new Shell(page).open(server.url);
    await new RunsPage(page).drop(...[...names, 'prices.csv'].map((name) => join(folder, name)));
    const sheet = new LaunchSheet(page);
    const run = sheet.policy.getByRole('button', { name: /^Run 10 scripts/ });
    await expect(run).toBeEnabled();
    expect(await client.runs.list(), 'dropping never runs').toEqual([]);
    await expect(sheet.policy).toContainText('Each gets prices.csv beside it.');
    await shoot(page, 'many');
    expect(await axeViolations(page)).toEqual([]);
    await page.keyboard.press('Control+Enter');
    await expect(new RunsPage(page).row('tidy-10.py')).toBeVisible();
    await expect
      .poll(() => outcomes(client), { timeout: 120_000 })
      .toEqual(Object.fromEntries(names.map((name) => [name, 'succeeded'])));
    const runs = (await client.runs.list()).toSorted((a, b) => a.createdAt - b.createdAt);
    expect(runs.map(({ name }) => name)).toEqual(names);
    for (const { id, name } of runs) {
      await expect
        .poll(async () => (await client.files.list({ run: id })).data?.files.map((file) => file.path))
        .toEqual([`${name}.txt`]);
    }
    await new Shell(page).showRun(runs[9]!.id);
    await page.getByRole('tab', { name: 'Files' }).click();
    await expect(page.getByRole('tabpanel')).toContainText('tidy-10.py.txt');
    close();
  });

  test('scripts that belong together are one launch after all, and the other way round (RUN-1)', async ({
    page,
    home,
    runs,
    sheet,
  }) => {
    const paths = ['one.py', 'two.py'].map((name) => join(home, name));
    for (const path of paths) await writeFile(path, 'print(1)\n');
    await runs.drop(...paths);
    await expect(sheet.policy.getByRole('button', { name: /^Run 2 scripts/ })).toBeEnabled();
    await page.getByRole('checkbox', { name: 'Run two.py' }).uncheck();
    await expect(sheet.policy.getByRole('button', { name: /^Run 1 script/ })).toBeEnabled();
    await sheet.policy.getByRole('button', { name: 'One script, with files' }).click();
    await expect(sheet.script).toContainText('Which file is the one to run?');
    await sheet.script.getByRole('button', { name: 'Run each on its own' }).click();
    await expect(sheet.policy.getByRole('button', { name: /^Run 2 scripts/ })).toBeEnabled();
    await page.keyboard.press('Escape');
    await expect(runs.launch).toBeVisible();
  });

  test('200 of them: none is lost, the list stays usable in every look, and Stop all takes them all out (RUN-8, UX-3)', async ({
    page,
    start,
  }) => {
    test.setTimeout(300_000);
    const server = await start({ env: { BELLGLASS_MAX_CONCURRENT: '2' } });
    const { client, close } = await connect(server.url);
    await startRunning(client, LONG);
    await startRunning(client, LONG);
    await Promise.all(Array.from({ length: 200 }, (_, at) => client.runs.start(named(`job-${at + 1}.sh`))));
    const queue = new QueuePanel(page);
    await new Shell(page).open(server.url);
    for (const look of ['light', 'dark', 'narrow'] as const) {
      await page.emulateMedia({ colorScheme: look === 'dark' ? 'dark' : 'light', reducedMotion: 'reduce' });
      if (look === 'narrow') await page.setViewportSize({ width: 960, height: 600 });
      await expect(queue.strip).toContainText('200 runs waiting');
      await shoot(page, `list-${look}`);
      expect(await axeViolations(page)).toEqual([]);
      await queue.open();
      await expect(queue.dialog).toContainText('Queue: 200 runs');
      await expect(queue.rows.first()).toBeVisible();
      await shoot(page, `panel-${look}`);
      expect(await axeViolations(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await expect(queue.dialog).toBeHidden();
    }
    await new Shell(page).stopAll.click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Stop all' }).click();
    await expect
      .poll(async () => (await client.runs.list()).map((run) => run.verdict?.outcome), { timeout: 60_000 })
      .toEqual(Array.from({ length: 202 }, () => 'cancelled'));
    await expect(queue.strip).toBeHidden();
    close();
  });
});

/** Kept when BELLGLASS_SHOTS names a folder: for looking at. */
async function shoot(page: Page, name: string): Promise<void> {
  const folder = process.env['BELLGLASS_SHOTS'];
  if (folder !== undefined) await page.screenshot({ path: join(folder, `queue-${name}.png`) });
}
