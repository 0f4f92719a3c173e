/** Tokens on disk: hashes only, whole or not at all, gone at once (HOST-3). */
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NewToken } from '#shared/domain/token.ts';
import { AppError } from '#shared/lib/app-error.ts';
import { silentLog } from '../storage/log.ts';
import { readTokens } from './token-document.ts';
import { createTokens } from './tokens.ts';

let config = '';
const complaints: string[] = [];
const log = { ...silentLog, error: (_: string, fields?: unknown) => void complaints.push(JSON.stringify(fields)) };
const open = () => createTokens({ config, now: () => 1_700_000_000_000, log });
const file = () => join(config, 'tokens.yaml');
const WANTED: NewToken = {
  policy: 'limited',
  policies: ['trusted'],
  ceilings: { 'resources.memory': '512 MiB' },
  quota: { runs: 3, perMinute: null },
};

beforeEach(async () => {
  config = await mkdtemp(join(tmpdir(), 'bellglass-tokens-'));
  complaints.length = 0;
});
afterEach(async () => rm(config, { recursive: true }));

it('knows a token by its hash, and keeps the file to its owner', async () => {
  const { token, card } = await open().add('ci', WANTED);
  expect(token).toMatch(/^bgt_[\w-]{43}$/);
  expect(card).toEqual({ name: 'ci', created: '2023-11-14T22:13:20.000Z', ...WANTED });
  const text = await readFile(file(), 'utf8');
  expect(text).not.toContain(token.slice(4));
  expect((await stat(file())).mode & 0o777).toBe(0o600);
  expect(await open().list()).toEqual([card]);
  expect(await open().find(token)).toEqual({
    name: 'ci',
    policy: 'limited',
    policies: ['limited', 'trusted'],
    ceilings: { 'resources.memory': 512 * 1024 ** 2 },
    quota: { runs: 3, perMinute: null },
  });
  for (const wrong of ['', token.slice(0, -1), `${token}A`, token.toUpperCase(), text.match(/[0-9a-f]{64}/)?.[0] ?? ''])
    expect(await open().find(wrong)).toBeNull();
});

it('takes a token no more that was removed by another process, and keeps comments', async () => {
  const ours = open();
  const { token } = await ours.add('ci', WANTED);
  await writeFile(file(), `${await readFile(file(), 'utf8')}# mine\n`);
  await ours.add('second', { ...WANTED, ceilings: {}, policies: [] });
  expect(await ours.find(token)).not.toBeNull();
  await open().remove('ci');
  expect(await ours.find(token)).toBeNull();
  expect(await readFile(file(), 'utf8')).toContain('# mine');
  expect((await ours.list()).map(({ name }) => name)).toEqual(['second']);
});

it('adds many at one time and loses none', async () => {
  const made = await Promise.all(Array.from({ length: 20 }, (_, at) => open().add(`t${at}`, WANTED)));
  const tokens = open();
  for (const [at, { token }] of made.entries()) expect((await tokens.find(token))?.name).toBe(`t${at}`);
});

it('refuses names twice, bad names and bad ceilings, and writes nothing', async () => {
  const tokens = open();
  await tokens.add('ci', WANTED);
  const before = await readFile(file(), 'utf8');
  for (const [name, change] of [
    ['ci', {}],
    ['', {}],
    ['../x', {}],
    ['__proto__', {}],
    ['a b', {}],
    ['x'.repeat(65), {}],
    ['new', { ceilings: { 'resources.memry': '1 MiB' } }],
    ['new', { ceilings: { 'resources.memory': '64' } }],
    ['new', { ceilings: { 'run.working_dir': '/x' } }],
    ['new', { policy: 'a: b' }],
    ['new', { quota: { runs: 0, perMinute: 1 } }],
  ] as const)
    await expect(tokens.add(name, { ...WANTED, ...change })).rejects.toBeInstanceOf(AppError);
  await expect(tokens.remove('nobody')).rejects.toMatchObject({ code: 'input-invalid' });
  expect(await readFile(file(), 'utf8')).toBe(before);
});

it('takes no token of a file that others may write, or that is broken, and says so once', async () => {
  const tokens = open();
  const { token } = await tokens.add('ci', WANTED);
  const good = await readFile(file(), 'utf8');
  await chmod(file(), 0o622);
  expect([await tokens.find(token), await tokens.find(token)]).toEqual([null, null]);
  expect(complaints).toHaveLength(1);
  await expect(tokens.list()).rejects.toMatchObject({
    code: 'storage',
    next: expect.stringContaining('chmod 600') as string,
  });
  await chmod(file(), 0o600);
  for (const bad of [
    good.replace('quota', 'quotas'),
    `${good}\n\t- x`,
    good.replace(/sha256: ./, 'sha256: X'),
    'x'.repeat(2e6),
  ]) {
    await writeFile(file(), bad);
    expect(await tokens.find(token)).toBeNull();
    await expect(tokens.add('other', WANTED)).rejects.toMatchObject({ code: 'input-invalid' });
  }
  await writeFile(file(), good);
  expect(await tokens.find(token)).not.toBeNull();
});

describe('reading any text', () => {
  const HASH = 'a'.repeat(64);
  it.each([
    ['tokens: [a]'],
    ['tokens: 5'],
    ['other: {}'],
    [`tokens: { a: ${HASH} }`],
    [`tokens: { a: { sha256: ${HASH.slice(1)} } }`],
    [`tokens: { a: { sha256: ${HASH}, extra: 1 } }`],
    [`tokens: { a: { sha256: ${HASH} }, a: { sha256: ${HASH} } }`],
    [`tokens: { a b: { sha256: ${HASH} } }`],
    [`tokens: { a: { sha256: ${HASH}, quota: { runs: .nan } } }`],
    [`tokens: { a: { sha256: ${HASH}, quota: { runs: -1 } } }`],
    [`x: &x { sha256: ${HASH} }\ntokens: { a: *x }`],
    ['a: &a [x]\nb: &b [*a,*a,*a,*a]\ntokens: {}'],
  ])('refuses %s', (text) => {
    expect(() => readTokens('tokens.yaml', text)).toThrow(AppError);
  });

  it('gives tokens or an AppError, never another error', () => {
    const part = fc.constantFrom(
      'tokens:',
      '\n',
      '  ',
      'a',
      ': ',
      '{',
      '}',
      '[',
      '*x',
      '&x',
      `sha256: ${HASH}`,
      '!!js',
      '"',
      '- ',
      '\t',
      'quota',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 20 }), (parts) => {
        try {
          expect(Array.isArray(readTokens('tokens.yaml', parts.join('')))).toBe(true);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(AppError);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('fills in what is not said with the careful choice', () => {
    expect(readTokens('t', `tokens: { a: { sha256: ${HASH} } }`)).toMatchObject([
      { token: { policy: 'untrusted', policies: ['untrusted'], ceilings: {}, quota: { runs: 20, perMinute: 120 } } },
    ]);
    expect(readTokens('t', '')).toEqual([]);
    expect(readTokens('t', 'tokens:\n')).toEqual([]);
  });
});
