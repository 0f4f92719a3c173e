/** Click to first byte without a warm sandbox, against `docker run --rm` with the same flags (PERF-1). */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { seccompProfile } from '#core/images/seccomp/index.ts';
import type { Bench } from '../bench.ts';
import { p50, percentile, type Row, type Skipped } from '../row.ts';

const RUNS = 20;
const SCRIPT = 'print("hello")\n';

/** The limits of `limited` and the fixed hardening, as the docker command takes them. */
export function dockerFlags(profile: string): string[] {
  const text = `--rm -i --log-driver none --network none --user 1000:1000 --read-only --cap-drop ALL
    --memory 128m --memory-swap 128m --cpu-period 50000 --cpu-quota 25000 --pids-limit 11
    --security-opt no-new-privileges --security-opt seccomp=${profile} --shm-size 3m
    --ulimit nofile=64:64 --ulimit core=0 --ulimit fsize=104857600 --ulimit cpu=31:32
    --tmpfs /workspace:rw,nosuid,nodev,exec,size=96m,nr_inodes=24576,uid=1000,gid=1000,mode=0700 --workdir /workspace`;
  return text.split(/\s+/);
}

function dockerRun(address: string, image: string, profile: string): Promise<number> {
  const begun = performance.now();
  const child = spawn('docker', ['-H', address, 'run', ...dockerFlags(profile), image, 'python3', '-c', SCRIPT], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return new Promise((resolve, reject) => {
    let first = 0;
    let complaint = '';
    child.stdout.on('data', () => (first ||= performance.now() - begun));
    child.stderr.on('data', (text: Buffer) => (complaint += text.toString()));
    child.once('error', reject);
    child.once('close', () => (first > 0 ? resolve(first) : reject(new Error(complaint))));
  });
}

export async function coldStart({ harness, engine, image, paths }: Bench): Promise<Row | Skipped> {
  try {
    execFileSync('docker', ['--version'], { stdio: 'ignore' });
  } catch {
    return { name: 'cold first byte', why: 'there is no docker command here to compare with' };
  }
  if ((await engine.version()).kind !== 'docker') return { name: 'cold first byte', why: 'the engine is not Docker' };
  const folder = mkdtempSync(join(tmpdir(), 'bellglass-bench-'));
  const profile = join(folder, 'strict.json');
  writeFileSync(profile, await seccompProfile(paths, 'strict', 'python'));
  const ours: number[] = [];
  const peer: number[] = [];
  for (let i = 0; i <= RUNS; i++) {
    const run = await harness.run('python', SCRIPT, { trust: 'limited' });
    const theirs = await dockerRun(engine.address, image('python'), profile);
    const first = run.detail.timings.firstByte;
    if (first === undefined)
      throw new Error(`a hello run printed nothing: ${JSON.stringify(run.detail.summary.verdict)}`);
    // The first pair fills caches and is not counted.
    if (i === 0) continue;
    ours.push(first);
    peer.push(theirs);
  }
  rmSync(folder, { recursive: true });
  return {
    name: 'cold first byte',
    unit: 'ms',
    ours: p50(ours),
    peer: p50(peer),
    against: 'docker run --rm, same flags',
    goal: { atMost: 0.95 },
    n: RUNS,
    note: `p95 ${Math.round(percentile(ours, 0.95))} against ${Math.round(percentile(peer, 0.95))} ms`,
  };
}
