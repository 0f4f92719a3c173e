import { lstat, mkdir, mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Core } from '#core/core.ts';
import { scriptedData, scriptedFiles } from '#core/rpc/testing/scripted-files.ts';
import type { Launch, OutputMessage, RunDetail } from '#shared/contract/runs.ts';
import type { RunData } from '#shared/domain/exchange.ts';
import type { Outcome, RunEvent, Verdict } from '#shared/domain/run.ts';
import { AppError } from '#shared/lib/app-error.ts';
import { insistence } from './commands/run/run-stdin.ts';
import { cli, scriptedWorld } from './testing/scripted-world.ts';

let home: string;
let script: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'bellglass-cli-'));
  script = join(home, 'hello.py');
  await writeFile(script, 'print("hello")\n');
});
afterEach(() => rm(home, { recursive: true }));

const verdictOf = (outcome: Outcome, exitCode: number | null): Verdict => ({
  outcome,
  exitCode,
  reason: 'Because.',
  rule: null,
  next: '',
  suggestions: [],
});

const PEAKS = { memory: 1024, cpu: 1, cpuTime: 1, processes: 1, output: 5 };

interface Story {
  verdict?: Verdict;
  events?: RunEvent[];
  output?: ['stdout' | 'stderr', string][];
  /** The run goes on until it is stopped. */
  endless?: boolean;
  launched?: Launch[];
  stdin?: [string, boolean][];
  acknowledged?: number[];
  /** What the script gave back. */
  data?: RunData;
}

/** A core whose one run goes as told. */
function tells(story: Story): (core: Core) => void {
  const stopped = Promise.withResolvers<void>();
  return ({ runs, files }) => {
    files.results = async () => story.data ?? null;
    runs.start = async (launch) => {
      story.launched?.push(launch);
      return { id: 'run-1' };
    };
    runs.stop = async () => stopped.resolve();
    runs.stdin = async (_id, data, end) => void story.stdin?.push([data, end]);
    runs.ack = (_viewer, seq) => void story.acknowledged?.push(seq);
    runs.watch = async function* () {
      yield [{ type: 'state', at: 1, state: 'running' }];
      if (story.events) yield story.events;
      if (story.endless) await stopped.promise;
      const verdict = story.endless ? verdictOf('cancelled', null) : (story.verdict ?? verdictOf('succeeded', 0));
      yield [{ type: 'finished', at: 9, verdict, timings: { script: 12 }, peaks: PEAKS }];
    };
    runs.output = async function* (): AsyncGenerator<OutputMessage> {
      yield { type: 'open', viewer: 'v', from: 0 };
      let seq = 0;
      for (const [stream, text] of story.output ?? []) {
        seq += text.length;
        yield { type: 'chunk', chunk: { seq, stream, at: 1, text } };
      }
      if (story.endless) await stopped.promise;
      yield { type: 'end', kept: seq, dropped: 0 };
    };
  };
}

it("passes the script's streams apart and its own messages on stderr, plan first and verdict last (HOST-4)", async () => {
  const acknowledged: number[] = [];
  const world = scriptedWorld(
    home,
    tells({
      output: [
        ['stdout', 'out\n'],
        ['stderr', 'err\n'],
      ],
      acknowledged,
    }),
  );
  const { code, stdout, stderr } = await cli(world, 'run', script);
  expect(code).toBe(0);
  expect(stdout).toBe('out\n');
  const lines = stderr.trimEnd().split('\n');
  expect(lines[0]).toMatch(/^bellglass: hello\.py · untrusted · No network · 64 MiB/);
  expect(lines).toContain('err');
  expect(lines.at(-1)).toMatch(/^bellglass: succeeded · 12 ms · peak 1\.0 KiB · Because\./);
  expect(acknowledged).toEqual([4, 8]);
  expect(world.disposed()).toBe(1);
});

it.each<[Outcome, number | null, number]>([
  ['succeeded', 0, 0],
  ['failed', 7, 7],
  ['failed', 124, 124],
  ['limit-exceeded', null, 123],
  ['timed-out', null, 124],
  ['engine-lost', null, 125],
  ['engine-error', null, 125],
  ['cancelled', null, 130],
  ['out-of-memory', 137, 137],
])('ends with the documented code when a run is %s with %s: %s (HOST-4)', async (outcome, exitCode, expected) => {
  const { code } = await cli(scriptedWorld(home, tells({ verdict: verdictOf(outcome, exitCode) })), 'run', script);
  expect(code).toBe(expected);
});

