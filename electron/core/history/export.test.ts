import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openDatabase } from '../storage/database.ts';
import { silentLog } from '../storage/log.ts';
import { createHistoryApi, type HistoryDeps } from './api.ts';
import { CSV, HTML, JSON_LINES } from './export.ts';
import { History } from './history.ts';
import { runOf } from './testing/runs.ts';

const hostile = runOf('a', { name: '<script>alert(1)</script>,"x"\n=1+1', note: '<b>', tags: ['ci', 'nightly'] });

it('writes what a run calls itself as text in every form (RUN-12)', () => {
  const page = HTML.head + HTML.lines([hostile]) + HTML.foot;
  expect(page).not.toMatch(/<script|<b>/u);
  expect(page).toContain('&lt;script&gt;');
  expect(page).toContain("default-src 'none'");
  const line = JSON.parse(JSON_LINES.lines([hostile])) as Record<string, unknown>;
  expect(line).toMatchObject({ id: 'a', name: hostile.name, tags: 'ci nightly' });
  expect(Object.keys(line)).toEqual(CSV.head.trim().split(','));
});

it('exports page by page and lets others have their turn between them (RUN-12, RUN-8)', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'export-'));
  const history = new History(openDatabase(join(folder, 'bellglass.db')), silentLog);
  try {
    for (let at = 0; at < 250; at++) history.save(runOf(`run${at}`, { policy: at % 2 === 0 ? 'bots' : 'other' }), 'me');
    const api = createHistoryApi({ history, now: () => 0 } as unknown as HistoryDeps);
    let [turns, over] = [0, false];
    const turn = (): void => {
      turns++;
      if (!over) setImmediate(turn);
    };
    const exported = api.exportRuns('', 'json');
    setImmediate(turn);
    const { text, runs } = await exported;
    over = true;
    expect(runs).toBe(250);
    const ids = text
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { id: string }).id);
    expect(ids).toEqual(Array.from({ length: 250 }, (_, at) => `run${249 - at}`));
    expect(turns).toBeGreaterThan(0);
    expect((await api.exportRuns('policy:bots', 'csv')).text.trim().split('\n')).toHaveLength(126);
    await expect(api.exportRuns('outcome:', 'csv')).rejects.toMatchObject({ code: 'input-invalid' });
  } finally {
    history.close();
    rmSync(folder, { recursive: true });
  }
});
