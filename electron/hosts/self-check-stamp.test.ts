import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createScriptedCore } from '#core/rpc/testing/scripted-core.ts';
import { isChecked, rememberChecked, stampOf } from './self-check-stamp.ts';

it('asks for a check when engine or images differ from the last good one, and not else', async () => {
  const { system } = createScriptedCore();
  const status = system.engineStatus();
  const images = await system.images();
  const folder = await mkdtemp(join(tmpdir(), 'bellglass-stamp-'));
  try {
    const stamp = stampOf(status, images) ?? '';
    expect(await isChecked(folder, stamp)).toBe(false);
    await rememberChecked(folder, stamp);
    expect(await isChecked(folder, stampOf(status, images.toReversed()) ?? '')).toBe(true);
    const rebuilt = images.map((image, index) => (index === 0 ? { ...image, inputs: 'sha256:other' } : image));
    expect(await isChecked(folder, stampOf(status, rebuilt) ?? '')).toBe(false);
    if (status.state !== 'ready') throw new Error('the scripted engine is ready');
    const updated = { ...status, capabilities: { ...status.capabilities, version: '99' } };
    expect(await isChecked(folder, stampOf(updated, images) ?? '')).toBe(false);
    expect(stampOf({ state: 'searching' }, images)).toBeNull();
  } finally {
    await rm(folder, { recursive: true });
  }
});
