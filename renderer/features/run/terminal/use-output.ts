/** Joins the output stream of a run to a screen for as long as both live. */
import { useEffect, useState } from 'react';
import type { Client } from '../../../rpc/client.ts';
import { Pump, type PumpCounts, type Sink } from './pump.ts';

const RETRY_MS = 500;
const NOTHING: PumpCounts = {
  lines: 0,
  arrived: 0,
  waiting: 0,
  full: false,
  dropped: 0,
  ended: false,
  held: false,
};

async function pull(client: Client, id: string, pump: Pump, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && !pump.counts.ended) {
    try {
      for await (const message of await client.runs.output({ id, from: pump.from }, { signal })) pump.receive(message);
    } catch {
      // The header says that the connection is lost; the stream goes on from where it was.
    }
    if (!signal.aborted && !pump.counts.ended) await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}

/** The counts change at most once per frame; `pump` is null until there is a screen. */
export function useOutput(client: Client, id: string, sink: Sink | null): { pump: Pump | null; counts: PumpCounts } {
  const [pump, setPump] = useState<Pump | null>(null);
  const [counts, setCounts] = useState(NOTHING);
  useEffect(() => {
    if (!sink) return undefined;
    let frame = 0;
    const changed = (): void => {
      if (frame !== 0) return;
      frame = requestAnimationFrame(() => {
        frame = 0;
        setCounts(made.counts);
      });
    };
    const made = new Pump(sink, (viewer, seq) => client.runs.ack({ viewer, seq }), changed);
    const stop = new AbortController();
    setPump(made);
    void pull(client, id, made, stop.signal);
    return () => {
      stop.abort();
      cancelAnimationFrame(frame);
    };
  }, [client, id, sink]);
  return { pump, counts };
}
