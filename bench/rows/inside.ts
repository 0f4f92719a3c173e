/** How much slower CPU-bound Python is inside than the very same program outside (PERF-2). */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bench } from '../bench.ts';
import { p50, type Row, type Skipped } from '../row.ts';

const ROUNDS = 10;
/** Prints the seconds that its own loop took, so that starting up does not count. */
const SCRIPT = `import time
begun = time.perf_counter()
total = 0
for i in range(6_000_000): total += i * i % 7
print(time.perf_counter() - begun)
`;
const NAME = 'CPU-bound Python inside';

export async function inside({ harness, engine, image }: Bench): Promise<Row | Skipped> {
  if (process.getuid?.() !== 0)
    return { name: NAME, why: 'only root can run the image’s Python outside a container (chroot)' };
  const folder = mkdtempSync(join(tmpdir(), 'bellglass-bench-root-'));
  const root = join(folder, 'root');
  mkdirSync(root);
  const docker = (...args: string[]): string =>
    execFileSync('docker', ['-H', engine.address, ...args], { encoding: 'utf8' }).trim();
  const id = docker('create', image('python'), 'true');
  execFileSync('sh', ['-c', `docker -H "$1" export "$2" | tar -x -C "$3"`, 'sh', engine.address, id, root]);
  docker('rm', id);
  const ours: number[] = [];
  const bare: number[] = [];
  for (let i = 0; i < ROUNDS; i++) {
    const run = await harness.run('python', SCRIPT, { trust: 'limited', set: { 'resources.cpu': '100 %' } });
    ours.push(Number(run.output));
    bare.push(
      Number(
        execFileSync('chroot', ['--userspec=1000:1000', root, '/usr/bin/python3', '-c', SCRIPT], { encoding: 'utf8' }),
      ),
    );
  }
  rmSync(folder, { recursive: true, force: true });
  return {
    name: NAME,
    unit: 's',
    ours: p50(ours),
    peer: p50(bare),
    against: 'the same program outside',
    goal: { atMost: 1.02 },
    n: ROUNDS,
  };
}
