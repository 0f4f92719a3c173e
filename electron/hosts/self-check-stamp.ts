/** When the self-check has to run: on the first start, and when the engine or an image has changed. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import type { ImageCard } from '#shared/contract/system.ts';
import type { EngineStatus } from '#shared/domain/engine.ts';

/** What the last good self-check stood on; null while no engine is there. */
export function stampOf(status: EngineStatus, images: readonly ImageCard[]): string | null {
  if (status.state !== 'ready') return null;
  const { attempt, capabilities } = status;
  const facts = [
    attempt.id,
    attempt.address,
    capabilities.kind,
    capabilities.version,
    capabilities.defaultRuntime,
    ...images.map((image) => `${image.reference} ${image.inputs}`).toSorted(),
  ];
  return createHash('sha256').update(facts.join('\n')).digest('hex');
}

const pathOf = (data: string): string => join(data, 'self-check.stamp');

/** Whether a self-check passed on exactly this. */
export async function isChecked(data: string, stamp: string): Promise<boolean> {
  return (await readFile(pathOf(data), 'utf8').catch(() => '')) === stamp;
}

/** Remembers that a self-check passed on this. */
export async function rememberChecked(data: string, stamp: string): Promise<void> {
  await writeFileAtomic(pathOf(data), stamp);
}
