import { connect as connectTcp } from 'node:net';
import { openSocket } from '../fixtures/client.ts';
import { expect, test } from '../fixtures/test.ts';

test.describe('the browser host', () => {
  test('answers its own page and nobody else (HOST-2)', async ({ server }) => {
    const good = await openSocket(server.url);
    expect(good.answer).toBe('{"welcome":true}');
    good.socket.terminate();
    expect((await openSocket(server.url, { token: null })).answer).toBe('closed 4400');
    expect((await openSocket(server.url, { token: 'x'.repeat(43) })).answer).toBe('closed 4401');
    expect((await openSocket(server.url, { origin: 'https://evil.example' })).answer).toBe('HTTP 403');
    expect((await openSocket(server.url, { origin: 'null' })).answer).toBe('HTTP 403');
    expect((await openSocket(server.url, { host: `evil.example:${server.port}` })).answer).toBe('HTTP 403');
  });

  test('gives its files under its own name only, with the strict headers (HOST-2)', async ({ server }) => {
    const { origin } = new URL(server.url);
    const page = await fetch(origin);
    expect(page.status).toBe(200);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(page.headers.get('set-cookie')).toBeNull();
    expect(page.headers.get('access-control-allow-origin')).toBeNull();
    expect(await rawStatus(server.port, 'evil.example')).toBe(403);
    expect(await rawStatus(server.port, `127.0.0.1:${server.port}`)).toBe(200);
  });

  test('says what to do when the page has no token (HOST-2, UX-4)', async ({ page, server }) => {
    await page.goto(new URL(server.url).origin);
    await expect(page.getByText('Open the address that Bellglass printed')).toBeVisible();
    await page.goto(`${new URL(server.url).origin}/#token=wrong`);
    await page.reload();
    await expect(page.getByText('Open the address that Bellglass printed')).toBeVisible();
  });

  test('takes the token out of the address bar and survives a reload (HOST-2)', async ({ page, shell, server }) => {
    expect(page.url()).not.toContain('token');
    await page.reload();
    await shell.expectEngine(/Docker|Podman/);
    expect(await page.context().cookies(server.url)).toEqual([]);
  });

  test('loads the page again when a part of it was cut off on its way (UX-4)', async ({ page, server }) => {
    let cut = 0;
    await page.route(/assets\/index-[^/]*\.js$/, (route) => (cut++ < 2 ? route.abort('failed') : route.continue()));
    await page.goto(server.url);
    await expect(page.getByRole('navigation', { name: 'Views' })).toBeVisible({ timeout: 30_000 });
    expect(cut).toBe(3);
  });

  test('says so when a part never comes, and loads it when asked (UX-4)', async ({ page, server }) => {
    test.setTimeout(120_000);
    let away = true;
    await page.route(/assets\/index-[^/]*\.js$/, (route) => (away ? route.abort('failed') : route.continue()));
    await page.goto(server.url);
    await expect(page.getByRole('alert')).toContainText('did not arrive', { timeout: 60_000 });
    away = false;
    await page.getByRole('button', { name: 'Load again' }).click();
    await expect(page.getByRole('navigation', { name: 'Views' })).toBeVisible({ timeout: 30_000 });
  });
});

/** Status of a request whose Host header we choose; fetch would not let us. */
function rawStatus(port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connectTcp(port, '127.0.0.1', () =>
      socket.write(`GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`),
    );
    let text = '';
    socket.on('data', (data) => (text += data.toString()));
    socket.on('error', reject);
    socket.on('close', () => resolve(Number(text.split(' ')[1])));
  });
}