it('tells a person of a refusal once, not for each kind of address that a lookup asks for (HOST-4)', async () => {
  const refused = (at: number, message: string): RunEvent => ({
    type: 'violation',
    at,
    violation: { at, kind: 'network', message, count: 1 },
  });
  const events = [
    refused(1, 'Refused a.'),
    refused(2, 'Refused a.'),
    refused(3, 'Refused b.'),
    refused(60_000, 'Refused a.'),
  ];
  const { stderr } = await cli(scriptedWorld(home, tells({ events })), 'run', script);
  const told = stderr.split('\n').filter((line) => line.includes('Refused'));
  expect(told).toEqual(['bellglass: Refused a.', 'bellglass: Refused b.', 'bellglass: Refused a.']);
  const json = await cli(scriptedWorld(home, tells({ events })), 'run', '--json', script);
  expect(json.json().filter(({ type }) => type === 'violation')).toHaveLength(4);
});

it('says at the end what would have let it reach a refused host, as options (OBS-3)', async () => {
  const suggestions = [{ label: 'Allow 2 hosts', set: { 'network.allow.add': 'a.example, b.example:8443' } }];
  const verdict = { ...verdictOf('failed', 1), suggestions };
  const text = await cli(scriptedWorld(home, tells({ verdict })), 'run', script);
  expect(text.stderr.trimEnd().split('\n').at(-1)).toBe(
    "bellglass: Allow 2 hosts: run it again with --set network.allow.add='a.example, b.example:8443'",
  );
  const json = await cli(scriptedWorld(home, tells({ verdict })), 'run', '--json', script);
  expect(json.json().at(-1)).toMatchObject({ type: 'finished', suggestions });
});

it('prints one object per line with --json, planned first and finished last (HOST-4)', async () => {
  const events: RunEvent[] = [
    { type: 'sample', at: 2, sample: { at: 1, memory: 1, cpu: 1, cpuTime: 1, processes: 1 } },
    { type: 'warning', at: 3, kind: 'memory', message: 'Memory is at 90 %.' },
    { type: 'violation', at: 4, violation: { at: 4, kind: 'memory', message: 'It passed.', count: 1 } },
  ];
  const world = scriptedWorld(home, tells({ output: [['stdout', 'a\n\u001b]0;x\u0007']], events }));
  const result = await cli(world, 'run', '--json', script);
  const lines = result.json();
  expect(lines[0]).toMatchObject({ type: 'planned', level: 'untrusted', runtime: 'python', warnings: [{}] });
  expect(lines[1]).toEqual({ type: 'began', runId: expect.any(String) });
  expect(lines.map(({ type }) => type)).toEqual(
    expect.arrayContaining(['state', 'output', 'sample', 'warning', 'violation']),
  );
  expect(lines).toContainEqual({ type: 'output', stream: 'stdout', text: 'a\n\u001b]0;x\u0007' });
  expect(lines.at(-1)).toMatchObject({
    type: 'finished',
    runId: 'run-1',
    outcome: 'succeeded',
    exitCode: 0,
    reason: 'Because.',
    rule: null,
    timings: { script: 12 },
    peaks: PEAKS,
  });
});

it('gives data to the script, from the command line and from a file (RUN-9)', async () => {
  const launched: Launch[] = [];
  const file = join(home, 'input.json');
  await writeFile(file, '\ufeff{"a": [1, "ü"]}');
  const world = scriptedWorld(home, tells({ launched }));
  await cli(world, 'run', '--input', file, '--var', 'n=1', '--var', 'text="x=y"', script);
  expect(launched[0]).toMatchObject({ input: { a: [1, 'ü'] }, variables: { n: 1, text: 'x=y' } });
  await cli(scriptedWorld(home, tells({ launched })), 'run', '--input', 'null', script);
  expect(launched[1]).toHaveProperty('input', null);
});

it.each([
  [['--input', '{"a": tru}'], 'line 1, column 7'],
  [['--input', 'missing.json'], 'There is no file missing.json'],
  [['--input', '[1,'], 'it ends too early'],
  [['--var', 'x'], 'NAME=JSON'],
  [['--var', 'x=hello'], 'line 1, column 1'],
])('says where data given as %j is wrong (RUN-9)', async (options, hint) => {
  const { code, stderr } = await cli(scriptedWorld(home), 'run', ...options, script);
  expect(code).toBe(2);
  expect(stderr).toContain(hint);
});

/** One that was told while it ran, and one that only its file had. */
const LATE: RunEvent[] = [
  { type: 'event', at: 2, name: 'early', data: null },
  { type: 'event', at: 10, name: 'step', data: { n: 1 } },
];

