import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { launchOf, startRunning, type Client } from '../fixtures/client.ts';
import { startSites } from '../fixtures/sites.ts';
import { expect, test as base } from '../fixtures/test.ts';
import { NetworkTab } from '../pages/network-tab.ts';

const POLICY = 'one-site';
const policyText = (address: string): string => `# Reviewed in spring.
trust_level: trusted
description: Fetches from one site
network:
  mode: restricted
  allow:
    - ${address}   # where the sites are
    - good.test   # the one that it needs
  dns: ${address}
`;

/** Says every half second what came of both sites. */
const FETCH = `
import socket, time
def get(host):
    try:
        with socket.create_connection((host, 80), 5) as s:
            s.sendall(f'GET / HTTP/1.0\\r\\nHost: {host}\\r\\n\\r\\n'.encode())
            return s.recv(200).decode().split()[1]
    except OSError:
        return 'refused'
for round in range(150):
    print(round, 'good', get('good.test'), 'evil', get('evil.test'), flush=True)
    time.sleep(0.5)
`;

const CROWD = `
import socket, time
for number in range(100):
    try:
        socket.getaddrinfo(f'h{number}.crowd.test', 80)
    except OSError:
        pass
print('asked', flush=True)
time.sleep(60)
`;

const test = base.extend<{ address: string; network: NetworkTab }>({
  address: async ({}, use, info) => {
    const sites = await startSites();
    if (typeof sites === 'string') {
      info.skip(true, sites);
      return;
    }
    await use(sites.address);
    await sites.dispose();
  },
  network: async ({ page }, use) => use(new NetworkTab(page)),
});

async function start(client: Client, address: string, script = FETCH): Promise<string> {
  await client.policies.save({ name: POLICY, text: policyText(address), revision: null });
  return startRunning(client, launchOf('fetch_prices.py', script, { policy: POLICY }));
}

const fileOf = (home: string): Promise<string> => readFile(join(home, 'config', 'policies', `${POLICY}.yaml`), 'utf8');

test.describe('the network of a run', () => {
  test('shows an allowed and a denied host live, and one click lets the script’s next try through (NET-3, NET-4)', async ({
    address,
    client,
    page,
    shell,
    run,
    network,
  }) => {
    const id = await start(client, address);
    await shell.showRun(id);
    await expect(run.lines).toContainText('good 200 evil refused');
    await network.tab.click();
    await expect(network.row('good.test', 'allowed')).toBeVisible();
    await expect(network.row('evil.test', 'denied')).toBeVisible();
    await expect(network.card).toContainText('evil.test was denied');
    await expect(network.card).toContainText('No rule lists this host.');
    await expect(network.tab).toBeFocused();

    for (const scheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: scheme });
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
    }

    await network.answer('Allow for this run').click();
    await expect(run.lines).toContainText('good 200 evil 200');
    await expect(network.row('evil.test', 'allowed')).toBeVisible();
    await expect(network.card).toBeHidden();

    await network.row('evil.test', 'allowed').focus();
    await page.keyboard.press('Enter');
    const events = network.grid.getByRole('list', { name: 'Events of evil.test' });
    await expect(events).toContainText('No rule lists this host.');
    await expect(events).toContainText('`evil.test` is allowed.'.replaceAll('`', ''));
    expect((await client.policies.get({ name: POLICY })).text).toBe(policyText(address));

    await run.button('Stop').click();
    await expect(run.verdict).toContainText('Refused on the network: evil.test');
  });

  test('adds a host to the policy only after its change was shown, and to nothing that changed meanwhile (NET-4)', async ({
    address,
    home,
    client,
    page,
    shell,
    run,
    network,
  }) => {
    const id = await start(client, address);
    await shell.showRun(id);
    await expect(network.card).toBeVisible();

    await test.step('what changed since must be looked at again', async () => {
      const { policy, text } = await client.policies.get({ name: POLICY });
      await client.policies.save({ name: POLICY, text: text.replace('spring', 'summer'), revision: policy.revision });
      await expect(network.card).toContainText(`The policy ${POLICY} was changed since this was shown.`);
      await expect(network.answer('Allow for this run')).toBeDisabled();
      await network.answer('Look again').click();
      await expect(network.answer('Allow for this run')).toBeEnabled();
    });

    await test.step('by keyboard: the change is one line', async () => {
      await page.keyboard.press('n');
      await page.keyboard.press('s');
      await expect(network.dialog).toContainText(`Add evil.test to ${POLICY}`);
      await expect(network.change.getByRole('row').filter({ hasText: 'added:' })).toHaveText([/- evil\.test$/]);
      await expect(network.change.getByRole('row').filter({ hasText: 'removed:' })).toHaveCount(0);
      expect(await fileOf(home)).not.toContain('- evil.test');
      const { violations } = await new AxeBuilder({ page }).include('[role=dialog]').analyze();
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
    });

    await test.step('saved, in force at once, and nothing else in the file moved', async () => {
      await network.dialog.getByRole('button', { name: `Save ${POLICY} and allow now` }).click();
      await expect(network.dialog).toBeHidden();
      await expect(run.lines).toContainText('evil 200');
      const wanted = policyText(address)
        .replace('spring', 'summer')
        .replace('it needs\n', 'it needs\n    - evil.test\n');
      expect(await fileOf(home)).toBe(wanted);
      await expect(network.card).toBeHidden();
    });
  });

  test('keeps a host blocked for the run, by keyboard and after the page is loaded anew (NET-4)', async ({
    address,
    client,
    page,
    shell,
    network,
  }) => {
    const id = await start(client, address);
    await shell.showRun(id);
    await expect(network.card).toBeVisible();
    await page.keyboard.press('n');
    await page.keyboard.press('b');
    await expect(network.card).toBeHidden();
    await network.tab.click();
    await expect(network.row('evil.test', 'kept blocked')).toBeVisible();
    await page.reload();
    await network.tab.click();
    await expect(network.row('evil.test', 'kept blocked')).toBeVisible();
    await expect(network.card).toBeHidden();
  });

  test('asks once about a hundred hosts (NET-4)', async ({ address, client, shell, run, network }) => {
    const id = await start(client, address, CROWD);
    await shell.showRun(id);
    await expect(run.lines).toContainText('asked');
    await expect(network.card).toHaveCount(1);
    await expect(network.card).toContainText('100 hosts were denied');
    await network.tab.click();
    await expect(network.grid).toHaveAttribute('aria-rowcount', '101');
    await network.answer('Keep all blocked').click();
    await expect(network.card).toBeHidden();
  });
});
