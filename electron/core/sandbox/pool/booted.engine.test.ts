/** Interpreters that were started beforehand, on a real engine: nothing a script can see tells them from others (RUN-11). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Launch } from '#shared/contract/runs.ts';
import { toBase64, utf8 } from '#shared/script/bytes.ts';
import { createHarness, type Finished, type Harness } from '../../runs/testing/harness.ts';
import { imageEngine, type ImageEngine } from '../../runs/testing/image-engine.ts';
import { NODE, PYTHON, type Look } from './testing/scripts.ts';

let docker: ImageEngine;
let harness: Harness;

beforeAll(async () => {
  docker = await imageEngine();
  harness = await createHarness(docker.engine, docker.capabilities);
  harness.knobs.warmPool = true;
  // Every command of these tests has a shelf of its own.
  harness.knobs.warmPoolBytes = 512 << 20;
}, 600_000);

afterAll(async () => {
  await harness?.dispose();
  await docker?.dispose();
});

const STARTED = /^It had waited for \d+ s with its interpreter started\.$/;
const ENTRY = { python: 'script.py', node: 'script.js' } as const;
type Runtime = keyof typeof ENTRY;

function launchOf(
  runtime: Runtime,
  script: string,
  more: Partial<Launch> = {},
  set: Launch['set'] = {},
): Partial<Launch> {
  return {
    trust: 'limited',
    ...more,
    files: [{ path: ENTRY[runtime], content: toBase64(utf8(script)) }, ...(more.files ?? [])],
    set: { 'resources.processes': '30', 'resources.cpu': '200 %', 'resources.memory': '256 MiB', ...set },
  };
}

const bare = (runtime: Runtime, { script, more }: Look): Promise<Finished> =>
  harness.run(runtime, script, launchOf(runtime, script, more, { 'run.warm': 'false' }));

/** Runs it until an interpreter that was started beforehand takes it: at first none waits for this command, and others are made too. */
async function booted(
  runtime: Runtime,
  script: string,
  more: Partial<Launch> = {},
  set: Launch['set'] = {},
): Promise<Finished> {
  const launch = launchOf(runtime, script, more, { 'run.warm_interpreter': 'true', ...set });
  for (let tries = 1; ; tries++) {
    await expect
      .poll(
        () => harness.pool.status().sizes.every(({ making, waiting, wanted }) => making === 0 && waiting >= wanted),
        {
          timeout: 60_000,
        },
      )
      .toBe(true);
    const run = await harness.run(runtime, script, launch);
    if (tries === 5 || STARTED.test(run.detail.container?.why ?? '')) return run;
  }
}

/** All that is told of a run, but for what is never the same twice. */
const told = ({ detail, streams }: Finished): unknown => ({
  output: [streams.stdout, streams.stderr].map((text) =>
    text.replaceAll(/0x[0-9a-f]{6,}/g, '0x…').replaceAll(/<Thread\(.*?\)>/g, '<Thread>'),
  ),
  outcome: detail.summary.verdict?.outcome,
  exitCode: detail.summary.verdict?.exitCode,
  reason: detail.summary.verdict?.reason,
});

describe.each([
  ['python', PYTHON],
  ['node', NODE],
] as const)('a %s that was started beforehand (RUN-11)', (runtime, looks) => {
  it.each(looks.map((one) => [one.name, one] as const))('cannot be told from another by %s', async (_name, one) => {
    const other = await bare(runtime, one);
    const warm = await booted(runtime, one.script, one.more);
    expect(told(warm)).toEqual(told(other));
    expect(warm.detail.container?.why).toMatch(STARTED);
  });

  it('is another one each time: no two runs share a seed', async () => {
    const script =
      runtime === 'python'
        ? 'import random, uuid; print(hash("x"), random.random(), uuid.uuid4())'
        : 'console.log(Math.random(), require("crypto").randomUUID())';
    const words = [await booted(runtime, script), await booted(runtime, script)].flatMap(({ output }) =>
      output.trim().split(' '),
    );
    expect(new Set(words).size).toBe(words.length);
    expect(words.length).toBe(runtime === 'python' ? 6 : 4);
  });
});

describe('a started interpreter (RUN-11)', () => {
  it('differs from another in its age and in what the kernel keeps of its first environment, which holds no secret', async () => {
    const script = 'print(open("/proc/self/environ").read().replace(chr(0), "\\n"))';
    const run = await booted('python', script, { secrets: { TOKEN: 'hidden' } });
    expect(run.detail.container?.why).toMatch(STARTED);
    expect(run.output).toContain('BELLGLASS_WAITER=');
    expect(run.output).not.toContain('hidden');
  });

  it('waits for one command only: another name or argument has its own', async () => {
    const script = 'import sys; print(sys.argv[1:])';
    await booted('python', script);
    const first = await harness.run(
      'python',
      script,
      launchOf('python', script, { args: ['a'] }, { 'run.warm_interpreter': 'true' }),
    );
    expect(first.output).toBe("['a']\n");
    expect(first.detail.container?.why).not.toMatch(STARTED);
    const second = await booted('python', script, { args: ['a'] });
    expect([second.output, STARTED.test(second.detail.container?.why ?? '')]).toEqual(["['a']\n", true]);
  });

  it.each([
    ['path rules', { 'files.access.write': '/tmp' }],
    ['a command of its own', { 'run.command': 'script.py' }],
    ['a terminal', { 'run.tty': 'true' }],
  ])('is not taken with %s, and the run goes as without', async (_name, set) => {
    const script = 'print("fine")';
    const launch = launchOf('python', script, {}, { 'run.warm_interpreter': 'true', ...set });
    const run = await harness.run('python', script, launch);
    expect([run.output.trim(), run.detail.summary.verdict?.outcome]).toEqual(['fine', 'succeeded']);
    expect(run.detail.container?.why).not.toMatch(STARTED);
  });

  it('is under the same limits', async () => {
    const run = await booted('python', 'held = bytearray(300 << 20); print(len(held))');
    expect(run.detail.summary.verdict?.outcome).toBe('out-of-memory');
    expect(run.detail.container?.why).toMatch(STARTED);
  });

  it('finds decoys of its own and is told on when it touches one (SEC-5)', async () => {
    const script = 'import os; print(len(open(os.path.expanduser("~/.aws/credentials")).read()) > 0)';
    const run = await booted('python', script, {}, { 'security.canaries': 'true' });
    expect([run.output, run.detail.violations.map(({ kind }) => kind)]).toEqual(['True\n', ['canary']]);
    expect(run.detail.container?.why).toMatch(STARTED);
  });
});
