import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { runCli } from '../fixtures/cli.ts';
import { connect, launchOf, startRunning } from '../fixtures/client.ts';
import { containersOf } from '../fixtures/containers.ts';
import { expect, test } from '../fixtures/test.ts';
import { RunPage } from '../pages/run-page.ts';
import { Shell } from '../pages/shell.ts';

const LONG = launchOf('long.py', 'import time\nprint("started", flush=True)\ntime.sleep(50)\n');

test.describe('Bellglass over its own ends', () => {
  test('keeps runs and output over a restart (RUN-2, ENG-5)', async ({ page, start }) => {
    const first = await start();
    const before = await connect(first.url);
    await new Shell(page).open(first.url);
    const { id } = await before.client.runs.start(launchOf('hello.py', 'print("kept")\n'));
    await new Shell(page).showRun(id);
    await new RunPage(page).expectOutcome('Succeeded');
    before.close();
    await first.stop();
    const second = await start();
    await new Shell(page).open(second.url);
    await new Shell(page).showRun(id);
    await expect(new RunPage(page).lines).toContainText('kept');
    await new RunPage(page).expectOutcome('Succeeded');
  });

  test('leaves nothing behind when it is asked to end during a run (RUN-10)', async ({ start }) => {
    const server = await start();
    const { client, close } = await connect(server.url);
    const id = await startRunning(client, LONG);
    expect(await containersOf(id)).toHaveLength(1);
    close();
    await server.stop();
    expect(await containersOf(id)).toEqual([]);
  });

  test('removes what a killed app left, and says in the history how it ended (RUN-10, ENG-5)', async ({ start }) => {
    const killed = await start();
    const before = await connect(killed.url);
    const id = await startRunning(before.client, LONG);
    killed.process.kill('SIGKILL');
    await once(killed.process, 'exit');
    before.close();
    expect(await containersOf(id)).toHaveLength(1);
    const next = await start();
    const after = await connect(next.url);
    await expect.poll(() => containersOf(id), { timeout: 30_000 }).toEqual([]);
    const { summary } = await after.client.runs.get({ id });
    expect(summary.state).toBe('finished');
    expect(summary.verdict?.outcome).toMatch(/^engine-/);
    after.close();
  });

  test('a second start names the app that runs already (HOST-2)', async ({ home, server }) => {
    const { code, stdout } = await runCli({ home, args: ['serve', '--json'] });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ url: server.url });
  });

  test('says that a port is taken, and takes no other one in its place (HOST-2, ENG-7)', async ({ home }) => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const { code, stderr } = await runCli({ home, args: ['serve', '--port', String(port)] });
    expect(code).not.toBe(0);
    expect(stderr).toContain(`Port ${port} cannot be used.`);
    taken.close();
  });

  test('`bellglass stop` ends the app and every run of it (HOST-4)', async ({ home, start }) => {
    const server = await start();
    const { client, close } = await connect(server.url);
    const id = await startRunning(client, LONG);
    const ended = once(server.process, 'exit');
    const { code } = await runCli({ home, args: ['stop'] });
    await ended;
    close();
    expect(code).toBe(0);
    expect(await containersOf(id)).toEqual([]);
  });
});
