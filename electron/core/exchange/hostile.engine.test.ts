/** What a script may leave in its output folder to hurt whoever takes it out (RUN-9): each tried on a real sandbox. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Launch } from '#shared/contract/runs.ts';
import { TAKEN_LIMITS } from '#shared/domain/exchange.ts';
import { imageEngine, type ImageEngine } from '../runs/testing/image-engine.ts';
import { createHarness, type Harness } from '../runs/testing/harness.ts';
import { paths, reasons, takenFrom, type TakenRun } from './testing/taken.ts';

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

const bash = (script: string, more: Partial<Launch> = {}): Promise<TakenRun> =>
  takenFrom(harness, 'bash', `cd "$BELLGLASS_OUTPUT_DIR"\nprintf plain > plain.txt\n${script}`, {
    trust: 'limited',
    ...more,
  });
const python = (script: string, more: Partial<Launch> = {}): Promise<TakenRun> =>
  takenFrom(harness, 'python', `import os\nos.chdir('output')\nopen('plain.txt', 'w').write('plain')\n${script}`, {
    trust: 'limited',
    ...more,
  });

/** What every attack must leave as it was: a plain file beside it comes out, and nothing else changes on this side. */
function unharmed(run: TakenRun): void {
  expect(run.detail.summary.verdict).toMatchObject({ outcome: 'succeeded' });
  expect(run.content('plain.txt')).toBe('plain');
  const own = readdirSync(join(harness.folder, 'runs', run.id), { recursive: true }).map(String);
  expect(own.filter((name) => !/^files(\/\d+)?$/.test(name))).toEqual([]);
}

describe('kinds of things', () => {
  it('lets no link, pipe or socket out, and follows none (RUN-9)', async () => {
    const outside = join(harness.folder, 'outside.txt');
    writeFileSync(outside, 'mine');
    const run = await python(`
import socket
os.symlink('/etc/passwd', 'absolute'); os.symlink('..', 'up'); os.symlink('${outside}', 'host'); os.symlink('plain.txt', 'near')
os.link('plain.txt', 'twin'); os.mkfifo('pipe'); socket.socket(socket.AF_UNIX).bind('socket')
os.mkdir('real'); os.symlink('/etc', 'real/etc')
`);
    unharmed(run);
    expect(paths(run.data)).toEqual(['plain.txt', 'real']);
    expect(reasons(run.data)).toEqual({
      absolute: 'symlink',
      up: 'symlink',
      host: 'symlink',
      near: 'symlink',
      twin: 'hardlink',
      pipe: 'special',
      socket: 'special',
      'real/etc': 'symlink',
    });
    expect(readFileSync(outside, 'utf8')).toBe('mine');
  });

  it.each([
    ['a link', 'cd ..; rm -r output; ln -s /etc output', 'symlink'],
    ['a file', 'cd ..; rm -r output; echo x > output', 'special'],
    ['a pipe', 'cd ..; rm -r output; mkfifo output', 'special'],
  ])('takes nothing when the folder itself is %s (RUN-9)', async (_what, script, reason) => {
    const run = await bash(script);
    expect(run.data).toMatchObject({ files: [], left: [{ path: '.', reason }] });
  });

  it('says nothing when the folder was removed (RUN-9)', async () => {
    expect((await bash('cd ..; rm -r output')).data).toMatchObject({ files: [], left: [], problem: null });
  });

  it('leaves what the script lets nobody read (RUN-9)', async () => {
    const run = await bash('echo x > shut; mkdir closed; echo x > closed/in; chmod 000 shut closed');
    unharmed(run);
    expect(reasons(run.data)).toEqual({ shut: 'unreadable', closed: 'unreadable' });
  });
});

describe('names', () => {
  it('leaves names with control, reserved or broken characters, and shows them harmless (RUN-9)', async () => {
    const run = await python(`
for name in [b'bell\\x07', b'new\\nline', b'escape\\x1b[2J', b'back\\\\slash', b'c:drive', b'dot.', b'blank ', b'CON', b'com1.txt', b'\\xff\\xfe', 'turn\\u202egnp'.encode()]:
    open(name, 'w').close()
open('ordinary ü.txt', 'w').write('ok')
`);
    unharmed(run);
    expect(paths(run.data)).toEqual(['ordinary ü.txt', 'plain.txt']);
    expect(new Set(Object.values(reasons(run.data)))).toEqual(new Set(['name']));
    expect(run.data.left).toHaveLength(11);
    // oxlint-disable-next-line no-control-regex -- the claim is that no control character is left
    expect(run.data.left.map(({ path }) => path).join('')).not.toMatch(/[\u0000-\u001f\u202e]/);
  });

  it('leaves paths of 4 kB, and takes the longest name there is (RUN-9)', async () => {
    const run = await python(`
open('n' * 255, 'w').write('long')
here = '.'
for _ in range(16):
    here += '/' + 'd' * 250
    os.mkdir(here)
open(here + '/end', 'w').close()
`);
    unharmed(run);
    expect(run.content('n'.repeat(255))).toBe('long');
    expect(Object.values(reasons(run.data)).every((reason) => reason === 'name')).toBe(true);
    expect(run.data.left).toHaveLength(13);
  });

  it('takes one of two names that differ in capital letters only (RUN-9)', async () => {
    const run = await bash('echo 1 > Same; echo 2 > same; mkdir D d; echo 1 > D/x; echo 2 > d/y');
    unharmed(run);
    expect(paths(run.data)).toEqual(['D', 'D/x', 'Same', 'plain.txt']);
    expect(reasons(run.data)).toEqual({ d: 'case', 'd/y': 'case', same: 'case' });
  });
});

