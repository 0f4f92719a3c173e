/** What `shared/policy/plan/fit.ts` says of runtimes and limits, held against real sandboxes. */
import { afterAll, beforeAll, expect, it } from 'vitest';
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

/** Files in every style, crypto, compression, an HTTP server on loopback, collection of garbage, a dynamic import. */
const REAL_NODE = `
const fs = require('fs'), crypto = require('crypto'), http = require('http'), zlib = require('zlib'), cp = require('child_process');
const done = (start) => new Promise((resolve, reject) => start((error, value) => (error ? reject(error) : resolve(value))));
(async () => {
  fs.readFileSync(__filename);
  await Promise.all(Array.from({ length: 4 }, () => fs.promises.readFile(__filename)));
  await done((cb) => fs.writeFile('out.txt', 'x'.repeat(100000), cb));
  await done((cb) => crypto.pbkdf2('a', 'b', 1000, 32, 'sha256', cb));
  await done((cb) => zlib.gzip(Buffer.alloc(1000000), cb));
  await new Promise((resolve, reject) => {
    const server = http.createServer((_, answer) => answer.end('x')).listen(0, '127.0.0.1', () =>
      http.get({ host: '127.0.0.1', port: server.address().port }, (answer) => answer.resume().on('end', () => { server.close(); resolve(); })).on('error', reject));
  });
  let kept = [];
  for (let i = 0; i < 200000; i += 1) kept.push({ i });
  await import('node:path');
  console.log('worked', kept.length);
  if (process.argv[2] === 'spawn') console.log(cp.spawnSync('/bin/echo', ['started']).stdout?.toString() ?? 'refused');
})();`;

it.each(['untrusted', 'limited'] as const)('lets a real Node.js script work under %s (POL-1)', async (trust) => {
  const run = await harness.run('node', REAL_NODE, { trust });
  expect(run.output).toBe('worked 200000\n');
  expect(run.detail.summary.verdict?.outcome).toBe('succeeded');
});

it('needs the small pools for that: without them Node.js does not get through five slots (POL-1)', async () => {
  const run = await harness.run('node', REAL_NODE, {
    trust: 'untrusted',
    env: { UV_THREADPOOL_SIZE: '4', NODE_OPTIONS: '' },
    set: { 'resources.wall_time': '10 s' },
  });
  expect(run.output).not.toContain('worked');
});

it('lets Node.js start a program with the one slot more that it suggests, and not without (POL-1)', async () => {
  const run = (processes: string) =>
    harness.run('node', REAL_NODE, { trust: 'untrusted', args: ['spawn'], set: { 'resources.processes': processes } });
  expect((await run('5')).output).toBe('worked 200000\nrefused\n');
  expect((await run('6')).output).toBe('worked 200000\nstarted\n\n');
});

it('lets Python and bash pipelines work under untrusted (POL-1)', async () => {
  const python = await harness.run(
    'python',
    'import subprocess, threading\nt = threading.Thread(target=lambda: None); t.start(); t.join()\nprint([len([open(__file__) for _ in range(20)]), subprocess.run(["echo", "hi"], capture_output=True, text=True).stdout])',
    { trust: 'untrusted' },
  );
  expect(python.output).toBe("[20, 'hi\\n']\n");
  const bash = await harness.run(
    'bash',
    "seq 1 10 | grep 1 | sort -n | tail -1; echo $(seq 1 100 | awk '{s+=$1} END{print s}')",
    { trust: 'untrusted' },
  );
  expect(bash.output).toBe('10\n5050\n');
});

it('keeps a script to fewer open files than the engine itself needs to start it, for good (POL-1)', async () => {
  const script = `
import resource
print(resource.getrlimit(resource.RLIMIT_NOFILE))
held = []
try:
  while True: held.append(open(__file__))
except OSError as problem: print(problem.errno)
try: resource.setrlimit(resource.RLIMIT_NOFILE, (100, 100))
except ValueError: print('refused')`;
  const run = await harness.run('python', script, { set: { 'resources.open_files': '16' } });
  expect(run.output).toBe('(16, 16)\n24\nrefused\n');
});