it('tells what came back, and copies files without leaving the folder or following a link in it (RUN-9)', async () => {
  const data = scriptedData('tidy_data.py');
  const seeded = (core: Core): void => {
    tells({ data })(core);
    const own = scriptedFiles(() => 'tidy_data.py');
    core.files.read = own.read;
    core.runs.get = async () => ({ timings: { extract: 7 }, events: LATE }) as unknown as RunDetail;
  };
  const json = await cli(scriptedWorld(home, seeded), 'run', '--json', script);
  expect(json.json().at(-2)).toEqual(LATE[1]);
  expect(json.json().at(-1)).toMatchObject({
    type: 'finished',
    output: { rows: 60 },
    variables: { rows: 60 },
    condition: true,
    timings: { extract: 7 },
    left: [{ path: 'latest', reason: 'symlink' }, {}, {}],
  });
  const out = join(home, 'out');
  const outside = join(home, 'outside');
  await mkdir(outside);
  await mkdir(out);
  await writeFile(join(home, 'mine.txt'), 'mine');
  await symlink(outside, join(out, 'charts'));
  await symlink(join(home, 'mine.txt'), join(out, 'report.txt'));
  const { code, stderr } = await cli(scriptedWorld(home, seeded), 'run', '--out', out, script);
  // The script succeeded, but not everything that was asked for is there.
  expect(code).toBe(125);
  expect(stderr).toContain('7 files copied to');
  expect(stderr).toContain('charts/rain.png:');
  expect(stderr).toContain('Left in the sandbox: latest.');
  expect(await readdir(outside)).toEqual([]);
  expect(await readFile(join(home, 'mine.txt'), 'utf8')).toBe('mine');
  expect(await readFile(join(out, 'report.txt'), 'utf8')).toContain('Rain in March');
  expect((await lstat(join(out, 'report.txt'))).isFile()).toBe(true);
  expect((await stat(join(out, 'tools/again.sh'))).mode & 0o100).toBe(0o100);
});

it('passes escapes to a pipe and neutralises them for a terminal (RUN-5)', async () => {
  const output: Story['output'] = [
    ['stdout', '\u001b[31mred\u001b]52;c;'],
    ['stdout', 'eA==\u0007x'],
  ];
  const piped = await cli(scriptedWorld(home, tells({ output })), 'run', script);
  expect(piped.stdout).toBe('\u001b[31mred\u001b]52;c;eA==\u0007x');
  const world = scriptedWorld(home, tells({ output }));
  world.stdout.isTTY = true;
  expect((await cli(world, 'run', script)).stdout).toBe('\u001b[31mredx\u001b[0m');
});

it('hands over files, arguments, environment, secrets and settings of the launch (RUN-4)', async () => {
  const launched: Launch[] = [];
  const world = scriptedWorld(home, tells({ launched }));
  const options = ['--trust', 'limited', '--policy', 'p', '--set', 'resources.wall_time=2s', '--set', 'run.env=a=b'];
  const env = ['--env', 'A=1', '--env', 'EMPTY=', '--secret', 'S=s', '--secret', 'FROM_ENV', '--tty'];
  await cli(world, 'run', ...options, ...env, script, '--', '--json', '-x', '--', 'y');
  expect(launched[0]).toMatchObject({
    name: 'hello.py',
    entry: 'hello.py',
    files: [{ path: 'hello.py', content: btoa('print("hello")\n') }],
    trust: 'limited',
    policy: 'p',
    set: { 'resources.wall_time': '2s', 'run.env': 'a=b' },
    env: { A: '1', EMPTY: '' },
    secrets: { S: 's', FROM_ENV: 'value from here' },
    args: ['--json', '-x', '--', 'y'],
    tty: true,
  });
});

it('pipes its stdin to the script, characters whole, and closes it at the end (RUN-4)', async () => {
  const stdin: [string, boolean][] = [];
  const world = scriptedWorld(home, tells({ stdin, endless: true }));
  const bytes = Buffer.from('naïve\n');
  world.stdin.write(bytes.subarray(0, 3));
  world.stdin.end(bytes.subarray(3));
  const done = cli(world, 'run', script);
  await expect.poll(() => stdin.at(-1)?.[1]).toBe(true);
  expect(stdin.map(([text]) => text).join('')).toBe('naïve\n');
  expect(stdin.every(([text]) => !text.includes('\ufffd'))).toBe(true);
  world.signal('SIGINT');
  await done;
});

