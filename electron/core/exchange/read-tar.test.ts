/** The reader against tars that no honest collector sends. */
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { pack, type Header } from 'tar-stream';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TAKEN_LIMITS } from '#shared/domain/exchange.ts';
import { folded, landing } from '#shared/exchange/names.ts';
import { readTar, type TarLimits } from './read-tar.ts';
import { Landing } from './run-files.ts';

let home: string;
let count = 0;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'bellglass-tar-'));
});
afterEach(() => rm(home, { recursive: true }));

interface Entry extends Partial<Header> {
  readonly name: string;
  readonly content?: string;
}

async function tarOf(entries: readonly Entry[], end = true): Promise<Buffer> {
  const tar = pack();
  const whole = buffer(Readable.from(tar));
  for (const { content = '', ...header } of entries)
    tar.entry({ mode: 0o644, ...header, ...(header.type && header.type !== 'file' ? { size: 0 } : {}) }, content);
  if (end) tar.entry({ name: '.', type: 'fifo', pax: { 'BELLGLASS.left': 'end' } });
  tar.finalize();
  return await whole;
}

async function read(tar: Buffer, limits: Partial<TarLimits> = {}, signal = new AbortController().signal, piece = 7001) {
  const run = `run-${++count}`;
  const target = await Landing.make(join(home, 'runs'), run);
  const pieces = Array.from({ length: Math.ceil(tar.length / piece) }, (_, at) =>
    tar.subarray(at * piece, (at + 1) * piece),
  );
  const taken = await readTar(Readable.from(pieces), { total: 1e6, entries: 100, ...limits }, target, signal);
  return { taken, folder: join(home, 'runs', run, 'files') };
}

it('takes plain files and folders, whatever pieces they come in (RUN-9)', async () => {
  const tar = await tarOf([
    { name: 'a/', type: 'directory' },
    { name: 'a/tool', content: 'x'.repeat(3000), mode: 0o755 },
    { name: 'b/c/d.txt', content: 'deep' },
  ]);
  for (const piece of [1, 511, 513, 100_000]) {
    const { taken, folder } = await read(tar, {}, undefined, piece);
    expect(taken).toMatchObject({ problem: null, left: [], bytes: 3004 });
    expect(taken.files).toEqual([
      { path: 'a', type: 'folder', size: 0, executable: false },
      { path: 'a/tool', type: 'file', size: 3000, executable: true },
      { path: 'b', type: 'folder', size: 0, executable: false },
      { path: 'b/c', type: 'folder', size: 0, executable: false },
      { path: 'b/c/d.txt', type: 'file', size: 4, executable: false },
    ]);
    expect(await readFile(join(folder, '1'), 'utf8')).toBe('deep');
  }
});

describe('entries that never land (RUN-9)', () => {
  it.each<[string, Entry, string]>([
    ['a symbolic link', { name: 'l', type: 'symlink', linkname: '/etc/passwd' }, 'symlink'],
    ['a hard link', { name: 'l', type: 'link', linkname: '../../bellglass.db' }, 'hardlink'],
    ['a device', { name: 'd', type: 'block-device', devmajor: 8, devminor: 0 }, 'special'],
    ['a character device', { name: 'd', type: 'character-device' }, 'special'],
    ['a pipe', { name: 'p', type: 'fifo' }, 'special'],
    ['an absolute name', { name: '/etc/cron.d/x', content: 'x' }, 'name'],
    ['a name upwards', { name: '../x', content: 'x' }, 'name'],
    ['a name upwards in the middle', { name: 'a/../../x', content: 'x' }, 'name'],
    ['a backslash', { name: 'a\\..\\x', content: 'x' }, 'name'],
    ['a control character', { name: 'a\u001b[2J', content: 'x' }, 'name'],
    ['a drive', { name: 'C:x', content: 'x' }, 'name'],
    ['a device of Windows', { name: 'aux.txt', content: 'x' }, 'name'],
    ['a name of 4 kB', { name: 'n'.repeat(4096), content: 'x' }, 'name'],
    ['a path 33 deep', { name: `${'d/'.repeat(32)}x`, content: 'x' }, 'deep'],
  ])('%s', async (_what, entry, reason) => {
    const { taken, folder } = await read(await tarOf([entry, { name: 'after', content: 'ok' }]));
    expect(taken).toMatchObject({ problem: null, left: [{ reason }], files: [{ path: 'after' }] });
    expect(await readdir(folder)).toEqual(['0']);
  });

  it('a second name that some systems cannot tell apart, and a file where a folder is', async () => {
    const { taken } = await read(
      await tarOf([
        { name: 'é.txt', content: '1' },
        { name: 'E\u0301.TXT', content: '2' },
        { name: 'straße', content: '3' },
        { name: 'STRASSE', content: '4' },
        { name: 'f', content: '5' },
        { name: 'f/in', content: '6' },
        { name: 'F/in', content: '7' },
      ]),
    );
    expect(taken.files.map(({ path }) => path)).toEqual(['é.txt', 'straße', 'f']);
    expect(taken.left.map(({ reason }) => reason)).toEqual(['case', 'case', 'case', 'case']);
  });
});

