/** Builds that go on while the view is left. */
import { create } from 'zustand';
import type { BuildProgress, ImageCard } from '#shared/contract/system.ts';
import type { AppErrorData } from '#shared/lib/app-error.ts';
import type { Runtime } from '#shared/domain/run.ts';
import { toErrorData, type Client } from '../../rpc/client.ts';

interface ImagesState {
  readonly cards: readonly ImageCard[] | null;
  readonly error: AppErrorData | null;
  /** Progress by runtime, `base` included. */
  readonly progress: Readonly<Record<string, BuildProgress>>;
  readonly building: AbortController | null;
}

export const useImages = create<ImagesState>(() => ({ cards: null, error: null, progress: {}, building: null }));

/** Asks for the cards anew. */
export async function loadImages(client: Client): Promise<void> {
  try {
    useImages.setState({ cards: await client.system.images(), error: null });
  } catch (thrown) {
    useImages.setState({ error: toErrorData(thrown) });
  }
}

/** Builds what is missing or stale of these, all with `force`; one build at a time. */
export async function buildImages(client: Client, runtimes: Runtime[] | undefined, force: boolean): Promise<void> {
  if (useImages.getState().building) return;
  const building = new AbortController();
  useImages.setState({ building, progress: {}, error: null });
  try {
    for await (const step of await client.system.buildImages({ runtimes, force }, { signal: building.signal }))
      useImages.setState(({ progress }) => ({ progress: { ...progress, [step.runtime]: step } }));
  } catch (thrown) {
    if (!building.signal.aborted) useImages.setState({ error: toErrorData(thrown) });
  } finally {
    useImages.setState({ building: null });
    await loadImages(client);
  }
}