it('reads stdin from the file that --stdin names, and says when it cannot', async () => {
  const stdin: [string, boolean][] = [];
  const data = join(home, 'data.txt');
  await writeFile(data, 'from a file');
  const world = scriptedWorld(home, tells({ stdin, endless: true }));
  const done = cli(world, 'run', '--stdin', data, script);
  await expect.poll(() => stdin.at(-1)?.[1]).toBe(true);
  expect(stdin[0]).toEqual(['from a file', false]);
  world.signal('SIGTERM');
  await done;
  const missing = await cli(scriptedWorld(home), 'run', '--stdin', join(home, 'none'), script);
  expect(missing.code).toBe(2);
});

it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  'turns %s into a stop: exit 130, verdict told (HOST-4)',
  async (signal) => {
    const world = scriptedWorld(home, tells({ endless: true, output: [['stdout', 'going']] }));
    world.stdout.once('data', () => world.signal(signal));
    const { code, stderr } = await cli(world, 'run', script);
    expect(code).toBe(130);
    expect(stderr).toContain('cancelled');
  },
);

it('ends at once at the second signal, disposing of its runs (HOST-4)', async () => {
  const world = scriptedWorld(home, (core) => {
    tells({ endless: true, output: [['stdout', 'going']] })(core);
    core.runs.stop = () => new Promise(() => undefined);
  });
  world.stdout.once('data', () => {
    world.signal('SIGINT');
    world.signal('SIGINT');
  });
  expect((await cli(world, 'run', script)).code).toBe(130);
  expect(world.disposed()).toBe(1);
});

it('ends with 130 when a signal comes before the run began', async () => {
  const world = scriptedWorld(home, ({ runs }) => {
    runs.plan = () => new Promise(() => undefined);
  });
  setTimeout(() => world.signal('SIGINT'), 50);
  expect((await cli(world, 'run', script)).code).toBe(130);
  expect(world.disposed()).toBe(1);
});

it('refuses with 126 and the smallest change, before anything starts (POL-1)', async () => {
  const launched: Launch[] = [];
  const node = join(home, 'a.mjs');
  await writeFile(node, '');
  const text = await cli(scriptedWorld(home, tells({ launched })), 'run', node);
  expect(text.code).toBe(126);
  expect(text.stderr).toBe(
    'bellglass: Node.js cannot work with 5 process slots.\n  It needs 11 once it reads a file.\n  What you can do: Allow 12 processes for this run.\n',
  );
  const json = await cli(scriptedWorld(home, tells({ launched })), 'run', '--json', node);
  expect(json.code).toBe(126);
  expect(json.json()).toEqual([
    expect.objectContaining({ type: 'error', code: 'plan-refused', message: expect.any(String) as string }),
  ]);
  expect(launched).toEqual([]);
});

it('ends with 125 when there is no engine, or when it breaks (ENG-7)', async () => {
  const world = scriptedWorld(home);
  world.core.engine('none');
  const none = await cli(world, 'run', '--json', script);
  expect(none.code).toBe(125);
  expect(none.json()[0]).toMatchObject({ type: 'error', code: 'engine-unreachable' });
  const broken = scriptedWorld(home, ({ runs }) => {
    runs.start = async () => {
      throw new AppError({ code: 'container-create', message: 'The engine refused the container.' });
    };
  });
  expect((await cli(broken, 'run', script)).code).toBe(125);
});

it('refuses a file that is not there with what to do', async () => {
  const { code, stderr } = await cli(scriptedWorld(home), 'run', join(home, 'none.py'));
  expect(code).toBe(126);
  expect(stderr).toContain('What you can do:');
});

it.each([
  ['an unknown option', ['run', '--jsn', 'x.py'], '--json'],
  ['an unknown command', ['rnu', 'x.py'], 'run'],
  ['no file', ['run'], '--help'],
  ['a level that is none', ['run', '--trust', 'root', 'x.py'], 'untrusted'],
  ['a setting without a value', ['run', '--set', 'resources.memory', 'x.py'], 'FIELD=VALUE'],
  ['a file without a name', ['run', ''], 'folder'],
  ['a secret without a name', ['run', '--secret', '=x', 'x.py'], '--secret NAME'],
  ['a folder as stdin', ['run', '--stdin', tmpdir(), import.meta.filename], 'Give a file'],
  ['a group without a command', ['audit'], 'Choose one of verify, list'],
  ['an unknown command of a group', ['audit', 'verfy'], 'Did you mean `bellglass audit verify`?'],
  ['a word after a group that lists', ['queue', 'fornt', 'x'], 'Did you mean `bellglass queue front`?'],
  ['a number of workflows that is none', ['workflow', 'list', '--limit', 'all'], 'from 1 to 500'],
  ['a run and all of them', ['kept', 'remove', 'x', '--all'], 'or --all'],
  ['a copy of the audit that is not there', ['audit', 'verify', '/none'], 'JSON lines'],
  ['a secret that is not in the environment', ['run', '--secret', 'NOPE', 'x.py'], '--secret NAME=VALUE'],
])('ends with 2 and a hint for %s (HOST-4)', async (_what, args, hint) => {
  const text = await cli(scriptedWorld(home), ...args);
  expect(text.code).toBe(2);
  expect(text.stderr).toContain(hint);
  const json = await cli(scriptedWorld(home), ...args, '--json');
  expect(json.json()[0]).toMatchObject({ type: 'error', code: 'input-invalid' });
});

