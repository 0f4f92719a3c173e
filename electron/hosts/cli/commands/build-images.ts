/** Builds the images that are missing and says each step once: the longest part of a first start. */
import type { Core } from '#core/core.ts';

/** True when every image is there. A failure is said and the next image tried. */
export async function tellImageBuilds(
  core: Core,
  signal: AbortSignal,
  say: (text: string) => Promise<void>,
): Promise<boolean> {
  const missing = (await core.system.images()).filter(({ state }) => state !== 'ready').map(({ runtime }) => runtime);
  if (missing.length === 0) return true;
  let told = '';
  let all = true;
  for await (const { runtime, step, state, error } of core.system.buildImages(missing, false, signal)) {
    const text =
      state === 'failed' ? `image      ${runtime}: failed. ${error ?? ''}` : `image      ${runtime}: ${step}`;
    if (state === 'failed') all = false;
    if (text !== told) await say(text);
    told = text;
  }
  return all;
}
