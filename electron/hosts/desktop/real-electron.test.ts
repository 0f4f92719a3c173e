/** The real shell, where Electron's own program is there and can show a window (HOST-1). */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { _electron } from '@playwright/test';
import { expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../../..');
const ELECTRON = join(ROOT, 'node_modules', 'electron');

/** Never by importing `electron`: that starts a download. */
function binaryOf(): string | null {
  const named = join(ELECTRON, 'path.txt');
  if (!existsSync(named)) return null;
  const path = join(ELECTRON, 'dist', readFileSync(named, 'utf8').trim());
  return existsSync(path) ? path : null;
}

const binary = binaryOf();
const display = process.platform !== 'linux' || Boolean(process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY']);
const whyNot = binary === null ? 'skipped: no Electron binary' : display ? null : 'skipped: no display';

it.skipIf(whyNot !== null)(
  whyNot ?? 'shows the page, connects it by its port, and keeps Node out of it (HOST-1)',
  async () => {
    for (const mode of ['renderer', 'desktop', 'preload']) {
      const vite = join(ROOT, 'node_modules', 'vite', 'bin', 'vite.js');
      await promisify(execFile)(process.execPath, [vite, 'build', '--mode', mode], { cwd: ROOT });
    }
    const home = await mkdtemp(join(tmpdir(), 'bellglass-electron-'));
    const env = { ...process.env, BELLGLASS_HOME: home } as Record<string, string>;
    const shell = await _electron.launch({ executablePath: binary ?? '', args: [ROOT], env });
    try {
      const page = await shell.firstWindow();
      await page.getByRole('button', { name: /stop all/i }).waitFor();
      expect(page.url()).toMatch(/^app:\/\/bellglass\//);
      expect(await page.evaluate(() => typeof Reflect.get(globalThis, 'require'))).toBe('undefined');
      expect(await page.evaluate(() => typeof Reflect.get(globalThis, 'process'))).toBe('undefined');
      expect(
        await page.evaluate(() => Reflect.apply(Reflect.get(globalThis, 'open') as () => unknown, null, [])),
      ).toBeNull();
    } finally {
      await shell.close();
      await rm(home, { recursive: true });
    }
  },
  180_000,
);
