/** Whether the page talks to Bellglass; shown by the shell. */
import { createStore } from 'zustand/vanilla';

export type ConnectionState =
  | { readonly state: 'connecting' }
  | { readonly state: 'connected' }
  /** `retryAt`: epoch milliseconds of the next try. */
  | { readonly state: 'reconnecting'; readonly retryAt: number }
  /** For good, until the page is opened with the right address. */
  | { readonly state: 'refused'; readonly why: string };

export const connectionState = createStore<ConnectionState>(() => ({ state: 'connecting' }));

/** Replaces the state as a whole. */
export function setConnection(state: ConnectionState): void {
  connectionState.setState(state, true);
}