describe('amounts', () => {
  it('takes no more than fits into the scratch, however large sparse files look (RUN-9)', async () => {
    const run = await bash(
      'truncate -s 1T giant && echo made; for n in {10..29}; do truncate -s 40M sparse$n || exit; done; truncate -s 8191P monster; exit 0',
      { set: { 'resources.scratch': '64MiB' } },
    );
    unharmed(run);
    expect(run.data.files.filter(({ path }) => path.startsWith('sparse'))).toMatchObject([
      { path: 'sparse10', size: 40 * 1024 * 1024 },
    ]);
    const { giant, ...left } = reasons(run.data);
    // The sandbox refuses a file larger than its scratch where it can; where it cannot, the reader does.
    expect(giant).toBe(run.output.includes('made') ? 'size' : undefined);
    expect(Object.values(left)).toEqual(Array.from({ length: 19 }, () => 'total'));
  });

  it('stops at a bounded number of files, however many there are (RUN-9)', async () => {
    const run = await python(`
os.mkdir('many')
made = 0
try:
    for at in range(1_000_000):
        os.close(os.open(f'many/{at}', os.O_CREAT)); made += 1
except OSError as failure:
    print(failure.errno)
print(made)
`);
    expect(Number(run.output.trim().split('\n').at(-1))).toBeGreaterThan(TAKEN_LIMITS.entries);
    expect(run.data.files).toHaveLength(TAKEN_LIMITS.entries);
    expect(run.data.left.length).toBeLessThanOrEqual(TAKEN_LIMITS.left);
    expect(reasons(run.data)).toMatchObject(Object.fromEntries(run.data.left.map(({ path }) => [path, 'count'])));
  });

  it('does not go down folders that are 5,000 deep (RUN-9)', async () => {
    const run = await python(`
os.mkdir('z'); os.chdir('z')
made = 0
try:
    for _ in range(4999):
        os.mkdir('d'); os.chdir('d'); made += 1
except OSError:
    pass
print(made)
`);
    unharmed(run);
    expect(Number(run.output)).toBeGreaterThan(1000);
    expect(run.data.files.at(-1)?.path.split('/')).toHaveLength(TAKEN_LIMITS.depth - 1);
    expect(run.data.left).toMatchObject([{ reason: 'deep' }]);
  });

  it('ends what still writes, then takes what is there (RUN-9)', async () => {
    const run = await bash('(while :; do echo more >> grows; done) & sleep 0.2');
    unharmed(run);
    expect(run.content('grows')).toMatch(/^(more\n)+$/);
    expect(run.data.problem).toBeNull();
  });

  it('takes files from a sandbox whose memory is full of them (RUN-9)', async () => {
    const run = await bash('head -c 100M /dev/zero > big || true; ls -l big | cut -d" " -f5 >&2; exit 0', {
      trust: 'untrusted',
    });
    expect(run.content('plain.txt')).toBe('plain');
    expect(run.data.problem).toBeNull();
  });
});

describe('results', () => {
  it.each([
    ['not JSON', 'echo "{,}" > output.json', 'output.json cannot be read. It is no valid JSON: line 1, column 2.'],
    ['empty', ': > output.json', 'output.json cannot be read. It is empty.'],
    ['no text', "printf '\\xff\\xfe' > output.json", 'output.json is not valid UTF-8.'],
    [
      'too deep',
      "printf '[%.0s' {1..5000} > output.json",
      'output.json cannot be read. It has more than 100 arrays and objects in one another.',
    ],
  ])('says what is wrong with an output that is %s (RUN-9)', async (_what, script, problem) => {
    expect((await bash(script)).data.output).toEqual({ state: 'invalid', problem });
  });

  it('refuses an output of more than 100 MB and keeps the rest (RUN-9)', async () => {
    const run = await bash('truncate -s 101M output.json', {
      trust: 'trusted',
      set: { 'resources.scratch': '256MiB', 'resources.memory': '512MiB' },
    });
    unharmed(run);
    expect(run.data.output).toMatchObject({ state: 'invalid', problem: expect.stringContaining('more than 100 MiB') });
  });

  it('bounds and counts events however fast they come (RUN-9)', async () => {
    const run = await python(`
import bellglass, time
begun = time.monotonic()
for at in range(100_000): bellglass.event('tick', {'at': at})
`);
    unharmed(run);
    const { told, lost } = run.data.events;
    expect(told).toBe(TAKEN_LIMITS.events);
    expect(told + lost).toBe(100_000);
    expect(run.detail.events.filter(({ type }) => type === 'event')).toHaveLength(told);
  });

  it('takes no line of another form for an event (RUN-9)', async () => {
    const run = await bash(
      `printf '%s\\n' '{"name":"ok"}' 'nonsense' '[]' '{"name":5}' '{"name":""}' > events.jsonl; head -c 20000 /dev/zero | tr '\\0' x >> events.jsonl`,
    );
    unharmed(run);
    expect(run.data.events).toEqual({ told: 1, lost: 5 });
  });
});
