import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { toBase64, utf8 } from '#shared/script/bytes.ts';
import { validateLaunch, type NormalLaunch } from '#shared/script/validate.ts';
import type { RunRecord } from '../runs/run-record.ts';
import type { RunTold } from '../runs/told.ts';
import { silentLog } from '../storage/log.ts';
import { KeptLaunches, launchPath, removeLaunch } from './launches.ts';
import { retain } from './retention.ts';

let runs: string;
let kept: KeptLaunches;
beforeEach(async () => {
  runs = join(await mkdtemp(join(tmpdir(), 'bellglass-launches-')), 'runs');
  kept = new KeptLaunches({ runs, log: silentLog });
});
afterEach(() => rm(join(runs, '..'), { recursive: true }));

const LAUNCH = validateLaunch({
  name: 'job.py',
  entry: 'job.py',
  files: [{ path: 'job.py', content: toBase64(utf8('print(1)\n')) }],
  args: ['one'],
  env: { MODE: 'dry' },
  secrets: { TOKEN: 'open sesame' },
});

function begin(id: string, hidden = false, launch: NormalLaunch = LAUNCH): void {
  const [record, plan, origin] = [{ id }, {}, { hidden, by: null }] as unknown as [
    RunRecord,
    Parameters<RunTold['began']>[2],
    Parameters<RunTold['began']>[3],
  ];
  kept.began(record, launch, plan, origin);
}

it('keeps what a run was given for its owner only, without its secrets (RUN-12, RUN-4)', async () => {
  begin('a');
  expect(await kept.read('a')).toMatchObject({
    whole: true,
    secrets: ['TOKEN'],
    launch: { name: 'job.py', args: ['one'], env: { MODE: 'dry' }, files: [{ path: 'job.py' }] },
  });
  expect((await stat(launchPath(runs, 'a'))).mode & 0o777).toBe(0o600);
  expect((await stat(runs)).mode & 0o777).toBe(0o700);
  const text = gunzipSync(await readFile(launchPath(runs, 'a'))).toString();
  expect(text).toContain('TOKEN');
  expect(text).not.toContain('sesame');
});

it('writes at the end of a run at the latest, and nothing for a hidden one', async () => {
  begin('a');
  begin('b');
  begin('hidden', true);
  kept.ended({ id: 'a' } as RunRecord);
  await kept.flush();
  expect((await readdir(runs)).toSorted()).toEqual(['a.launch', 'b.launch']);
});

it('has nothing of a run whose file is gone or damaged, and says no more', async () => {
  begin('a');
  await kept.flush();
  await writeFile(launchPath(runs, 'a'), 'no gzip');
  expect(await kept.read('a')).toBeNull();
  await removeLaunch(runs, 'a');
  expect(await kept.read('a')).toBeNull();
  expect(await kept.read('never was')).toBeNull();
});

it('keeps nothing half when the disk refuses, and goes on', async () => {
  await mkdir(join(runs, '..'), { recursive: true });
  await writeFile(runs, 'in the way');
  begin('a');
  await kept.flush();
  expect(await kept.read('a')).toBeNull();
  await rm(runs);
});

it('counts toward the history and goes with its output (RUN-12)', async () => {
  const bytes = new Uint8Array(300_000).map((_, at) => (at * 7919 + (at >> 7)) & 255);
  const files = [...LAUNCH.files, { path: 'data', bytes, executable: false }];
  for (const id of ['old', 'new']) {
    begin(id, false, { ...LAUNCH, files });
    await kept.flush();
    await writeFile(join(runs, `${id}.output`), 'hello');
  }
  const { size } = await stat(launchPath(runs, 'old'));
  const rules = { folder: runs, ageMs: Number.MAX_SAFE_INTEGER, now: Date.now(), keep: () => false };
  expect(await retain({ ...rules, bytes: 2 * size + 10 })).toEqual([]);
  expect(await retain({ ...rules, bytes: 2 * size + 9 })).toHaveLength(1);
  expect((await readdir(runs)).filter((name) => name.endsWith('.launch'))).toHaveLength(1);
});
