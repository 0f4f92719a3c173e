import { chmod, mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { silentLog } from '../storage/log.ts';
import { createBootstrap, OWN_BASE, REGISTRY_BASE, type Bootstrap } from './bootstrap.ts';
import { fakeEngine } from './testing/fake-engine.ts';
import { containing } from './testing/like.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bellglass-bootstrap-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A program that takes mmdebstrap's place. */
async function stub(text: string): Promise<Bootstrap> {
  const program = join(folder, 'stub');
  await writeFile(program, `#!/bin/sh\n${text}\n`);
  await chmod(program, 0o755);
  return createBootstrap({ folder: join(folder, 'tmp'), log: silentLog, mmdebstrap: program });
}

const never = new AbortController().signal;
const quiet = (): void => {};

it('takes Debian from the registry where one answers (IMG-1)', async () => {
  const engine = fakeEngine();
  engine.onPull = async () => {};
  const bootstrap = await stub('exit 1');
  expect(await bootstrap.base(engine, false, quiet, never)).toBe(REGISTRY_BASE);
  expect(await bootstrap.base(engine, false, quiet, never)).toBe(REGISTRY_BASE);
  expect(engine.asked).toEqual([`pull ${REGISTRY_BASE}`]);
});

it('makes Debian from its packages where none answers, and asks the registry once (IMG-1)', async () => {
  const engine = fakeEngine();
  const bootstrap = await stub('printf 12345');
  const steps: string[] = [];
  expect(await bootstrap.base(engine, false, (step) => steps.push(step), never)).toBe(OWN_BASE);
  expect(await bootstrap.base(engine, true, quiet, never)).toBe(OWN_BASE);
  expect(engine.asked).toEqual([`pull ${REGISTRY_BASE}`, `import ${OWN_BASE} of 5 bytes`]);
  expect(steps).toEqual(['Fetching Debian from the registry', 'Making Debian from its packages']);
  expect(await readdir(join(folder, 'tmp'))).toEqual([]);
});

it('imports a file system larger than any buffer (IMG-1)', async () => {
  const engine = fakeEngine();
  const bootstrap = await stub('head -c 120000000 /dev/zero');
  await bootstrap.base(engine, false, quiet, never);
  expect(engine.asked.at(-1)).toBe(`import ${OWN_BASE} of 120000000 bytes`);
});

it('removes what a killed process left behind, but not what another one is making (IMG-1)', async () => {
  const bootstrap = await stub('printf 12345');
  for (const name of ['debian-old', 'debian-young']) await mkdir(join(folder, 'tmp', name), { recursive: true });
  await utimes(join(folder, 'tmp', 'debian-old'), 0, 0);
  await bootstrap.base(fakeEngine(), false, quiet, never);
  expect(await readdir(join(folder, 'tmp'))).toEqual(['debian-young']);
});

it('imports nothing when the packages cannot be fetched, and says what to do (IMG-1, ENG-7)', async () => {
  const engine = fakeEngine();
  const bootstrap = await stub('printf half; echo "E: no route" >&2; exit 25');
  await expect(bootstrap.base(engine, false, quiet, never)).rejects.toMatchObject({
    code: 'image-build',
    why: containing('could not be fetched'),
    next: containing('internet'),
    details: containing('no route'),
  });
  expect(engine.store.size).toBe(0);
  expect(await readdir(join(folder, 'tmp'))).toEqual([]);
});

it('names the program to install when there is neither registry nor mmdebstrap (IMG-1, ENG-7)', async () => {
  const bootstrap = createBootstrap({ folder, log: silentLog, mmdebstrap: join(folder, 'missing') });
  await expect(bootstrap.base(fakeEngine(), false, quiet, never)).rejects.toMatchObject({
    code: 'image-build',
    why: containing('mmdebstrap is not installed'),
    next: containing('sudo apt-get install mmdebstrap'),
  });
});

it('makes no Debian for a machine of another architecture (ENG-6)', async () => {
  const engine = fakeEngine();
  const version = await engine.version();
  engine.version = async () => ({ ...version, arch: 'riscv64' });
  const bootstrap = await stub('printf 12345');
  await expect(bootstrap.base(engine, false, quiet, never)).rejects.toMatchObject({
    why: containing('riscv64'),
  });
});

it('ends the program when cancelled (IMG-1)', async () => {
  const giveUp = new AbortController();
  const bootstrap = await stub('exec sleep 1000');
  const making = bootstrap.base(
    fakeEngine(),
    false,
    (step) => step.startsWith('Making') && setTimeout(() => giveUp.abort(), 50),
    giveUp.signal,
  );
  await expect(making).rejects.toMatchObject({ message: 'The build was cancelled.' });
  expect(await readdir(join(folder, 'tmp'))).toEqual([]);
});

it('ends all of it at once when cancelled, also what does not want to, and leaves no file and no mount (IMG-1)', async () => {
  const giveUp = new AbortController();
  const asRoot = process.getuid?.() === 0;
  const bootstrap = await stub(`
    ${asRoot ? "trap '' TERM HUP" : ''}
    mkdir "$TMPDIR/made" && echo file > "$TMPDIR/made/file"
    ${asRoot ? 'mkdir "$TMPDIR/made/dev" && mount -t tmpfs inside "$TMPDIR/made/dev"' : ''}
    ${asRoot ? 'setsid' : ''} sleep 987654 &
    echo begun > ${folder}/begun
    wait; sleep 987654`);
  const making = bootstrap.base(fakeEngine(), false, quiet, giveUp.signal);
  await expect.poll(() => readdir(folder), { timeout: 15_000 }).toContain('begun');
  giveUp.abort();
  await expect(making).rejects.toMatchObject({ message: 'The build was cancelled.' });
  expect(await readdir(join(folder, 'tmp'))).toEqual([]);
  expect(await readFile('/proc/mounts', 'utf8')).not.toContain(folder);
  const left = async (): Promise<string[]> => {
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
    const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
    return lines.filter((line) => line === 'sleep\x00987654\x00');
  };
  await expect.poll(left).toEqual([]);
});
