import { copyImage, startTestDocker, whyNoTestEngine } from '#core/engine/testing/index.ts';
import { connect, launchOf, startRunning } from '../fixtures/client.ts';
import { containersOf } from '../fixtures/containers.ts';
import { expect, test } from '../fixtures/test.ts';
import { engineAddress } from '../fixtures/engine.ts';
import { RunPage } from '../pages/run-page.ts';
import { Shell } from '../pages/shell.ts';

const why = whyNoTestEngine('docker');

test.describe('the engine goes away during a run', () => {
  test.skip(why !== null, `no engine that a test may kill: ${why}`);

  test('the run ends as engine lost, its output is kept, and Bellglass finds its way back (ENG-5, RUN-10)', async ({
    home,
    client: suite,
    page,
    start,
  }) => {
    test.setTimeout(240_000);
    const image = (await suite.system.images()).find((one) => one.runtime === 'python');
    const engine = await startTestDocker();
    try {
      await copyImage(image?.reference ?? '', engineAddress(), engine.address.url);
      const server = await start({ home: `${home}/own`, engine: engine.address.url });
      const { client, close } = await connect(server.url);
      const shell = new Shell(page);
      const run = new RunPage(page);
      await shell.open(server.url);
      const text = 'import time\nprint("before the end", flush=True)\ntime.sleep(50)\n';
      const id = await startRunning(client, launchOf('long.py', text));
      await shell.showRun(id);
      await expect(run.lines).toContainText('before the end');

      process.kill(engine.pid, 'SIGKILL');
      await expect(page.getByRole('alert')).toContainText('The engine is gone');
      await run.expectOutcome('Engine lost');
      await expect(run.lines).toContainText('before the end');

      await engine.restart();
      await shell.expectEngine(/Docker/);
      await expect(page.getByRole('alert')).toBeHidden();
      await expect.poll(() => containersOf(id, engine.address.url), { timeout: 30_000 }).toEqual([]);
      const again = await client.runs.start(launchOf('after.py', 'print("works again")\n'));
      await shell.showRun(again.id);
      await run.expectOutcome('Succeeded');
      close();
      await server.stop();
    } finally {
      await engine.dispose();
    }
  });
});
