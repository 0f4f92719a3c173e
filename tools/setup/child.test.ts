import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';

const CHILD = new URL('child.mjs', import.meta.url).href;

/** A launcher that hands over to `program`; `say` resolves with the next line of its output. */
async function launch(program: string, underNpm = false) {
  const folder = await mkdtemp(join(tmpdir(), 'bellglass-child-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, 'program.mjs'), program);
  const launcher = `import { handOver } from ${JSON.stringify(CHILD)};
    process.exitCode = await handOver(process.execPath, [${JSON.stringify(join(folder, 'program.mjs'))}]);`;
  await writeFile(join(folder, 'launcher.mjs'), launcher);
  const [command, ...args] = underNpm
    ? ['sh', '-c', '"$0" "$1"; exit 0', process.execPath, join(folder, 'launcher.mjs')]
    : [process.execPath, join(folder, 'launcher.mjs')];
  const started = spawn(command, args, {
    env: { ...process.env, npm_command: underNpm ? 'start' : undefined },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void started.kill('SIGKILL'));
  let output = '';
  started.stdout.setEncoding('utf8').on('data', (text: string) => void (output += text));
  const says = async (text: string): Promise<void> => {
    while (!output.includes(text)) await once(started.stdout, 'data');
  };
  const end = once(started, 'close').then(([code]) => ({ code: code as number | null, output }));
  return { started, says, end };
}

const WAITS = (onSignal: string): string => `
  const wait = setInterval(() => {}, 1000);
  process.on('SIGTERM', (signal) => { ${onSignal} });
  console.log('ready');`;

it('ends with the exit code of the program', async () => {
  const { end } = await launch('process.exitCode = 42;');
  expect((await end).code).toBe(42);
});

it('ends with 128 + n when signal n ended the program', async () => {
  const { end } = await launch("process.kill(process.pid, 'SIGKILL'); setInterval(() => {}, 1000);");
  expect((await end).code).toBe(137);
});

it('passes a signal on, waits for the tidy end and takes its code', async () => {
  const { started, says, end } = await launch(
    WAITS("console.log('tidying'); setTimeout(() => { console.log('tidy'); process.exit(7); }, 50);"),
  );
  await says('ready');
  started.kill('SIGTERM');
  const { code, output } = await end;
  expect(code).toBe(7);
  expect(output).toContain('tidy\n');
});

it('passes one request on once, however often it arrives', async () => {
  const { started, says, end } = await launch(WAITS("console.log('asked'); setTimeout(() => process.exit(0), 300);"));
  await says('ready');
  started.kill('SIGTERM');
  await says('asked');
  started.kill('SIGTERM');
  expect((await end).output.match(/asked/g)).toHaveLength(1);
});

it.skipIf(process.platform === 'win32')(
  'ends the program when the shell that npm started us with is gone (no such shell on Windows)',
  async () => {
    const { started, says, end } = await launch(WAITS("console.log('asked'); process.exit(0);"), true);
    await says('ready');
    started.kill('SIGTERM');
    expect((await end).output).toContain('asked');
  },
);
