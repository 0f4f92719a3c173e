/** Limits bytes a second in both directions: a token bucket on the way out, and one behind a redirect on the way in (POL-1). */
import { run } from './commands.ts';

const OUTSIDE = 'eth0';
const INWARDS = 'ifb0';

/** A bucket of 20 ms, never smaller than one large packet. */
function bucket(rate: number): string {
  const burst = Math.max(32 * 1024, Math.ceil(rate / 50));
  return `tbf rate ${Math.max(8, Math.round(rate * 8))}bit burst ${burst} latency 300ms`;
}

/** False when this kernel cannot; null lifts a limit. `again`: there may be limits already. */
export async function limitRates(download: number | null, upload: number | null, again: boolean): Promise<boolean> {
  try {
    if (again) await clear();
    if (download !== null) await batch('ip', [`link add ${INWARDS} type ifb`, `link set ${INWARDS} up`]);
    const all = `u32 match u32 0 0 action mirred egress redirect dev ${INWARDS}`;
    await batch('tc', [
      ...(upload === null ? [] : [`qdisc replace dev ${OUTSIDE} root ${bucket(upload)}`]),
      ...(download === null
        ? []
        : [
            `qdisc add dev ${OUTSIDE} handle ffff: ingress`,
            `filter add dev ${OUTSIDE} parent ffff: protocol all ${all}`,
            `qdisc replace dev ${INWARDS} root ${bucket(download)}`,
          ]),
    ]);
    return true;
  } catch {
    return false;
  }
}

/** One process for all of them: each takes its time to begin. */
async function batch(program: 'ip' | 'tc', commands: readonly string[]): Promise<void> {
  if (commands.length > 0) await run(program, ['-batch', '-'], `${commands.join('\n')}\n`);
}

async function clear(): Promise<void> {
  await run('tc', ['qdisc', 'del', 'dev', OUTSIDE, 'root']).catch(() => {});
  await run('tc', ['qdisc', 'del', 'dev', OUTSIDE, 'ingress']).catch(() => {});
  await run('ip', ['link', 'del', INWARDS]).catch(() => {});
}
