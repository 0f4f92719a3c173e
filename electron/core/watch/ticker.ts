/** One timer for all who want the same rhythm: ten runs at 10 Hz wake the process ten times a second, not a hundred. */
const rhythms = new Map<number, { readonly timer: NodeJS.Timeout; readonly calls: Set<() => void> }>();

/** Calls back every so many milliseconds until the returned function is called. */
export function tick(everyMs: number, call: () => void): () => void {
  let rhythm = rhythms.get(everyMs);
  if (!rhythm) {
    const calls = new Set<() => void>();
    const timer = setInterval(() => {
      for (const one of calls) one();
    }, everyMs);
    rhythm = { timer, calls };
    rhythms.set(everyMs, rhythm);
  }
  const { timer, calls } = rhythm;
  calls.add(call);
  return () => {
    if (!calls.delete(call) || calls.size > 0) return;
    clearInterval(timer);
    if (rhythms.get(everyMs)?.calls === calls) rhythms.delete(everyMs);
  };
}
