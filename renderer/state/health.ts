/** Whether the history takes what runs, followed for as long as the page lives. */
import { create } from 'zustand';
import type { HistoryHealth } from '#shared/contract/history.ts';
import { subscribe, type Client } from '../rpc/client.ts';

/** Null until the first answer. */
export const useHealth = create<{ health: HistoryHealth | null }>(() => ({ health: null }));

/** Follows the history's health until `signal` aborts. */
export function followHealth(client: Client, signal: AbortSignal): void {
  void subscribe(
    (inner) => client.history.watchHealth(undefined, { signal: inner }),
    (health) => useHealth.setState({ health }),
    signal,
  );
}
