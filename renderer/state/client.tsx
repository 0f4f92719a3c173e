/** The connection to Bellglass, handed down the tree. */
import { createContext, useContext, useEffect, useState, type ReactNode } from 'react';
import { useStore } from 'zustand';
import type { AppErrorData } from '#shared/lib/app-error.ts';
import { connectionState, toErrorData, type Client, type ConnectionState } from '../rpc/client.ts';
import { toast } from '../ui/layers/toast.tsx';

const ClientContext = createContext<Client | null>(null);

export function ClientProvider({ client, children }: { client: Client; children: ReactNode }) {
  return <ClientContext value={client}>{children}</ClientContext>;
}

/** The typed client of the contract. */
export function useClient(): Client {
  const client = useContext(ClientContext);
  if (!client) throw new Error('useClient needs a ClientProvider above it');
  return client;
}

/** Whether the page talks to Bellglass now. */
export function useConnection(): ConnectionState {
  return useStore(connectionState);
}

export interface Loaded<T> {
  readonly data: T | null;
  readonly error: AppErrorData | null;
  readonly loading: boolean;
  /** Asks again; what is shown stays until the answer comes. */
  readonly reload: () => void;
}

/** Asks once when shown, again when `ask` changes (memoise it) or on `reload`. */
export function useLoad<T>(ask: () => Promise<T>): Loaded<T> {
  const [turn, setTurn] = useState(0);
  const [result, setResult] = useState<{ data: T | null; error: AppErrorData | null; turn: number }>({
    data: null,
    error: null,
    turn: -1,
  });
  useEffect(() => {
    let current = true;
    ask().then(
      (data) => current && setResult({ data, error: null, turn }),
      (thrown: unknown) => current && setResult((before) => ({ data: before.data, error: toErrorData(thrown), turn })),
    );
    return () => {
      current = false;
    };
  }, [ask, turn]);
  return { data: result.data, error: result.error, loading: result.turn !== turn, reload: () => setTurn(turn + 1) };
}

/** Waits for work that the person asked for; a failure becomes a toast. True when it worked. */
export async function attempt(work: Promise<unknown>, done?: string): Promise<boolean> {
  try {
    await work;
    if (done) toast(done);
    return true;
  } catch (thrown) {
    const { message, why, next } = toErrorData(thrown);
    toast([message, why, next].filter(Boolean).join(' '), 'failed');
    return false;
  }
}
