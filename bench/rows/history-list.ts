/** The list of runs in a real browser over a history of 100,000: how smoothly it scrolls, and how soon older runs come. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { Page } from '@playwright/test';
import { History } from '#core/history/history.ts';
import { runOf } from '#core/history/testing/runs.ts';
import { openDatabase } from '#core/storage/database.ts';
import { silentLog } from '#core/storage/log.ts';
import type { Bench } from '../bench.ts';
import { p50, percentile, type Row, type Skipped } from '../row.ts';
import { openBrowser, serve } from '../served.ts';

const RUNS = 100_000;
/** Older pages that are fetched before the scrolling is measured, and for the measure of paging. */
const PAGES = 20;
const TURNS = 5;
const TURN_MS = 2000;
/** Pixels that are scrolled in each frame: a fast wheel. */
const STEP = 100;

function fill(path: string): void {
  const history = new History(openDatabase(path), silentLog);
  for (let at = 0; at < RUNS; at++)
    history.save(
      runOf(`run${at}`, {
        name: `job_${at}.py`,
        createdAt: Date.now() - (RUNS - at) * 60_000,
        peakMemory: (at * 7919) % (64 * 2 ** 20),
        sparkline: Array.from({ length: 40 }, (_, point) => ((at + point) * 104_729) % (64 * 2 ** 20)),
        violations: at % 5,
      }),
      'bench',
    );
  history.close();
}

/** Frames a second and the longest wait for one, ms, over a while in which each frame scrolls by so much. */
function frames(page: Page, step: number): Promise<{ fps: number; longest: number }> {
  return page.evaluate(
    ({ by, ms }) =>
      new Promise<{ fps: number; longest: number }>((resolve) => {
        interface Scroller {
          scrollTop: number;
          readonly scrollHeight: number;
          readonly clientHeight: number;
        }
        const world = globalThis as unknown as {
          document: { querySelector(selector: string): Scroller | null };
          requestAnimationFrame(call: (at: number) => void): void;
        };
        const scroller = world.document.querySelector('[role=grid][aria-label=Runs] [role=rowgroup]');
        const end = scroller === null ? 0 : scroller.scrollHeight - scroller.clientHeight - 100;
        let [count, longest, begun, last, way] = [0, 0, 0, 0, 1];
        const frame = (at: number): void => {
          if (begun === 0) begun = at;
          else {
            count++;
            longest = Math.max(longest, at - last);
          }
          last = at;
          if (at - begun >= ms) return resolve({ fps: (count * 1000) / (at - begun), longest });
          if (scroller !== null && by > 0) {
            const next = scroller.scrollTop + by * way;
            if (next >= end || next <= 0) way = -way;
            scroller.scrollTop = Math.max(0, Math.min(end, next));
          }
          world.requestAnimationFrame(frame);
        };
        world.requestAnimationFrame(frame);
      }),
    { by: step, ms: TURN_MS },
  );
}

/** Goes to the end of what is there and waits for older runs; milliseconds of each. */
async function pages(page: Page): Promise<number[]> {
  const grid = page.getByRole('grid', { name: 'Runs' });
  const rows = async (): Promise<number> => Number(await grid.getAttribute('aria-rowcount'));
  const times: number[] = [];
  for (let turn = 0; turn < PAGES; turn++) {
    const before = await rows();
    const begun = performance.now();
    await grid.getByRole('rowgroup').evaluate((element) => {
      const scroller = element as unknown as { scrollTop: number; readonly scrollHeight: number };
      scroller.scrollTop = scroller.scrollHeight;
    });
    await page.waitForFunction(
      (known) => {
        const { document } = globalThis as unknown as {
          document: { querySelector(selector: string): { getAttribute(name: string): string } | null };
        };
        return Number(document.querySelector('[role=grid][aria-label=Runs]')?.getAttribute('aria-rowcount')) > known;
      },
      before,
      { polling: 'raf' },
    );
    times.push(performance.now() - begun);
  }
  return times;
}

export async function historyList({ engine }: Bench): Promise<Row[] | Skipped> {
  const browser = await openBrowser();
  if (!browser) return { name: 'history: list of 100,000', why: 'there is no Chromium here' };
  const home = mkdtempSync(join(tmpdir(), 'bellglass-bench-list-'));
  fill(join(home, 'data', 'bellglass.db'));
  const app = await serve(['electron/hosts/cli/main.ts', 'serve', '--json', '--port', '0'], {
    BELLGLASS_HOME: home,
    DOCKER_HOST: engine.address,
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.goto(app.url);
    await page.getByRole('grid', { name: 'Runs' }).waitFor();
    // The first start checks itself: that is not what is measured.
    await page.waitForTimeout(15_000);
    const paging = await pages(page);
    const [still, moving, longest]: [number[], number[], number[]] = [[], [], []];
    for (let turn = 0; turn < TURNS; turn++) {
      still.push((await frames(page, 0)).fps);
      const scrolled = await frames(page, STEP);
      moving.push(scrolled.fps);
      longest.push(scrolled.longest);
    }
    return [
      {
        name: 'history: list scrolls, frames/s',
        unit: 'fps',
        ours: p50(moving),
        peer: p50(still),
        against: 'the same page at rest',
        goal: { atLeast: 0.95 },
        n: TURNS,
        note: `${RUNS} runs; longest frame ${Math.round(Math.max(...longest))} ms`,
      },
      {
        name: 'history: next page of the list, p95',
        unit: 'ms',
        ours: percentile(paging, 0.95),
        peer: 200,
        against: 'the budget, to the rows on screen',
        goal: { atMost: 1 },
        n: PAGES,
        note: `p50 ${Math.round(p50(paging))} ms`,
      },
    ];
  } finally {
    await browser.close();
    await app.stop();
    rmSync(home, { recursive: true, force: true });
  }
}
