/** A tiny Linux root file system for tests, made from programs of this machine. */
import { access, cp, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { spawn } from 'node:child_process';
import { execa } from 'execa';
import type { Engine } from '../port.ts';

/** The image that {@link importTestImage} makes. */
export const TEST_IMAGE = 'bellglass-test:1';

const PROGRAMS = [
  'sh',
  'cat',
  'sleep',
  'id',
  'dd',
  'sha256sum',
  'head',
  'tail',
  'ls',
  'mkdir',
  'touch',
  'grep',
  'kill',
  'mount',
  'df',
  'true',
  'yes',
  'env',
  'chmod',
  'tee',
  'wc',
];

/** The program's file and every library it is linked with, as absolute paths. */
async function filesOf(program: string): Promise<string[]> {
  const { stdout } = await execa('sh', ['-c', 'command -v "$0"', program], { reject: false });
  const path = stdout.trim().startsWith('/') ? stdout.trim() : `/bin/${program}`;
  const linked = await execa('ldd', [path], { reject: false });
  const libraries = [...linked.stdout.matchAll(/(\/\S+) \(0x/g)]
    .map((match) => match[1])
    .filter((file) => file !== undefined);
  return [path, ...libraries];
}

/** Copies a dozen programs and their libraries into a folder (a few MB). */
async function fill(root: string): Promise<void> {
  await Promise.all(
    ['usr/bin', 'usr/lib', 'usr/lib64', 'proc', 'sys', 'dev', 'tmp', 'etc', 'workspace'].map((folder) =>
      mkdir(join(root, folder), { recursive: true }),
    ),
  );
  for (const name of ['bin', 'lib', 'lib64']) await symlink(`usr/${name}`, join(root, name));
  await writeFile(join(root, 'etc/passwd'), 'root:x:0:0::/:/bin/sh\nscript:x:1000:1000::/workspace:/bin/sh\n');
  for (const program of PROGRAMS) {
    const [file = '', ...libraries] = await filesOf(program);
    await cp(await realpath(file), join(root, 'usr/bin', program));
    for (const library of libraries) {
      const target = join(root, library.startsWith('/usr') ? library : `/usr${library}`);
      if (await present(target)) continue;
      await mkdir(dirname(target), { recursive: true });
      await cp(await realpath(library), join(dirname(target), basename(library)));
    }
  }
}

function present(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** A tar of the tiny root file system. */
export async function testRootfs(): Promise<{ tar: Readable; dispose(): Promise<void> }> {
  const root = await mkdtemp(join(tmpdir(), 'bg-rootfs-'));
  await fill(root);
  const tar = spawn('tar', ['-C', root, '--numeric-owner', '--owner=0', '--group=0', '-cf', '-', '.'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return { tar: tar.stdout, dispose: () => rm(root, { recursive: true, force: true }) };
}

/** Makes {@link TEST_IMAGE} in the engine: a shell and a few coreutils. */
export async function importTestImage(engine: Engine, labels: Readonly<Record<string, string>> = {}): Promise<void> {
  const rootfs = await testRootfs();
  try {
    await engine.importImage(rootfs.tar, TEST_IMAGE, labels);
  } finally {
    await rootfs.dispose();
  }
}
