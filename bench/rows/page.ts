/** The page: size of its first bundle, start of the app, and whether it stays responsive under a flood. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { Bench } from '../bench.ts';
import { p50, percentile, type Row, type Skipped } from '../row.ts';
import { openBrowser, serve } from '../served.ts';

/** Everything that index.html loads before anything is clicked, gzipped, kB. */
export function firstBundle({ paths }: Bench): Row | Skipped {
  const index = join(paths.renderer, 'index.html');
  if (!existsSync(index)) return { name: 'first bundle', why: 'the renderer has not been built' };
  const html = readFileSync(index, 'utf8');
  const files = [...html.matchAll(/(?:src|href)="\.?\/?(assets\/[^"]+\.(?:js|css))"/g)].map((match) => match[1] ?? '');
  const bytes = [...new Set(files)].reduce(
    (sum, file) => sum + gzipSync(readFileSync(join(paths.renderer, file))).length,
    gzipSync(html).length,
  );
  return {
    name: 'first bundle',
    unit: 'kB',
    ours: bytes / 1000,
    peer: 500,
    against: 'the budget, gzipped',
    goal: { atMost: 1 },
    n: 1,
    note: `${files.length} files`,
  };
}

export async function secondStart({ engine }: Bench): Promise<Row> {
  const home = mkdtempSync(join(tmpdir(), 'bellglass-bench-start-'));
  const env = { BELLGLASS_HOME: home, DOCKER_HOST: engine.address };
  const times: number[] = [];
  for (let i = 0; i < 6; i++) {
    const app = await serve(['tools/start.mjs', '--browser', '--port', '0', '--json'], env);
    if (i > 0) times.push(app.ms);
    await app.stop();
  }
  rmSync(home, { recursive: true, force: true });
  return {
    name: 'second npm start to its address',
    unit: 'ms',
    ours: p50(times),
    peer: 2000,
    against: 'the budget',
    goal: { atMost: 1 },
    n: times.length,
  };
}

/** Longest wait from a key press to the next paint while 1 GB floods the terminal, by the browser's own event timing. */
export async function floodedPage({ engine }: Bench): Promise<Row | Skipped> {
  const browser = await openBrowser();
  if (!browser) return { name: 'input to paint under a flood', why: 'there is no Chromium here' };
  const home = mkdtempSync(join(tmpdir(), 'bellglass-bench-page-'));
  const app = await serve(['electron/hosts/cli/main.ts', 'serve', '--json', '--port', '0'], {
    BELLGLASS_HOME: home,
    DOCKER_HOST: engine.address,
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.goto(app.url);
    await sleep(15_000);
    await page.evaluate(() => {
      const all: number[] = [];
      Object.assign(globalThis, { waits: all });
      const observer = new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) if (entry.name === 'keydown') all.push(entry.duration);
      });
      // The types of Node, under which this file is checked, do not know the browser's event timing.
      (observer.observe as (options: object) => void).call(observer, { type: 'event', durationThreshold: 16 });
    });
    await page.keyboard.press('Control+k');
    await page.keyboard.type('Floods');
    await sleep(500);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Samples', exact: true }).click();
    await page
      .getByRole('button', { name: /run now/i })
      .nth(8)
      .click();
    await page.getByRole('tab', { name: 'Timeline' }).waitFor();
    const waits = await page.evaluate(() => ((globalThis as unknown as { waits: number[] }).waits.length = 0));
    const presses = 40;
    for (let i = waits; i < presses; i++) {
      await page.keyboard.press('Tab');
      await sleep(50);
    }
    await sleep(500);
    const measured = await page.evaluate(() => (globalThis as unknown as { waits: number[] }).waits);
    // Waits under 16 ms are not reported by the browser: the rest were that short.
    const all = [...measured, ...Array.from({ length: Math.max(0, presses - measured.length) }, () => 16)];
    return {
      name: 'input to paint under a flood',
      unit: 'ms',
      ours: Math.max(...all),
      peer: 100,
      against: 'the budget',
      goal: { atMost: 1 },
      n: presses,
      note: `longest; p50 ${p50(all)}, p95 ${Math.round(percentile(all, 0.95))}`,
    };
  } finally {
    await browser.close();
    await app.stop();
    rmSync(home, { recursive: true, force: true });
  }
}