describe('amounts (RUN-9)', () => {
  it('counts files, bytes and left things up to their limits', async () => {
    const many = Array.from({ length: 500 }, (_, at) => ({ name: `f${at}`, content: 'xx' }));
    const files = (await read(await tarOf(many))).taken;
    expect(files.files).toHaveLength(100);
    expect([files.left.length, files.leftMore]).toEqual([TAKEN_LIMITS.left, 200]);
    const bytes = (await read(await tarOf(many), { total: 21 })).taken;
    expect([bytes.files.length, bytes.bytes, bytes.left[0]?.reason]).toEqual([10, 20, 'total']);
  });

  it('stops at a header that announces more than there may be, without reading it', async () => {
    const tar = await tarOf([{ name: 'ok', content: 'x' }]);
    const giant = await tarOf([{ name: 'giant', content: 'x', pax: { size: '9007199254740991' } }]);
    const { taken } = await read(Buffer.concat([tar.subarray(0, 1024), giant]));
    expect(taken).toMatchObject({ files: [{ path: 'ok' }], left: [{ path: 'giant', reason: 'size' }] });
    expect(taken.problem).toContain('made no sense');
  });

  it('says when a stream ends early, and keeps no half file', async () => {
    const tar = await tarOf([
      { name: 'one', content: 'x' },
      { name: 'two', content: 'y'.repeat(5000) },
    ]);
    for (const cut of [100, 1024, 1600, 4000]) {
      const { taken, folder } = await read(tar.subarray(0, cut));
      expect(taken.problem).not.toBeNull();
      expect(await readdir(folder)).toHaveLength(taken.files.length);
    }
  });

  it('ends when the time is over, even when nothing comes any more', async () => {
    const signal = AbortSignal.timeout(50);
    const target = await Landing.make(join(home, 'runs'), 'slow');
    const taken = await readTar(new Readable({ read() {} }), { total: 10, entries: 10 }, target, signal);
    expect(taken.problem).toContain('longer than');
  });

  it('says when the disk refuses', async () => {
    const { taken } = await readFull(await tarOf([{ name: 'a', content: 'x' }]));
    expect(taken).toMatchObject({ files: [], left: [{ path: 'a', reason: 'disk' }] });
    expect(taken.problem).toContain('disk');
  });
});

async function readFull(tar: Buffer) {
  const target = await Landing.make(join(home, 'runs'), 'full');
  target.file = () => Promise.reject(Object.assign(new Error('no space'), { code: 'ENOSPC' }));
  const signal = new AbortController().signal;
  return { taken: await readTar(Readable.from([tar]), { total: 10, entries: 10 }, target, signal) };
}

/** What holds whatever was sent. */
async function holds(tar: Buffer): Promise<void> {
  const limits = { total: 5000, entries: 20 };
  const { taken, folder } = await read(tar, limits, undefined, 997);
  const files = taken.files.filter(({ type }) => type === 'file');
  expect(taken.files.length).toBeLessThanOrEqual(limits.entries);
  expect(taken.bytes).toBeLessThanOrEqual(limits.total);
  expect(new Set(taken.files.map(({ path }) => folded(path))).size).toBe(taken.files.length);
  for (const { path } of taken.files) expect('names' in landing(path)).toBe(true);
  // oxlint-disable-next-line no-control-regex -- the claim is that no control character is left
  expect(taken.left.map(({ path }) => path).join('')).not.toMatch(/[\u0000-\u001f]/);
  expect((await readdir(folder)).length).toBe(files.length);
  for (const [number, { size }] of files.entries()) expect((await stat(join(folder, String(number)))).size).toBe(size);
  expect(
    (await readdir(home, { recursive: true })).every((name) => /^runs(\/run-\d+(\/files(\/\d+)?)?)?$/.test(name)),
  ).toBe(true);
}

const name = fc.oneof(
  fc.constantFrom('a', 'A', '..', '.', '/', 'a/b', 'b/../c', 'CON', '\u0000', '\u202e', 'x'.repeat(300)),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }),
);
const entry = fc.record({
  name: fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/')),
  type: fc.constantFrom<NonNullable<Header['type']>>(
    'file',
    'file',
    'directory',
    'symlink',
    'link',
    'fifo',
    'block-device',
  ),
  linkname: fc.constantFrom('/etc/passwd', '../..', 'a'),
  mode: fc.nat(0o7777),
  content: fc.string({ maxLength: 800 }),
});

describe('whatever is sent (RUN-9)', () => {
  it('keeps to its folder and its limits for random trees', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { maxLength: 30 }), async (entries) => {
        const plain = entries.map((one) => (one.type === 'file' ? one : { ...one, content: '' }));
        await holds(await tarOf(plain));
      }),
      { numRuns: 60 },
    );
  });

  it('keeps to them, and ends, when random bytes of a tar are changed, cut or repeated', async () => {
    const tar = await tarOf([
      { name: 'a/', type: 'directory' },
      { name: 'a/b', content: 'x'.repeat(1500) },
      { name: 'ü'.repeat(80), content: 'y' },
      { name: 'l', type: 'symlink', linkname: 'x' },
    ]);
    const change = fc.record({ at: fc.nat(tar.length - 1), byte: fc.nat(255), fix: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 8 }), fc.nat(tar.length), async (changes, cut) => {
        const hostile = Buffer.from(tar);
        for (const { at, byte, fix } of changes) {
          hostile[at] = byte;
          if (fix) checksum(hostile, at - (at % 512));
        }
        await holds(Buffer.concat([hostile.subarray(0, cut), hostile]));
      }),
      { numRuns: 150 },
    );
  });
});

/** Makes a changed header pass for a sound one. */
function checksum(tar: Buffer, at: number): void {
  tar.fill(' ', at + 148, at + 156);
  const sum = tar.subarray(at, at + 512).reduce((total, byte) => total + byte, 0);
  tar.write(`${sum.toString(8).padStart(6, '0')}\0 `, at + 148, 'latin1');
}
