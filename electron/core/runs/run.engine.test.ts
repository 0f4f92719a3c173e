/** What a run promises, tried on a real engine with real containers. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MIB } from '#shared/lib/units.ts';
import { imageEngine, type ImageEngine } from './testing/image-engine.ts';
import { createHarness, type Harness } from './testing/harness.ts';

let docker: ImageEngine;
let harness: Harness;

beforeAll(async () => {
  docker = await imageEngine();
  harness = await createHarness(docker.engine, docker.capabilities);
}, 600_000);

afterAll(async () => {
  await harness?.dispose();
  await docker?.dispose();
});

const kinds = (run: { detail: { violations: { kind: string }[] } }): string[] =>
  run.detail.violations.map((one) => one.kind);

describe('a run to its end', () => {
  it('passes output, arguments, folder and exit code through untouched (RUN-1, RUN-4)', async () => {
    const run = await harness.run('bash', 'printf "%s|" "$0" "$@"; pwd; id -u; echo bad >&2; exit 3', {
      args: ['a b', '', 'c\nd'],
    });
    expect(run.output).toContain('script.sh|a b||c\nd|/workspace\n1000\n');
    expect(run.output).toContain('bad\n');
    expect(run.detail.summary.verdict).toMatchObject({ outcome: 'failed', exitCode: 3 });
    expect(run.events.filter((event) => event.type === 'state').map((event) => event.state)).toEqual([
      'queued',
      'preparing',
      'starting',
      'running',
      'finishing',
      'finished',
    ]);
  });

  it('runs each runtime under the level that is meant for it (IMG-1)', async () => {
    const python = await harness.run('python', 'import json, sys; print(sys.version_info[:2], json.loads("[1]"))');
    expect(python.output).toBe('(3, 11) [1]\n');
    const node = await harness.run(
      'node',
      'require("fs").readFile("script.js", "utf8", (e, t) => console.log(process.version.split(".")[0], t.length > 0))',
      {
        trust: 'limited',
      },
    );
    expect(node.output).toBe('v18 true\n');
    expect([python, node].map((run) => run.detail.summary.verdict?.outcome)).toEqual(['succeeded', 'succeeded']);
  });

  it('holds nothing of what it was given once its script has it (RUN-3, PERF-3)', async () => {
    const script = 'wc -c < data.bin; read line; echo "$line"; sleep 600';
    const run = await harness.runs.begin({
      name: 'given.sh',
      entry: 'given.sh',
      files: [
        { path: 'given.sh', content: btoa(script) },
        { path: 'data.bin', content: btoa('x'.repeat(300_000)) },
      ],
      stdin: 'from stdin\n',
    });
    expect(run.weight).toBeGreaterThan(300_000);
    await harness.printed(run.record.id, 'from stdin');
    expect(await harness.runs.saveOutput(run.record.id)).toBe('300000\nfrom stdin\n');
    expect(run.weight).toBe(0);
    await harness.runs.stop(run.record.id);
  });

  it('gives files in folders, byte for byte, with their modes (RUN-3)', async () => {
    const bytes = Uint8Array.from({ length: 200_000 }, (_, i) => (i * 7919) % 256);
    const run = await harness.run('bash', 'sha256sum < deep/er/data.bin; ls -l tool | cut -c1-10; cat "./-odd name"', {
      files: [
        {
          path: 'script.sh',
          content: Buffer.from('sha256sum < deep/er/data.bin; ls -l tool | cut -c1-10; cat "./-odd name"').toString(
            'base64',
          ),
        },
        { path: 'deep/er/data.bin', content: Buffer.from(bytes).toString('base64') },
        { path: 'tool', content: Buffer.from('x').toString('base64'), executable: true },
        { path: '-odd name', content: Buffer.from('odd\n').toString('base64') },
      ],
    });
    const { createHash } = await import('node:crypto');
    expect(run.output).toBe(`${createHash('sha256').update(bytes).digest('hex')}  -\n-rwxr-xr-x\nodd\n`);
  });

  it('gives stdin as text, as a live stream, and closed (RUN-4)', async () => {
    expect((await harness.run('python', 'import sys; print(repr(sys.stdin.read()))', { stdin: 'a\nb' })).output).toBe(
      "'a\\nb'\n",
    );
    expect((await harness.run('python', 'import sys; print(repr(sys.stdin.read()))', { stdin: null })).output).toBe(
      "''\n",
    );
    const id = await harness.start('bash', 'read x; echo "got $x"; cat', { stdin: undefined });
    await harness.runs.stdin(id, 'first\n', false);
    await harness.printed(id, 'got first');
    await harness.runs.stdin(id, 'rest', true);
    expect((await harness.finished(id)).output).toBe('got first\nrest');
  });

  it('gives a terminal when asked (RUN-4)', async () => {
    const id = await harness.start('bash', 'test -t 0 && test -t 1 && echo terminal; read x; stty size; exit 4', {
      tty: true,
      stdin: undefined,
    });
    await harness.printed(id, 'terminal');
    await harness.runs.resize(id, 91, 23);
    await harness.runs.stdin(id, 'go\r', false);
    const run = await harness.finished(id);
    expect(run.output).toContain('23 91');
    expect(run.detail.summary.verdict?.exitCode).toBe(4);
  });

  it('never writes a secret to disk (RUN-4)', async () => {
    const secret = 'correct-horse-battery';
    const run = await harness.run('bash', 'echo "${#TOKEN} characters"', { secrets: { TOKEN: secret } });
    expect(run.output).toBe(`${secret.length} characters\n`);
    for (const file of ['bellglass.db', 'bellglass.db-wal']) {
      const bytes = readFileSync(join(harness.folder, file));
      expect(bytes.length).toBeGreaterThan(0);
      expect(bytes.includes(secret)).toBe(false);
    }
  });

  it('gives the verdict although a daemon holds the output open, and leaves no container (RUN-7, RUN-10)', async () => {
    const run = await harness.run('bash', '(trap "" TERM HUP; while :; do sleep 1; done) & echo started; exit 7');
    expect(run.detail.summary.verdict).toMatchObject({ outcome: 'failed', exitCode: 7 });
    await expect.poll(() => harness.left(), { timeout: 20_000 }).toEqual([]);
  });
});

describe('limits that really act (RUN-7)', () => {
  it('kills the run when memory passes its limit', async () => {
    const run = await harness.run('python', 'blocks = []\nwhile True: blocks.append(bytearray(1 << 20))');
    expect(run.detail.summary.verdict).toMatchObject({
      outcome: 'out-of-memory',
      rule: 'resources.memory: 64 MiB (untrusted)',
    });
    expect(run.detail.peaks.memory).toBeGreaterThanOrEqual(64 * MIB);
    expect(kinds(run)).toEqual(['memory']);
  });

  it('calls a killed child a violation, not the outcome', async () => {
    const run = await harness.run('bash', `perl -e 'my @x; while (1) { push @x, "a" x 1000000 }'; echo "child $?"`);
    expect(run.output).toContain('child 137');
    expect(run.detail.summary.verdict?.outcome).toBe('succeeded');
    expect(kinds(run)).toEqual(['child-memory']);
  });

  it('is not fooled by a script that returns 137, also when a child was really killed', async () => {
    const plain = await harness.run('python', 'import sys; sys.exit(137)');
    expect(plain.detail.summary.verdict).toMatchObject({ outcome: 'failed', exitCode: 137 });
    const child = await harness.run('bash', `perl -e 'my @x; while (1) { push @x, "a" x 1000000 }'; exit 137`);
    expect(child.detail.summary.verdict).toMatchObject({ outcome: 'failed', exitCode: 137 });
  });

  it('ends a run at its wall time, and one that ignores TERM after the grace', async () => {
    const set = { 'resources.wall_time': '1 s' };
    const polite = await harness.run('bash', 'trap "echo asked; exit 0" TERM; while :; do sleep 0.1; done', { set });
    expect(polite.output).toContain('asked\n');
    const rude = await harness.run('bash', 'trap "" TERM; while :; do sleep 0.1; done', { set });
    for (const run of [polite, rude]) {
      expect(run.detail.summary.verdict).toMatchObject({
        outcome: 'timed-out',
        rule: 'resources.wall_time: 1 s (this run)',
      });
    }
    expect(rude.detail.timings.script).toBeGreaterThanOrEqual(2900);
  });

  it('counts the CPU time of children, which a per-process limit would miss', async () => {
    const run = await harness.run('python', 'import os\nfor _ in range(2): os.fork()\nwhile True: pass', {
      set: { 'resources.cpu_time': '1 s', 'resources.cpu': '100 %' },
    });
    expect(run.detail.summary.verdict).toMatchObject({
      outcome: 'timed-out',
      rule: 'resources.cpu_time: 1 s (this run)',
    });
  });

  it('refuses processes over the limit and counts the refusals; kills when the policy says so', async () => {
    const script = 'for i in $(seq 12); do sleep 1 & done; wait; echo done';
    const refused = await harness.run('bash', script);
    expect(kinds(refused)).toEqual(['processes']);
    expect(refused.detail.peaks.processes).toBeLessThanOrEqual(5);
    const killed = await harness.run('bash', script, { set: { 'resources.on_breach.processes': 'kill' } });
    expect(killed.detail.summary.verdict?.outcome).toBe('limit-exceeded');
  });

  it('holds the scratch to its size, empty files included (POL-1)', async () => {
    const run = await harness.run(
      'bash',
      'i=0; while : > "f$i"; do i=$((i+1)); done 2>/dev/null; echo "files $i"; rm -f f*; head -c 30000000 /dev/zero > big; echo "full $?"',
      { trust: 'limited', set: { 'resources.scratch': '16 MiB' } },
    );
    expect(Number(/files (\d+)/.exec(run.output)?.[1])).toBeLessThan(5000);
    expect(run.detail.summary.verdict?.outcome).toBe('succeeded');
    expect(run.output).toContain('full 1');
    expect(kinds(run)).toContain('scratch');
  });

  it('keeps the output that the policy allows, counts the rest, and ends the run when told to (RUN-5)', async () => {
    const set = { 'resources.output': '1 MiB' };
    const dropped = await harness.run('bash', 'head -c 3000000 /dev/zero | tr "\\0" x', { set });
    expect(dropped.output.length).toBe(MIB);
    expect(dropped.detail.output).toMatchObject({ kept: MIB, dropped: 3_000_000 - MIB });
    expect(dropped.detail.summary.verdict?.outcome).toBe('succeeded');
    const killed = await harness.run('bash', 'yes', { set: { ...set, 'resources.on_breach.output': 'kill' } });
    expect(killed.detail.summary.verdict).toMatchObject({
      outcome: 'limit-exceeded',
      rule: 'resources.output: 1 MiB (this run)',
    });
  });

  it('holds the CPU share', async () => {
    const run = await harness.run('python', 'import time\nt = time.time()\nwhile time.time() - t < 2: pass', {
      set: { 'resources.cpu': '20 %' },
    });
    const steady = run.detail.samples.slice(2);
    const mean = steady.reduce((sum, sample) => sum + sample.cpu, 0) / steady.length;
    expect(mean).toBeLessThan(25);
    expect(Math.max(...steady.map((sample) => sample.throttled ?? 0))).toBeGreaterThan(0);
  });

  it('has no network but loopback, fails at once, and counts the tries (NET-1)', async () => {
    const run = await harness.run(
      'python',
      `import os, socket
print(os.listdir('/sys/class/net'))
for act in (lambda: socket.create_connection(('192.0.2.1', 80), 5), lambda: socket.getaddrinfo('example.org', 80)):
    try: act(); print('REACHED')
    except OSError as problem: print('refused', problem.errno)
server = socket.create_server(('127.0.0.1', 0)); socket.create_connection(server.getsockname(), 1); print('loopback works')`,
    );
    expect(run.output).toBe("['lo']\nrefused 101\nrefused -3\nloopback works\n");
    expect(kinds(run)).toEqual(['network']);
  });
});

describe('a person steering', () => {
  it('stops a run, also a paused one, and says cancelled (RUN-7)', async () => {
    const going = await harness.start('bash', 'echo on; sleep 60');
    await harness.printed(going, 'on');
    await harness.runs.stop(going);
    const paused = await harness.start('bash', 'echo on; sleep 60');
    await harness.printed(paused, 'on');
    await harness.runs.pause(paused);
    await harness.runs.stop(paused);
    for (const id of [going, paused])
      expect((await harness.finished(id)).detail.summary.verdict?.outcome).toBe('cancelled');
  });

  it('stops the clock while paused (RUN-7)', async () => {
    const id = await harness.start('bash', 'echo on; for i in 1 2 3 4 5; do sleep 0.1; done; echo end', {
      set: { 'resources.wall_time': '2 s' },
    });
    await harness.printed(id, 'on');
    await harness.runs.pause(id);
    expect((await harness.runs.get(id)).summary.state).toBe('paused');
    await new Promise((resolve) => setTimeout(resolve, 2500));
    await harness.runs.resume(id);
    const run = await harness.finished(id);
    expect(run.output).toBe('on\nend\n');
    expect(run.detail.summary.verdict?.outcome).toBe('succeeded');
  });

  it('stops before it began: cancelled, nothing left (RUN-2)', async () => {
    const id = await harness.start('bash', 'echo never');
    await harness.runs.stop(id);
    expect((await harness.finished(id)).detail.summary.verdict?.outcome).toBe('cancelled');
    await expect.poll(() => harness.left(), { timeout: 20_000 }).toEqual([]);
  });

  it('stops all at once (RUN-7)', async () => {
    const ids = await Promise.all([1, 2, 3].map(() => harness.start('bash', 'echo on; sleep 60')));
    for (const id of ids) await harness.printed(id, 'on');
    expect(await harness.runs.stopAll()).toBe(3);
    await expect.poll(() => harness.left(), { timeout: 20_000 }).toEqual([]);
  });
});

describe('a script that attacks its sandbox', () => {
  it('cannot signal, read or speak for PID 1 (SEC-1)', async () => {
    const run = await harness.run(
      'python',
      `import os
def tried(name, act):
    try: act(); print(name, 'DONE')
    except OSError as problem: print(name, 'refused', problem.errno)
tried('signal', lambda: os.kill(1, 9))
tried('forge', lambda: open('/proc/1/fd/1', 'w').write('exit 1 0'))
tried('environment', lambda: open('/proc/1/environ').read())
tried('memory', lambda: open('/proc/1/mem', 'rb'))
tried('root', lambda: os.setuid(0))
tried('write', lambda: open('/etc/x', 'w'))
tried('mount', lambda: os.chroot('/'))`,
    );
    expect(run.output.match(/refused/g)).toHaveLength(7);
    expect(run.output).not.toContain('DONE');
  });

  it('can end every process of its own and is still judged truly (RUN-7)', async () => {
    const run = await harness.run(
      'python',
      'import os; os.kill(-1, 9) if os.fork() == 0 else os.wait(); print("alive")',
    );
    expect(run.detail.summary.verdict).toMatchObject({ outcome: 'failed', exitCode: 137 });
    expect(run.detail.summary.verdict?.reason).toContain('SIGKILL');
  });
});
