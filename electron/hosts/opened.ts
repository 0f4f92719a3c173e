/** What a host was started with, kept until a page asks for it. */
import type { HostSide, Opened } from '#core/rpc/router.ts';

export interface OpenedBox extends HostSide {
  /** Replaces what waits. */
  readonly put: (opened: Opened) => void;
}

export function createOpenedBox(): OpenedBox {
  let waiting: Opened | null = null;
  return {
    put(opened) {
      waiting = opened;
    },
    async takeOpened() {
      const taken = waiting;
      waiting = null;
      return taken;
    },
  };
}
