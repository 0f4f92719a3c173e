/** Limits bytes a second in both directions: a token bucket on the way out, and one behind a redirect on the way in (POL-1). */
import { run } from './commands.ts';

const OUTSIDE = 'eth0';
const INWARDS = 'ifb0';

/** A bucket of 20 ms, never smaller than one large packet. */
function bucket(rate: number): string[] {
  const burst = Math.max(32 * 1024, Math.ceil(rate / 50));
  return ['tbf', 'rate', `${Math.max(8, Math.round(rate * 8))}bit`, 'burst', String(burst), 'latency', '300ms'];
}

/** False when this kernel cannot; null lifts a limit. */
export async function limitRates(download: number | null, upload: number | null): Promise<boolean> {
  try {
    await clear();
    if (upload !== null) await run('tc', ['qdisc', 'replace', 'dev', OUTSIDE, 'root', ...bucket(upload)]);
    if (download !== null) {
      await run('ip', ['link', 'add', INWARDS, 'type', 'ifb']);
      await run('ip', ['link', 'set', INWARDS, 'up']);
      await run('tc', ['qdisc', 'add', 'dev', OUTSIDE, 'handle', 'ffff:', 'ingress']);
      const all = ['u32', 'match', 'u32', '0', '0', 'action', 'mirred', 'egress', 'redirect', 'dev', INWARDS];
      await run('tc', ['filter', 'add', 'dev', OUTSIDE, 'parent', 'ffff:', 'protocol', 'all', ...all]);
      await run('tc', ['qdisc', 'replace', 'dev', INWARDS, 'root', ...bucket(download)]);
    }
    return true;
  } catch {
    return false;
  }
}

async function clear(): Promise<void> {
  await run('tc', ['qdisc', 'del', 'dev', OUTSIDE, 'root']).catch(() => {});
  await run('tc', ['qdisc', 'del', 'dev', OUTSIDE, 'ingress']).catch(() => {});
  await run('ip', ['link', 'del', INWARDS]).catch(() => {});
}
