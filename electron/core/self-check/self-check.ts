/** Proves the sandbox on this machine in one line each: a tidy job runs, a memory bomb is stopped at its limit, there is no way out to a network. */
import { toBase64, utf8 } from '#shared/script/bytes.ts';
import { formatBytes } from '#shared/lib/units.ts';
import type { Launch } from '#shared/contract/runs.ts';
import type { SelfCheckLine } from '#shared/contract/system.ts';
import type { LiveRun } from '../runs/live-run.ts';
import type { RunService } from '../runs/service.ts';

const TIDY = `import json
rows = [{"n": n, "square": n * n} for n in range(1000)]
print("sum", sum(row["square"] for row in json.loads(json.dumps(rows))))
`;

const BOMB = `blocks = []
while True:
    blocks.append(bytearray(4 * 1024 * 1024))
`;

/** Tries a direct address (RFC 5737: it belongs to nobody), a name, and counts interfaces; prints only facts. */
const WAY_OUT = `import os, socket
def tried(what, act):
    try:
        act()
        print(what, "REACHED")
    except OSError as problem:
        print(what, "refused", problem.errno)
print("interfaces", *sorted(os.listdir("/sys/class/net")))
tried("address", lambda: socket.create_connection(("192.0.2.1", 443), 3))
tried("name", lambda: socket.getaddrinfo("example.org", 443))
`;

interface Check {
  readonly id: string;
  readonly title: string;
  readonly script: string;
  readonly trust: 'untrusted' | 'limited';
  judge(run: LiveRun, output: string): { ok: boolean; detail: string };
}

const CHECKS: readonly Check[] = [
  {
    id: 'tidy',
    title: 'A tidy job runs',
    script: TIDY,
    trust: 'limited',
    judge: (run, output) => {
      const ok = run.record.verdict?.outcome === 'succeeded' && output.trim() === 'sum 332833500';
      return { ok, detail: ok ? 'Python under limited, right result' : unexpected(run, output) };
    },
  },
  {
    id: 'memory',
    title: 'A memory bomb is stopped at its limit',
    script: BOMB,
    trust: 'untrusted',
    judge: (run, output) => {
      const ok = run.record.verdict?.outcome === 'out-of-memory';
      return {
        ok,
        detail: ok
          ? `stopped by the kernel at ${formatBytes(run.record.summary().memoryLimit)}`
          : unexpected(run, output),
      };
    },
  },
  {
    id: 'network',
    title: 'There is no way out to a network',
    script: WAY_OUT,
    trust: 'untrusted',
    judge: (run, output) => {
      const lines = output.trim().split('\n');
      const ran = run.record.verdict?.outcome === 'succeeded' && lines.length === 3;
      const ok = ran && lines[0] === 'interfaces lo' && lines.slice(1).every((line) => line.includes(' refused '));
      return { ok, detail: ok ? 'loopback only; an address and a name were both refused' : unexpected(run, output) };
    },
  },
];

function unexpected(run: LiveRun, output: string): string {
  const end = run.record.verdict;
  return `${end ? `${end.outcome}: ${end.reason}` : 'no verdict'} Output: ${JSON.stringify(output.slice(0, 200))}`;
}

/** Runs the checks one after the other as hidden runs; a check that cannot run is a failed line, never a missing one. */
export async function* selfCheck(
  runs: RunService,
  now: () => number,
  signal?: AbortSignal,
): AsyncGenerator<SelfCheckLine> {
  for (const check of CHECKS) {
    if (signal?.aborted) return;
    const begun = now();
    const launch: Launch = {
      name: `self-check ${check.id}`,
      entry: 'check.py',
      files: [{ path: 'check.py', content: toBase64(utf8(check.script)) }],
      trust: check.trust,
      stdin: null,
    };
    let result: { ok: boolean; detail: string };
    try {
      const { run, output } = await runs.runHidden(launch, signal);
      result = check.judge(run, output);
    } catch (failure) {
      result = { ok: false, detail: `could not run: ${(failure as Error).message}` };
    }
    yield { id: check.id, title: check.title, ok: result.ok, detail: result.detail, ms: Math.round(now() - begun) };
  }
}
