import { mkdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCli, startCli } from '../fixtures/cli.ts';
import { expect, sampleText, test } from '../fixtures/test.ts';

test.describe('bellglass run', () => {
  test('stops the memory bomb at its limit and says so in its last line (RUN-7, HOST-4)', async ({ home }) => {
    const file = await put(home, 'bomb.py', await sampleText('memory-bomb/bomb.py'));
    const { code, lines, last } = await runCli({ home, args: ['run', '--json', file] });
    expect(code).toBe(137);
    expect(last).toMatchObject({ type: 'finished', outcome: 'out-of-memory' });
    expect(String(last['rule'])).toContain('memory');
    expect(lines[0]).toMatchObject({ type: 'planned' });
    expect(lines.filter((line) => line['type'] === 'sample').length).toBeGreaterThan(5);
  });

  test('lets the tidy job succeed under limited, with its output as it is (RUN-1)', async ({ home }) => {
    const file = await put(home, 'tidy.py', await sampleText('tidy-data-job/tidy.py'));
    const { code, stdout } = await runCli({ home, args: ['run', '--trust', 'limited', file] });
    expect(code).toBe(0);
    expect(stdout).toContain('Reading it back');
    expect(stdout).toMatch(/Total\s+1,\d{3},\d{3}/);
  });

  test('passes on stdin, arguments and the exit code (RUN-4)', async ({ home }) => {
    const file = await put(home, 'echo.py', 'import sys\nprint(sys.argv[1:], sys.stdin.read())\nsys.exit(7)\n');
    const { code, stdout } = await runCli({ home, args: ['run', file, '--', 'a b', '--c'], stdin: 'hello' });
    expect(stdout).toContain("['a b', '--c'] hello");
    expect(code).toBe(7);
  });

  test('runs a folder by its chosen entry, and lists what could be meant (RUN-1)', async ({ home }) => {
    const folder = join(home, 'tools');
    await mkdir(folder);
    await put(folder, 'first.py', 'from second import word\nprint(word)\n');
    await put(folder, 'second.py', 'word = "both files came"\n');
    const open = await runCli({ home, args: ['run', folder] });
    expect(open.code).toBe(126);
    expect(open.stderr).toContain('first.py, second.py');
    const chosen = await runCli({ home, args: ['run', '--entry', 'first.py', folder] });
    expect(chosen.stdout).toContain('both files came');
    expect((await runCli({ home, args: ['run', '--entry', 'none.py', folder] })).stderr).toContain('no file none.py');
  });

  test('runs a file of no known language as what was said (RUN-1, POL-4)', async ({ home }) => {
    const file = await put(home, 'notes', 'console.log(6 * 7)\n');
    const run = (runtime: string) => runCli({ home, args: ['run', '--set', `image.runtime=${runtime}`, file] });
    expect((await run('node')).stdout).toContain('42');
    expect(await run('ruby')).toMatchObject({ code: 126, stdout: '' });
  });

  test('ends the run when it is interrupted (RUN-7)', async ({ home }) => {
    const file = await put(home, 'wait.py', 'import time\nprint("waiting", flush=True)\ntime.sleep(50)\n');
    const { child, done } = startCli({ home, args: ['run', '--json', file] });
    await new Promise<void>((resolve) =>
      child.stdout?.on('data', (data) => String(data).includes('waiting') && resolve()),
    );
    child.kill('SIGINT');
    const { code, last } = await done;
    expect(last).toMatchObject({ type: 'finished', outcome: 'cancelled' });
    expect(code).toBe(130);
  });

  test('keeps a wall time that was set for this run (RUN-7, POL-3)', async ({ home }) => {
    const file = await put(home, 'sleep.sh', 'sleep 30\n');
    const { code, last } = await runCli({ home, args: ['run', '--json', '--set', 'resources.wall_time=2s', file] });
    expect(last).toMatchObject({ outcome: 'timed-out' });
    expect(code).toBe(124);
  });

  const BAD: [what: string, name: string, content: string | Buffer, message: RegExp][] = [
    ['an empty script', 'empty.py', '', /empty/],
    ['a binary', 'tool.py', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0]), /no script/],
    ['a NUL byte', 'nul.py', 'print(1)\0', /NUL/],
    ['UTF-16', 'wide.py', Buffer.from('\ufeffprint(1)', 'utf16le'), /UTF-16/],
    ['an unknown language', 'notes.txt', 'hello', /language/],
    ['another language', 'x.rb', '#!/usr/bin/env ruby\nputs 1', /runtime/],
    ['a name with an escape', 'a\u001b[2J.rb', 'puts 1', /\\u\{1b\}/],
  ];
  for (const [what, name, content, message] of BAD) {
    test(`refuses ${what} with a next step and starts nothing (RUN-1, ENG-7)`, async ({ home }) => {
      const file = await put(home, name, content);
      const { code, stderr, stdout } = await runCli({ home, args: ['run', file] });
      expect(stderr).toMatch(message);
      expect(code).toBe(126);
      expect(stderr).not.toContain('\u001b[2J');
      expect(stdout).toBe('');
    });
  }

  test('refuses 1 GB, a missing file and arguments of 1 MB (RUN-1)', async ({ home }) => {
    const big = await put(home, 'big.py', '');
    await truncate(big, 1_000_000_000);
    const small = await put(home, 'small.py', 'print(1)\n');
    const large = await runCli({ home, args: ['run', big] });
    expect(large).toMatchObject({ code: 126, stdout: '' });
    expect(large.stderr).toContain('more than 16 MiB');
    expect(await runCli({ home, args: ['run', join(home, 'none.py')] })).toMatchObject({ code: 126 });
    const many = Array.from({ length: 9 }, () => 'x'.repeat(125_000));
    const args = await runCli({ home, args: ['run', small, '--', ...many] });
    expect(args.code).toBe(126);
    expect(args.stderr).toContain('arguments');
  });
});

async function put(home: string, name: string, content: string | Buffer): Promise<string> {
  const path = join(home, name);
  await writeFile(path, content);
  return path;
}
