/** The sample scripts that come with the program (UX-2). */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import { sampleScriptSchema } from '#shared/contract/system.ts';
import type { SampleScript } from '#shared/contract/system.ts';
import { AppError } from '#shared/lib/app-error.ts';

const fileSchema = sampleScriptSchema.omit({ text: true }).extend({
  /** Place in the gallery, from 1. */
  order: z.number().int().positive(),
  entry: z.string().regex(/^[\w-]+\.\w+$/),
});

/**
 * Reads `samples/<folder>/sample.yaml` and the script that it names, in gallery order.
 * @throws AppError `storage` that names the folder when one is incomplete.
 */
export async function loadSamples(assetsDir: string): Promise<SampleScript[]> {
  const root = join(assetsDir, 'samples');
  const folders = await readdir(root, { withFileTypes: true });
  const samples = await Promise.all(
    folders.filter((folder) => folder.isDirectory()).map((folder) => loadSample(root, folder.name)),
  );
  return samples.toSorted((a, b) => a.order - b.order).map((one) => one.sample);
}

async function loadSample(root: string, folder: string): Promise<{ order: number; sample: SampleScript }> {
  try {
    const { order, ...facts } = fileSchema.parse(parse(await readFile(join(root, folder, 'sample.yaml'), 'utf8')));
    return { order, sample: { ...facts, text: await readFile(join(root, folder, facts.entry), 'utf8') } };
  } catch (error) {
    throw new AppError(
      {
        code: 'storage',
        message: `The sample ${folder} cannot be read.`,
        why: 'A file of it is missing or damaged.',
        next: 'Install Bellglass again.',
        details: String(error),
      },
      { cause: error },
    );
  }
}
