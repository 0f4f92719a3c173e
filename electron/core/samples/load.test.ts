import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { sampleScriptSchema } from '#shared/contract/system.ts';
import { toBase64, utf8 } from '#shared/script/bytes.ts';
import { markScript } from '#shared/script/marks.ts';
import { validateLaunch } from '#shared/script/validate.ts';
import { loadSamples } from './load.ts';

const assets = join(import.meta.dirname, '..', '..', '..', 'assets');

it('gives the ten samples in gallery order, each ready to launch without a warning (UX-2)', async () => {
  const samples = await loadSamples(assets);
  expect(samples.map((sample) => sample.title)).toEqual([
    'Tidy data job',
    'Memory bomb',
    'Fork bomb',
    'CPU miner',
    'Disk filler',
    'Reads your home',
    'Phones home',
    'Hidden payload',
    'Floods the log',
    'Asks for input',
  ]);
  expect(new Set(samples.map((sample) => sample.runtime))).toEqual(new Set(['python', 'bash', 'node']));
  for (const sample of samples) {
    expect(sampleScriptSchema.parse(sample)).toEqual(sample);
    const normal = validateLaunch({
      name: sample.title,
      entry: sample.entry,
      files: [{ path: sample.entry, content: toBase64(utf8(sample.text)) }],
    });
    expect(normal).toMatchObject({ runtime: sample.runtime, warnings: [] });
  }
});

it('marks what the bad samples are about to do, and calls nothing in the tidy job a danger (UX-2, RUN-1)', async () => {
  const kinds = Object.fromEntries(
    (await loadSamples(assets)).map((sample) => [
      sample.id,
      markScript(sample.runtime, sample.text).map((mark) => mark.kind),
    ]),
  );
  expect(kinds['tidy-data-job']).toEqual([]);
  expect(kinds['fork-bomb']).toContain('process');
  expect(kinds['reads-your-home']).toContain('files');
  expect(kinds['phones-home']).toContain('network');
  expect(kinds['hidden-payload']).toEqual(expect.arrayContaining(['encoded', 'eval']));
});

it('names the folder of a damaged sample', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bellglass-samples-'));
  await mkdir(join(folder, 'samples', 'broken'), { recursive: true });
  await writeFile(join(folder, 'samples', 'broken', 'sample.yaml'), 'id: broken\nentry: ../../etc/passwd\n');
  await expect(loadSamples(folder)).rejects.toMatchObject({
    code: 'storage',
    message: expect.stringContaining('broken') as string,
  });
  await rm(folder, { recursive: true });
});
