/** Tokens of the REST API in `config/tokens.yaml`: made, listed, removed, recognised (HOST-3). */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { chmod, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { AppError, toAppError } from '#shared/lib/app-error.ts';
import type { TokensApi } from '../core.ts';
import { withLock } from '../settings/lock.ts';
import { makeFolder } from '../storage/folder.ts';
import type { Log } from '../storage/log.ts';
import { checkTokenName, readCeilings, readTokens, TOKENS_LIMIT, withoutToken, withToken } from './token-document.ts';
import type { StoredToken } from './token-document.ts';

/** A program that finds it in a log or a repository knows what it is. */
const PREFIX = 'bgt_';

/** Others of this machine may not write the file: they could let themselves in. */
const WRITABLE_BY_OTHERS = 0o022;

export interface TokensDeps {
  /** `paths.config`. */
  readonly config: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly log: Log;
}

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

interface Loaded {
  /** Changes with the file. */
  readonly stamp: string;
  readonly text: string;
  readonly tokens: readonly StoredToken[];
}

const NONE: Loaded = { stamp: 'none', text: '', tokens: [] };

/** Reads the file anew whenever it changed, so that a removed token ends at once. */
export function createTokens({ config, now, log }: TokensDeps): TokensApi {
  const path = join(config, 'tokens.yaml');
  let loaded = NONE;
  let complained = '';

  async function stampOf(): Promise<string> {
    try {
      const { mtimeMs, size, ino, mode, ctimeMs } = await stat(path);
      return [mtimeMs, ctimeMs, size, ino, mode].join(' ');
    } catch (failure) {
      if ((failure as NodeJS.ErrnoException).code === 'ENOENT') return NONE.stamp;
      throw failure;
    }
  }

  async function load(): Promise<Loaded> {
    const stamp = await stampOf();
    if (stamp === loaded.stamp) return loaded;
    if (stamp === NONE.stamp) return (loaded = NONE);
    const { mode, size } = await stat(path);
    if (process.platform !== 'win32' && (mode & WRITABLE_BY_OTHERS) !== 0)
      throw new AppError({
        code: 'storage',
        message: `${path} may be changed by other users of this computer.`,
        why: 'Whoever can write it can let themselves in, so no token of it is taken.',
        next: `Look at what is in it, then run \`chmod 600 ${path}\`.`,
      });
    const text = size > TOKENS_LIMIT ? '\0' : await readFile(path, 'utf8');
    return (loaded = { stamp, text, tokens: readTokens(path, text) });
  }

  const change = async <T>(work: (text: string, tokens: readonly StoredToken[]) => { text: string; result: T }) => {
    try {
      makeFolder(config);
      return await withLock(
        `${path}.lock`,
        async () => {
          const before = await load();
          const { text, result } = work(before.text, before.tokens);
          readTokens(path, text);
          await writeFileAtomic(path, text, { mode: 0o600 });
          await chmod(path, 0o600);
          return result;
        },
        'The tokens are',
      );
    } catch (thrown) {
      if (thrown instanceof AppError) throw thrown;
      throw new AppError(
        {
          code: 'storage',
          message: 'The tokens could not be written.',
          why: String(thrown),
          next: `Check that ${path} can be written.`,
        },
        { cause: thrown },
      );
    }
  };

  return {
    list: async () => (await load()).tokens.map(({ card }) => card),
    async add(name, wanted) {
      checkTokenName(name);
      readCeilings(wanted.ceilings);
      const secret = `${PREFIX}${randomBytes(32).toString('base64url')}`;
      const created = new Date(now()).toISOString();
      await change((text, tokens) => {
        if (tokens.some(({ card }) => card.name === name))
          throw new AppError({
            code: 'input-invalid',
            message: `There is a token ${name} already.`,
            why: 'A name is given once; the audit tells runs apart by it.',
            next: `Choose another name, or remove it first: \`bellglass token remove ${name}\`.`,
          });
        return { text: withToken(text, name, sha256(secret).toString('hex'), created, wanted), result: null };
      });
      return { token: secret, card: { name, created, ...wanted } };
    },
    async remove(name) {
      await change((text, tokens) => {
        if (!tokens.some(({ card }) => card.name === name))
          throw new AppError({
            code: 'input-invalid',
            message: `There is no token ${JSON.stringify(name.slice(0, 80))}.`,
            next: 'Run `bellglass token list`.',
          });
        return { text: withoutToken(text, name), result: null };
      });
    },
    async find(secret) {
      const given = sha256(secret);
      let tokens: readonly StoredToken[];
      try {
        ({ tokens } = await load());
      } catch (thrown) {
        const { message } = toAppError(thrown);
        if (message !== complained) log.error('no token is taken', { problem: message });
        complained = message;
        return null;
      }
      // All are compared, so that the time tells nothing of which one was near.
      let found: StoredToken | null = null;
      for (const one of tokens) if (timingSafeEqual(given, Buffer.from(one.hash, 'hex'))) found = one;
      return found?.token ?? null;
    },
  };
}
