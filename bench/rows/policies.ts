/** What reading, judging and editing policies costs when there are many (POL-3..6). */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from '@playwright/test';
import { compile } from '#shared/policy/compile.ts';
import { readPolicy } from '#shared/policy/document/index.ts';
import { lint } from '#shared/policy/lint/lint.ts';
import { riskOf } from '#shared/policy/lint/risk.ts';
import { resolve } from '#shared/policy/merge/resolve.ts';
import type { Bench } from '../bench.ts';
import { p50, percentile, type Row, type Skipped } from '../row.ts';
import { openBrowser, serve } from '../served.ts';

const POLICIES = 500;
const OPENINGS = 7;
const MOVES = 60;

/** A policy as a person writes it, a little different for each number. */
function example(index: number): string {
  return `# Feed ${index}
trust_level: ${index % 2 === 0 ? 'limited' : 'trusted'}
description: Fetches feed ${index}, nothing else
resources:
  memory: ${128 + (index % 64)} MiB # enough for one feed
  cpu: 50 %
  wall_time: 5 min
  processes: ${10 + (index % 10)}
  on_breach: { output: drop }
network:
  mode: restricted
  allow: ["api-${index}.prices.example", "*.cdn.example:443,8443", "192.0.2.0/24:8080/tcp"]
  download: 5 MiB/s
files:
  blocked_paths: [/etc/passwd]
run:
  env: { FEED: "${index}", MODE: quiet }
quota: { runs: 4, priority: normal }
`;
}

/** From the text of a file to what a reviewer is told of it, with all others kept in memory. */
export function judging({ capabilities }: Bench): Row {
  const texts = Array.from({ length: POLICIES }, (_, index) => example(index));
  const kept: unknown[] = [];
  const times: number[] = [];
  for (let round = 0; round < 3; round++) {
    for (const [index, text] of texts.entries()) {
      const begun = performance.now();
      const { document } = readPolicy(`feed-${index}.yaml`, `feed-${index}`, text);
      if (document === null) throw new Error('the example is broken');
      const policy = resolve({
        values: {},
        ceilings: {},
        fallback: 'untrusted',
        project: null,
        policy: document,
        run: { values: {}, changes: {} },
      });
      kept.push([policy, compile(policy, 'python', capabilities), lint(policy), riskOf(policy)]);
      if (round > 0) times.push(performance.now() - begun);
    }
  }
  return {
    name: 'policy: parse, merge, compile, lint',
    unit: 'ms',
    ours: percentile(times, 0.95),
    peer: 5,
    against: 'the budget',
    goal: { atMost: 1 },
    n: times.length,
    note: `p95 with ${POLICIES} policies loaded; p50 ${p50(times).toFixed(2)}`,
  };
}

/** As text: the types of Node, under which this file is checked, do not know the browser's. */
const COUNT_FRAMES = `
  globalThis.counted = { frames: 0, on: true };
  const count = () => {
    counted.frames++;
    if (counted.on) requestAnimationFrame(count);
  };
  requestAnimationFrame(count);
  null`;

/** Frames that the page draws in a second while `work` goes on. */
async function frames(page: Page, work: () => Promise<void>): Promise<number> {
  await page.evaluate(COUNT_FRAMES);
  const begun = performance.now();
  await work();
  const seconds = (performance.now() - begun) / 1000;
  const drawn = await page.evaluate(() => {
    const { counted } = globalThis as unknown as { counted: { frames: number; on: boolean } };
    counted.on = false;
    return counted.frames;
  });
  return drawn / seconds;
}

/** Opening the view with many policies, and moving a slider of the editor. */
export async function policyView({ engine }: Bench): Promise<(Row | Skipped)[] | Skipped> {
  const browser = await openBrowser();
  if (!browser) return { name: 'policy view', why: 'there is no Chromium here' };
  const home = mkdtempSync(join(tmpdir(), 'bellglass-bench-policies-'));
  mkdirSync(join(home, 'config', 'policies'), { recursive: true });
  for (let index = 0; index < POLICIES; index++)
    writeFileSync(join(home, 'config', 'policies', `feed-${index}.yaml`), example(index));
  const app = await serve(['electron/hosts/cli/main.ts', 'serve', '--json', '--port', '0'], {
    BELLGLASS_HOME: home,
    DOCKER_HOST: engine.address,
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1360, height: 860 } });
    await page.goto(app.url);
    await sleep(10_000);
    const opened: number[] = [];
    for (let turn = 0; turn < OPENINGS; turn++) {
      const begun = performance.now();
      await page.keyboard.press('Control+2');
      await page.getByRole('grid').getByText('untrusted', { exact: true }).first().waitFor();
      opened.push(performance.now() - begun);
      await page.keyboard.press('Control+1');
      await sleep(500);
    }
    await page.goto(`${app.url.split('#')[0]}#/policies/feed-0`);
    const slider = page.getByRole('slider').first();
    await slider.waitFor();
    const box = await slider.boundingBox();
    if (!box) throw new Error('the slider cannot be seen');
    const move = async (press: boolean): Promise<void> => {
      const y = box.y + box.height / 2;
      await page.mouse.move(box.x, y);
      if (press) await page.mouse.down();
      for (let step = 0; step < MOVES; step++) {
        await page.mouse.move(box.x + 60 * Math.sin(step / 6), y);
        await sleep(12);
      }
      if (press) await page.mouse.up();
    };
    const [still, moving] = [await frames(page, () => move(false)), await frames(page, () => move(true))];
    return [
      {
        name: 'policy view: opening',
        unit: 'ms',
        ours: p50(opened),
        peer: 200,
        against: 'the budget',
        goal: { atMost: 1 },
        n: OPENINGS,
        note: `${POLICIES} policies; first ${Math.round(opened[0] ?? 0)}, longest ${Math.round(Math.max(...opened))}`,
      },
      {
        name: 'policy editor: frames while a slider moves',
        unit: '/s',
        ours: moving,
        peer: still,
        against: 'the same pointer moves without a press',
        goal: { atLeast: 0.95 },
        n: 1,
        note: `${MOVES} moves`,
      },
    ];
  } finally {
    await browser.close();
    await app.stop();
    rmSync(home, { recursive: true, force: true });
  }
}