it('makes sure that files can be copied before anything runs (RUN-9)', async () => {
  const launched: Launch[] = [];
  const world = scriptedWorld(home, tells({ launched }));
  const { code, stderr } = await cli(world, 'run', '--out', join(script, 'out'), script);
  expect([code, stderr]).toEqual([2, expect.stringContaining('for `--out` cannot be used')]);
  expect(launched).toEqual([]);
});

it('ends the stdin of a script when our own breaks, so that it does not wait for more (RUN-4)', async () => {
  const stdin: [string, boolean][] = [];
  const world = scriptedWorld(home, tells({ stdin, endless: true }));
  const done = cli(world, 'run', script);
  world.stdin.write('half');
  await expect.poll(() => stdin.length).toBe(1);
  world.stdin.destroy(new Error('EIO'));
  await expect.poll(() => stdin.at(-1)).toEqual(['', true]);
  world.signal('SIGINT');
  await done;
});

it('is rid of a script that ignores Ctrl+C when it is pressed three times within a second (RUN-4)', () => {
  let now = 0;
  let stops = 0;
  const type = (text: string, at: number, heard: (piece: Uint8Array) => void): void => {
    now = at;
    heard(Buffer.from(text));
  };
  const heard = insistence(
    () => now,
    () => (stops += 1),
  );
  type('\u0003', 0, heard);
  type('\u0003', 900, heard);
  type('\u0003', 1800, heard);
  type('x\u0003\u0003x\u0003', 1900, heard);
  type('\u0003', 2000, heard);
  expect(stops).toBe(0);
  type('\u0003', 2100, heard);
  expect(stops).toBe(1);
});

it('never lets a name or reason move the cursor of the terminal', async () => {
  const verdict = { ...verdictOf('failed', 1), reason: 'evil\u001b[2J\nbellglass: succeeded' };
  const { stderr } = await cli(scriptedWorld(home, tells({ verdict })), 'run', script);
  expect(stderr).not.toContain('\u001b');
  expect(stderr.trimEnd().split('\n').at(-1)).toContain('failed');
});

it('says of every command what it does, and what it takes (HOST-4)', async () => {
  const commands = async (...words: string[]): Promise<string[][]> => {
    const { stdout } = await cli(scriptedWorld(home), ...words, '--help');
    const usage = /^Usage: bellglass.*$/m.exec(stdout)?.[0] ?? '';
    expect(stdout.slice(stdout.indexOf(usage) + usage.length)).toMatch(/^\n\n[A-Z][^]*?\.(?:\n|$)/);
    for (const [, name = ''] of usage.matchAll(/[<[](?!options|command)([a-z]+)(?:\.\.\.)?[\]>]/g))
      expect(stdout).toMatch(new RegExp(`Arguments:[^]*^  ${name} +\\S`, 'm'));
    const [, list = ''] = /^Commands:\n((?: +.*\n)+)/m.exec(stdout) ?? [];
    const names = [...list.matchAll(/^ {2}([a-z]+)/gm)].map(([, name = '']) => name).filter((name) => name !== 'help');
    return [words, ...(await Promise.all(names.map((name) => commands(...words, name)))).flat()];
  };
  expect((await commands()).length).toBeGreaterThan(35);
});

it('says which options there are, shortly', async () => {
  const help = await cli(scriptedWorld(home), 'run', '--help');
  expect(help.code).toBe(0);
  for (const option of ['--json', '--trust', '--policy', '--set', '--env', '--secret', '--stdin', '--tty', '123']) {
    expect(help.stdout).toContain(option);
  }
  expect((await cli(scriptedWorld(home))).stdout).toContain('serve');
});
