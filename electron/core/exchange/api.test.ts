/** Reading and zipping what a run gave back. */
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { RunDetail } from '#shared/contract/runs.ts';
import type { RunData, TakenFile } from '#shared/domain/exchange.ts';
import { AppError } from '#shared/lib/app-error.ts';
import type { FilesApi } from '../core.ts';
import { createFiles } from './api.ts';
import { Landing, removeTaken } from './run-files.ts';

const BIG = Uint8Array.from({ length: 700_000 }, (_, at) => (at * 7919) % 256);
const CONTENTS: [string, Uint8Array][] = [
  ['a/big.bin', BIG],
  ['empty', new Uint8Array()],
  ['ü.txt', new TextEncoder().encode('hello')],
  ['output.json', new TextEncoder().encode('{"n": 1}')],
];

let runs: string;
let files: FilesApi;
beforeEach(async () => {
  runs = await mkdtemp(join(tmpdir(), 'bellglass-files-'));
  const landing = await Landing.make(runs, 'run-1');
  for (const [, bytes] of CONTENTS) {
    const file = await landing.file();
    await file.write(bytes);
    await file.keep();
  }
  const list = CONTENTS.map(([path, { length }]): TakenFile => ({
    path,
    type: 'file',
    size: length,
    executable: path === 'empty',
  }));
  const absent = { state: 'absent' } as const;
  const data: RunData = {
    output: { state: 'large', bytes: 8 },
    variables: absent,
    condition: absent,
    files: [{ path: 'a', type: 'folder', size: 0, executable: false }, ...list],
    bytes: 0,
    left: [],
    leftMore: 0,
    events: { told: 0, lost: 0 },
    problem: null,
  };
  files = createFiles({
    runs,
    settled: async () => undefined,
    get: async (id) => {
      if (id !== 'run-1') throw new AppError({ code: 'input-invalid', message: 'There is no such run.' });
      return { data } as RunDetail;
    },
  });
});
afterEach(() => rm(runs, { recursive: true }));

const whole = async (path: string | null, piece: number): Promise<Buffer> => {
  const parts: Uint8Array[] = [];
  for (let from = 0; ;) {
    const { bytes } = await files.read('run-1', path, from, piece);
    if (bytes.length === 0) return Buffer.concat(parts);
    parts.push(bytes);
    from += bytes.length;
  }
};

it('reads any piece of a file, and none beyond its end (RUN-9)', async () => {
  for (const piece of [65_537, 1_000_000]) expect((await whole('a/big.bin', piece)).equals(BIG)).toBe(true);
  expect(await files.read('run-1', 'ü.txt', 3, 10)).toMatchObject({ size: 5, bytes: Buffer.from('lo') });
  expect((await files.read('run-1', 'ü.txt', 99, 10)).bytes).toHaveLength(0);
});

it('makes one zip with every file, once for all who ask (RUN-9)', async () => {
  const sizes = await Promise.all([files.zip('run-1'), files.zip('run-1')]);
  const zip = await whole(null, 300_000);
  expect(sizes.map(({ size }) => size)).toEqual([zip.length, zip.length]);
  const found = unzipSync(zip);
  expect(Object.keys(found)).toEqual(['a/', ...CONTENTS.map(([path]) => path)]);
  for (const [path, bytes] of CONTENTS) expect(Buffer.from(found[path] ?? []).equals(bytes)).toBe(true);
});

it('reads a value that is too large for the record from its file (RUN-9)', async () => {
  expect((await files.results('run-1'))?.output).toEqual({ state: 'given', value: { n: 1 } });
});

it.each([
  ['another run', 'run-2', 'ü.txt'],
  ['a file that is not there', 'run-1', 'nope'],
  ['a folder', 'run-1', 'a'],
  ['a way out', 'run-1', '../../bellglass.db'],
  ['a number of its folder', 'run-1', '0'],
])('refuses %s (RUN-9)', async (_what, run, path) => {
  await expect(files.read(run, path, 0, 10)).rejects.toMatchObject({ code: 'input-invalid' });
});

it('says when files were deleted to make room, and follows no link in their place (RUN-9, RUN-12)', async () => {
  await rm(join(runs, 'run-1', 'files', '2'));
  await symlink('/etc/passwd', join(runs, 'run-1', 'files', '2'));
  await expect(files.read('run-1', 'ü.txt', 0, 10)).rejects.toMatchObject({ code: 'storage' });
  await removeTaken(runs, 'run-1');
  await expect(files.read('run-1', 'empty', 0, 10)).rejects.toMatchObject({ code: 'storage' });
});

it('never takes over a folder that is there already (RUN-9)', async () => {
  await expect(Landing.make(runs, 'run-1')).rejects.toMatchObject({ code: 'EEXIST' });
});

it('compares the files of two runs by their bytes, and says what is not kept any more (RUN-12)', async () => {
  const contents: Record<string, readonly (readonly [string, Uint8Array])[]> = {
    'run-a': [
      ['big', BIG],
      ['same', BIG],
      ['gone', new Uint8Array([1])],
      ['empty', new Uint8Array()],
    ],
    'run-b': [
      ['big', BIG.with(BIG.length - 1, 1 + BIG.at(-1)!)],
      ['same', BIG],
      ['gone', new Uint8Array([1])],
      ['empty', new Uint8Array()],
    ],
  };
  for (const [run, list] of Object.entries(contents)) {
    const landing = await Landing.make(runs, run);
    for (const [, bytes] of list) {
      const file = await landing.file();
      await file.write(bytes);
      await file.keep();
    }
  }
  const two = createFiles({
    runs,
    settled: async () => undefined,
    get: async (id) => {
      const list = contents[id]!.map(([path, { length }]) => ({ path, type: 'file', size: length, executable: false }));
      return { data: { files: list } } as unknown as RunDetail;
    },
  });
  const gone = join(runs, 'run-b', 'files', '2');
  await rm(gone);
  const compared = await two.compare('run-a', 'run-b');
  expect(compared.map(({ path, change }) => `${path} ${change}`)).toEqual([
    'big changed',
    'gone unknown',
    'empty same',
    'same same',
  ]);
  await expect(files.compare('run-1', 'run-2')).rejects.toMatchObject({ code: 'input-invalid' });
});
