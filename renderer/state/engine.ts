/** What the engine does now, followed for as long as the page lives. */
import { create } from 'zustand';
import type { EngineStatus } from '#shared/domain/engine.ts';
import { subscribe, type Client } from '../rpc/client.ts';

/** Null until the first answer. */
export const useEngine = create<{ status: EngineStatus | null }>(() => ({ status: null }));

/** Follows the engine's state until `signal` aborts. */
export function followEngine(client: Client, signal: AbortSignal): void {
  void subscribe(
    (inner) => client.system.watchEngine(undefined, { signal: inner }),
    (status) => useEngine.setState({ status }),
    signal,
  );
}

/** `Docker 20.10.24 · local`: the engine in a few words. */
export function engineWords(status: EngineStatus | null): string {
  switch (status?.state) {
    case undefined:
    case 'searching':
      return 'Looking for an engine';
    case 'starting':
      return status.step;
    case 'ready': {
      const { kind, version, local } = status.capabilities;
      return `${kind === 'docker' ? 'Docker' : 'Podman'} ${version} · ${local ? 'local' : 'remote'}`;
    }
    case 'lost':
      return 'Engine lost';
    case 'none':
      return 'No engine';
  }
}
