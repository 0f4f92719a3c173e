import { once } from 'node:events';
import { runCli } from '../fixtures/cli.ts';
import { connect, launchOf, type Client } from '../fixtures/client.ts';
import { containersOfApp } from '../fixtures/containers.ts';
import { expect, test } from '../fixtures/test.ts';
import { Shell } from '../pages/shell.ts';

const HELLO = launchOf('hello.py', 'print("hello")\n');
/** What decides here is whether sandboxes wait, not what the machine of the test can spare. */
const ON = { env: { BELLGLASS_WARM_POOL: 'on' } };

async function runToEnd(client: Client): Promise<boolean | undefined> {
  const { id } = await client.runs.start(HELLO);
  await expect
    .poll(async () => (await client.runs.get({ id })).summary, { timeout: 60_000 })
    .toMatchObject({ state: 'finished', verdict: { outcome: 'succeeded' } });
  return (await client.runs.get({ id })).container?.warm;
}

async function someWait(client: Client): Promise<void> {
  await expect.poll(async () => (await client.system.pool()).waiting, { timeout: 60_000 }).toBeGreaterThan(0);
}

test.describe('sandboxes that wait for a run', () => {
  test('are taken by the next run, shown in Settings and on the command line, and gone on quit (RUN-11, RUN-10)', async ({
    page,
    home,
    start,
  }) => {
    const server = await start(ON);
    const { client, close } = await connect(server.url);
    expect(await runToEnd(client)).toBe(false);
    await someWait(client);
    expect(await runToEnd(client)).toBe(true);
    await someWait(client);
    const { lines } = await runCli({ home, args: ['pool', '--json'] });
    expect(lines).toMatchObject([{ on: true, hits: 1, sizes: [{ runtime: 'python' }] }]);
    await new Shell(page).open(server.url);
    await page.evaluate(() => {
      location.hash = '#/settings/general';
    });
    await expect(page.getByText(/warm sandbox(es wait| waits), .* 1 of 2 runs took one/)).toBeVisible();
    expect((await containersOfApp(home)).length).toBeGreaterThan(0);
    close();
    await server.stop();
    expect(await containersOfApp(home)).toEqual([]);
  });

  test('are removed by the next start when the app was killed (RUN-11, RUN-10)', async ({ home, start }) => {
    const killed = await start(ON);
    const before = await connect(killed.url);
    await runToEnd(before.client);
    await someWait(before.client);
    const left = await containersOfApp(home);
    expect(left.length).toBeGreaterThan(0);
    killed.process.kill('SIGKILL');
    await once(killed.process, 'exit');
    before.close();
    const next = await start({ env: { BELLGLASS_WARM_POOL: 'off' } });
    const after = await connect(next.url);
    await expect.poll(() => containersOfApp(home), { timeout: 30_000 }).toEqual([]);
    expect(await runToEnd(after.client)).toBe(false);
    expect(await after.client.system.pool()).toMatchObject({ on: false, waiting: 0 });
    after.close();
  });
});
